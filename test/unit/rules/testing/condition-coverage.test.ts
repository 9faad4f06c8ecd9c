import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expression } from '#rules/ast.ts';
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { parseCondition } from '#rules/parse/index.ts';
import { ConditionCoverage, type RuleConditions } from '#rules/testing/condition-coverage.ts';
import { Text } from '#schemas/text.ts';
import { type GivenField, type GivenValues, givenFields } from '#test/support/given-fields.ts';
import { oracle } from '#test/support/oracle.ts';

const eventTypes = ['open', 'execve'];
const fields: Record<string, GivenField> = {
	'evt.type': { type: 'CHARBUF', perEventType: (type) => new Text(eventTypes[type] ?? '') },
	'evt.dir': { type: 'CHARBUF', perEventType: () => new Text('<') },
	'proc.name': { type: 'CHARBUF' },
	'fd.name': { type: 'CHARBUF', eventTypes: [0] },
	'user.uid': { type: 'UINT32' },
};

type Event = readonly [type: number, name: string, path: string | null, uid: number];

function cover(
	conditions: readonly (string | Expression)[],
	events: readonly Event[],
): readonly RuleConditions[] {
	const rules = conditions.map((condition, i) => ({
		...{ name: `r${i}`, output: 'o', priority: 'Notice', tags: [], source: 'syscall' },
		condition: typeof condition === 'string' ? parseCondition(condition) : condition,
	}));
	const coverage = new ConditionCoverage(rules, eventTypes.length);
	const instrument = coverage.listener<GivenValues>();
	const set = compileRuleSet(rules, givenFields(fields), { ruleMatching: 'all', eventTypes, instrument });
	for (const [type, name, path, uid] of events) {
		const values = {
			...{ 'proc.name': new Text(name), 'user.uid': uid, 'evt.type': new Text(eventTypes[type]!) },
			'fd.name': path === null ? null : new Text(path),
		};
		const out: number[] = [];
		const count = set.match(values, type, out);
		const expected = rules.flatMap(({ condition }, i) => (oracle(condition, fields, values) ? [i] : []));
		assert.deepEqual(out.slice(0, count), expected, 'listening changes no answer');
	}
	return coverage.report().rules;
}

function told(rule: RuleConditions | undefined): string[] {
	return rule!.uncovered.map(({ condition, never }) => `${never}: ${condition}`);
}

const both = 'evt.type = open and (proc.name = sh or fd.name startswith /etc) and not user.uid = 0';

test('without an event nothing was reached', () => {
	const [rule] = cover([both], []);
	assert.deepEqual([rule!.outcomes, rule!.seen], [12, 0]);
	assert.ok(rule!.uncovered.every(({ never }) => never === 'both'));
	assert.deepEqual(
		rule!.uncovered.filter(({ within }) => !within).map(({ kind }) => kind),
		['and'],
	);
});

test('a comparison counts only where what stands left of it leaves the answer open', () => {
	const [rule] = cover(
		[both],
		[
			[1, 'sh', null, 0],
			[0, 'sh', '/etc/x', 1],
		],
	);
	assert.deepEqual(told(rule), [
		'false: (proc.name = sh or fd.name startswith /etc)',
		'false: proc.name = sh',
		'both: fd.name startswith /etc',
		'true: user.uid = 0',
	]);
	assert.equal(rule!.seen, 12 - 5);
});

test('when every part was true and false, nothing is left', () => {
	const [rule] = cover(
		[both],
		[
			[1, 'sh', null, 0],
			[0, 'sh', '/x', 1],
			[0, 'sh', '/x', 0],
			[0, 'cat', '/etc/x', 1],
			[0, 'cat', '/x', 1],
		],
	);
	assert.deepEqual([told(rule), rule!.seen], [[], 12]);
});

test('what no event can change is not asked for', () => {
	const [fixed, varies] = cover(
		['evt.dir = < and user.uid = 0 and proc.name in ()', 'evt.type = open or evt.type = execve'],
		[],
	);
	assert.deepEqual(told(fixed).length, 2, 'the whole and user.uid = 0');
	assert.deepEqual(told(varies).length, 3);
});

test('a macro that a rule uses twice is one part, and rules are told apart', () => {
	const macro = parseCondition('proc.name = sh');
	const span = { start: 0, end: 0 };
	const twice: Expression = { node: 'or', children: [macro, { node: 'not', child: macro, span }], span };
	const [first, second] = cover(
		[twice, 'proc.name = sh'],
		[
			[0, 'sh', null, 0],
			[0, 'cat', null, 0],
		],
	);
	assert.deepEqual(told(first), ['false: (proc.name = sh or not proc.name = sh)']);
	assert.equal(first!.outcomes, 4);
	assert.deepEqual(told(second), []);
});
