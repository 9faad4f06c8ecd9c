import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expression } from '#rules/ast.ts';
import { compile } from '#rules/compile/compile.ts';
import { PlanError } from '#rules/compile/plan.ts';
import { Text } from '#schemas/text.ts';
import { and, check, exists, field, not, or, transformer, value } from '#test/support/ast.ts';
import { type GivenValues, givenFields } from '#test/support/given-fields.ts';

const catalogue = givenFields({
	'proc.name': { type: 'CHARBUF' },
	'proc.pname': { type: 'CHARBUF' },
	'proc.args': { type: 'CHARBUF', isList: true },
	'proc.aname': { type: 'CHARBUF', anyOf: true },
	'fd.num': { type: 'INT64' },
	'fd.big': { type: 'UINT64' },
	'evt.failed': { type: 'BOOL' },
	'evt.type': { type: 'CHARBUF', perEventType: (type) => new Text(type === 1 ? 'open' : 'close') },
	'fd.name': { type: 'FSPATH', eventTypes: [1] },
});

function answer(expression: Expression, values: GivenValues, eventType?: number): boolean {
	return compile(expression, catalogue).test(values, eventType);
}

test('a missing value makes every comparison false, also !=', () => {
	assert.equal(answer(check('proc.name', '!=', 'x'), {}), false);
	assert.equal(answer(not(check('proc.name', '=', 'x')), {}), true);
	assert.equal(answer(exists('proc.name'), {}), false);
});

test('a set, a prefix and a glob ask the same string once and remember the answer on it', () => {
	const condition = compile(
		or(check('proc.name', 'in', ['sh', 'bash']), check('proc.name', 'glob', 'z?h')),
		catalogue,
	);
	const name = new Text('zsh');
	assert.equal(condition.test({ 'proc.name': name }), true);
	assert.notEqual(name.memoKnown, 0);
	assert.equal(condition.test({ 'proc.name': name }), true);
	assert.equal(condition.test({ 'proc.name': new Text('fish') }), false);
});

test('answers that another condition left on a string are not believed', () => {
	const name = new Text('sh');
	const first = compile(check('proc.name', 'in', ['sh', 'bash']), catalogue);
	const second = compile(check('proc.name', 'in', ['fish', 'zsh']), catalogue);
	assert.equal(first.test({ 'proc.name': name }), true);
	assert.equal(second.test({ 'proc.name': name }), false);
	assert.equal(first.test({ 'proc.name': name }), true);
});

test('a field that the event type never has is missing, and one that depends on the type alone is folded away', () => {
	const condition = compile(and(check('evt.type', '=', 'open'), exists('fd.name')), catalogue);
	assert.equal(condition.test({ 'fd.name': new Text('/x') }, 1), true);
	assert.equal(condition.test({ 'fd.name': new Text('/x') }, 2), false);
	assert.match(condition.source(2), /return false;/);
	assert.doesNotMatch(condition.source(1), /open/);
});

test('64-bit values are compared whether they come as number or as bigint', () => {
	const big = compile(check('fd.big', '=', '18446744073709551615'), catalogue);
	assert.equal(big.test({ 'fd.big': 18446744073709551615n }), true);
	assert.equal(answer(check('fd.num', '=', '5'), { 'fd.num': 5n }), true);
	assert.equal(answer(check('fd.num', 'in', ['5', '6', '7', '8', '9']), { 'fd.num': 9n }), true);
	assert.equal(answer(check('fd.num', '<', '6'), { 'fd.num': 5 }), true);
});

test('any ancestor satisfies =, every ancestor must satisfy !=, and none at all satisfies neither', () => {
	const names = [new Text('bash'), new Text('init')];
	assert.equal(answer(check('proc.aname', '=', 'init'), { 'proc.aname': names }), true);
	assert.equal(answer(check('proc.aname', '!=', 'init'), { 'proc.aname': names }), false);
	assert.equal(answer(check('proc.aname', '!=', 'sshd'), { 'proc.aname': names }), true);
	assert.equal(answer(check('proc.aname', '!=', 'sshd'), { 'proc.aname': [] }), false);
});

test('in on a list field wants all elements in the set, intersects wants one', () => {
	const args = { 'proc.args': [new Text('-a'), new Text('-b')] };
	assert.equal(answer(check('proc.args', 'in', ['-a', '-b', '-c']), args), true);
	assert.equal(answer(check('proc.args', 'in', ['-a']), args), false);
	assert.equal(answer(check('proc.args', 'intersects', ['-a']), args), true);
	assert.equal(answer(check('proc.args', 'in', []), { 'proc.args': [] }), true);
});

test('transformers may stand on both sides', () => {
	const expression = check(transformer('tolower', [field('proc.name')]), '=', field('proc.pname'));
	assert.equal(answer(expression, { 'proc.name': new Text('BASH'), 'proc.pname': new Text('bash') }), true);
	assert.equal(answer(expression, { 'proc.name': new Text('BASH') }), false);
	const joined = check(transformer('join', [value('-'), field('proc.args')]), '=', 'a-b');
	assert.equal(answer(joined, { 'proc.args': [new Text('a'), new Text('b')] }), true);
});

test('constants of a rule cannot become code', () => {
	const hostile = '"); process.exit(7); ("\u2028\\';
	const expression = or(check('proc.name', '=', hostile), check('proc.name', 'in', [hostile, 'x']));
	assert.equal(answer(expression, { 'proc.name': new Text(hostile) }), true);
	assert.equal(answer(expression, { 'proc.name': new Text('y') }), false);
});

test('what does not fit the field is refused with its place', () => {
	const refused: Expression[] = [
		check('proc.nope', '=', 'x'),
		check('fd.num', 'contains', '5'),
		check('fd.num', '=', '0x5'),
		check('evt.failed', '=', 'yes'),
		check('proc.args', '=', 'x'),
		check('proc.name', 'regex', '(?i)x'),
		check('proc.name', '=', field('fd.num')),
	];
	for (const expression of refused) assert.throws(() => compile(expression, catalogue), PlanError);
});

test('a condition of a thousand checks is split into functions that stay small', () => {
	const checks = Array.from({ length: 1000 }, (_, i) => check('proc.name', 'startswith', `name-${i}-`));
	const condition = compile(or(...checks), catalogue);
	assert.equal(condition.test({ 'proc.name': new Text('name-777-x') }), true);
	assert.equal(condition.test({ 'proc.name': new Text('other') }), false);
});
