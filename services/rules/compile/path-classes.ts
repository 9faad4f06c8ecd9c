/**
 * Sorts the paths of an event into classes by their bytes alone: two paths of one class pass the same literal tests, so that
 * what was found out about rules for one holds for the other. A host has far fewer classes than paths; answers that are kept
 * with the class stay in the processor's cache, and no text has to be made of a path that no rule wants.
 *
 * Bounds: `literalBytesMax` of literals and `searchesMax` contained ones for one event type (further tests are left to the
 * stages that follow), `branchesMax` branches; a host whose paths are chosen to make more starts over.
 */
import type { ByteRange, ReadBytes } from '../field.ts';
import { ByteSearch } from './byte-search.ts';
import { ByteTrie, doubledSlash, nothing } from './byte-trie.ts';
import type { LiteralTest } from './literal-test.ts';

export const literalBytesMax = 32 * 1024;
export const searchesMax = 30;
const branchesMax = 4096;
/** Sets of contained literals that get a code. */
const containedMax = 1000;
const slash = 47;

/** What a class keeps: empty until its first path was asked, then the words of its rules. */
export type PathClass = { readonly words: number[] };

/** A path's class is found by what its walks gave, one step for each that found something; `next` is by the code of what was found. */
type Branch = PathClass & { readonly next: (Branch | undefined)[] };

/** The first code of a field; what its bytes say follows. */
const codes = { missing: 0, sameAsBefore: 1, given: 2 } as const;
const firstFreeCode = 3;

export class PathClasses<Subject> {
	readonly #fields: readonly ReadBytes<Subject>[];
	/** Null = no test asks for it. */
	readonly #beginnings: ByteTrie | null;
	readonly #ends: ByteTrie | null;
	readonly #contained: ByteSearch | null;
	readonly #byComponents: boolean;
	readonly #range: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0 };
	/** Codes of what `contained` found, by its bits: few of the many sets occur, so they are given as they come. */
	readonly #containedCodes = new Map<number, number>();
	/** Added to an outcome of `ends` it is the code. */
	readonly #endsCode: number;
	#nextCode: number;
	#root: Branch = newBranch();
	#branches = 0;

	/** Tests of each field are asked of all of them: fields of one event are often the same path. */
	constructor(fields: readonly ReadBytes<Subject>[], tests: readonly LiteralTest[]) {
		const all = tests.flatMap(({ literals }, test) => literals.map((literal) => ({ ...literal, test })));
		const trie = (kinds: readonly string[], backwards: boolean): ByteTrie | null => {
			const own = all.filter(({ kind }) => kinds.includes(kind));
			const literals = own.map(({ kind, value, test }) => ({ value, whole: kind === 'oneof', test }));
			return own.length === 0 ? null : new ByteTrie(literals, backwards);
		};
		const searched = all.filter(({ kind }) => kind === 'contains');
		const bits = [...new Set(searched.map(({ test }) => test))];
		const contained = searched.map(({ value, test }) => ({ value, bit: bits.indexOf(test) }));
		this.#fields = fields;
		this.#byComponents = tests.some(({ ofComponents }) => ofComponents);
		this.#beginnings = trie(['oneof', 'prefix'], false);
		this.#ends = trie(['suffix'], true);
		this.#contained = contained.length === 0 ? null : new ByteSearch(contained);
		this.#endsCode = firstFreeCode + (this.#beginnings?.outcomes ?? 0);
		this.#nextCode = this.#endsCode + (this.#ends?.outcomes ?? 0);
	}

	/** Null = the bytes alone do not tell. */
	of(subject: Subject): PathClass | null {
		const range = this.#range;
		let branch = this.#root;
		let bytes: Uint8Array | null = null;
		let start = -1;
		let end = -1;
		for (const read of this.#fields) {
			if (!read(subject, range)) {
				branch = this.#step(branch, codes.missing);
				continue;
			}
			if (range.start === start && range.end === end && range.bytes === bytes) {
				branch = this.#step(branch, codes.sameAsBefore);
				continue;
			}
			({ bytes, start, end } = range);
			if (this.#byComponents && bytes[start] !== slash) return null;
			const sorted = this.#sort(this.#step(branch, codes.given), bytes, start, end);
			if (sorted === null) return null;
			branch = sorted;
		}
		return branch;
	}

	#sort(given: Branch, bytes: Uint8Array, start: number, end: number): Branch | null {
		let branch = given;
		if (this.#beginnings !== null) {
			const outcome = this.#beginnings.forward(bytes, start, end);
			if (outcome === doubledSlash) return null;
			if (outcome !== nothing) branch = this.#step(branch, firstFreeCode + outcome);
		}
		if (this.#ends !== null) {
			const outcome = this.#ends.backward(bytes, start, end);
			if (outcome !== nothing) branch = this.#step(branch, this.#endsCode + outcome);
		}
		if (this.#contained !== null) {
			const found = this.#contained.find(bytes, start, end);
			if (found !== 0) {
				const code = this.#containedCode(found);
				if (code < 0) return null;
				branch = this.#step(branch, code);
			}
		}
		return branch;
	}

	/** -1 = there are too many. */
	#containedCode(found: number): number {
		const code = this.#containedCodes.get(found);
		if (code !== undefined) return code;
		if (this.#containedCodes.size >= containedMax) return -1;
		this.#containedCodes.set(found, this.#nextCode);
		return this.#nextCode++;
	}

	#step(branch: Branch, outcome: number): Branch {
		const known = branch.next[outcome];
		if (known !== undefined) return known;
		if (this.#branches >= branchesMax) {
			// What was given out stays right; it is only no longer found.
			this.#root = newBranch();
			this.#branches = 0;
			return newBranch();
		}
		this.#branches++;
		while (branch.next.length < outcome) branch.next.push(undefined);
		const made = newBranch();
		branch.next[outcome] = made;
		return made;
	}
}

function newBranch(): Branch {
	return { words: [], next: [] };
}
