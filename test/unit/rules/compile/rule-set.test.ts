import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expression } from '#rules/ast.ts';
import type { Rule } from '#rules/compile/rule.ts';
import { compileRuleSet, RuleError, type RuleSetOptions } from '#rules/compile/rule-set.ts';
import { parseCondition } from '#rules/parse/index.ts';
import { Text } from '#schemas/text.ts';
import { type GivenValues, givenFields } from '#test/support/given-fields.ts';

const eventTypes = ['unknown', 'open', 'execve', 'connect'];
let extractions = 0;
const base = givenFields({
	'evt.type': { type: 'CHARBUF', perEventType: (type) => new Text(eventTypes[type] ?? '') },
	'fd.name': { type: 'CHARBUF', eventTypes: [1, 3] },
	'proc.name': { type: 'CHARBUF' },
	'proc.args': { type: 'CHARBUF', eventTypes: [2] },
	'user.uid': { type: 'UINT32' },
});
/** The same fields; reading proc.name is counted. */
const catalogue = {
	all: base.all,
	find: (name: string) => {
		const found = base.find(name);
		if (found === undefined || name !== 'proc.name') return found;
		const bind: typeof found.bind = (argument, type) => {
			const read = found.bind(argument, type);
			return read === null
				? null
				: (subject: GivenValues) => {
						extractions++;
						return read(subject);
					};
		};
		return { ...found, bind };
	},
};

function rule(name: string, condition: string | Expression, output = '%proc.name'): Rule {
	const tree = typeof condition === 'string' ? parseCondition(condition) : condition;
	return { name, condition: tree, output, priority: 'Notice', tags: ['a'], source: 'syscall' };
}

function ruleSet(conditions: readonly string[], options: Partial<RuleSetOptions<GivenValues>> = {}) {
	const rules = conditions.map((condition, i) => rule(`rule ${i}`, condition));
	return compileRuleSet(rules, catalogue, { ruleMatching: 'all', eventTypes, ...options });
}

function matches(set: ReturnType<typeof ruleSet>, values: GivenValues, eventType: number): number[] {
	const out: number[] = [];
	return out.slice(0, set.match(values, eventType, out));
}

const sh = { 'proc.name': new Text('sh') };

test('a rule is asked only for the event types that it can match', () => {
	const set = ruleSet([
		'evt.type = open and proc.name = sh',
		'evt.type in (execve, connect) and proc.name = sh',
	]);
	assert.deepEqual(matches(set, sh, 1), [0]);
	assert.deepEqual(matches(set, sh, 2), [1]);
	assert.deepEqual(matches(set, sh, 0), []);
	assert.equal(set.rulesFor(0), 0);
	assert.doesNotMatch(set.source(1), /open/);
});

test('first gives the first rule in order of definition, whatever the order of evaluation', () => {
	const conditions = [
		'user.uid = 7',
		'proc.name = sh',
		'proc.name in (sh, bash) and user.uid = 0',
		'proc.name = sh',
	];
	const values = { ...sh, 'user.uid': 0 };
	assert.deepEqual(matches(ruleSet(conditions), values, 1), [1, 2, 3]);
	assert.deepEqual(matches(ruleSet(conditions, { ruleMatching: 'first' }), values, 1), [1]);
});

test('a field that many rules look at is read once per event', () => {
	const conditions = Array.from(
		{ length: 50 },
		(_, i) => `proc.name in (name${i}, other${i}) or proc.name glob *x${i}`,
	);
	const set = ruleSet(conditions);
	matches(set, sh, 1);
	extractions = 0;
	matches(set, sh, 1);
	assert.equal(extractions, 1);
});

test('five thousand rules for different names are one look-up, and the right one is found', () => {
	const conditions = Array.from(
		{ length: 5000 },
		(_, i) => `evt.type = execve and proc.name = name${i} and user.uid = 0`,
	);
	const set = ruleSet(conditions, { profile: true });
	assert.deepEqual(matches(set, { 'proc.name': new Text('name4321'), 'user.uid': 0 }, 2), [4321]);
	assert.deepEqual(matches(set, { 'proc.name': new Text('nobody'), 'user.uid': 0 }, 2), []);
	const asked = set.asked() ?? new Float64Array();
	assert.equal(
		asked.reduce((sum, count) => sum + count, 0),
		1,
	);
});

