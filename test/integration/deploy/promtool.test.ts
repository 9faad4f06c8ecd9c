/** Prometheus' own tool reads our rules and queries, and runs the rules' tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { alertRules, rulesFile, rulesTestFile } from '#test/support/prometheus.ts';
import { grafanaJson } from '../../../deploy/grafana/dashboard.ts';
import { dashboards } from '../../../deploy/grafana/make.ts';

const promtool = join(import.meta.dirname, '../../../dist/prometheus/usr/bin/promtool');
const skip = existsSync(promtool) ? false : 'promtool is not here (deploy/setup/promtool.mjs fetches it)';

function run(...args: string[]): { status: number | null; text: string } {
	const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' });
	return { status, text: stdout + stderr };
}

test('promtool reads the alert rules, and their tests pass', { skip }, () => {
	const check = run('check', 'rules', rulesFile);
	assert.equal(check.status, 0, check.text);
	assert.match(check.text, new RegExp(`${alertRules().length} rules found`));
	const tests = run('test', 'rules', rulesTestFile);
	assert.equal(tests.status, 0, tests.text);
});

test('the tests of the rules notice a threshold that was changed', { skip }, (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-promtool-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const text = readFileSync(rulesFile, 'utf8');
	const changed = text.replace(
		'(lanner_evaluator_lag_records) > 1000',
		'(lanner_evaluator_lag_records) > 9000',
	);
	assert.notEqual(changed, text);
	writeFileSync(join(folder, 'lanner.rules.yaml'), changed);
	writeFileSync(join(folder, 'tests.yaml'), readFileSync(rulesTestFile));
	const { status, text: said } = run('test', 'rules', join(folder, 'tests.yaml'));
	assert.equal(status, 1);
	assert.match(said, /LannerLagHigh/);
});

test('every query of the dashboards is PromQL', { skip }, (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-promtool-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const queries = Object.values(dashboards).flatMap((dashboard) => {
		const { panels } = grafanaJson(dashboard) as { panels: { targets?: { expr: string }[] }[] };
		return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr.replaceAll('$job', '.*')));
	});
	assert.ok(queries.length > 50);
	const rules = queries.map((expr, i) => ({ record: `query:${i}`, expr }));
	writeFileSync(join(folder, 'queries.yaml'), stringify({ groups: [{ name: 'queries', rules }] }));
	const { status, text } = run('check', 'rules', join(folder, 'queries.yaml'));
	assert.equal(status, 0, text);
});
