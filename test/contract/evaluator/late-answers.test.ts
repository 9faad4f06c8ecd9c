/** An evaluator that lost a partition says nothing of it any more, also when an answer about it comes late: it would never be ready again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runEvaluator } from '#evaluator/worker.ts';
import { Metrics } from '#platform/metrics.ts';
import { embeddedPair, ruleSetOf, silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened } from '#test/support/events.ts';
import { watchedLog } from '#test/support/watched-log.ts';

test('the end of the log, told after the partition was left, changes no gauge of it', async (t) => {
	const { log: embedded, store } = await embeddedPair(t);
	const opened = fileOpened({ pid: 1, tid: 1, start: 1, name: '/etc/hosts', path: '/etc/hosts', result: 3 });
	const value = batch([opened], { producer: 'CAPTURE', firstSequence: 1 });
	await embedded.append('lanner.events', [{ key: 'h', value }]);
	let letGo = (): void => {};
	const asked = new Promise<void>((resolve) => {
		letGo = resolve;
	});
	const log = watchedLog(embedded, () => ({ endOffset: async () => asked.then(() => 1_000n) }));
	const rules = ruleSetOf(
		'- rule: None\n  desc: d\n  condition: evt.type = open and fd.name = /none\n  output: o\n  priority: INFO\n',
	);
	const metrics = new Metrics();
	await runEvaluator(
		{
			...{ log, store, metrics, logger: silentLogger },
			ruleSet: () => rules,
			drain: AbortSignal.abort(),
		},
		new AbortController().signal,
	);
	assert.equal(metrics.get('lanner_evaluator_batches_total', { result: 'evaluated' }), 1);
	letGo();
	await new Promise((resolve) => setImmediate(resolve));
	assert.equal(metrics.sum('lanner_evaluator_lag_records'), 0);
});
