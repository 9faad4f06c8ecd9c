/** Dashboards and alert rules speak of metrics that exist, and of runbook sections that exist. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { anchorsOf } from '#test/support/markdown.ts';
import { alertRules, definitionOf, metricsIn, problemsOf, rulesTestFile } from '#test/support/prometheus.ts';
import { grafanaJson } from '../../../deploy/grafana/dashboard.ts';
import { dashboards } from '../../../deploy/grafana/make.ts';
import { root } from '../../tidy/tree.ts';

const grafana = join(root, 'deploy/grafana');

type GrafanaPanel = {
	readonly id: number;
	readonly title: string;
	readonly description?: string;
	readonly gridPos: { x: number; y: number; w: number; h: number };
	readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
};

function panelsOf(file: string): GrafanaPanel[] {
	return (JSON.parse(readFileSync(join(grafana, file), 'utf8')) as { panels: GrafanaPanel[] }).panels;
}

test('a query that names no metric, label or value of ours is told', () => {
	assert.deepEqual(problemsOf('sum(lanner_evaluator_lag_records)'), []);
	assert.equal(problemsOf('sum(lanner_evaluator_lags)').length, 1);
	assert.equal(problemsOf('sum by (host) (lanner_evaluator_lag_records)').length, 1);
	assert.equal(problemsOf('lanner_evaluator_hosts{state="asleep"}').length, 1);
	assert.equal(problemsOf('lanner_evaluator_hosts{status="silent"}').length, 1);
	assert.equal(problemsOf('rate(lanner_store_commit_seconds[5m])').length, 1);
	assert.equal(problemsOf('lanner_evaluator_lag_records', '{{host}}').length, 1);
});

test('the dashboards are what make.ts makes', () => {
	const files = readdirSync(grafana).filter((file) => file.endsWith('.json'));
	assert.deepEqual(files.sort(), Object.keys(dashboards).sort());
	for (const [file, dashboard] of Object.entries(dashboards))
		assert.deepEqual(
			JSON.parse(readFileSync(join(grafana, file), 'utf8')),
			JSON.parse(JSON.stringify(grafanaJson(dashboard))),
			`${file}: run node --import tsx deploy/grafana/make.ts`,
		);
});

for (const file of Object.keys(dashboards))
	test(`${file}: every panel says what it means, and asks for metrics and labels that exist`, () => {
		const problems: string[] = [];
		for (const { title, description = '', targets } of panelsOf(file)) {
			if (targets === undefined) continue;
			if (description.length < 10) problems.push(`${title}: no description`);
			for (const { expr, legendFormat } of targets) {
				assert.ok(metricsIn(expr).length > 0, `${title}: ${expr} asks for nothing`);
				problems.push(...problemsOf(expr, legendFormat).map((problem) => `${title}: ${problem}`));
			}
		}
		assert.deepEqual(problems, []);
	});

for (const file of Object.keys(dashboards))
	test(`${file}: panels have ids of their own and do not lie on each other`, () => {
		const panels = panelsOf(file);
		assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
		const cells = new Set<string>();
		for (const { title, gridPos } of panels)
			for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
				for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
					assert.ok(x < 24 && !cells.has(`${x} ${y}`), `${title} lies on another panel`);
					cells.add(`${x} ${y}`);
				}
	});

test('alert rules ask for metrics and labels that exist', () => {
	const problems = alertRules().flatMap(({ alert, expr, annotations }) =>
		Object.values(annotations).flatMap((text) =>
			problemsOf(expr, text).map((problem) => `${alert}: ${problem}`),
		),
	);
	assert.deepEqual(problems, []);
});

test('increase and rate are asked of counters, and alerts never of a gauge that only grows', () => {
	const all = [
		...alertRules().map(({ expr }) => expr),
		...Object.keys(dashboards).flatMap((file) =>
			panelsOf(file).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
		),
	];
	for (const expr of all)
		for (const [, name = ''] of expr.matchAll(/\b(?:rate|increase)\(([a-z0-9_]+)/g))
			assert.notEqual(definitionOf(name)?.kind, 'gauge', `${name} is a gauge: ${expr}`);
});

test('each alert has a severity and a section of the runbook, and each section an alert', () => {
	const named = new Set<string>();
	for (const { alert, labels, annotations } of alertRules()) {
		assert.match(labels.severity ?? '', /^(?:critical|warning)$/, alert);
		assert.ok(annotations.summary && annotations.description, alert);
		const [file = '', anchor = ''] = (annotations.runbook_url ?? '').split('#');
		assert.ok(
			anchorsOf(join(root, file)).includes(anchor),
			`${alert}: ${annotations.runbook_url} does not exist`,
		);
		assert.equal(anchor, alert.toLowerCase());
		named.add(anchor);
	}
	const runbook = 'deploy/docs/runbook';
	const sections = readdirSync(join(root, runbook)).flatMap((file) => anchorsOf(join(root, runbook, file)));
	assert.deepEqual(
		sections.filter((anchor) => anchor.startsWith('lanner') && !named.has(anchor)),
		[],
	);
});

test('each alert is tested, firing and quiet', () => {
	const { tests } = parse(readFileSync(rulesTestFile, 'utf8')) as {
		tests: { promql_expr_test?: { expr: string; exp_samples: unknown[] }[] }[];
	};
	const checks = tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test);
	for (const { alert } of alertRules()) {
		const own = checks.filter(({ expr }) => expr.includes(`alertname="${alert}"`));
		assert.ok(
			own.some(({ exp_samples }) => exp_samples.length > 0),
			`${alert} is not tested to fire`,
		);
		assert.ok(
			own.some(({ exp_samples }) => exp_samples.length === 0),
			`${alert} is not tested to be quiet`,
		);
	}
});
