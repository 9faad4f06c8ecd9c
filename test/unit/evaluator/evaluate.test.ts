import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldBackRule, lossRule, tamperingRule } from '#evaluator/loss.ts';
import { measureShares, Replay } from '#evaluator/replay.ts';
import { alertToJson, alertToText } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { ruleSetOf } from '#test/support/evaluation.ts';
import { batch, fileOpened, gap, processExecuted, snapshotMarked } from '#test/support/events.ts';

const rules = ruleSetOf(`
- rule: Shadow read
  desc: test
  condition: evt.type = openat and fd.name = /etc/shadow
  output: read (command=%proc.cmdline file=%fd.name ancestor=%proc.aname[3] n=%evt.rawres)
  priority: WARNING
  tags: [b, a]
`);

const start = processExecuted({
	pid: 10,
	tid: 10,
	start: 5,
	process: { pid: 10, start: 5, comm: 'cat', args: ['cat', '/etc/shadow'] },
});
const read = fileOpened({
	pid: 10,
	tid: 10,
	start: 5,
	path: '/etc/shadow',
	name: '/etc/shadow',
	result: 3,
	time: 1_500_000_000,
});

function evaluate(...messages: readonly Buffer[]): Alert[] {
	const replay = new Replay(rules);
	const alerts: Alert[] = [];
	for (const message of messages) replay.evaluate(message, alerts);
	return alerts;
}

test('an alert says what happened, where and when, and its id comes from rule and event alone', () => {
	const [alert] = evaluate(batch([start, read], { firstSequence: 500, utcOffsetS: 3600 }));
	assert.equal(alert?.sequence, 501);
	assert.match(alert?.id ?? '', /^[0-9a-f]{32}$/);
	assert.equal(
		alertToText(alert as Alert),
		'23:13:21.500000000: Warning read (command=cat /etc/shadow file=/etc/shadow ancestor=<NA> n=3)',
	);
	const again = evaluate(batch([start, read], { firstSequence: 500, utcOffsetS: 3600 }));
	assert.deepEqual(again, [alert]);
	const [other] = evaluate(batch([start, read], { firstSequence: 501 }));
	assert.notEqual(other?.id, alert?.id);
});

test("JSON has Falco's shape with sorted keys, exact numbers and null for what is missing", () => {
	const [alert] = evaluate(batch([start, read]));
	const json = alertToJson(alert as Alert);
	assert.match(json, /"evt\.time":1700000001500000000[,}]/);
	const value = JSON.parse(json) as Record<string, unknown> & { output_fields: Record<string, unknown> };
	assert.deepEqual(Object.keys(value), [
		'hostname',
		'id',
		'lanner',
		'output',
		'output_fields',
		'priority',
		'rule',
		'source',
		'tags',
		'time',
	]);
	assert.deepEqual(Object.keys(value.output_fields), [
		'evt.rawres',
		'evt.time',
		'fd.name',
		'proc.aname[3]',
		'proc.cmdline',
	]);
	assert.equal(value.output_fields['proc.aname[3]'], null);
	assert.equal(value.output_fields['evt.rawres'], 3);
	assert.deepEqual(value.tags, ['a', 'b']);
	assert.equal(value.time, '2023-11-14T22:13:21.500000000Z');
	assert.ok(String(value.output).startsWith('22:13:21.500000000: Warning read'));
});

test('how events are cut into batches changes no alert', () => {
	const whole = evaluate(batch([start, read, read], { firstSequence: 1 }));
	const cut = evaluate(
		batch([start], { firstSequence: 1 }),
		batch([read], { firstSequence: 2 }),
		batch([read], { firstSequence: 3 }),
	);
	assert.equal(whole.length, 2);
	assert.deepEqual(cut, whole);
});

test('alerts after a loss of process events are incomplete until a snapshot has ended', () => {
	const lost = gap({ stage: 'KERNEL', reason: 'reserve-full', lost: 7, processes: true });
	const snapshot = [snapshotMarked({ phase: 'BEGIN' }), start, snapshotMarked({ phase: 'END' })];
	const alerts = evaluate(batch([...snapshot, read, lost, read, ...snapshot, read]));
	assert.deepEqual(
		alerts.map(({ rule, incomplete }) => [rule, incomplete]),
		[
			['Shadow read', false],
			[lossRule, true],
			['Shadow read', true],
			['Shadow read', false],
		],
	);
});

