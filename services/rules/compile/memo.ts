/**
 * Answers remembered on a `Text`: a test of a string depends on its bytes alone and strings are interned, so each test is
 * asked once per string, not once per event. Tests get bits in the order in which code is generated; after `testsMax`
 * bits (a bound on the memory per string) further tests are simply run.
 */
import type { Text } from '#schemas/text.ts';
import type { Test } from '../operators/test.ts';

const bitsPerWord = 30;
/** 30 tests in the `Text` itself, 30 for every further pair of words. */
const testsMax = bitsPerWord * 16;
const moreWords = 2 * (testsMax / bitsPerWord - 1);

/** Serial of the owner of memo bits; each rule set has its own, so bits of an earlier set are never believed. */
let lastOwner = 0;

export type MemoPlace = {
	/** Index of the known word in `memoMore`; -1 = the words of the Text itself. The truth word is the next one. */
	readonly word: number;
	readonly bit: number;
	/** Answers and remembers. */
	readonly ask: (text: Text) => boolean;
};

export class Memo {
	readonly owner = ++lastOwner;
	readonly #places = new Map<string, MemoPlace | null>();

	/** Where the answer of `test` is kept; null = not kept. */
	place(test: Test): MemoPlace | null {
		const known = this.#places.get(test.key);
		if (known !== undefined) return known;
		const index = this.#places.size;
		const place =
			index < testsMax ? makePlace(this.owner, index, test.run as (value: string) => boolean) : null;
		this.#places.set(test.key, place);
		return place;
	}
}

function makePlace(owner: number, index: number, run: (value: string) => boolean): MemoPlace {
	const bit = 1 << (index % bitsPerWord);
	if (index < bitsPerWord) {
		const ask = (text: Text): boolean => {
			own(text, owner);
			if ((text.memoKnown & bit) !== 0) return (text.memoTruth & bit) !== 0;
			const answer = run(text.value);
			text.memoKnown |= bit;
			if (answer) text.memoTruth |= bit;
			return answer;
		};
		return { word: -1, bit, ask };
	}
	const word = 2 * (Math.floor(index / bitsPerWord) - 1);
	const ask = (text: Text): boolean => {
		own(text, owner);
		text.memoMore ??= new Array<number>(moreWords).fill(0);
		const more = text.memoMore;
		if (((more[word] as number) & bit) !== 0) return ((more[word + 1] as number) & bit) !== 0;
		const answer = run(text.value);
		more[word] = (more[word] as number) | bit;
		if (answer) more[word + 1] = (more[word + 1] as number) | bit;
		return answer;
	};
	return { word, bit, ask };
}

/** Takes the memo over from another rule set. */
function own(text: Text, owner: number): void {
	if (text.memoOwner === owner) return;
	text.memoOwner = owner;
	text.memoKnown = 0;
	text.memoTruth = 0;
	text.memoMore = null;
}
