/**
 * Many tests of one text, answered together: one map look-up for all that want it to be some value, one walk for all
 * beginnings, one for all ends, one for all substrings, one for all path patterns. What a pattern beyond its literal part asks is asked
 * only where that part is found.
 */
import type { Text } from '#schemas/text.ts';
import { createPathPrefixIndex, type PathPrefixIndex } from '../operators/path-prefix.ts';
import type { Test, TestShape } from '../operators/test.ts';
import { createStringIndex, type StringIndex } from './string-index.ts';

/** Whether the index can answer it. */
export function isIndexable(test: Test): boolean {
	return test.subject === 'bytes' && (test.shape !== undefined || test.pathPrefixes !== undefined);
}

type Edge = Exclude<TestShape['kind'], 'oneof'>;
const edges: readonly Edge[] = ['prefix', 'suffix', 'contains'];

/** Positions of tests by the literal that they want. */
type Wanted = Map<string, number[]>;

export class TestIndex {
	readonly #tests: readonly Test[];
	readonly #answers: Uint8Array;
	readonly #values: Wanted;
	readonly #walks: readonly {
		readonly index: StringIndex;
		readonly positions: readonly (readonly number[])[];
	}[];
	readonly #paths: PathPrefixIndex | null;
	readonly #found: number[] = [];
	#last: Text | null = null;

	constructor(tests: readonly Test[]) {
		this.#tests = tests;
		this.#answers = new Uint8Array(tests.length);
		this.#values = wantedOf(tests, 'oneof');
		this.#walks = edges.flatMap((kind) => {
			const wanted = wantedOf(tests, kind);
			if (wanted.size === 0) return [];
			return [{ index: createStringIndex(kind, [...wanted.keys()]), positions: [...wanted.values()] }];
		});
		const patterns = tests.map(({ pathPrefixes }) => pathPrefixes ?? []);
		this.#paths = patterns.some((one) => one.length > 0) ? createPathPrefixIndex(patterns) : null;
	}

	/** 1 at the position of each test that holds. The array is filled anew for another text. */
	ask(text: Text): Uint8Array {
		const answers = this.#answers;
		if (text === this.#last) return answers;
		this.#last = text;
		answers.fill(0);
		const { value } = text;
		const equal = this.#values.get(value);
		if (equal !== undefined) this.#hold(equal, value);
		for (const { index, positions } of this.#walks) {
			const count = index.find(value, this.#found);
			for (let i = 0; i < count; i++)
				this.#hold(positions[this.#found[i] as number] as readonly number[], value);
		}
		this.#paths?.find(value, answers);
		return answers;
	}

	#hold(positions: readonly number[], value: string): void {
		for (const position of positions) {
			if (this.#answers[position] === 1) continue;
			const test = this.#tests[position] as Test;
			if (test.shape?.exact === true || test.run(value)) this.#answers[position] = 1;
		}
	}
}

function wantedOf(tests: readonly Test[], kind: TestShape['kind']): Wanted {
	const wanted: Wanted = new Map();
	for (const [position, { shape, pathPrefixes }] of tests.entries()) {
		if (shape === undefined || shape.kind !== kind || pathPrefixes !== undefined) continue;
		for (const value of new Set(shape.values)) {
			const known = wanted.get(value);
			if (known === undefined) wanted.set(value, [position]);
			else known.push(position);
		}
	}
	return wanted;
}
