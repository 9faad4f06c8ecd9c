/**
 * The order "alerts acknowledged, then state and cursor committed" under a crash at every step: whatever was in flight, each
 * event's alert is in the log afterwards, repeats carry the same bytes, and the state goes on where it was. The last test
 * turns the order round on purpose and must be caught.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runEvaluator } from '#evaluator/worker.ts';
import type { EventLog } from '#log/log.ts';
import { alertCodec, deadLetterCodec } from '#schemas/codec.ts';
import type { StateStore } from '#store/store.ts';
import {
	type EmbeddedPair,
	embeddedPair,
	ruleSetOf,
	silentLogger,
	valuesOf,
} from '#test/support/evaluation.ts';
import { batch, fileOpened, processCloned, processExecuted } from '#test/support/events.ts';

const rules = ruleSetOf(`
- rule: Shadow read
  desc: test
  condition: evt.type = openat and fd.name = /etc/shadow
  output: shadow read by %proc.name child of %proc.pname
  priority: WARNING
`);

class Crash extends Error {}

const firstSequence = 1000;

/** Batch 0 starts a process; each of the others is one read of the file by it, so its name must come from kept state. */
function batches(count: number): Buffer[] {
	const start = [
		processExecuted({ pid: 10, tid: 10, start: 5, process: { pid: 10, start: 5, comm: 'sh', args: ['sh'] } }),
		processCloned({
			pid: 10,
			tid: 10,
			start: 5,
			childPid: 11,
			childTid: 11,
			childStart: 6,
			parentPid: 10,
			parentStart: 5,
			comm: 'sh',
		}),
		processExecuted({
			pid: 11,
			tid: 11,
			start: 6,
			process: { pid: 11, start: 6, parentPid: 10, parentStart: 5, comm: 'cat', args: ['cat'] },
		}),
	];
	const made = [batch(start, { producer: 'CAPTURE', firstSequence })];
	for (let i = 0; i < count; i++) {
		made.push(
			batch(
				[fileOpened({ pid: 11, tid: 11, start: 6, name: '/etc/shadow', path: '/etc/shadow', result: 3 })],
				{
					producer: 'CAPTURE',
					firstSequence: firstSequence + start.length + i,
				},
			),
		);
	}
	return made;
}

/** Runs until everything is read, or until an adapter throws. */
async function evaluate(log: EventLog, store: StateStore): Promise<void> {
	const drain = AbortSignal.abort();
	const options = {
		log,
		store,
		ruleSet: () => rules,
		logger: silentLogger,
		readBytesMax: 1,
		commitIntervalMs: 0,
		drain,
	};
	await runEvaluator(options, new AbortController().signal);
}

/** Problems of what is in the alert topic when `expected` alerts should be; empty = the promise held. */
function checkAlerts(values: readonly Buffer[], expected: number): string[] {
	const problems: string[] = [];
	const byId = new Map<string, Buffer>();
	for (const value of values) {
		const alert = alertCodec.decode(value);
		const known = byId.get(alert.id);
		if (known !== undefined && !known.equals(value))
			problems.push(`alert ${alert.id} was repeated with other bytes`);
		if (alert.output !== 'shadow read by cat child of sh') problems.push(`state was lost: ${alert.output}`);
		byId.set(alert.id, value);
	}
	if (byId.size !== expected) problems.push(`${byId.size} of ${expected} alerts`);
	return problems;
}

type Step = 'before alerts' | 'after alerts' | 'before commit' | 'after commit';
const steps: readonly Step[] = ['before alerts', 'after alerts', 'before commit', 'after commit'];

/** Adapters that throw once at the given step of the given round, as a dying process would. */
function crashing(
	{ log, store }: EmbeddedPair,
	step: Step,
	round: number,
): { log: EventLog; store: StateStore } {
	let appends = 0;
	let commits = 0;
	const crashAt = (here: Step, count: number): void => {
		if (here === step && count === round) throw new Crash(step);
	};
	return {
		log: {
			...log,
			append: async (topic, records) => {
				appends++;
				crashAt('before alerts', appends);
				await log.append(topic, records);
				crashAt('after alerts', appends);
			},
		},
		store: {
			...store,
			commit: async (partition, commit) => {
				commits++;
				crashAt('before commit', commits);
				const result = await store.commit(partition, commit);
				crashAt('after commit', commits);
				return result;
			},
		},
	};
}

