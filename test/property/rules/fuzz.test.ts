/** Some hundred inputs of the fuzzer for each of its targets, so that it does not rot; the long run is `npm run fuzz`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startingCorpus } from '#test/fuzz/corpus.ts';
import { mutate, pick } from '#test/fuzz/mutate.ts';
import { targets } from '#test/fuzz/targets.ts';
import { createRandom } from '#test/support/slot-events.ts';

const inputs = 120;
const charsMax = 8_000;

for (const [name, target] of Object.entries(targets)) {
	test(`${name}: mutated inputs lead to answers, not to exceptions`, () => {
		const corpus = startingCorpus(name);
		assert.ok(corpus.length > 0);
		const random = createRandom(42);
		const kinds = new Set<string>();
		for (let i = 0; i < inputs; i++) {
			const text = mutate(pick(corpus, random), corpus, random, charsMax);
			for (const kind of target(text)) kinds.add(kind);
		}
		assert.ok(kinds.size > 3, `only ${[...kinds].join(', ')}`);
	});
}
