/** Paths of one class pass the same tests, and each walk over bytes finds what the string methods find. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteSearch } from '#rules/compile/byte-search.ts';
import { ByteTrie, doubledSlash } from '#rules/compile/byte-trie.ts';
import { type LiteralTest, literalTestOf } from '#rules/compile/literal-test.ts';
import { PathClasses } from '#rules/compile/path-classes.ts';
import type { ByteRange, TextPart } from '#rules/field.ts';
import { directoryOf, fileNameOf } from '#rules/fields/paths.ts';
import { compilePathPrefixes } from '#rules/operators/path-prefix.ts';
import type { Test, TestShape } from '#rules/operators/test.ts';

const runs = { numRuns: 3000 };
const piece = fc.constantFrom('/', '//', 'a', 'ab', 'b', '.ssh', 'id_', '\xe9', '*', '');
const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const values = fc.array(value, { minLength: 1, maxLength: 3 });

const holds: Readonly<Record<TestShape['kind'], (value: string, literal: string) => boolean>> = {
	oneof: (one, literal) => one === literal,
	prefix: (one, literal) => one.startsWith(literal),
	suffix: (one, literal) => one.endsWith(literal),
	contains: (one, literal) => one.includes(literal),
};
const kind = fc.constantFrom<TestShape['kind']>('oneof', 'prefix', 'suffix', 'contains');

const shaped = fc.tuple(kind, values).map(
	([shape, literals]): Test => ({
		subject: 'bytes',
		key: `${shape} ${JSON.stringify(literals)}`,
		cost: 1,
		run: (one) => literals.some((literal) => holds[shape](one as string, literal)),
		shape: { kind: shape, values: literals, exact: true },
	}),
);
const pathPrefixes = values.map((patterns): Test => {
	const below = compilePathPrefixes(patterns);
	return {
		subject: 'bytes',
		key: `below ${JSON.stringify(patterns)}`,
		cost: 1,
		run: (one) => below(one as string),
		pathPrefixes: patterns,
	};
});
const part = fc.constantFrom<TextPart['part']>('whole', 'directory', 'fileName');
const partOf: Readonly<Record<TextPart['part'], (path: string) => string>> = {
	whole: (path) => path,
	directory: directoryOf,
	fileName: fileNameOf,
};

function bytesOf(text: string): Uint8Array {
	// Something before and behind, so that a walk past its range is seen.
	return Buffer.from(`/a${text}b/`, 'latin1');
}

test('paths of one class pass the same tests', () => {
	let told = 0;
	fc.assert(
		fc.property(
			fc.array(fc.tuple(part, fc.oneof(shaped, pathPrefixes)), { minLength: 1, maxLength: 5 }),
			fc.array(fc.tuple(value, fc.option(value)), { minLength: 2, maxLength: 12 }),
			(asked, paths) => {
				const tests = asked
					.map(([of, one]) => literalTestOf(one, of))
					.filter((one): one is LiteralTest => one !== null);
				type Subject = readonly [string, string | null];
				const place = (text: string, range: ByteRange): boolean => {
					range.bytes = bytesOf(text);
					range.start = 2;
					range.end = 2 + text.length;
					return true;
				};
				const classes = new PathClasses<Subject>(
					[
						([first], range) => place(first, range),
						([, second], range) => second !== null && place(second, range),
					],
					tests,
				);
				const answersOf = (subject: Subject): string =>
					subject
						.map((text) => (text === null ? 'null' : tests.map((one) => +one.test.run(text)).join('')))
						.join();
				const seen = new Map<object, string>();
				for (const subject of paths) {
					const found = classes.of(subject);
					if (found === null) continue;
					told++;
					const before = seen.get(found);
					if (before !== undefined) assert.equal(answersOf(subject), before);
					seen.set(found, answersOf(subject));
				}
			},
		),
		runs,
	);
	assert.ok(told > runs.numRuns, 'most paths have a class');
});

test('a widened test holds wherever its test does', () => {
	fc.assert(
		fc.property(fc.oneof(shaped, pathPrefixes), part, value, (one, of, path) => {
			const found = literalTestOf(one, of);
			if (found === null || (found.ofComponents && (!path.startsWith('/') || path.includes('//')))) return;
			if (one.run(partOf[of](path))) assert.ok(found.test.run(path));
			else if (found.exact) assert.ok(!found.test.run(path));
		}),
		runs,
	);
});

test('a search finds the literals that a string includes', () => {
	fc.assert(
		fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), value, (literals, text) => {
			const search = new ByteSearch(literals.map((literal, bit) => ({ value: literal, bit })));
			const expected = literals.reduce(
				(bits, literal, bit) => bits | (text.includes(literal) ? 1 << bit : 0),
				0,
			);
			assert.equal(search.find(bytesOf(text), 2, 2 + text.length), expected);
		}),
		runs,
	);
});

test('a trie has one outcome for strings that begin with, end with and are the same literals', () => {
	const literal = fc.record({ value: value.filter((one) => !one.includes('//')), whole: fc.boolean() });
	fc.assert(
		fc.property(
			fc.array(literal, { minLength: 1, maxLength: 6 }),
			fc.array(value, { minLength: 2, maxLength: 8 }),
			fc.boolean(),
			(literals, texts, backwards) => {
				const trie = new ByteTrie(
					literals.map((one, number) => ({ ...one, test: number })),
					backwards,
				);
				const seen = new Map<number, string>();
				for (const text of texts) {
					const walk = backwards ? trie.backward : trie.forward;
					const outcome = walk.call(trie, bytesOf(text), 2, 2 + text.length);
					if (outcome === doubledSlash) {
						assert.ok(text.includes('//'));
						continue;
					}
					const has = backwards ? holds.suffix : holds.prefix;
					const answers = literals
						.map(({ value: one, whole }) => +(whole ? text === one : has(text, one)))
						.join('');
					assert.equal(seen.get(outcome) ?? answers, answers);
					seen.set(outcome, answers);
				}
			},
		),
		runs,
	);
});
