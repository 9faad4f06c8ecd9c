/**
 * The agent on a real broker that goes away: everything arrives in order, also across a kill -9 of the agent's part, and a spool
 * that overflows says exactly what is missing. Capture is not needed: the batches are made here.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OwnStream } from '#agent/own-stream.ts';
import { type OutgoingBatch, Publisher } from '#agent/publisher.ts';
import { Spool } from '#agent/spool/spool.ts';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import { encodeEventBatch } from '#schemas/event-batch.ts';
import type { Gap } from '#schemas/generated/event-batch.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-kafka-away-'));
const dayMs = 86_400_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const identity = { hostId: 'host', hostName: 'box', bootId: 'boot', machine: 'x86_64' };
const eventsPerBatch = 10;
/** How long the broker is away; the long form is LANNER_TEST_AWAY_S=120. */
const awayMs = Number(process.env.LANNER_TEST_AWAY_S ?? 2) * 1000;
let kafka: KafkaCluster;

before(async () => {
	kafka = await startKafka({ folder: join(folder, 'kafka') });
});
after(async () => {
	await kafka.stop();
	rmSync(folder, { recursive: true, force: true });
});

type Range = { readonly producer: string; readonly first: number; readonly events: number };

async function installation(prefix: string, { bytesMax = 64 << 20 } = {}) {
	const options = { brokers: kafka.bootstrap, clientId: 'test', prefix, logger: quiet };
	const day = { eventsRetentionMs: dayMs, alertsRetentionMs: dayMs };
	await ensureTopics(planTopics({ partitions: 1, replication: 1, minInSync: 1, ...day }), options, {
		create: true,
	});
	let agents = 0;
	const openAgent = async () => {
		const log = openKafkaLog({ ...options, appendTimeoutMs: 500, requestTimeoutMs: 2000 });
		const spool = await Spool.open({
			folder: join(folder, prefix),
			bytesMax,
			ageMaxMs: dayMs,
			syncMs: 1000,
			now: Date.now,
			nowMs: () => performance.now(),
			onProblem: (error) => assert.fail(error),
		});
		const own = new OwnStream({
			identity,
			probeVersion: '1',
			firstSequence: 1_000_000 * ++agents,
			now: () => new Date(),
		});
		const errors: Error[] = [];
		const publisher = new Publisher({
			log,
			spool,
			key: identity.hostId,
			slowMs: 1000,
			onPressure: () => {},
			onLosses: (losses) => own.losses(losses),
			onState: () => {},
			onProblem: (error) => errors.push(error),
			onError: (error) => errors.push(error),
			random: Math.random,
		});
		publisher.start();
		return { log, spool, publisher, errors };
	};
	return { options, openAgent };
}

/** Batch `i` of capture's stream, of about `bytes` bytes. */
function batch(i: number, bytes = 2000): OutgoingBatch {
	const firstSequence = 1 + i * eventsPerBatch;
	const header = { time: 0, type: 'prctl', flags: 0, cpu: 0, tid: 7, pid: 7, start: 7, result: 0 } as const;
	const value = encodeEventBatch({
		...identity,
		producer: 'CAPTURE',
		firstSequence,
		baseTimeS: 1_700_000_000,
		baseTimeNs: 0,
		utcOffsetS: 0,
		probeVersion: '1',
		events: Array.from({ length: eventsPerBatch }, () => ({
			'lanner.events.ProbeStopped': { header, reason: 'x'.repeat(bytes / eventsPerBatch) },
		})),
	});
	return { value, producer: 'CAPTURE', events: eventsPerBatch, firstSequence, reportsLoss: false };
}

