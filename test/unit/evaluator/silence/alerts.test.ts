import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Replay } from '#evaluator/replay.ts';
import { silenceBatch } from '#evaluator/silence/event.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { ruleSetOf } from '#test/support/evaluation.ts';
import { batch, batchHeader, heartbeat, probeStarted, probeStopped } from '#test/support/events.ts';

const rules = ruleSetOf(
	'- rule: never\n  desc: d\n  condition: evt.type = reboot\n  output: o\n  priority: INFO\n',
);
const { hostId, hostName, bootId } = batchHeader;
const baseTimeS = Number(batchHeader.baseTimeS);
const otherBoot = '22222222-2222-3333-4444-555555555555';

/** Capture's events with these sequences, one batch each. */
const capture = (firstSequence: number, events = [heartbeat()], boot = bootId): Buffer =>
	batch(events, { producer: 'CAPTURE', firstSequence, bootId: boot });

/** An evaluator misses `captureSequence`. */
const silence = (captureSequence: number, boot = bootId): Buffer =>
	silenceBatch(hostId, { hostName, bootId: boot, captureSequence, heardS: baseTimeS, heardNs: 0 }, 15);

function rulesOf(batches: readonly Buffer[]): Alert[] {
	const replay = new Replay(rules);
	const alerts: Alert[] = [];
	for (const message of batches) replay.evaluate(message, alerts);
	return alerts;
}

const names = (batches: readonly Buffer[]): string[] => rulesOf(batches).map(({ rule }) => rule);

describe('alerts of silence', () => {
	test('silence and return alert once each, with what was missed', () => {
		const alerts = rulesOf([capture(1, [probeStarted()]), capture(2), silence(3), capture(3), capture(4)]);
		assert.deepEqual(
			alerts.map(({ rule, producer, sequence, timeS, priority }) => ({
				rule,
				producer,
				sequence,
				timeS,
				priority,
			})),
			[
				{
					rule: 'Probe silent',
					producer: 'evaluator',
					sequence: 3,
					timeS: baseTimeS + 15,
					priority: 'Critical',
				},
				{ rule: 'Probe heard again', producer: 'capture', sequence: 3, timeS: baseTimeS, priority: 'Notice' },
			],
		);
		assert.match(alerts[0]!.output, /silence=15s last_heard=2023-11-14T22:13:20.000Z/);
	});

	test('the same decision of a second evaluator is a repeat with the same bytes', () => {
		assert.deepEqual(silence(3), silence(3));
		assert.deepEqual(names([capture(2), silence(3), silence(3), capture(3), silence(3)]), [
			'Probe silent',
			'Probe heard again',
		]);
	});

	test('a decision that capture was faster than is void', () => {
		assert.deepEqual(names([capture(2), capture(3), silence(3), capture(4)]), []);
	});

	test('a probe that said that it stops is not silent', () => {
		assert.deepEqual(names([capture(2, [probeStopped()]), silence(3), capture(3)]), []);
	});

	test('a second silence alerts again, with another id', () => {
		const alerts = rulesOf([capture(2), silence(3), capture(3), silence(4)]);
		assert.deepEqual(
			alerts.map(({ rule }) => rule),
			['Probe silent', 'Probe heard again', 'Probe silent'],
		);
		assert.equal(new Set(alerts.map(({ id }) => id)).size, 3);
	});

	test('a host that comes back with another boot is heard again', () => {
		assert.deepEqual(names([capture(2), silence(3), capture(1, [probeStarted()], otherBoot)]), [
			'Probe silent',
			'Probe heard again',
		]);
	});

	test('a decision about an earlier boot changes nothing of the present one', () => {
		const alerts = names([
			capture(2),
			capture(1, [heartbeat()], otherBoot),
			silence(3),
			capture(2, [heartbeat()], otherBoot),
		]);
		assert.deepEqual(alerts, []);
	});
});
