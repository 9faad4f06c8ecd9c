import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConstantError } from '#rules/operators/constant-error.ts';
import { makeTransformer, type Plain, type ValueType } from '#rules/operators/transformers.ts';

const string: ValueType = { type: 'CHARBUF', isList: false };
const list: ValueType = { type: 'CHARBUF', isList: true };
const number: ValueType = { type: 'UINT64', isList: false };

const getopt = (args: readonly string[], letters: string, option?: string): Plain | null =>
	makeTransformer('getopt', [list, string], option).run([args, letters]);

test('letters are ASCII: other bytes stay', () => {
	assert.equal(makeTransformer('toupper', [string], undefined).run(['a\xe4z']), 'A\xe4Z');
	assert.equal(makeTransformer('tolower', [string], undefined).run(['A\xc4Z']), 'a\xc4z');
});

test('base64 that is none has no value', () => {
	const decode = makeTransformer('b64', [string], undefined);
	assert.equal(decode.run(['aGk=']), 'hi');
	assert.equal(decode.run(['aGk']), 'hi');
	for (const text of ['!!!', 'a', 'aGk==', 'a=Gk']) assert.equal(decode.run([text]), null, text);
});

test('len counts bytes of a string and elements of a list', () => {
	assert.equal(makeTransformer('len', [string], undefined).run(['\xc3\xa4']), 2);
	assert.equal(makeTransformer('len', [list], undefined).run([['a', 'b']]), 2);
});

test('getopt stops at the first word that is no option and at --', () => {
	assert.deepEqual(getopt(['-a', 'x', '-b'], 'ab'), ['a']);
	assert.deepEqual(getopt(['-a', '--', '-b'], 'ab'), ['a']);
	assert.deepEqual(getopt(['--long', '-b'], 'ab'), ['b']);
});

test('getopt takes arguments attached or apart, and an empty one when it is missing', () => {
	assert.deepEqual(getopt(['-tv', '-t', 'w', '-t'], 't:'), ['t', 'v', 't', 'w', '']);
	assert.equal(getopt(['-t', 'v', '-t'], 't:', 't'), '');
	assert.equal(getopt(['-n'], 'nt:', 'n'), 'n');
	assert.equal(getopt(['-n'], 'nt:', 't'), null);
	assert.deepEqual(getopt(['-x'], 'n'), ['?']);
});

test('arguments of the wrong type or number are refused', () => {
	const refused: [Parameters<typeof makeTransformer>[0], ValueType[], string?][] = [
		['tolower', [number]],
		['len', [number]],
		['concat', [string]],
		['concat', [string, list]],
		['join', [list, list]],
		['join', [string, string]],
		['getopt', [string, string]],
		['getopt', [list, string], 'ab'],
		['tolower', [string], 'x'],
	];
	for (const [name, args, option] of refused)
		assert.throws(() => makeTransformer(name, args, option), ConstantError, name);
});
