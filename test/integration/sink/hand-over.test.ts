/** Sinks that come and go while alerts flow, on a real broker: partitions move between them, and the receiver gets every alert once. About 20 s. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import type { EventLog } from '#log/log.ts';
import { delivered, type Output } from '#sink/output.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { appendAlerts, type RunningWorker, startWorker, until } from '#test/support/sink.ts';

const partitions = 6;
const hosts = 24;
/** Longer than another sink takes to begin with a partition. */
const deliveryMs = 400;
/** Delivered between two changes. */
const alertsBetween = 300;
const dayMs = 86_400_000;
/** Nothing here is to be taken for killed, on a busy machine neither. */
const sessionTimeoutMs = 60_000;

test('sinks that come and go in order repeat nothing', { timeout: 240_000 }, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-hand-over-'));
	const kafka = await startKafka({ folder });
	const logs: EventLog[] = [];
	t.after(async () => {
		await Promise.all(logs.map((log) => log.close()));
		await kafka.stop();
		rmSync(folder, { recursive: true, force: true });
	});
	const options = { brokers: kafka.bootstrap, clientId: 'test', logger: silentLogger, sessionTimeoutMs };
	const retention = { eventsRetentionMs: dayMs, alertsRetentionMs: dayMs };
	await ensureTopics(planTopics({ partitions, replication: 1, minInSync: 1, ...retention }), options, {
		create: true,
	});
	const open = (): EventLog => {
		const log = openKafkaLog(options);
		logs.push(log);
		return log;
	};
	const taken: string[] = [];
	const followed = (worker: RunningWorker): number =>
		worker.metrics.get('lanner_sink_partitions', { output: 'out' });
	/** A receiver that takes its time: there is always something under way. */
	const output = (): Output => ({
		batchMax: 50,
		async deliver(alerts) {
			await sleep(deliveryMs);
			taken.push(...alerts.map(({ id }) => id));
			return alerts.map(() => delivered);
		},
		close: async () => {},
	});
	const log = open();
	let sent = 0;
	let flows = true;
	const flowing = (async () => {
		for (; flows; await sleep(20)) {
			const alerts = Array.from({ length: hosts }, (_, i) => ({ id: `${sent}-${i}`, hostId: `h${i}` }));
			await appendAlerts(log, ...alerts);
			sent++;
		}
	})();
	const more = async (): Promise<void> => {
		const wanted = taken.length + alertsBetween;
		await until(() => taken.length >= wanted, 60_000);
	};
	const first = startWorker(open(), output(), { inFlightMax: 1_000 });
	await until(() => followed(first) === partitions, 60_000);
	await more();
	const second = startWorker(open(), output(), { inFlightMax: 1_000 });
	await until(() => followed(first) === partitions / 2 && followed(second) === partitions / 2, 60_000);
	await more();
	const third = startWorker(open(), output(), { inFlightMax: 1_000 });
	await until(() => [first, second, third].every((one) => followed(one) === partitions / 3), 60_000);
	await more();
	await second.leave();
	await until(() => followed(first) + followed(third) === partitions, 60_000);
	await more();
	await first.leave();
	await until(() => followed(third) === partitions, 60_000);
	flows = false;
	await flowing;
	await until(() => new Set(taken).size === sent * hosts, 60_000);
	await third.drain();
	assert.equal(taken.length, sent * hosts, 'an alert was delivered twice');
});
