import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hosts } from '#console/hosts/hosts.ts';
import { HostsTold, ownRules } from '#console/hosts/told.ts';
import { lossRule, tamperingRule } from '#evaluator/loss.ts';
import { sharedIdRule } from '#evaluator/shared-id.ts';
import { heardRule, silentRule } from '#evaluator/silence/alerts.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { HostState } from '#schemas/generated/host-state.ts';
import { emptyMeta } from '#state/meta.ts';
import { alertOf } from '#test/support/sink.ts';

const nowMs = Date.parse('2026-01-31T12:00:00Z');

function own(rule: string, fields: Record<string, string | number> = {}, given: Partial<Alert> = {}): Alert {
	const outputFields = Object.entries(fields).map(([name, value]) => ({
		name,
		value: typeof value === 'number' ? { long: value } : { string: value },
	}));
	return alertOf({ rule, source: 'internal', outputFields, ...given });
}

const state = (given: Partial<HostState>): HostState => ({
	...emptyMeta('boot'),
	incomplete: false,
	...given,
});

test('the names of our own rules are those that evaluators use', () => {
	assert.deepEqual(ownRules, {
		silent: silentRule,
		heard: heardRule,
		lost: lossRule,
		tampered: tamperingRule,
		shared: sharedIdRule,
	});
});

test('alerts tell of silence, return, losses and tampering', async () => {
	const hosts = new Hosts({ readStates: null, now: () => nowMs });
	hosts.told.note(own(silentRule, { 'probe.silence_s': 15, 'probe.last_heard': '2026-01-31T11:00:00.000Z' }));
	hosts.told.note(own(lossRule, { 'gap.reason': 'ring-full', 'gap.lost': 5 }, { incomplete: true }));
	hosts.told.note(own(lossRule, { 'gap.reason': 'ring-full', 'gap.lost': 7 }));
	hosts.told.note(own(lossRule, { 'gap.reason': '__proto__' }));
	hosts.told.note(own(tamperingRule));
	hosts.told.note(own(sharedIdRule, { 'host.other_name': 'clone' }));
	const list = await hosts.list();
	assert.deepEqual([list.source, list.problem], ['alerts', null]);
	const [host] = list.hosts;
	assert.deepEqual(
		[host?.state, host?.heard, host?.lost, host?.tampered, host?.sharedWith, host?.alerts],
		['silent', '2026-01-31T11:00:00.000Z', { 'ring-full': 12, other: 0 }, 1, 'clone', 6],
	);
	hosts.told.note(own(heardRule));
	assert.deepEqual((await hosts.list()).hosts[0]?.state, 'unknown');
});

test('a rule of a user that has the name of ours says nothing of the probe', async () => {
	const hosts = new Hosts({ readStates: null, now: () => nowMs });
	hosts.told.note(alertOf({ rule: silentRule, source: 'syscall' }));
	assert.equal((await hosts.list()).hosts[0]?.state, 'unknown');
});

test('states of the store win, hosts that need a person come first', async () => {
	const heardS = nowMs / 1000 - 3;
	const states = new Map([
		['a', state({ hostName: 'alive', heardS })],
		['b', state({ hostName: 'silent', heardS: heardS - 100, silent: true })],
		['c', state({ hostName: 'stopped', heardS: heardS - 100, probe: 'STOPPED' })],
		['d', state({ hostName: 'unclear', heardS: heardS - 100 })],
		['e', state({ hostName: 'incomplete', heardS, incomplete: true, incompleteReason: 'ring-full' })],
	]);
	const hosts = new Hosts({ readStates: async () => states, now: () => nowMs });
	hosts.told.note(alertOf({ hostId: 'f', hostName: 'gone' }));
	hosts.told.note(own(silentRule, {}, { hostId: 'a', hostName: 'alive' }));
	const { hosts: rows, source } = await hosts.list();
	assert.equal(source, 'store');
	assert.deepEqual(
		rows.map(({ name, state: one }) => [name, one]),
		[
			['silent', 'silent'],
			['unclear', 'unclear'],
			['gone', 'unknown'],
			['incomplete', 'alive'],
			['alive', 'alive'],
			['stopped', 'stopped'],
		],
	);
});

test('the store is asked once for everybody who looks, and a store that fails is told', async () => {
	let asked = 0;
	let atMs = nowMs;
	const hosts = new Hosts({
		readStates: async () => {
			asked++;
			throw new Error('Redis: NOPERM');
		},
		now: () => atMs,
	});
	const [first] = await Promise.all([hosts.list(), hosts.list(), hosts.list()]);
	assert.deepEqual([asked, first.source, first.problem], [1, 'alerts', 'Redis: NOPERM']);
	atMs += 5_000;
	await hosts.list();
	assert.equal(asked, 2);
});

test('hosts are bounded: the one whose last alert is the oldest goes first', () => {
	const told = new HostsTold(2);
	for (const hostId of ['a', 'b', 'a', 'c']) told.note(alertOf({ hostId }));
	assert.deepEqual(
		[...told.all()].map(({ hostId }) => hostId),
		['a', 'c'],
	);
});
