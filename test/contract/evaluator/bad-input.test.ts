/**
 * What an evaluator is not made for: schemas that it does not know, in events and in the state; a log that is not the one its state was
 * made from; clocks of hosts that jump. Each ends with a dead letter or an error that says what to do, and nothing is lost.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#evaluator/clock.ts';
import { Replay } from '#evaluator/replay.ts';
import { type EvaluatorOptions, runEvaluator } from '#evaluator/worker.ts';
import { alertCodec, deadLetterCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import {
	type EmbeddedPair,
	embeddedPair,
	ruleSetOf,
	silentLogger,
	valuesOf,
} from '#test/support/evaluation.ts';
import { batch, batchHeader, fileOpened, gap } from '#test/support/events.ts';

const rules = ruleSetOf(`
- rule: Shadow read
  desc: test
  condition: evt.type = openat and fd.name = /etc/shadow
  output: read at %evt.time.iso8601
  priority: WARNING
`);
const hostId = 'host';

/** One read of the file. */
function read(firstSequence: number, baseTimeS = Number(batchHeader.baseTimeS)): Buffer {
	const event = fileOpened({
		pid: 11,
		tid: 11,
		start: 6,
		name: '/etc/shadow',
		path: '/etc/shadow',
		result: 3,
	});
	return batch([event], { hostId, producer: 'CAPTURE', firstSequence, baseTimeS });
}

type World = Pick<EmbeddedPair, 'log' | 'store'>;

async function append({ log }: World, values: readonly Buffer[]): Promise<void> {
	for (const value of values) await log.append('lanner.events', [{ key: hostId, value }]);
}

function evaluate({ log, store }: World, more: Partial<EvaluatorOptions> = {}): Promise<void> {
	const options = { log, store, ruleSet: () => rules, logger: silentLogger, drain: AbortSignal.abort() };
	return runEvaluator({ ...options, ...more }, AbortSignal.timeout(20_000));
}

/** The same message under the fingerprint of a schema that nobody has published. */
function ofUnknownSchema(message: Buffer): Buffer {
	const other = Buffer.from(message);
	other.writeUInt8(other.readUInt8(2) ^ 0xff, 2);
	return other;
}

test('a batch of a schema that is not known goes to the dead letters with its bytes, and the others are evaluated', async (t) => {
	const world = await embeddedPair(t);
	const unknown = ofUnknownSchema(read(2));
	await append(world, [read(1), unknown, read(3)]);
	await evaluate(world);
	const dead = (await valuesOf(world.log, 'lanner.events.dead')).map((value) =>
		deadLetterCodec.decode(value),
	);
	assert.deepEqual(
		dead.map(({ code, value }) => [code, value]),
		[['unknown-schema', unknown]],
	);
	assert.equal((await valuesOf(world.log, 'lanner.alerts')).length, 2);
});

test('state of a schema that is not known ends the evaluator with what to do, and is not written over', async (t) => {
	const world = await embeddedPair(t);
	await append(world, [read(1)]);
	await evaluate(world);
	const { store } = world;
	const { epoch, cursor } = await store.claim(0, { partitions: 1 });
	const meta = Buffer.from((await store.loadHost(0, hostId)).get('meta')!);
	const puts = new Map([['meta', ofUnknownSchema(meta)]]);
	await store.commit(0, { epoch, cursor: cursor!, hosts: [{ hostId, clear: false, puts, deletes: [] }] });
	await append(world, [read(2)]);
	await assert.rejects(evaluate(world), (error: Error & { code?: string; remedy?: string }) => {
		assert.equal(error.code, 'state-unreadable');
		assert.match(error.message, /the state of host host cannot be read: .*no version of host-state/);
		assert.match(error.remedy!, /newer lanner/);
		return true;
	});
	assert.deepEqual(Buffer.from((await store.loadHost(0, hostId)).get('meta')!), puts.get('meta'));
	assert.equal((await store.claim(0, { partitions: 1 })).cursor, cursor, 'nothing was committed');
});

test('a log that ends before the state ends the evaluator with what to do', async (t) => {
	const [before, after] = [await embeddedPair(t), await embeddedPair(t)];
	await append(before, [read(1), read(2), read(3)]);
	await evaluate(before);
	// The topic was made anew; its state was kept. Half a minute passes in a moment.
	const world = { log: after.log, store: before.store };
	const clock = { ...systemClock, nowMs: () => performance.now() * 500 };
	const never = new AbortController().signal;
	await assert.rejects(
		evaluate(world, { clock, drain: never }),
		(error: Error & { code?: string; remedy?: string }) => {
			assert.equal(error.code, 'state-ahead');
			assert.match(error.message, /the state of partition 0 is at offset \d+, but the log ends at 0/);
			assert.match(error.remedy!, /new state/);
			return true;
		},
	);
});

test('a host whose clock jumps, back and far ahead, loses no event and no alert, and a replay agrees', async (t) => {
	const world = await embeddedPair(t);
	const now = Number(batchHeader.baseTimeS);
	const year = 365 * 86_400;
	const times = [now, now - 3600, now + 10 * year, now + 1, 0, now + 2];
	const lost = batch([gap({ reason: 'ring-full', lost: 5, processes: true })], {
		...{ hostId, producer: 'CAPTURE', firstSequence: 50, baseTimeS: now - year },
	});
	const values = [...times.map((timeS, i) => read(1 + i, timeS)), lost, read(60, now)];
	await append(world, values);
	await evaluate(world);
	const alerts = (await valuesOf(world.log, 'lanner.alerts')).map((value) => alertCodec.decode(value));
	assert.equal(alerts.filter(({ rule }) => rule === 'Shadow read').length, times.length + 1);
	const replayed: Alert[] = [];
	const replay = new Replay(rules);
	for (const value of values) replay.evaluate(value, replayed);
	assert.deepEqual(
		alerts.map((alert) => alertCodec.encode(alert)),
		replayed.map((alert) => alertCodec.encode(alert)),
	);
	assert.deepEqual(await valuesOf(world.log, 'lanner.events.dead'), []);
});
