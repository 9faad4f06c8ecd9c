/**
 * Redis loses everything while evaluators are stopped: the state is rebuilt from the log, what was told is not told again, and alerts whose
 * contents come from events before the loss are the same.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Replay } from '#evaluator/replay.ts';
import { runEvaluator } from '#evaluator/worker.ts';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import { Metrics } from '#platform/metrics.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { openRedisStore } from '#store/redis/index.ts';
import { readTopic } from '#test/chaos/check.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { startRedis } from '#test/fleet/redis.ts';
import { ruleSetOf, silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened, processExecuted } from '#test/support/events.ts';

const rules = ruleSetOf(`
- rule: Shadow read
  desc: test
  condition: evt.type = openat and fd.name = /etc/shadow
  output: read by %proc.name (%proc.cmdline)
  priority: WARNING
`);
const hosts = ['a', 'b', 'c', 'd', 'e'];
const partitions = 3;
const dayMs = 86_400_000;

/** The first batch of a host starts a process; each later one is a read by it, so its name comes from kept state. */
function batchOf(hostId: string, place: number): { key: string; value: Buffer } {
	const process = { pid: 11, start: 6, comm: `worker-${hostId}`, args: ['worker', hostId] };
	const event =
		place === 0
			? processExecuted({ pid: 11, tid: 11, start: 6, process })
			: fileOpened({ pid: 11, tid: 11, start: 6, name: '/etc/shadow', path: '/etc/shadow', result: 3 });
	const header = { hostId, hostName: hostId, bootId: hostId, producer: 'CAPTURE' as const };
	return { key: hostId, value: batch([event], { ...header, firstSequence: 1 + place }) };
}

test('a Redis that was emptied while evaluators were stopped is filled from the log, and nothing is told twice', {
	timeout: 120_000,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-redis-emptied-'));
	const kafka = await startKafka({ folder: join(folder, 'kafka') });
	// Without a file: what was killed comes back empty.
	const redis = await startRedis({ folder: join(folder, 'redis') });
	t.after(async () => {
		await Promise.all([kafka.stop(), redis.stop()]);
		rmSync(folder, { recursive: true, force: true });
	});
	const options = { brokers: kafka.bootstrap, clientId: 'test', logger: silentLogger };
	const retention = { eventsRetentionMs: dayMs, alertsRetentionMs: dayMs };
	await ensureTopics(planTopics({ partitions, replication: 1, minInSync: 1, ...retention }), options, {
		create: true,
	});
	const log = openKafkaLog(options);
	t.after(() => log.close());
	const sent: { key: string; value: Buffer }[] = [];
	const send = async (from: number, to: number): Promise<void> => {
		for (let place = from; place < to; place++) {
			const records = hosts.map((hostId) => batchOf(hostId, place));
			sent.push(...records);
			await log.append('lanner.events', records);
		}
	};

	await send(0, 20);
	await evaluateAll(sent.length);
	await redis.kill();
	await redis.start();
	await send(20, 30);
	const metrics = await evaluateAll(sent.length);

	const replay = new Replay(rules);
	const golden: Alert[] = [];
	for (const { value } of sent) replay.evaluate(value, golden);
	const told = [...(await readTopic(log, 'lanner.alerts', 'check')).values()].flat();
	const sorted = (values: readonly Buffer[]): string[] => values.map((value) => value.toString('hex')).sort();
	assert.deepEqual(sorted(told), sorted(golden.map((alert) => alertCodec.encode(alert))));
	assert.equal(golden.length, 29 * hosts.length);
	assert.equal(metrics.get('lanner_evaluator_alerts_not_repeated_total'), 19 * hosts.length);

	/** One evaluator, with clients of its own, until all of the events are evaluated and committed. */
	async function evaluateAll(events: number): Promise<Metrics> {
		const own = new Metrics();
		const ownLog = openKafkaLog(options);
		const store = await openRedisStore({
			...{ mode: 'single', addresses: [{ host: '127.0.0.1', port: redis.port }], logger: silentLogger },
		});
		const stop = new AbortController();
		const running = runEvaluator(
			{ log: ownLog, store, metrics: own, ruleSet: () => rules, logger: silentLogger },
			stop.signal,
		);
		const end = Date.now() + 60_000;
		while (own.get('lanner_evaluator_events_total') < events) {
			assert.ok(Date.now() < end, `${own.get('lanner_evaluator_events_total')} of ${events} were evaluated`);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		stop.abort();
		await running;
		await store.close();
		await ownLog.close();
		return own;
	}
});
