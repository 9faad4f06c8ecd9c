import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import { Replay } from '#evaluator/replay.ts';
import { goneBatch, silenceBatch } from '#evaluator/silence/event.ts';
import { GoneHosts } from '#evaluator/silence/gone.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState, takeChanges } from '#state/index.ts';
import { ruleSetOf } from '#test/support/evaluation.ts';
import { batch, batchHeader, heartbeat, probeStopped, processExecuted } from '#test/support/events.ts';

const rules = ruleSetOf(
	'- rule: never\n  desc: d\n  condition: evt.type = reboot\n  output: o\n  priority: INFO\n',
);
const { hostId, hostName, bootId } = batchHeader;
const heardS = Number(batchHeader.baseTimeS);
const forgetS = 3600;
const facts = (captureSequence: number) => ({ hostName, bootId, captureSequence, heardS, heardNs: 0 });
const gone = (captureSequence: number): Buffer => goneBatch(hostId, facts(captureSequence), forgetS);
const silence = (captureSequence: number): Buffer => silenceBatch(hostId, facts(captureSequence), 15);
const executed = processExecuted({ pid: 7, start: 7, process: { pid: 7, start: 7, comm: 'sh' } } as never);
const capture = (firstSequence: number, events = [heartbeat()]): Buffer =>
	batch(events, { producer: 'CAPTURE', firstSequence });

function stateAfter(batches: readonly Buffer[]): { state: HostState; alerts: Alert[] } {
	const reader = new EventReader();
	const state = new HostState(hostId);
	const view = new HostView(state, reader);
	const alerts: Alert[] = [];
	for (const message of batches) {
		reader.open(message);
		evaluateBatch(reader, view, rules, alerts);
	}
	return { state, alerts };
}

describe('hosts that are gone for good', () => {
	test('nothing of one is left, in memory and in the store, and nobody is alerted', () => {
		const before = stateAfter([capture(1, [executed]), silence(2)]);
		assert.equal(before.state.processes.runningCount, 1);
		const { state, alerts } = stateAfter([capture(1, [executed]), silence(2), gone(2)]);
		assert.equal(state.processes.runningCount, 0);
		assert.deepEqual(takeChanges(state), { clear: true, puts: new Map(), deletes: [] });
		assert.deepEqual(alerts, before.alerts);
	});

	test('one that said that it stops is forgotten too', () => {
		const { state } = stateAfter([capture(1, [executed, probeStopped()]), gone(3)]);
		assert.deepEqual(takeChanges(state), { clear: true, puts: new Map(), deletes: [] });
	});

	test('a decision that capture was faster than, or about a host that talks, is void', () => {
		for (const batches of [
			[capture(1, [executed]), silence(2), capture(2), gone(2)],
			[capture(1, [executed]), gone(2)],
		])
			assert.equal(stateAfter(batches).state.processes.runningCount, 1);
	});

	test('who comes back is a new host, and a second decision about the old one changes nothing', () => {
		const { state, alerts } = stateAfter([
			...[capture(1, [executed]), silence(2), gone(2), gone(2)],
			capture(9, [executed]),
			gone(2),
		]);
		assert.equal(state.processes.runningCount, 1);
		assert.equal(state.incomplete, true);
		assert.deepEqual(
			alerts.map(({ rule }) => rule),
			['Probe silent'],
		);
	});

	test('a replay agrees', () => {
		const replay = new Replay(rules);
		const alerts: Alert[] = [];
		for (const one of [capture(1, [executed]), silence(2), gone(2), capture(9)]) replay.evaluate(one, alerts);
		assert.deepEqual(
			alerts.map(({ rule }) => rule),
			['Probe silent'],
		);
	});

	test('they are due when they were not heard for so long, as many at a time as asked for', () => {
		const hosts = new GoneHosts(forgetS);
		for (const id of ['a', 'b', 'c']) hosts.add(id, facts(1));
		hosts.remove('b');
		assert.deepEqual(hosts.due(heardS + forgetS - 1, 10), []);
		assert.deepEqual(
			hosts.due(heardS + forgetS, 1).map((one) => one.hostId),
			['a'],
		);
		assert.deepEqual(
			hosts.due(heardS + forgetS, 10).map((one) => one.hostId),
			['c'],
		);
		assert.equal(hosts.size, 0);
	});
});
