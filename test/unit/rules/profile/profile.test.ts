import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rule } from '#rules/compile/rule.ts';
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { parseCondition } from '#rules/parse/index.ts';
import { type Profile, ProfileInstrument, profileOf, type RuleProfile } from '#rules/profile/index.ts';
import { Recorder } from '#rules/profile/recorder.ts';
import { Text } from '#schemas/text.ts';
import { type GivenField, type GivenValues, givenFields } from '#test/support/given-fields.ts';
import { oracle } from '#test/support/oracle.ts';

const eventTypes = ['unknown', 'open', 'execve'];
const fields: Record<string, GivenField> = {
	'proc.name': { type: 'CHARBUF' },
	'fd.name': { type: 'CHARBUF', eventTypes: [1] },
	'proc.args': { type: 'CHARBUF' },
	'user.uid': { type: 'UINT32' },
};
const open = 1;
const execve = 2;

/** Reading the clock takes this long, and it only moves by that and by what a test adds. */
const readingNs = 40;

class StandingClock {
	#ns = 0;
	readonly read = (): number => (this.#ns += readingNs);
	add(ns: number): void {
		this.#ns += ns;
	}
}

function rulesOf(conditions: readonly string[]): Rule[] {
	return conditions.map((condition, i) => ({
		...{ name: `r${i}`, condition: parseCondition(condition), output: 'o', priority: 'Notice', tags: [] },
		source: 'syscall',
	}));
}

type Event = { readonly values: GivenValues; readonly type: number };

function profile(
	conditions: readonly string[],
	events: readonly Event[],
	{
		clock = new StandingClock(),
		costNs = {},
	}: { clock?: StandingClock; costNs?: Record<string, number> } = {},
): Profile {
	const base = givenFields(fields);
	const find = (name: string) => {
		const found = base.find(name);
		const cost = costNs[name];
		if (found === undefined || cost === undefined) return found;
		const bind: typeof found.bind = (argument, type) => {
			const read = found.bind(argument, type);
			if (read === null) return null;
			return (subject) => {
				clock.add(cost);
				return read(subject);
			};
		};
		return { ...found, bind };
	};
	const instrument = new ProfileInstrument<GivenValues>(clock.read);
	const set = compileRuleSet(
		rulesOf(conditions),
		{ ...base, find },
		{
			ruleMatching: 'all',
			eventTypes,
			instrument,
		},
	);
	const out: number[] = [];
	for (const { values, type } of events) set.match(values, type, out);
	return profileOf(set, instrument, eventTypes);
}

const names = ['sh', 'bash', 'cat'];
const paths = ['/etc/shadow', '/etc/passwd', '/tmp/x', null];
const events: Event[] = [open, execve].flatMap((type) =>
	names.flatMap((name) =>
		paths.flatMap((path) =>
			[0, 1, 1000].map((uid) => ({
				type,
				values: {
					'proc.name': new Text(name),
					'fd.name': path === null || type !== open ? null : new Text(path),
					'user.uid': uid,
				},
			})),
		),
	),
);

function ruleNamed({ rules }: Profile, name: string): RuleProfile {
	return rules.find(({ rule }) => rule === name)!;
}

function holding(condition: string, type?: number): number {
	const tree = parseCondition(condition);
	return events.filter(
		(event) => (type === undefined || event.type === type) && oracle(tree, fields, event.values),
	).length;
}

test('matches of every rule are those that the oracle counts', () => {
	const conditions = [
		'proc.name = sh and user.uid = 0',
		'proc.name in (sh, bash) or fd.name startswith /etc',
		'not fd.name exists and user.uid >= 1',
		'proc.name = sh and fd.name = /etc/shadow',
		'not (proc.name = sh or user.uid = 0)',
	];
	const result = profile(conditions, events);
	for (const [i, condition] of conditions.entries())
		assert.equal(ruleNamed(result, `r${i}`).matches, holding(condition), condition);
	assert.equal(
		result.matches,
		conditions.reduce((sum, condition) => sum + holding(condition), 0),
	);
	assert.equal(result.events, events.length);
});

test('a condition that guards several rules is computed once per event, and they are asked where it holds', () => {
	const result = profile(['proc.name = sh and user.uid = 0', 'proc.name = sh and user.uid = 1'], events);
	const guard = result.shared.find(({ text }) => text === 'proc.name = sh')!;
	assert.deepEqual(
		{ computed: guard.computed, held: guard.held, rules: guard.rules },
		{ computed: events.length, held: holding('proc.name = sh'), rules: ['r0', 'r1'] },
	);
	assert.equal(ruleNamed(result, 'r0').evaluations, holding('proc.name = sh'));
	assert.equal(ruleNamed(result, 'r0').matches, holding('proc.name = sh and user.uid = 0'));
});

test('a macro in two rules is one shared condition in the words of its author', () => {
	const macro = '(fd.name startswith /etc or proc.name = sh)';
	const opens = events.filter(({ type }) => type === open);
	const result = profile([`${macro} and user.uid = 0`, `proc.name = cat and not ${macro}`], opens);
	const shared = result.shared.filter(({ kind, computed }) => kind === 'condition' && computed > 0);
	assert.equal(shared.length, 1, JSON.stringify(shared));
	assert.ok(shared[0]!.text === macro || shared[0]!.text === '(proc.name = sh or fd.name startswith /etc)');
	assert.ok(shared[0]!.held > 0 && shared[0]!.held < shared[0]!.computed);
});

test('a rule is charged for what it alone reads, and for its part of what it shares', () => {
	const conditions = ['proc.args contains x', 'user.uid = 0 or fd.name = /a', 'user.uid = 1 or fd.name = /b'];
	const costNs = { 'proc.args': 7000, 'user.uid': 500 };
	const result = profile(conditions, events, { costNs });
	const own = (name: string) => Math.round(ruleNamed(result, name).ownMs * 1e6);
	assert.equal(result.clockNs, readingNs);
	assert.equal(own('r0'), 7000 * events.length);
	assert.equal(own('r1'), 0);
	const uid = result.shared.find(({ text }) => text === 'user.uid')!;
	assert.deepEqual([uid.kind, uid.computed, uid.rules], ['value', events.length, ['r1', 'r2']]);
	assert.equal(Math.round(uid.timeMs * 1e6), 500 * events.length);
	assert.equal(Math.round(ruleNamed(result, 'r1').sharedMs * 1e6), (500 * events.length) / 2);
	assert.deepEqual(result.rules[0]!.rule, 'r0');
});

test('times add up, and reading the clock is not in them', () => {
	const conditions = [
		'proc.name = sh and user.uid = 0',
		'proc.name = sh and fd.name = /tmp/x',
		'proc.args exists',
	];
	const { timeMs, clockNs } = profile(conditions, events);
	assert.equal(clockNs, readingNs);
	assert.ok(Math.abs(timeMs.all) < 1e-9, `nothing but readings of the clock, and yet ${timeMs.all} ms`);
	const costly = profile(conditions, events, {
		costNs: { 'proc.name': 100, 'proc.args': 900, 'fd.name': 50 },
	});
	const read = 100 * events.length + 900 * events.length + 50 * holding('proc.name = sh', open);
	assert.equal(Math.round(costly.timeMs.all * 1e6), read);
	const rules = costly.rules.reduce((sum, one) => sum + one.timeMs, 0);
	assert.ok(Math.abs(rules + costly.timeMs.ahead + costly.timeMs.lookUps - costly.timeMs.all) < 1e-9);
});

test('events of a type that no rule is about are not evaluated', () => {
	const result = profile(['fd.name = /tmp/x'], events);
	assert.equal(result.unwanted, events.filter(({ type }) => type === execve).length);
	assert.equal(result.eventTypes.length, 1);
});

test('many rules that are found by one look-up are asked only where it finds them', () => {
	const conditions = Array.from(
		{ length: 20 },
		(_, i) => `proc.name = ${i === 3 ? 'sh' : `p${i}`} and user.uid = 0`,
	);
	const result = profile(conditions, events);
	assert.equal(ruleNamed(result, 'r4').evaluations, 0);
	assert.equal(ruleNamed(result, 'r3').matches, holding('proc.name = sh and user.uid = 0'));
});

test('without an instrument there is no counter and no clock in the generated code', () => {
	const options = { ruleMatching: 'all', eventTypes } as const;
	const rules = rulesOf(['proc.name = sh and user.uid = 0', 'proc.name = sh and user.uid = 1']);
	const plain = compileRuleSet(rules, givenFields(fields), options).source(open);
	const instrument = new ProfileInstrument<GivenValues>(new StandingClock().read);
	const measured = compileRuleSet(rules, givenFields(fields), { ...options, instrument }).source(open);
	assert.notEqual(measured, plain);
	assert.ok(measured.length > plain.length * 1.3);
	assert.doesNotMatch(plain, /\(\d+\); if|k\d+\(\d+\), k/);
});

test('an interval in which the process stood still is left out and counted', () => {
	const clock = new StandingClock();
	const recorder = new Recorder(clock.read);
	const [outer, inner] = [recorder.slot(), recorder.slot()];
	const ask = (takes: number): void => {
		recorder.begin(outer);
		recorder.enter(inner);
		clock.add(takes);
		recorder.leave(true);
		recorder.end();
	};
	ask(20e6);
	assert.deepEqual([recorder.pauses, recorder.timeNs(inner)], [1, 0]);
	for (let i = 0; i < 50; i++) ask(1000);
	ask(0.6e6);
	assert.deepEqual([recorder.pauses, recorder.timeNs(inner)], [2, 50_000]);
	assert.deepEqual([recorder.countOf(inner), recorder.holdsOf(inner)], [52, 52]);
});

test('a rule that takes long every time is not taken for a pause', () => {
	const clock = new StandingClock();
	const recorder = new Recorder(clock.read);
	const [outer, inner] = [recorder.slot(), recorder.slot()];
	for (let i = 0; i < 30; i++) {
		recorder.begin(outer);
		recorder.enter(inner);
		clock.add(2e6);
		recorder.leave(false);
		recorder.end();
	}
	assert.deepEqual([recorder.pauses, recorder.timeNs(inner)], [0, 60e6]);
});

test('what the profile itself does between two slots is in neither', () => {
	const clock = new StandingClock();
	const recorder = new Recorder(clock.read);
	const [ahead, tree] = [recorder.slot(), recorder.slot()];
	recorder.begin(ahead);
	recorder.replace(tree, () => clock.add(1000));
	recorder.end();
	assert.deepEqual([recorder.timeNs(ahead), recorder.timeNs(tree)], [0, 0]);
	assert.deepEqual([recorder.countOf(ahead), recorder.countOf(tree)], [1, 1]);
});

test('where nothing is ruled out ahead, the only rule of a type keeps its events alone', () => {
	const [alone] = profile(['fd.name = /tmp/x'], events).rules;
	assert.deepEqual([alone!.ruledOutAhead, alone!.keptAlone], [0, alone!.events]);
	for (const one of profile(['fd.name = /tmp/x', 'fd.name = /tmp/y'], events).rules)
		assert.deepEqual([one.ruledOutAhead, one.keptAlone], [0, 0]);
});
