/**
 * Rules change while events are evaluated: a log that is fed all the time, and a file that changes under it again and again. No
 * event is lost, none is evaluated twice or by half a rule set, and every alert says by its digest which rules made it.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';
import { LiveRules } from '#cli/roles/rules/reload.ts';
import { runEvaluator } from '#evaluator/worker.ts';
import { Metrics } from '#platform/metrics.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { embeddedPair, silentLogger, valuesOf } from '#test/support/evaluation.ts';
import { batch, fileOpened } from '#test/support/events.ts';

const root = join(import.meta.dirname, '../../..');
const versions = 6;
const eventsPerVersion = 400;
const eventsPerBatch = 4;
const firstSequence = 1;

/** Two rules of one version, matched by the same event: an event that one of them misses was evaluated by half a set. */
function rulesOf(version: number): string {
	const rule = (name: string): string =>
		`- rule: ${name}\n  desc: d\n  condition: evt.type = openat and fd.name startswith /watched\n  output: version ${version} %fd.name\n  priority: INFO\n`;
	return rule('first half') + rule('second half');
}

function batchAt(index: number): Buffer {
	const events = Array.from({ length: eventsPerBatch }, (_, i) =>
		fileOpened({
			pid: 11,
			tid: 11,
			start: 6,
			name: `/watched/${index + i}`,
			path: `/watched/${index + i}`,
			result: 3,
		}),
	);
	return batch(events, { producer: 'CAPTURE', firstSequence: firstSequence + index });
}

test('rules that change under load: no event lost, none by half a rule set, the switch is in the digest', {
	timeout: 60_000,
}, async (t) => {
	const { folder, log, store } = await embeddedPair(t);
	const file = join(folder, 'rules.yaml');
	writeFileSync(file, rulesOf(0));
	const options = { paths: [file], ruleMatching: 'all' } as const;
	const initial = loadRulesInForce(options, { stderr: { write: () => {} }, root, env: {} });
	const logger = { info: () => {}, warn: () => {}, error: () => {} };
	const live = new LiveRules(initial, { ...options, root, logger, metrics: new Metrics(), now: Date.now });
	const drain = new AbortController();
	const evaluating = runEvaluator(
		{
			log,
			store,
			ruleSet: () => live.current.ruleSet,
			logger: silentLogger,
			readBytesMax: 1024,
			drain: drain.signal,
		},
		new AbortController().signal,
	);
	const digests = [initial.ruleSet.digest(0)];
	for (let version = 0; version < versions; version++) {
		for (let i = 0; i < eventsPerVersion; i += eventsPerBatch) {
			await log.append('lanner.events', [{ key: 'host', value: batchAt(version * eventsPerVersion + i) }]);
			if (i !== eventsPerVersion / 2) continue;
			// In the middle of the stream, while what was appended before is still being evaluated.
			writeFileSync(file, rulesOf(version + 1));
			const reloading = live.reload();
			await turnOfTheLoop();
			if (version % 2 === 0) continue;
			assert.equal(await reloading, 'loaded');
			digests.push(live.current.ruleSet.digest(0));
		}
	}
	drain.abort();
	await evaluating;
	const alerts = (await valuesOf(log, 'lanner.alerts')).map((value): Alert => alertCodec.decode(value));
	const bySequence = new Map<number, Alert[]>();
	for (const alert of alerts)
		bySequence.set(alert.sequence, [...(bySequence.get(alert.sequence) ?? []), alert]);
	assert.equal(bySequence.size, versions * eventsPerVersion, 'every event has its alerts');
	let last = -1;
	for (let i = 0; i < versions * eventsPerVersion; i++) {
		const pair = bySequence.get(firstSequence + i) as Alert[];
		assert.deepEqual(pair.map(({ rule }) => rule).sort(), ['first half', 'second half']);
		const [version, other] = pair.map(({ output }) => Number(/version (\d+)/.exec(output)?.[1]));
		assert.equal(version, other, `event ${i} was evaluated by two versions`);
		assert.ok(
			(version as number) >= last,
			`event ${i} was evaluated by an older version than the one before`,
		);
		last = version as number;
	}
	assert.equal(last, versions, 'the last version was in force at the end');
	const seen = new Set(
		alerts.filter(({ rule }) => rule === 'first half').map(({ ruleDigest }) => ruleDigest),
	);
	assert.ok(seen.size > 2 && seen.has(digests[0] as string), `${seen.size} versions alerted`);
	const outputs = new Map(
		alerts.map(({ rule, ruleDigest, output }) => [`${rule} ${ruleDigest}`, /version \d+/.exec(output)?.[0]]),
	);
	for (const { rule, ruleDigest, output } of alerts)
		assert.equal(
			outputs.get(`${rule} ${ruleDigest}`),
			/version \d+/.exec(output)?.[0],
			'a digest is one version',
		);
});
