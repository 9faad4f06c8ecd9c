/**
 * Compiled equals naive: first every small expression over every small event, then random large ones; alone, and as rule
 * sets (decision trees, shared predicates, memo) in which many rules meet many events.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ComparisonOperator, Expression, ListModifier } from '#rules/ast.ts';
import { compile } from '#rules/compile/compile.ts';
import type { Rule } from '#rules/compile/rule.ts';
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import type { FieldValue } from '#rules/field.ts';
import { Text } from '#schemas/text.ts';
import { and, check, exists, field, not, or, transformer } from '#test/support/ast.ts';
import { type GivenField, type GivenValues, givenFields } from '#test/support/given-fields.ts';
import { oracle } from '#test/support/oracle.ts';

const fields: Readonly<Record<string, GivenField>> = {
	's.a': { type: 'CHARBUF' },
	's.b': { type: 'FSPATH' },
	's.l': { type: 'CHARBUF', isList: true },
	's.any': { type: 'CHARBUF', anyOf: true },
	's.n': { type: 'INT64' },
	's.i8': { type: 'INT8' },
	's.t': { type: 'BOOL' },
};
const catalogue = givenFields(fields);

const strings = ['', 'a', 'ab', 'b', '/a', '/a/b', 'A'];
const interned = new Map(strings.map((value) => [value, new Text(value)]));
const text = (value: string): Text => interned.get(value) ?? new Text(value);

/** Every event of one string, one number and a list, each present or not. */
const smallEvents: GivenValues[] = [null, ...strings].flatMap((s) =>
	[null, 0, 1, 5n].flatMap((n) =>
		[null, [], ['a'], ['a', 'b']].map((l, i) => {
			const list = l === null ? null : l.map(text);
			return {
				's.a': s === null ? null : text(s),
				's.b': s === null ? null : text(s),
				's.n': n,
				's.i8': n === 5n ? 5 : n,
				's.t': i === 0 ? null : i === 1,
				's.l': list,
				's.any': list,
			};
		}),
	),
);

const textOperators: ComparisonOperator[] = [
	'=',
	'==',
	'!=',
	'<',
	'<=',
	'>',
	'>=',
	'contains',
	'icontains',
	'startswith',
	'endswith',
	'glob',
	'iglob',
];
const numberOperators: ComparisonOperator[] = ['=', '==', '!=', '<', '<=', '>', '>='];
const patterns = ['', 'a', 'ab', 'b', '/a', 'A', '*', 'a*', '*b', '*a*', '?', 'a?', '*/?*'];
const lists = [[], ['a'], ['a', 'b'], ['', 'ab', '/a'], ['a*', '*']];

function smallChecks(): Expression[] {
	const checks: Expression[] = Object.keys(fields).map((name) => exists(name));
	for (const op of textOperators) {
		for (const pattern of patterns) {
			checks.push(check('s.a', op, pattern), check('s.any', op, pattern));
			checks.push(check(transformer('tolower', [field('s.a')]), op, pattern));
		}
		for (const list of lists) {
			for (const modifier of ['anyof', 'allof', 'oneof'] as ListModifier[])
				checks.push(check('s.a', op, list, modifier));
		}
		checks.push(check('s.a', op, transformer('tolower', [field('s.a')])));
	}
	for (const op of ['in', 'intersects'] as const) {
		for (const list of lists)
			checks.push(check('s.a', op, list), check('s.l', op, list), check('s.any', op, list));
		checks.push(check('s.l', op, field('s.l')));
	}
	for (const list of [...lists, ['/a', '/'], ['/*/b'], ['a/b', '?']])
		checks.push(check('s.b', 'pmatch', list));
	for (const op of numberOperators) {
		for (const number of ['0', '1', '5', '-1', '261', '9223372036854775807']) {
			checks.push(check('s.n', op, number), check('s.i8', op, number));
		}
		checks.push(check(transformer('len', [field('s.a')]), op, '2'));
	}
	checks.push(check('s.n', 'in', ['0', '5']), check('s.n', 'in', ['0', '1', '2', '3', '4', '5', '6']));
	for (const value of ['true', 'false'])
		checks.push(check('s.t', '=', value), check('s.t', '!=', value), check('s.t', 'in', [value]));
	return checks;
}

test('every check of one operator agrees with the oracle on every small event', () => {
	let compared = 0;
	for (const expression of smallChecks()) {
		const condition = compile(expression, catalogue);
		for (const values of smallEvents) {
			const expected = oracle(expression, fields, values);
			assert.equal(condition.test(values), expected, JSON.stringify({ expression, values }, jsonable));
			compared++;
		}
	}
	assert.ok(compared > 40_000, `compared ${compared}`);
});

