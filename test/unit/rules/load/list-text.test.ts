import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ListSubstitution } from '#rules/load/list-text.ts';

function substitute(text: string, lists: Record<string, string[]>): string {
	const named = Object.entries(lists).map(([name, items]) => ({ name, items }));
	return new ListSubstitution(named)
		.apply(text, () => {})
		.replace(/\s+/g, ' ')
		.trim();
}

test('a list is put in where its name stands between delimiters', () => {
	const lists = { a: ['x', 'y z'] };
	assert.equal(substitute('f in (a,b)', lists), 'f in ( x, "y z" ,b)');
	assert.equal(substitute('f in (ab, b.a, "a", A)', lists), 'f in (ab, b.a, "a", A)');
	assert.equal(substitute('f = "not a text"', lists), 'f = "not x, "y z" text"');
});

test('an empty list takes a comma with it', () => {
	const lists = { e: [] };
	assert.equal(substitute('f in (a, e)', lists), 'f in (a )');
	assert.equal(substitute('f in (e, a)', lists), 'f in ( a)');
	assert.equal(substitute('f in (e, e)', lists), 'f in ( )');
});

test('a list may bring in the names of lists defined after it, not before', () => {
	assert.equal(substitute('(a)', { a: ['b'], b: ['c'] }), '( c )');
	assert.equal(substitute('(b)', { a: ['c'], b: ['a'] }), '( a )');
});

/** The definition: every list tried on the whole text, one after another. */
function naive(text: string, lists: Record<string, string[]>): string {
	let result = text;
	for (const [name, items] of Object.entries(lists)) {
		result = result
			.split(/([ (),=]+)/)
			.map((part) => (part === name ? items.join(', ') : part))
			.join('');
	}
	return result.replace(/\s+/g, ' ').trim();
}

test('looking up words gives what trying every list would give', () => {
	const name = fc.constantFrom('a', 'b', 'c', 'd');
	const lists = fc.dictionary(
		name,
		fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'x', 'ab'), { minLength: 1, maxLength: 3 }),
		{ noNullPrototype: true },
	);
	const text = fc
		.array(fc.constantFrom('a', 'b', 'c', 'd', 'ab', '(', ')', ',', ' = ', ' '), { maxLength: 12 })
		.map((parts) => parts.join(' '));
	fc.assert(
		fc.property(text, lists, (source, defined) => {
			const spaced = (value: string): string => value.replace(/\s*([(),=])\s*/g, '$1');
			assert.equal(spaced(substitute(source, defined)), spaced(naive(source, defined)));
		}),
	);
});