test('a container that is limited is an alert of its own when it begins and ends, and hides no loss', () => {
	const limit = (reason: string, lost: number) =>
		gap({ stage: 'KERNEL', reason, lost, processes: false, containerId: 'ab'.repeat(32), sinceNs: 1000 });
	const alerts = evaluate(
		batch([
			limit('rate-limit-began', 3),
			gap({ stage: 'KERNEL', reason: 'ring-full', lost: 5, processes: false }),
			limit('rate-limit-ended', 0),
		]),
	);
	assert.deepEqual(
		alerts.map(({ rule, output }) => [rule, output]),
		[
			[
				heldBackRule,
				'A container makes more events than it may: what is too much is held back (container=abababababab held=3)',
			],
			[lossRule, alerts[1]?.output],
			[heldBackRule, 'Nothing more of a container is held back (container=abababababab held=0)'],
		],
	);
	assert.match(alerts[1]?.output ?? '', /lost=5/);
});

test('a tampered probe is a critical alert each time, whatever was lost a moment before, and makes the state incomplete', () => {
	const tampered = (reason: string) => gap({ stage: 'CAPTURE', reason, lost: -1, processes: true });
	const alerts = evaluate(
		batch([
			snapshotMarked({ phase: 'BEGIN' }),
			snapshotMarked({ phase: 'END' }),
			gap({ stage: 'KERNEL', reason: 'ring-full', lost: 5, processes: false }),
			tampered('tampered-maps'),
			tampered('tampered-ring'),
			tampered('tampered-programs'),
			read,
		]),
	);
	assert.deepEqual(
		alerts.map(({ rule, priority }) => [rule, priority]),
		[
			[lossRule, 'Critical'],
			...Array.from({ length: 3 }, () => [tamperingRule, 'Critical']),
			['Shadow read', 'Warning'],
		],
	);
	assert.equal(alerts.at(-1)?.incomplete, true);
	assert.match(alerts[1]?.output ?? '', /changed what it reports.*reason=tampered-maps/);
});

test('losses alert once a minute with what was lost since, restarts of capture apart from them', () => {
	const s = 1_000_000_000;
	const loss = (time: number, lost: number) =>
		gap({ stage: 'KERNEL', reason: 'ring-full', lost, processes: false, time: time * s });
	const restart = (time: number) =>
		gap({ stage: 'CAPTURE', reason: 'capture-restarted', lost: -1, processes: true, time: time * s });
	const alerts = evaluate(
		batch([
			loss(0, 5),
			loss(10, 6),
			restart(11),
			restart(12),
			loss(59, 1),
			loss(60, 2),
			restart(22),
			gap({ lost: 0 }),
		]),
	);
	assert.deepEqual(
		alerts.map(({ output }) => /reason=(\S+) .* lost=(\S+)/.exec(output)?.slice(1).join(' ')),
		['ring-full 5', 'capture-restarted 6', 'ring-full 3', 'capture-restarted unknown'],
	);
	assert.equal(new Set(alerts.map(({ id }) => id)).size, 4);
});

test('a batch damaged in its middle keeps what was whole and marks the host as incomplete', () => {
	const whole = batch([start, read, read], { firstSequence: 1 });
	const replay = new Replay(rules);
	const alerts: Alert[] = [];
	const { fault, events } = replay.evaluate(whole.subarray(0, whole.length - 4), alerts);
	assert.equal(fault?.code, 'truncated');
	assert.equal(events, 2);
	assert.equal(alerts.length, 1);
});

test('the passes of --stats see the same events', async () => {
	const shares = await measureShares(
		[batch([start, read]), batch([read], { firstSequence: 3 })],
		rules,
		() => 0,
	);
	assert.deepEqual([shares.decode.events, shares.state.events, shares.all.events], [3, 3, 3]);
});
