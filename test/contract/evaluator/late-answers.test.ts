/** An evaluator that lost a partition says nothing of it any more, also when an answer about it comes late: it would never be ready again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runEvaluator } from '#evaluator/worker.ts';
import type { Assignment, Consumer, EventLog } from '#log/log.ts';
import { Metrics } from '#platform/metrics.ts';
import { embeddedPair, ruleSetOf, silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened } from '#test/support/events.ts';

/** The log, whose answer about its end comes when it is let go. */
function withLateEnd(log: EventLog, letGo: Promise<void>): EventLog {
	const late = (assignment: Assignment): Assignment =>
		new Proxy(assignment, {
			get(target, name) {
				if (name === 'endOffset') return async () => letGo.then(() => 1_000n);
				const value: unknown = Reflect.get(target, name);
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});
	const consumerOf = (consumer: Consumer): Consumer => ({
		close: () => consumer.close(),
		async *assignments() {
			for await (const assignment of consumer.assignments()) yield late(assignment);
		},
	});
	return {
		append: (topic, records) => log.append(topic, records),
		consume: async (options) => consumerOf(await log.consume(options)),
		close: () => log.close(),
	};
}

test('the end of the log, told after the partition was left, changes no gauge of it', async (t) => {
	const { log: embedded, store } = await embeddedPair(t);
	const opened = fileOpened({ pid: 1, tid: 1, start: 1, name: '/etc/hosts', path: '/etc/hosts', result: 3 });
	const value = batch([opened], { producer: 'CAPTURE', firstSequence: 1 });
	await embedded.append('lanner.events', [{ key: 'h', value }]);
	let letGo = (): void => {};
	const asked = new Promise<void>((resolve) => {
		letGo = resolve;
	});
	const rules = ruleSetOf(
		'- rule: None\n  desc: d\n  condition: evt.type = open and fd.name = /none\n  output: o\n  priority: INFO\n',
	);
	const metrics = new Metrics();
	await runEvaluator(
		{
			...{ log: withLateEnd(embedded, asked), store, metrics, logger: silentLogger },
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
