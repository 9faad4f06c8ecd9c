/**
 * What dashboards and alert rules ask for is really told by roles at work: an evaluator and an output on a real log with losses, an
 * undecodable batch and failing appends, rules in force, and the report of an agent's counters.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { reportAgent } from '#cli/roles/agent-metrics.ts';
import { measuredLog } from '#cli/roles/measured-log.ts';
import { measuredStore } from '#cli/roles/measured-store.ts';
import { Ops } from '#cli/roles/ops.ts';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';
import { LiveRules } from '#cli/roles/rules/reload.ts';
import { runEvaluator } from '#evaluator/worker.ts';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import { collectProcessMetrics } from '#platform/ops/process-metrics.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened, gap } from '#test/support/events.ts';
import { alertRules, metricsIn } from '#test/support/prometheus.ts';
import { scriptedOutput, startWorker, until } from '#test/support/sink.ts';
import { dashboards } from '../../../deploy/grafana/make.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'lanner-series-'));
let told = '';

before(async () => {
	told = `${await evaluatorTells()}${agentTells()}`;
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Of the evaluator, and of the output that follows its alerts. */
async function evaluatorTells(): Promise<string> {
	const { metrics } = new Ops();
	collectProcessMetrics(metrics, '1.0.0');
	const rules = loadRulesInForce(
		{ paths: [], profile: true },
		{ stderr: { write: () => undefined }, root, env: {} },
	);
	const live = new LiveRules(rules, { paths: [], root, logger: silentLogger, metrics, now: Date.now });
	const embedded = await openEmbeddedLog({ folder: join(folder, 'log'), recordBytesMax: 1 << 20 });
	const log = measuredLog(embedded, metrics);
	const store = measuredStore(await openEmbeddedStore({ folder: join(folder, 'state') }), metrics);
	try {
		const shadow = fileOpened({
			pid: 11,
			tid: 11,
			start: 6,
			name: '/etc/shadow',
			path: '/etc/shadow',
			result: 3,
		});
		const values = [
			batch([shadow, shadow], { producer: 'CAPTURE', firstSequence: 1 }),
			batch([gap({ reason: 'ring-full', lost: 7 })], { producer: 'CAPTURE', firstSequence: 3 }),
			Buffer.from('no batch'),
		];
		await log.append(
			'lanner.events',
			values.map((value) => ({ key: 'h', value })),
		);
		await assert.rejects(log.append('lanner.alerts', [{ key: 'h', value: Buffer.alloc(2 << 20) }]));
		await runEvaluator(
			{
				...{ log, store, metrics, logger: silentLogger },
				ruleSet: () => live.current.ruleSet,
				drain: AbortSignal.abort(),
			},
			new AbortController().signal,
		);
		const sink = startWorker(log, scriptedOutput().output);
		await until(() =>
			/^lanner_sink_alerts_delivered_total\{output="out"\} [1-9]/m.test(sink.metrics.render()),
		);
		await sink.drain();
		return `${metrics.render()}${sink.metrics.render()}`;
	} finally {
		await store.close();
		await log.close();
	}
}

function agentTells(): string {
	const ops = new Ops();
	const counters = {
		batches: 1,
		events: 2,
		bytes: 3,
		restarts: 0,
		lost: 0,
		lostOnTheWay: 0,
		outages: 0,
		captureCpuUs: 4,
		filtered: 5,
	};
	reportAgent(ops, { agent: { counters, inFlightBytes: 0 }, spool: { bytes: 0 }, isReady: () => true });
	return ops.metrics.render();
}

test('every series that dashboards and alert rules ask for is told', () => {
	const asked = [
		...alertRules().map(({ expr }) => expr),
		...Object.values(dashboards).flatMap(({ rows }) =>
			rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr))),
		),
	].flatMap(metricsIn);
	const names = new Set([...told.matchAll(/^([a-z0-9_]+)(?:\{| )/gm)].map(([, name]) => name));
	assert.deepEqual(
		[...new Set(asked)].filter((name) => !names.has(name)),
		[],
	);
});

test('hosts are told by state, and those whose processes are not all known', () => {
	assert.match(told, /^lanner_evaluator_hosts\{partition="0",state="heard"\} \d/m);
	assert.match(told, /^lanner_evaluator_hosts_incomplete\{partition="0"\} \d/m);
	assert.match(told, /^lanner_evaluator_topic_partitions 1$/m);
});

test('rules are counted by how often they are asked', () => {
	assert.match(told, /^lanner_evaluator_rule_evaluations_total\{rule="[^"]+"\} [1-9]/m);
});