for (const step of steps) {
	for (const round of [1, 3]) {
		test(`a crash ${step} of round ${round} loses no alert and changes none`, async (t) => {
			const host = await embeddedPair(t);
			const alerts = 5;
			for (const value of batches(alerts)) await host.log.append('lanner.events', [{ key: 'host', value }]);
			const broken = crashing(host, step, round);
			await assert.rejects(evaluate(broken.log, broken.store), Crash);
			await evaluate(host.log, host.store);
			assert.deepEqual(checkAlerts(await valuesOf(host.log, 'lanner.alerts'), alerts), []);
			const { cursor } = await host.store.claim(0, { partitions: 1 });
			await evaluate(host.log, host.store);
			assert.equal((await host.store.claim(0, { partitions: 1 })).cursor, cursor, 'everything was read');
		});
	}
}

test('canary: alerts that are written after the commit are missed by a crash in between, and the check sees it', async (t) => {
	const host = await embeddedPair(t);
	for (const value of batches(5)) await host.log.append('lanner.events', [{ key: 'host', value }]);
	// The wrong order: an append claims to be durable, and is only written after the next commit.
	const held: Parameters<EventLog['append']>[] = [];
	const broken = crashing(host, 'after commit', 3);
	const log: EventLog = { ...host.log, append: async (...call) => void held.push(call) };
	const store: StateStore = {
		...broken.store,
		commit: async (...call) => {
			const result = await broken.store.commit(...call);
			for (const late of held.splice(0)) await host.log.append(...late);
			return result;
		},
	};
	await assert.rejects(evaluate(log, store), Crash);
	await evaluate(host.log, host.store);
	assert.notDeepEqual(checkAlerts(await valuesOf(host.log, 'lanner.alerts'), 5), []);
});

test('a writer that was fenced stops and commits nothing more', async (t) => {
	const host = await embeddedPair(t);
	for (const value of batches(3)) await host.log.append('lanner.events', [{ key: 'host', value }]);
	let fenced = false;
	const store: StateStore = {
		...host.store,
		commit: async (partition, commit) => {
			if (!fenced) await host.store.claim(partition, { partitions: 1 });
			fenced = true;
			return host.store.commit(partition, commit);
		},
	};
	await evaluate(host.log, store);
	assert.equal((await host.store.claim(0, { partitions: 1 })).cursor, null);
});

test('a store that was emptied is filled again from the log, and every alert is there', async (t) => {
	const host = await embeddedPair(t);
	const { store: empty } = await embeddedPair(t);
	for (const value of batches(3)) await host.log.append('lanner.events', [{ key: 'host', value }]);
	let commits = 0;
	let current = host.store;
	const store: StateStore = {
		claim: (...call) => current.claim(...call),
		loadHost: (...call) => current.loadHost(...call),
		holds: (...call) => current.holds(...call),
		hosts: (...call) => current.hosts(...call),
		close: async () => {},
		commit: async (...call) => {
			if (++commits !== 3) return current.commit(...call);
			current = empty;
			return 'lost';
		},
	};
	await evaluate(host.log, store);
	assert.deepEqual(checkAlerts(await valuesOf(host.log, 'lanner.alerts'), 3), []);
	const claims = await Promise.all([host.store, empty].map((one) => one.claim(0, { partitions: 1 })));
	assert.ok(claims[1]!.cursor! > claims[0]!.cursor!, 'the new state is at the end of the log');
});

test('poison goes to the dead letters with its bytes, and what follows is evaluated', async (t) => {
	const host = await embeddedPair(t);
	const [start, good, cut] = batches(2) as [Buffer, Buffer, Buffer];
	const poison = [Buffer.from('no batch at all'), cut.subarray(0, cut.length - 3)];
	for (const value of [start, poison[0]!, good, poison[1]!])
		await host.log.append('lanner.events', [{ key: 'host', value }]);
	await evaluate(host.log, host.store);
	const dead = (await valuesOf(host.log, 'lanner.events.dead')).map((value) => deadLetterCodec.decode(value));
	assert.deepEqual(
		dead.map(({ value }) => value),
		poison,
	);
	assert.deepEqual(
		dead.map(({ code }) => code),
		['not-single-object', 'truncated'],
	);
	assert.deepEqual(
		dead.map(({ stage, topic }) => `${stage} ${topic}`),
		['evaluator lanner.events', 'evaluator lanner.events'],
	);
	const alerts = (await valuesOf(host.log, 'lanner.alerts')).map((value) => alertCodec.decode(value));
	assert.equal(alerts.length, 1);
});

test('a batch that its producer sent twice alerts once', async (t) => {
	const host = await embeddedPair(t);
	const [start, read] = batches(1) as [Buffer, Buffer];
	for (const value of [start, read, start, read])
		await host.log.append('lanner.events', [{ key: 'host', value }]);
	await evaluate(host.log, host.store);
	assert.equal((await valuesOf(host.log, 'lanner.alerts')).length, 1);
});