test('rules for different prefixes are found by one walk, nested prefixes of one rule count once', () => {
	const conditions = Array.from({ length: 20 }, (_, i) => `fd.name startswith /dir${i}/`);
	const set = ruleSet([
		...conditions,
		'fd.name startswith anyof (/dir1, /dir1/sub)',
		'fd.name startswith ""',
	]);
	assert.deepEqual(matches(set, { 'fd.name': new Text('/dir1/sub/x') }, 1), [1, 20, 21]);
	assert.deepEqual(matches(set, { 'fd.name': new Text('') }, 1), [21]);
	assert.deepEqual(matches(set, {}, 1), []);
});

test('an event type without the field matches none of its rules, and not (…) of it matches', () => {
	const set = ruleSet(['fd.name = x', 'not fd.name = x']);
	assert.deepEqual(matches(set, { 'fd.name': new Text('x') }, 2), [1]);
	assert.deepEqual(matches(set, { 'fd.name': new Text('x') }, 1), [0]);
});

test('the digest follows name and meaning of a rule, so that no two rules share alert ids', () => {
	const digests = compileRuleSet(
		[
			rule('a', 'proc.name = sh'),
			rule('b', 'proc.name  =  "sh"'),
			rule('c', 'proc.name = bash'),
			rule('d', 'proc.name = sh', 'other'),
		],
		catalogue,
		{ ruleMatching: 'all', eventTypes },
	);
	assert.match(digests.digest(0), /^[0-9a-f]{64}$/);
	assert.equal(new Set([0, 1, 2, 3].map((index) => digests.digest(index))).size, 4);
	// Spelling is not meaning: blanks and quotes change nothing.
	const respelled = compileRuleSet([rule('a', 'proc.name  =  "sh"')], catalogue, {
		ruleMatching: 'all',
		eventTypes,
	});
	assert.equal(respelled.digest(0), digests.digest(0));
});

test('explain says event types, fields and the whole condition', () => {
	const set = ruleSet([
		'evt.type in (open, connect) and fd.name startswith /etc and not proc.name = sh',
		'user.uid = 0',
	]);
	const explanation = set.explain(0);
	assert.deepEqual(explanation.eventTypes, ['open', 'connect']);
	assert.deepEqual(explanation.fields, ['evt.type', 'fd.name', 'proc.name']);
	assert.match(explanation.condition, /startswith \/etc/);
	assert.equal(set.explain(1).eventTypes, null);
});

test('outputs are captured at the match: later changes of the event do not show', () => {
	const set = compileRuleSet(
		[
			{
				...rule('a', 'proc.name = sh', '%proc.name by %user.uid'),
				extraFields: [{ key: 'fd.name', format: null }],
			},
		],
		catalogue,
		{ ruleMatching: 'all', eventTypes },
	);
	const values: Record<string, Text | number> = { 'proc.name': new Text('sh'), 'user.uid': 5 };
	const output = set.outputs[0];
	const captured = output?.capture(values, 2) ?? [];
	values['user.uid'] = 6;
	assert.equal(output?.text(captured), 'sh by 5');
	assert.deepEqual(Object.fromEntries(output?.fields(captured) ?? []), {
		'proc.name': 'sh',
		'user.uid': 5,
		'fd.name': null,
	});
});

test('a rule that does not fit is named with its reason', () => {
	assert.throws(
		() => compileRuleSet([rule('bad one', 'proc.nope = 1')], catalogue, { ruleMatching: 'all', eventTypes }),
		(error) => error instanceof RuleError && /bad one.*proc\.nope/.test(error.message),
	);
	assert.throws(
		() =>
			compileRuleSet([rule('bad out', 'user.uid = 1', '100% sure')], catalogue, {
				ruleMatching: 'all',
				eventTypes,
			}),
		RuleError,
	);
});
