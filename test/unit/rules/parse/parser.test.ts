import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expression } from '#rules/ast.ts';
import { ParseError, parseCondition, parseFieldPrefix, printCondition } from '#rules/parse/index.ts';

function refusal(text: string, depthMax?: number): ParseError {
	try {
		parseCondition(text, depthMax);
	} catch (error) {
		assert.ok(error instanceof ParseError);
		return error;
	}
	throw new Error(`accepted: ${text}`);
}

test('and binds tighter than or, and parentheses keep their group', () => {
	assert.equal(printCondition(parseCondition('a or b and c')), '(a or (b and c))');
	assert.equal(printCondition(parseCondition('(a or b) and c')), '((a or b) and c)');
	assert.equal(printCondition(parseCondition('a or (b or c)')), '(a or (b or c))');
});

test('a chain of negations collapses', () => {
	assert.equal(printCondition(parseCondition('not not not proc.name = x')), 'not proc.name = x');
	assert.equal(printCondition(parseCondition('not not(a)')), 'a');
});

test('names that begin with a keyword are macros', () => {
	for (const name of ['nothing', 'android', 'order', 'exists', 'inside']) {
		assert.deepEqual(parseCondition(name).node, 'identifier', name);
	}
});

test('a hundred thousand checks joined with and are one flat list', () => {
	const tree = parseCondition(`a${' and a'.repeat(99_999)}`);
	assert.equal(tree.node, 'and');
	assert.equal((tree as Extract<Expression, { node: 'and' }>).children.length, 100_000);
});

test('sixty-four levels of parentheses are fine, two hundred are refused', () => {
	const nested = (levels: number): string => `${'('.repeat(levels)}a.b = c${')'.repeat(levels)}`;
	assert.equal(printCondition(parseCondition(nested(64))), 'a.b = c');
	assert.equal(printCondition(parseCondition(nested(198))), 'a.b = c');
	assert.match(refusal(nested(199)).message, /nested deeper than the limit of 1000/);
	assert.match(refusal(nested(1_000_000)).message, /nested deeper/);
	assert.match(refusal('tolower('.repeat(100_000)).message, /nested deeper/);
});

test('a modifier takes a list, and is an ordinary value where none follows', () => {
	const withList = parseCondition('proc.name startswith anyof (a, b)');
	assert.ok(withList.node === 'binary' && withList.modifier === 'anyof' && withList.right.node === 'list');
	const asValue = parseCondition('proc.name = anyof or proc.name = b');
	assert.equal(printCondition(asValue), '(proc.name = anyof or proc.name = b)');
});

test('val() makes a field of the right side, a bare name stays a text', () => {
	const field = parseCondition('proc.name = val(proc.pname)');
	assert.ok(field.node === 'binary' && field.right.node === 'field');
	const text = parseCondition('proc.name = proc.pname');
	assert.ok(text.node === 'binary' && text.right.node === 'value');
});

test('escapes of quoted texts become bytes', () => {
	const value = (text: string): string => {
		const tree = parseCondition(text);
		assert.ok(tree.node === 'binary' && tree.right.node === 'value');
		return tree.right.value;
	};
	assert.equal(value(String.raw`a.b = "x\x00\xfFy\t\/\ "`), 'x\x00\xffy\t/\\');
	assert.equal(value(String.raw`a.b = 'it\'s'`), "it's");
	assert.equal(value(String.raw`a.b = c\d`), 'c\\d');
	assert.match(refusal(String.raw`a.b = "\q"`).message, /\\q is not a string escape/);
	assert.match(refusal(String.raw`a.b = "\x4"`).message, /two hexadecimal digits/);
});

test('errors tell the place and what to do', () => {
	const error = refusal('proc.name = a\nand proc.name like b');
	assert.deepEqual([error.line, error.column], [2, 15]);
	assert.match(error.hint, /startswith/);
	assert.match(refusal('a.b in (x,)').hint, /no comma/);
	assert.match(refusal('a.b = (x)').hint, /anyof/);
	assert.match(refusal('!a').hint, /not/);
	assert.match(refusal('').message, /empty/);
});

test('the longest field at the start of a text is found, with its length', () => {
	assert.equal(parseFieldPrefix('proc.aname[2] did it')?.length, 'proc.aname[2]'.length);
	assert.equal(parseFieldPrefix('tolower(proc.name)!')?.length, 'tolower(proc.name)'.length);
	assert.equal(parseFieldPrefix('proc is no field'), null);
});
