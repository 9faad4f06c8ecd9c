import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '#platform/metrics.ts';

test('a counter adds up by labels, whatever their order', () => {
	const metrics = new Metrics();
	metrics.add('lanner_sent_total', { output: 'a', kind: 'file' });
	metrics.add('lanner_sent_total', { kind: 'file', output: 'a' }, 4);
	metrics.add('lanner_sent_total', { output: 'b', kind: 'file' });
	assert.equal(metrics.get('lanner_sent_total', { output: 'a', kind: 'file' }), 5);
	assert.equal(metrics.get('lanner_sent_total', { output: 'c' }), 0);
});

test("the text is Prometheus', with label values escaped", () => {
	const metrics = new Metrics();
	metrics.set('lanner_lag', 3);
	metrics.set('lanner_lag', 2);
	metrics.add('lanner_sent_total', { output: 'a"b\\c\nd' });
	assert.equal(
		metrics.render(),
		'# TYPE lanner_lag gauge\nlanner_lag 2\n# TYPE lanner_sent_total counter\nlanner_sent_total{output="a\\"b\\\\c\\nd"} 1\n',
	);
});

test('a name that does not fit its kind is refused', () => {
	const metrics = new Metrics();
	assert.throws(() => metrics.add('lanner_sent'), /no name for a counter/);
	assert.throws(() => metrics.set('lanner_lag_total', 1), /no name for a gauge/);
	assert.throws(() => metrics.set('Lag', 1), /no name for a gauge/);
});
