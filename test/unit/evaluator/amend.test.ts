import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import { Replay } from '#evaluator/replay.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState, loadHost, takeChanges } from '#state/index.ts';
import { ruleSetOf } from '#test/support/evaluation.ts';
import { batch, containerReported, fileOpened, processExecuted } from '#test/support/events.ts';

const rules = ruleSetOf(`
- rule: Read
  desc: test
  condition: evt.type = openat and fd.name = /etc/shadow
  output: "read (command=%proc.cmdline n=%evt.rawres t=%evt.rawtime file=%fd.name image=%container.image.repository name=%toupper(container.name) id=%container.id)"
  priority: WARNING
- rule: Owned
  desc: test
  condition: evt.type = openat and fd.name = /etc/group
  output: "owned (image=%container.image.repository deployment=%k8s.deployment.name)"
  priority: WARNING
- rule: No facts
  desc: test
  condition: evt.type = openat and fd.name = /etc/hosts
  output: "no facts (id=%container.id)"
  priority: WARNING
`);

const id = 'a1'.repeat(32);
const owner = { pid: 10, tid: 10, start: 5 };

function start(containerId: string): BatchEvent {
	return processExecuted({
		...owner,
		process: { pid: 10, start: 5, comm: 'cat', args: ['cat', '\u00ff"'], containerId },
	});
}

const read = fileOpened({ ...owner, path: '/etc/shadow', name: '/etc/shadow', result: 3 });

function report(facts: object = {}): BatchEvent {
	const container = { id, name: 'web', imageRepository: 'lab/busybox', complete: true, ...facts };
	return containerReported({ state: 'RUNNING', container } as never);
}

const capture = (...events: BatchEvent[]): Buffer => batch(events, { firstSequence: 100 });
const agent = (sequence: number, ...events: BatchEvent[]): Buffer =>
	batch(events, { producer: 'AGENT', firstSequence: sequence });

function evaluate(...messages: readonly Buffer[]): Alert[] {
	const replay = new Replay(rules);
	const alerts: Alert[] = [];
	for (const message of messages) replay.evaluate(message, alerts);
	return alerts.filter(({ rule }) => rule === 'Read');
}

test('an alert that was raised before the runtime told the facts is said again with them', () => {
	const [first, amendment, ...more] = evaluate(capture(start(id), read), agent(1, report()));
	assert.match(first!.output, /image=<NA> name=<NA> id=a1a1a1a1a1a1\)$/);
	assert.equal(
		amendment!.output,
		first!.output.replace('image=<NA> name=<NA>', 'image=lab/busybox name=WEB'),
	);
	assert.deepEqual(amendment!.amends, { string: first!.id });
	assert.notEqual(amendment!.id, first!.id);
	assert.deepEqual(
		{ ...amendment, id: '', output: '', outputFields: [], amends: null },
		{ ...first, id: '', output: '', outputFields: [] },
	);
	const fields = Object.fromEntries(amendment!.outputFields.map(({ name, value }) => [name, value]));
	assert.deepEqual(fields['container.image.repository'], { string: 'lab/busybox' });
	assert.deepEqual(fields['evt.rawres'], { long: 3 });
	assert.deepEqual(more, []);
});

test('it is said once, and never when the facts came in time or the alert shows none', () => {
	assert.equal(evaluate(capture(start(id), read), agent(1, report()), agent(2, report())).length, 2);
	assert.equal(evaluate(agent(1, report()), capture(start(id), read), agent(2, report())).length, 1);
	assert.equal(evaluate(capture(start(''), read), agent(1, report())).length, 1);
	const replay = new Replay(rules);
	const alerts: Alert[] = [];
	const other = fileOpened({ ...owner, path: '/etc/hosts', name: '/etc/hosts', result: 3 });
	for (const message of [capture(start(id), other), agent(1, report())]) replay.evaluate(message, alerts);
	assert.equal(alerts.filter(({ rule }) => rule === 'No facts').length, 1);
});

test('owners of the pod are said when they come, after what the runtime told; elsewhere nobody waits for them', () => {
	const readGroup = fileOpened({ ...owner, path: '/etc/group', name: '/etc/group', result: 3 });
	const inPod = { podUid: 'uid-1', podName: 'web-0' };
	const owned = { ...inPod, podOwners: [{ kind: 'Deployment', name: 'web', uid: 'd-1', labels: [] }] };
	const outputs = (...messages: readonly Buffer[]): Alert[] => {
		const replay = new Replay(rules);
		const alerts: Alert[] = [];
		for (const message of messages) replay.evaluate(message, alerts);
		return alerts.filter(({ rule }) => rule === 'Owned');
	};
	const event = capture(start(id), readGroup);
	const all = outputs(
		event,
		agent(1, report(inPod)),
		agent(2, report(inPod)),
		agent(3, report(owned)),
		agent(4, report(owned)),
	);
	assert.deepEqual(
		all.map(({ output }) => output),
		[
			'owned (image=<NA> deployment=<NA>)',
			'owned (image=lab/busybox deployment=<NA>)',
			'owned (image=lab/busybox deployment=web)',
		],
	);
	assert.deepEqual(
		all.map(({ amends }) => amends),
		[null, { string: all[0]!.id }, { string: all[0]!.id }],
	);
	assert.equal(new Set(all.map((alert) => alert.id)).size, 3);
	// The runtime was in time, the API server was not.
	const late = outputs(agent(1, report(inPod)), event, agent(2, report(owned)));
	assert.deepEqual(
		late.map(({ output }) => output),
		['owned (image=lab/busybox deployment=<NA>)', 'owned (image=lab/busybox deployment=web)'],
	);
	assert.equal(outputs(event, agent(1, report()), agent(2, report(owned))).length, 2);
});

test('facts that are not complete are waited for', () => {
	const early = agent(1, report({ complete: false, name: '', imageRepository: '' }));
	assert.equal(evaluate(capture(start(id), read), early).length, 1);
	assert.equal(evaluate(capture(start(id), read), early, agent(2, report())).length, 2);
});

test('another evaluator, with the state from the store, amends to the same bytes', () => {
	const expected = evaluate(capture(start(id), read), agent(1, report()));
	const entries = new Map<string, Buffer>();
	const found: Alert[] = [];
	for (const message of [capture(start(id), read), agent(1, report())]) {
		const reader = new EventReader();
		const state = loadHost('host-1', entries);
		reader.open(message);
		evaluateBatch(reader, new HostView(state, reader), rules, found);
		for (const [key, value] of takeChanges(state)!.puts) entries.set(key, Buffer.from(value));
	}
	assert.deepEqual(
		found.filter(({ rule }) => rule === 'Read'),
		expected,
	);
});

test('only so many alerts of a container wait; the others are counted', () => {
	const state = new HostState('host-1', { pendingAlertsMax: 2 });
	const reader = new EventReader();
	const view = new HostView(state, reader);
	const alerts: Alert[] = [];
	for (const message of [capture(start(id), read, read, read), agent(1, report())]) {
		reader.open(message);
		evaluateBatch(reader, view, rules, alerts);
	}
	assert.equal(alerts.filter(({ amends }) => amends !== null).length, 2);
	assert.equal(state.counters.pendingAlertsDropped, 1);
});
