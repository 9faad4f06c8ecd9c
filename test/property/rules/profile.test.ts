/**
 * A profile of random rules over random lives of a host: its matches are those that the naive evaluator counts from the values of the
 * fields, and what it says was ruled out ahead did not match.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import type { FieldValue } from '#rules/field.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { ProfileInstrument, profileOf } from '#rules/profile/index.ts';
import { EventSubject } from '#rules/subject.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { conditionOf, loadConditions } from '#test/support/conditions.ts';
import { batch, fileOpened } from '#test/support/events.ts';
import type { GivenField } from '#test/support/given-fields.ts';
import { hostEvent } from '#test/support/host-events.ts';
import { oracle } from '#test/support/oracle.ts';

const names = [
	'proc.name',
	'proc.pname',
	'proc.exepath',
	'user.uid',
	'fd.name',
	'fd.num',
	'evt.type',
	'proc.cmdline',
];
const leaf = fc.constantFrom(
	...['proc.name = sh', 'proc.name in (sh, bash)', 'proc.pname != nginx', 'proc.exepath startswith /bin'],
	...['user.uid >= 1', 'fd.name = /etc/shadow', 'fd.name startswith /tmp', 'fd.num > 0', 'fd.name exists'],
	...['evt.type in (openat, execve)', 'proc.cmdline contains -c', 'fd.name endswith passwd'],
);
const opened = fc
	.record({
		pid: fc.integer({ min: 1, max: 3 }),
		start: fc.constant(1),
		path: fc.constantFrom('/etc/passwd', '/etc/shadow', '/tmp/x'),
		result: fc.constantFrom(3, -2),
	})
	.map(({ path, ...rest }) => fileOpened({ ...rest, path, name: path } as never));
const life = fc.array(fc.oneof(hostEvent, opened), { minLength: 20, maxLength: 60, size: 'max' });

const definitions = names.map((name) => eventFieldCatalogue.find(name)!);
const given: Record<string, GivenField> = Object.fromEntries(
	definitions.map(({ name, type, anyOf }) => [name, anyOf === undefined ? { type } : { type, anyOf }]),
);

function valuesOf(subject: EventSubject, type: number): Record<string, FieldValue> {
	return Object.fromEntries(
		definitions.map((field) => [field.name, field.bind(null, type)?.(subject) ?? null]),
	);
}

function compare(conditions: readonly string[], events: readonly BatchEvent[]): void {
	const rules = loadConditions(conditions);
	const instrument = new ProfileInstrument<EventSubject>(() => 0);
	const set = compileRuleSet(rules, eventFieldCatalogue, {
		...eventRuleSetOptions,
		ruleMatching: 'all',
		instrument,
	});
	const host = new HostState('host-1');
	const reader = new EventReader();
	const subject = new EventSubject(host, reader);
	const expected = rules.map(() => 0);
	const out: number[] = [];
	reader.open(batch(events, { firstSequence: 1 }));
	host.enterBatch(reader.batch);
	while (reader.next()) {
		host.apply(reader);
		subject.enter(reader);
		const { type } = reader.header;
		set.match(subject, type, out);
		const values = valuesOf(subject, type);
		for (const [i, { condition }] of rules.entries()) if (oracle(condition, given, values)) expected[i]!++;
		host.settle(reader);
	}
	const profile = profileOf(set, instrument, eventTypes);
	assert.equal(profile.events, events.length);
	for (const one of profile.rules) {
		assert.equal(one.matches, expected[Number(one.rule.slice(1))], one.rule);
		assert.ok(one.matches + one.ruledOutAhead <= one.events, JSON.stringify(one));
	}
	for (const one of profile.shared) assert.ok(one.held <= one.computed && one.rules.length > 1, one.text);
}

test('matches are those that the oracle counts', () => {
	const rules = fc.array(conditionOf(leaf), { minLength: 2, maxLength: 8, size: 'max' });
	fc.assert(
		fc.property(rules, life, (conditions, events) => compare(conditions, events)),
		{ numRuns: 60, endOnFailure: true },
	);
});
