/**
 * Wrong clocks against a real broker. Brokers refuse records with times ahead of theirs and delete at once what is older than the
 * retention, unless the topic takes the broker's own time; and a group forgets who does not say that it is there.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import type { LogRecord } from '#log/log.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { silentLogger } from '#test/support/evaluation.ts';

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;
const retention = { eventsRetentionMs: 24 * hourMs, alertsRetentionMs: 24 * hourMs };
const plans = planTopics({ partitions: 1, replication: 1, minInSync: 1, ...retention });
const cleanUpMs = 200;
const sessionTimeoutMs = 2_000;

const folder = mkdtempSync(join(tmpdir(), 'lanner-clocks-'));
let kafka: KafkaCluster;
before(async () => {
	kafka = await startKafka({
		folder,
		properties: {
			'log.retention.check.interval.ms': String(cleanUpMs),
			'log.initial.task.delay.ms': String(cleanUpMs),
			'log.segment.delete.delay.ms': '0',
			'group.min.session.timeout.ms': '1000',
		},
	});
});
after(async () => {
	await kafka.stop();
	rmSync(folder, { recursive: true, force: true });
});

function optionsOf(prefix: string) {
	return { brokers: kafka.bootstrap, clientId: 'test', prefix, logger: silentLogger };
}

/** One record, from a host whose clock is off by so much. */
async function appendFrom(t: TestContext, prefix: string, offMs: number): Promise<void> {
	const log = openKafkaLog(optionsOf(prefix));
	const real = Date.now;
	const mocked = t.mock.method(Date, 'now', () => real() + offMs);
	try {
		await log.append('lanner.events', [{ key: 'host', value: Buffer.from(String(offMs)) }]);
	} finally {
		await log.close();
		mocked.mock.restore();
	}
}

async function readAll(prefix: string, count: number): Promise<LogRecord[]> {
	const log = openKafkaLog(optionsOf(prefix));
	const consumer = await log.consume({ topic: 'lanner.events', group: 'check' });
	const records: LogRecord[] = [];
	const endMs = performance.now() + 10_000;
	for await (const assignment of consumer.assignments()) {
		await assignment.seek('earliest');
		while (records.length < count && performance.now() < endMs)
			records.push(...(await assignment.read({ maxBytes: 1 << 20, waitMs: 200 })));
		await consumer.close();
	}
	await log.close();
	return records;
}

test('hosts whose clocks are hours ahead, or years off, append, and what they said is kept like the rest', async (t) => {
	await ensureTopics(plans, optionsOf('a-'), { create: true });
	const offs = [-10 * yearMs, 2 * hourMs, 10 * yearMs];
	for (const off of offs) {
		await appendFrom(t, 'a-', off);
		// Alone in its segment it would be old enough to go.
		await new Promise((resolve) => setTimeout(resolve, 3 * cleanUpMs));
	}
	const records = await readAll('a-', offs.length);
	assert.deepEqual(
		records.map(({ value }) => Number(value.toString())),
		offs,
	);
	for (const { appendedMs } of records)
		assert.ok(Math.abs(Date.now() - appendedMs) < hourMs, 'the time is the brokers');
});

test('a topic that keeps the time of hosts is told as different, and a host that is ahead is told what to do', async (t) => {
	const own = plans.map(({ settings, ...plan }) => ({
		...plan,
		settings: { ...settings, 'message.timestamp.type': 'CreateTime' },
	}));
	await ensureTopics(own, optionsOf('b-'), { create: true });
	const [events] = await ensureTopics(plans, optionsOf('b-'), { create: false });
	assert.equal(events!.state, 'different');
	assert.match(events!.differences.join(), /message\.timestamp\.type CreateTime, planned LogAppendTime/);
	await assert.rejects(
		appendFrom(t, 'b-', 2 * hourMs),
		(error: Error & { code?: string; remedy?: string }) => {
			assert.equal(error.code, 'log-refused');
			assert.match(error.message, /time of this host is too far from the brokers'/);
			assert.match(error.remedy!, /clock .*message\.timestamp\.type=LogAppendTime/);
			return true;
		},
	);
});

test('a consumer whose clock is set back an hour, or ahead, stays in its group', async (t) => {
	await ensureTopics(plans, optionsOf('c-'), { create: true });
	const log = openKafkaLog({ ...optionsOf('c-'), sessionTimeoutMs });
	const consumer = await log.consume({ topic: 'lanner.events', group: 'clock' });
	t.after(async () => {
		await consumer.close();
		await log.close();
	});
	const real = Date.now;
	for await (const assignment of consumer.assignments()) {
		await assignment.seek('earliest');
		for (const offMs of [-hourMs, 0, hourMs]) {
			const mocked = t.mock.method(Date, 'now', () => real() + offMs);
			const untilMs = performance.now() + 1.5 * sessionTimeoutMs;
			while (performance.now() < untilMs) await assignment.read({ maxBytes: 1 << 20, waitMs: 200 });
			assert.equal(await assignment.reportProgress(0n), true, `clock off by ${offMs} ms`);
			mocked.mock.restore();
		}
		await consumer.close();
	}
});