/** What an evaluator sees of the topic, repeats left out as it does. */
async function readTopic(options: Parameters<typeof openKafkaLog>[0]) {
	const log = openKafkaLog(options);
	const ranges: Range[] = [];
	const gaps: Gap[] = [];
	let repeated = 0;
	try {
		const consumer = await log.consume({ topic: 'lanner.events', group: 'test' });
		for await (const assignment of consumer.assignments()) {
			await assignment.seek('earliest');
			const end = await assignment.endOffset();
			const reader = new EventReader();
			const state = new HostState(identity.hostId);
			for (let offset = 0n; offset < end; ) {
				for (const record of await assignment.read({ maxBytes: 1 << 20, waitMs: 1000 })) {
					offset = record.offset + 1n;
					reader.open(record.value);
					const { producer, firstSequence } = reader.batch;
					if (state.enterBatch(reader.batch) === 'repeated') {
						repeated++;
						continue;
					}
					let events = 0;
					while (reader.next()) {
						events++;
						state.apply(reader);
						const event = reader.toObject() as { 'lanner.events.Gap'?: Gap };
						if (event['lanner.events.Gap'] !== undefined) gaps.push(event['lanner.events.Gap']);
					}
					ranges.push({ producer: producer === 1 ? 'CAPTURE' : 'AGENT', first: firstSequence, events });
				}
			}
			break;
		}
		await consumer.close();
	} finally {
		await log.close();
	}
	return { ranges, gaps, repeated };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, condition: () => boolean, waitMs = 40_000): Promise<void> {
	const end = Date.now() + waitMs;
	while (!condition()) {
		if (Date.now() > end) assert.fail(`not in time: ${what}`);
		await sleep(20);
	}
}

test('with the broker down, and the agent killed meanwhile, everything arrives in order', {
	timeout: 120_000 + 2 * awayMs,
}, async () => {
	const { options, openAgent } = await installation('away-');
	let agent = await openAgent();
	let next = 0;
	const publish = async (count: number): Promise<void> => {
		for (let i = 0; i < count; i++) {
			agent.publisher.publish(batch(next++));
			if (i % 10 === 9) await sleep(10);
		}
	};
	await publish(50);
	await until('the first batches are in the log', () => agent.publisher.inFlightBytes === 0);
	await kafka.brokers[0]!.kill();
	await publish(100);
	await until('the spool takes over', () => agent.publisher.state === 'spooled');
	await until('nothing waits in memory', () => agent.publisher.inFlightBytes === 0);
	// As after kill -9: nothing of the old one is ended in order, and it never speaks again.
	rmSync(join(folder, 'away-', 'lock'));
	const dead = agent;
	agent = await openAgent();
	await dead.log.close();
	await dead.publisher.flush();
	for (const end = Date.now() + awayMs; Date.now() < end; ) {
		await publish(20);
		await sleep(200);
	}
	await kafka.brokers[0]!.start();
	await publish(50);
	await until('the spool is empty', () => agent.publisher.state === 'live' && agent.spool.isEmpty);
	await publish(20);
	await agent.publisher.flush();
	assert.deepEqual(agent.errors, []);
	await agent.log.close();
	await agent.spool.close();

	const { ranges, gaps } = await readTopic(options);
	assert.deepEqual(
		ranges.map(({ first }) => (first - 1) / eventsPerBatch),
		Array.from({ length: next }, (_, i) => i),
	);
	assert.deepEqual(gaps, []);
});

test('a spool that overflows says exactly what is missing', { timeout: 120_000 }, async () => {
	const { options, openAgent } = await installation('full-', { bytesMax: 2 << 20 });
	const agent = await openAgent();
	await kafka.brokers[0]!.kill();
	const count = 400;
	for (let i = 0; i < count; i++) {
		agent.publisher.publish(batch(i, 20_000));
		if (i % 20 === 19) await until('the spool has them', () => agent.publisher.inFlightBytes < 4 << 20);
	}
	await until('nothing waits in memory', () => agent.publisher.inFlightBytes === 0);
	await kafka.brokers[0]!.start();
	await until('the spool is empty', () => agent.publisher.state === 'live' && agent.spool.isEmpty);
	await agent.publisher.flush();
	await agent.log.close();
	await agent.spool.close();

	const { ranges, gaps } = await readTopic(options);
	const arrived = ranges.filter(({ producer }) => producer === 'CAPTURE');
	const told = gaps.filter(({ producer }) => producer === 'CAPTURE');
	const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
	const lost = sum(told.map(({ lost: events }) => Number(events)));
	assert.ok(lost > 0 && told.every(({ stage, reason }) => stage === 'SPOOL' && reason === 'spool-full'));
	assert.equal(lost, (count - arrived.length) * eventsPerBatch);
	assert.equal(sum(told.map(({ batches }) => Number(batches))), count - arrived.length);
	const there = new Set(arrived.map(({ first }) => first));
	for (let i = 0; i < count; i++) {
		const first = 1 + i * eventsPerBatch;
		const missing = told.some(
			(gap) => first >= Number(gap.firstSequence) && first <= Number(gap.lastSequence),
		);
		assert.ok(there.has(first) || missing, `batch ${i} is neither there nor told`);
	}
});
