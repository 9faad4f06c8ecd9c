import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileGlob, globShape } from '#rules/operators/glob.ts';
import { glob as naiveGlob } from '#test/support/oracle.ts';

const matches = (pattern: string, subject: string): boolean => compileGlob(pattern, false)(subject);

test('stars and question marks take slashes and leading dots', () => {
	assert.ok(matches('/etc/*', '/etc/ssh/.hidden'));
	assert.ok(matches('?x', '/x'));
	assert.ok(!matches('?', ''));
});

test('brackets have ranges, classes, negation, a literal ] in first place, and escapes', () => {
	assert.ok(matches('[a-c]', 'b'));
	assert.ok(!matches('[!a-c]', 'b'));
	assert.ok(matches('[^a-c]', 'z'));
	assert.ok(matches('[]x]', ']'));
	assert.ok(matches('[[:digit:][:upper:]]', 'Q'));
	assert.ok(matches('[\\]]', ']'));
	assert.ok(matches('[a-]', '-'));
	assert.ok(!matches('[[:nope:]]', 'n'));
});

test('an unterminated bracket is itself, a lone backslash at the end matches nothing', () => {
	assert.ok(matches('[ab', '[ab'));
	assert.ok(!matches('[ab', 'a'));
	assert.ok(!matches('a\\', 'a\\'));
	assert.ok(matches('a\\*', 'a*'));
	assert.ok(!matches('a\\*', 'ab'));
});

test('case is folded in ASCII only', () => {
	const folded = compileGlob('[A-C]X\\Y*', true);
	assert.ok(folded('bxyz'));
	assert.ok(folded('BXYZ'));
	assert.ok(!compileGlob('\xc4', true)('\xe4'));
});

test('a pattern made to backtrack stays fast', () => {
	const start = performance.now();
	assert.ok(!matches(`${'a*'.repeat(50)}b`, 'a'.repeat(5000)));
	assert.ok(performance.now() - start < 1000);
});

test('patterns of stars, question marks and letters agree with the definition', () => {
	const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\\'), maxLength: 7 });
	const subject = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 7 });
	fc.assert(
		fc.property(pattern, subject, (p, s) => assert.equal(matches(p, s), naiveGlob(p, s))),
		{ numRuns: 3000, seed: 5 },
	);
});

test('what a pattern requires is in everything that it matches', () => {
	assert.deepEqual(globShape('/var/*.log'), { kind: 'prefix', values: ['/var/'], exact: false });
	assert.deepEqual(globShape('*.log'), { kind: 'suffix', values: ['.log'], exact: false });
	assert.deepEqual(globShape('*a*bcd*'), { kind: 'contains', values: ['bcd'], exact: false });
	assert.equal(globShape('*'), null);
});
