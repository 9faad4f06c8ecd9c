import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Metrics } from '#platform/metrics.ts';
import { type MetricDefinition, metricCatalogue } from '#platform/metrics-catalogue.ts';
import { root, sourceFiles } from '../../tidy/tree.ts';

const entries = Object.entries(metricCatalogue) as [string, MetricDefinition][];

test('a counter adds up by labels, whatever their order', () => {
	const metrics = new Metrics();
	metrics.add('lanner_log_append_failures_total', { topic: 'lanner.events', reason: 'refused' });
	metrics.add('lanner_log_append_failures_total', { reason: 'refused', topic: 'lanner.events' }, 4);
	metrics.add('lanner_log_append_failures_total', { reason: 'refused', topic: 'lanner.alerts' });
	const get = (topic: 'lanner.events' | 'lanner.alerts.dead'): number =>
		metrics.get('lanner_log_append_failures_total', { topic, reason: 'refused' });
	assert.deepEqual([get('lanner.events'), get('lanner.alerts.dead')], [5, 0]);
	assert.equal(metrics.sum('lanner_log_append_failures_total'), 6);
	assert.throws(() => metrics.add('lanner_evaluator_events_total', {}, -1), /cannot grow by -1/);
});

test("the text is Prometheus', with label values escaped", () => {
	const metrics = new Metrics();
	metrics.set('lanner_evaluator_partitions', 3);
	metrics.set('lanner_evaluator_partitions', 2);
	metrics.add('lanner_evaluator_rule_matches_total', { rule: 'a"b\\c\nd' });
	assert.equal(
		metrics.render(),
		[
			'# HELP lanner_evaluator_rule_matches_total alerts raised',
			'# TYPE lanner_evaluator_rule_matches_total counter',
			'lanner_evaluator_rule_matches_total{rule="a\\"b\\\\c\\nd"} 1',
			'# HELP lanner_evaluator_partitions partitions that are evaluated now',
			'# TYPE lanner_evaluator_partitions gauge',
			'lanner_evaluator_partitions 2',
			'',
		].join('\n'),
	);
});

test('a histogram counts each value in every bucket that holds it', () => {
	const metrics = new Metrics();
	for (const seconds of [0.01, 0.02, 0.3, 5000])
		metrics.observe('lanner_sink_alert_latency_seconds', seconds, { output: 'siem' });
	const text = metrics.render();
	const bucket = (le: string): number =>
		Number(new RegExp(`_bucket\\{output="siem",le="${le}"\\} (\\d+)`).exec(text)?.[1]);
	assert.deepEqual(['0.01', '0.025', '0.2', '0.3', '3600', '\\+Inf'].map(bucket), [1, 2, 2, 3, 3, 4]);
	assert.match(text, /_sum\{output="siem"\} 5000\.33\n/);
	assert.match(text, /_count\{output="siem"\} 4\n/);
	assert.equal(metrics.get('lanner_sink_alert_latency_seconds', { output: 'siem' }), 4);
});

test('values that are kept elsewhere are asked for before each text', () => {
	const metrics = new Metrics();
	let events = 0;
	metrics.onCollect(() => metrics.follow('lanner_agent_events_total', ++events));
	assert.match(metrics.render(), /lanner_agent_events_total 1\n/);
	assert.match(metrics.render(), /lanner_agent_events_total 2\n/);
});

test('names are Prometheus names: ours begin with lanner_, counters end in _total, times in seconds, sizes in bytes', () => {
	for (const [name, { kind, buckets }] of entries) {
		assert.match(name, /^(?:lanner|process|nodejs)_[a-z0-9_]+$/);
		assert.equal(name.endsWith('_total'), kind === 'counter', name);
		assert.doesNotMatch(name, /_(?:ms|millis|milliseconds|us|kb|mb|mib)(?:_|$)/, name);
		assert.equal(kind === 'histogram', buckets.length > 0, name);
		assert.deepEqual(
			buckets,
			[...buckets].sort((a, b) => a - b),
			name,
		);
	}
});

test('every metric of the catalogue is counted somewhere', () => {
	const sources = sourceFiles()
		.filter(
			(file) =>
				/^(?:services|probe)\/.*\.ts$/.test(file) && file !== 'services/platform/metrics-catalogue.ts',
		)
		.map((file) => readFileSync(join(root, file), 'utf8'))
		.join('\n');
	assert.deepEqual(
		entries.map(([name]) => name).filter((name) => !sources.includes(`'${name}'`)),
		[],
	);
});

test('the table of the README is the catalogue', () => {
	const labels = ({ labels: all }: MetricDefinition): string =>
		Object.entries(all)
			.map(([label, values]) =>
				typeof values === 'string' ? `${label} (${values})` : `${label}: ${values.join(', ')}`,
			)
			.join('; ');
	const rows = entries.map(
		([name, definition]) =>
			`| \`${name}\` | ${definition.kind} | ${labels(definition)} | ${definition.help} |`,
	);
	const readme = readFileSync(join(root, 'services/platform/README.md'), 'utf8');
	const shown = readme.split('\n').filter((line) => /^\| `(?:lanner|process|nodejs)_/.test(line));
	if (shown.join('\n') !== rows.join('\n')) assert.fail(`the table should be:\n${rows.join('\n')}`);
});