test('every junction of two of a dozen checks, negated or not, agrees with the oracle on every small event', () => {
	const dozen = smallChecks()
		.filter((_, i) => i % 37 === 0)
		.slice(0, 14);
	const sides = [...dozen, ...dozen.map(not)];
	for (const left of sides) {
		for (const right of sides) {
			for (const expression of [and(left, right), or(left, not(and(left, right)))]) {
				const condition = compile(expression, catalogue);
				for (const values of smallEvents) {
					assert.equal(condition.test(values), oracle(expression, fields, values));
				}
			}
		}
	}
});

const anyCheck = fc.constantFrom(...smallChecks());
const anyExpression = fc.letrec<{ node: Expression }>((tie) => ({
	node: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		anyCheck,
		fc.array(tie('node'), { minLength: 1, maxLength: 5 }).map((children) => and(...children)),
		fc.array(tie('node'), { minLength: 1, maxLength: 5 }).map((children) => or(...children)),
		tie('node').map(not),
	),
})).node;
const anyEvent: fc.Arbitrary<GivenValues> = fc.record({
	's.a': fc.option(
		fc
			.oneof(
				fc.constantFrom(...strings),
				fc.string({ maxLength: 8 }).map((value) => value.replaceAll('[', '(')),
			)
			.map(text),
	),
	's.b': fc.option(fc.constantFrom(...strings, '/a/b/c', 'a//b/').map(text)),
	's.l': fc.option(fc.array(fc.constantFrom(...strings).map(text), { maxLength: 3 })),
	's.any': fc.option(fc.array(fc.constantFrom(...strings).map(text), { maxLength: 3 })),
	's.n': fc.option(fc.oneof(fc.integer({ min: -6, max: 6 }), fc.bigInt({ min: -6n, max: 6n }))),
	's.i8': fc.option(fc.integer({ min: -128, max: 127 })),
	's.t': fc.option(fc.boolean()),
}) as fc.Arbitrary<Record<string, FieldValue>>;

test('random expressions agree with the oracle', () => {
	fc.assert(
		fc.property(anyExpression, fc.array(anyEvent, { minLength: 1, maxLength: 8 }), (expression, events) => {
			const condition = compile(expression, catalogue);
			for (const values of events) assert.equal(condition.test(values), oracle(expression, fields, values));
		}),
		{ numRuns: 400, seed: 7 },
	);
});

/** Conjunctions, as rules are; many of them want a string to be, begin with, end with or contain one of some. */
const anyIndexed = fc.oneof(
	fc.subarray(strings, { minLength: 1 }).map((names) => check('s.a', 'in', names)),
	fc
		.subarray(['-6', '-1', '0', '1', '5', '9007199254740993'], { minLength: 1 })
		.map((numbers) => check('s.n', 'in', numbers)),
	fc.integer({ min: -6, max: 6 }).map((number) => check('s.n', '=', String(number))),
	fc
		.tuple(
			fc.constantFrom('startswith', 'endswith', 'contains', 'glob' as const),
			fc.subarray(['/', '/a', 'a', 'ab', '', 'a*', '*b', '*a?', '/*/b'], { minLength: 1 }),
		)
		.map(([op, needles]) => check('s.b', op as ComparisonOperator, needles, 'anyof')),
);
const anyRuleCondition = fc
	.tuple(fc.array(anyIndexed, { maxLength: 2 }), fc.array(anyExpression, { maxLength: 2 }))
	.map(([indexed, parts]) =>
		indexed.length + parts.length === 0 ? exists('s.a') : and(...indexed, ...parts),
	);

function asRule(condition: Expression, index: number): Rule {
	return { name: `rule ${index}`, condition, output: 'x', priority: 'Notice', tags: [], source: 'syscall' };
}

test('a rule set finds the rules that match one by one, in order of definition', () => {
	fc.assert(
		fc.property(
			fc.array(anyRuleCondition, { minLength: 1, maxLength: 80, size: 'max' }),
			fc.array(anyEvent, { minLength: 1, maxLength: 10 }),
			(conditions, events) => {
				const rules = conditions.map(asRule);
				const all = compileRuleSet(rules, catalogue, { ruleMatching: 'all', eventTypes: [] });
				const first = compileRuleSet(rules, catalogue, { ruleMatching: 'first', eventTypes: [] });
				const out: number[] = [];
				for (const values of events) {
					const expected = conditions.flatMap((condition, i) =>
						oracle(condition, fields, values) ? [i] : [],
					);
					assert.deepEqual(out.slice(0, all.match(values, -1, out)), expected);
					assert.deepEqual(out.slice(0, first.match(values, -1, out)), expected.slice(0, 1));
				}
			},
		),
		{ numRuns: 200, seed: 11 },
	);
});

function jsonable(_key: string, value: unknown): unknown {
	return typeof value === 'bigint' ? `${value}n` : value;
}
