/** What the common options of lanner.yaml do once they are in force: they reach the worker, with their units. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readConfig } from '#platform/config/index.ts';
import { Metrics } from '#platform/metrics.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { Sink } from '#sink/sink.ts';
import {
	appendAlerts,
	collectingLogger,
	deadLetters,
	type LogFixture,
	logFixture,
	until,
} from '#test/support/sink.ts';

describe('options in force', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	let nowMs = 1_700_000_000_000;
	beforeEach(async () => {
		fixture = await logFixture();
		nowMs = 1_700_000_000_000;
	});
	afterEach(() => fixture.cleanUp());

	/** All alerts are read, then `afterS` pass on the clock; ids in the file, and what summaries say. */
	async function said(options: string, alerts: readonly Partial<Alert>[], afterS = 0): Promise<string[]> {
		const path = join(fixture.folder, 'out');
		const { outputs } = readConfig({
			file: 'lanner.yaml',
			text: `outputs: [{ name: out, kind: file, path: ${path}, ${options} }]`,
			...{ env: {}, readFile: () => '' },
		});
		const [end, metrics] = [new AbortController(), new Metrics()];
		const sink = new Sink({
			...{ log: fixture.log, outputs, logger: collectingLogger().logger, metrics, now: () => nowMs },
			...{ random: () => 0, env: {}, datagramProgram: '', stdout: process.stdout },
		});
		await appendAlerts(fixture.log, ...alerts);
		const running = sink.run(end.signal);
		const received = (): number => metrics.get('lanner_sink_alerts_received_total', { output: 'out' });
		if (sink.names.length > 0) await until(() => received() >= alerts.length);
		nowMs += afterS * 1000;
		if (afterS > 0) await until(() => received() > alerts.length);
		end.abort();
		await running;
		try {
			return readFileSync(path, 'utf8')
				.split('\n')
				.slice(0, -1)
				.map((line) => JSON.parse(line) as { id: string; rule: string })
				.map(({ id, rule }) => (rule.startsWith('Alerts ') ? rule : id));
		} catch {
			// Nothing was written.
			return [];
		}
	}
	const abc = ['a', 'b', 'c'].map((id) => ({ id }));

	for (const [options, alerts, afterS, expected] of [
		['enabled: false', abc, 0, []],
		['minimumPriority: Error', [{ id: 'a' }, { id: 'b', priority: 'Error' }], 0, ['b']],
		['when: "alert.rule = Other"', [{ id: 'a' }, { id: 'b', rule: 'Other' }], 0, ['b']],
		['groupBy: [alert.rule], groupPeriodS: 7', abc, 7, ['a', 'Alerts grouped']],
		['rateAlerts: 2, ratePeriodS: 10', abc, 5, ['a', 'b', 'Alerts held back']],
		['inFlightAlertsMax: 1', abc, 0, ['a', 'b', 'c']],
	] as const)
		test(options, async () => assert.deepEqual(await said(options, alerts, afterS), expected));

	test('attemptsMax, retryFirstMs, retryMaxMs: so many attempts with these pauses, then the dead letters', async () => {
		const { outputs } = readConfig({
			file: 'lanner.yaml',
			text: 'outputs: [{ name: out, kind: program, program: /nonexistent/x, attemptsMax: 3, retryFirstMs: 20, retryMaxMs: 30 }]',
			...{ env: {}, readFile: () => '' },
		});
		const [end, metrics, { logger, lines }] = [new AbortController(), new Metrics(), collectingLogger()];
		const sink = new Sink({
			...{ log: fixture.log, outputs, logger, metrics, now: Date.now },
			...{ random: () => 1, env: {}, datagramProgram: '', stdout: process.stdout },
		});
		await appendAlerts(fixture.log, { id: 'a' });
		const running = sink.run(end.signal);
		await until(() => metrics.get('lanner_sink_alerts_dead_total', { output: 'out' }) === 1);
		end.abort();
		await running;
		assert.deepEqual(
			lines.flatMap(({ fields }) => (fields as { waitMs?: number }).waitMs ?? []),
			[20, 30],
		);
		assert.deepEqual(
			(await deadLetters(fixture.log)).map(({ attempts }) => attempts),
			[3],
		);
	});
});
