/** Tests of a text that are answered together have the answers that each gives alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isIndexable, TestIndex } from '#rules/compile/test-index.ts';
import { belowPaths, startsWithAny, textInSet, textTest } from '#rules/operators/text-tests.ts';
import { Text } from '#schemas/text.ts';

const part = fc.constantFrom('', 'a', 'b', 'ab', 'etc', 'x.so', '..');
const path = fc.array(part, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`);
const value = fc.oneof(path, fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '.'), maxLength: 8 }));
const pattern = fc.oneof(
	value,
	fc.constantFrom('*', '/a*', '*b', '*ab*', '/a?/b', '/etc/*/a', 'a[ab]b', '/*/b'),
);
const constants = fc.array(value, { minLength: 1, maxLength: 4 });

const asked = fc.oneof(
	fc
		.tuple(
			fc.constantFrom('=', 'contains', 'startswith', 'endswith', 'glob', 'pmatch') as fc.Arbitrary<'='>,
			pattern,
		)
		.map(([operator, constant]) => textTest(operator, constant)),
	constants.map(textInSet),
	constants.map(startsWithAny),
	fc.array(pattern, { minLength: 1, maxLength: 4 }).map(belowPaths),
);

test('tests answered together answer like each alone, for one text after another', () => {
	fc.assert(
		fc.property(
			fc.array(asked, { minLength: 1, maxLength: 30 }),
			fc.array(value, { minLength: 1, maxLength: 8 }),
			(all, values) => {
				const tests = all.filter(isIndexable);
				const index = new TestIndex(tests);
				for (const one of values) {
					const answers = index.ask(new Text(one));
					for (const [i, alone] of tests.entries())
						assert.equal(answers[i] === 1, alone.run(one), `${alone.key} of ${JSON.stringify(one)}`);
				}
			},
		),
		{ numRuns: 1000 },
	);
});
