/**
 * Whatever enters a role leaves it under a name: the sums of services/platform/README.md, on real batches (evaluated, repeated,
 * undecodable), alerts of two priorities, an output that refuses one and one that fails until it is left.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { measuredLog } from '#cli/roles/measured-log.ts';
import { measuredStore } from '#cli/roles/measured-store.ts';
import { Ops } from '#cli/roles/ops.ts';
import { reportEvaluator } from '#cli/roles/readiness.ts';
import { runEvaluator } from '#evaluator/worker.ts';
import type { EventLog } from '#log/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { DeliveryResult, Output } from '#sink/output.ts';
import type { StateStore } from '#store/store.ts';
import { embeddedPair, ruleSetOf, silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened, gap } from '#test/support/events.ts';
import { startWorker, until } from '#test/support/sink.ts';

const rules = ruleSetOf(`
- rule: Shadow read
  desc: test
  condition: evt.type = openat and fd.name = /etc/shadow
  output: read
  priority: WARNING
- rule: Passwd read
  desc: test
  condition: evt.type = openat and fd.name = /etc/passwd
  output: read
  priority: DEBUG
`);

function opens(path: string, count: number, firstSequence: number): Buffer {
	const open = (): ReturnType<typeof fileOpened> =>
		fileOpened({ pid: 11, tid: 11, start: 6, name: path, path, result: 3 });
	return batch(Array.from({ length: count }, open), { producer: 'CAPTURE', firstSequence });
}

type Fixture = {
	readonly log: EventLog;
	readonly store: StateStore;
	readonly metrics: Metrics;
	readonly ops: Ops;
};

async function open(t: TestContext): Promise<Fixture> {
	const ops = new Ops();
	const { metrics } = ops;
	const embedded = await embeddedPair(t);
	const log = measuredLog(embedded.log, metrics);
	const store = measuredStore(embedded.store, metrics);
	return { log, store, metrics, ops };
}

async function evaluateAll({ log, store, metrics }: Fixture): Promise<void> {
	const drain = AbortSignal.abort();
	const options = { log, store, metrics, drain, ruleSet: () => rules, logger: silentLogger };
	await runEvaluator(options, new AbortController().signal);
}

test('evaluator: batches and events received are evaluated, repeated or dead; alerts are acknowledged', async (t) => {
	const fixture = await open(t);
	const { log, metrics } = fixture;
	const values = [
		opens('/etc/shadow', 3, 1),
		opens('/etc/passwd', 2, 4),
		opens('/etc/passwd', 2, 4),
		Buffer.from('no batch at all'),
		batch([gap({ reason: 'ring-full', lost: 7 })], { producer: 'CAPTURE', firstSequence: 6 }),
		batch([gap({ reason: 'made up by an event', lost: 1 })], { producer: 'CAPTURE', firstSequence: 14 }),
	];
	await log.append(
		'lanner.events',
		values.map((value) => ({ key: 'h', value })),
	);
	await evaluateAll(fixture);
	const batches = (result: 'evaluated' | 'repeated' | 'dead'): number =>
		metrics.get('lanner_evaluator_batches_total', { result });
	assert.deepEqual([batches('evaluated'), batches('repeated'), batches('dead')], [4, 1, 1]);
	assert.equal(
		metrics.get('lanner_log_records_read_total', { topic: 'lanner.events' }),
		metrics.sum('lanner_evaluator_batches_total'),
	);
	assert.equal(metrics.get('lanner_evaluator_events_total'), 7);
	assert.equal(metrics.get('lanner_evaluator_events_lost_total', { reason: 'ring-full' }), 7);
	assert.equal(metrics.get('lanner_evaluator_events_lost_total', { reason: 'other' }), 1);
	const raised = metrics.sum('lanner_evaluator_rule_matches_total');
	// Five of the rules above, and one that tells of the loss.
	assert.equal(raised, 6);
	assert.equal(metrics.get('lanner_evaluator_rule_matches_total', { rule: 'Shadow read' }), 3);
	assert.equal(metrics.get('lanner_evaluator_records_appended_total'), raised + batches('dead'));
	assert.equal(
		metrics.get('lanner_log_records_appended_total', { topic: 'lanner.alerts' }) +
			metrics.get('lanner_log_records_appended_total', { topic: 'lanner.events.dead' }),
		raised + batches('dead'),
	);
	assert.equal(metrics.sum('lanner_evaluator_in_flight_bytes'), 0);
	assert.ok(metrics.get('lanner_evaluator_evaluation_seconds') > 0);
	assert.equal(
		metrics.get('lanner_evaluator_commit_seconds'),
		metrics.get('lanner_store_commits_total', { result: 'committed' }),
	);
});

test('sink: alerts received are delivered, filtered, repeated, dead, left or in flight', async (t) => {
	const fixture = await open(t);
	const { log } = fixture;
	const values = [opens('/etc/shadow', 4, 1), opens('/etc/passwd', 2, 5), opens('/etc/shadow', 2, 7)];
	await log.append(
		'lanner.events',
		values.map((value) => ({ key: 'h', value })),
	);
	await evaluateAll(fixture);
	let call = 0;
	const output: Output = {
		batchMax: 1,
		deliver: async (): Promise<DeliveryResult[]> => {
			call++;
			if (call === 2) return [{ kind: 'refused', code: 'no', reason: 'never' }];
			return call > 4
				? [{ kind: 'blocked', code: 'away', reason: 'wrong settings' }]
				: [{ kind: 'delivered' }];
		},
		close: async () => {},
	};
	const worker = startWorker(log, output, { minimumPriority: 'Warning' });
	const { metrics } = worker;
	const labels = { output: 'out' };
	const settled = (): number =>
		metrics.get('lanner_sink_alerts_delivered_total', labels) +
		metrics.get('lanner_sink_alerts_filtered_total', labels) +
		metrics.get('lanner_sink_alerts_repeated_total', labels) +
		metrics.get('lanner_sink_alerts_dead_total', labels) +
		metrics.get('lanner_sink_alerts_left_total', labels);
	const received = (): number => metrics.get('lanner_sink_alerts_received_total', labels);
	const inFlight = (): number => metrics.get('lanner_sink_alerts_in_flight', labels);
	await until(() => call > 6);
	assert.equal(received(), settled() + inFlight());
	assert.ok(inFlight() > 0);
	assert.equal(metrics.get('lanner_sink_partitions', labels), 1);
	await worker.stop();
	assert.equal(received(), 8);
	assert.deepEqual([settled(), inFlight()], [8, 0]);
	assert.equal(metrics.get('lanner_sink_alerts_dead_total', labels), 1);
	assert.equal(metrics.get('lanner_sink_alerts_filtered_total', labels), 2);
	assert.equal(metrics.get('lanner_sink_alerts_delivered_total', labels), 3);
	assert.equal(metrics.get('lanner_sink_alert_latency_seconds', labels), 3);
	assert.equal(metrics.get('lanner_sink_partitions', labels), 0);
});

test('readiness of an evaluator: in the group, what it is given is claimed, and its lag known and small', async (t) => {
	const fixture = await open(t);
	const { log, store, metrics, ops } = fixture;
	reportEvaluator(ops);
	assert.deepEqual(ops.missing(), ['evaluator: the consumer group is not joined yet']);
	metrics.set('lanner_evaluator_assigned_partitions', 1);
	assert.deepEqual(ops.missing(), ['evaluator: 1 of 1 partitions are not claimed yet']);
	metrics.set('lanner_evaluator_partitions', 1);
	metrics.set('lanner_evaluator_lag_records', Number.NaN, { partition: '0' });
	assert.match(ops.missing()[0]!, /not known yet/);
	metrics.set('lanner_evaluator_lag_records', 5000, { partition: '0' });
	assert.match(ops.missing()[0]!, /5000 records behind/);
	const stop = new AbortController();
	const running = runEvaluator(
		{ log, store, metrics, ruleSet: () => rules, logger: silentLogger },
		stop.signal,
	);
	await until(() => ops.missing().length === 0);
	stop.abort();
	await running;
	assert.deepEqual(ops.missing(), ['evaluator: the consumer group is not joined yet']);
});

test('a spare evaluator, for which there is no partition, is ready', async (t) => {
	const fixture = await open(t);
	const { log } = fixture;
	const first = await log.consume({ topic: 'lanner.events', group: 'lanner-evaluator' });
	const spare = new Ops();
	reportEvaluator(spare);
	const stop = new AbortController();
	const options = { ...fixture, metrics: spare.metrics, ruleSet: () => rules, logger: silentLogger };
	const running = runEvaluator(options, stop.signal);
	await until(() => spare.missing().length === 0);
	assert.equal(spare.metrics.get('lanner_evaluator_partitions'), 0);
	// It takes over: then the partition is its own, and it is ready again when that is caught up.
	await first.close();
	await until(() => spare.metrics.get('lanner_evaluator_partitions') === 1 && spare.missing().length === 0);
	stop.abort();
	await running;
});
