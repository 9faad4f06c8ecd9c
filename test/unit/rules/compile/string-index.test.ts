import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createStringIndex, type StringIndexKind } from '#rules/compile/string-index.ts';

const naive: Readonly<Record<StringIndexKind, (value: string, needle: string) => boolean>> = {
	prefix: (value, needle) => value.slice(0, needle.length) === needle,
	suffix: (value, needle) => needle === '' || value.slice(-needle.length) === needle,
	contains: (value, needle) => value.split(needle).length > 1 || needle === '',
};
const word = fc.string({ unit: fc.constantFrom('a', 'b', '\xff', '\0'), maxLength: 6 });

for (const kind of ['prefix', 'suffix', 'contains'] as const) {
	test(`${kind}: every string that is there is found once, and no other`, () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(word, { maxLength: 20 }),
				fc.array(word, { maxLength: 5 }),
				(needles, values) => {
					const index = createStringIndex(kind, needles);
					const found: number[] = [];
					for (const value of values) {
						const count = index.find(value, found);
						const expected = needles.flatMap((needle, i) => (naive[kind](value, needle) ? [i] : []));
						assert.deepEqual(
							found.slice(0, count).sort((a, b) => a - b),
							expected,
						);
					}
				},
			),
			{ numRuns: 500, seed: 3 },
		);
	});
}
