/**
 * Sorts the paths of an event into classes by their bytes alone: two paths of one class pass the same literal tests, so that
 * what was found out about rules for one holds for the other. A host has far fewer classes than paths; answers that are kept
 * with the class stay in the processor's cache, and no text has to be made of a path that no rule wants.
 *
 * Bounds: `literalBytesMax` of literals and `searchesMax` contained ones for one event type (further tests are left to the
 * stages that follow), `branchesMax` branches; a host whose paths are chosen to make more starts over.
 */
import type { ByteRange, ReadBytes, TextPart } from '../field.ts';
import { ByteSearch } from './byte-search.ts';
import { ByteTrie, doubledSlash } from './byte-trie.ts';
import type { LiteralTest } from './literal-test.ts';

export const literalBytesMax = 32 * 1024;
export const searchesMax = 30;
const branchesMax = 16_384;
const slash = 47;

type Part = TextPart['part'];
const parts: readonly Part[] = ['whole', 'directory', 'fileName'];

/** What a class keeps: empty until its first path was asked, then the words of its rules. */
export type PathClass = { readonly words: number[] };

type Branch = PathClass & { readonly next: (Branch | undefined)[] };
/** How one part of a path is looked at; null = no test asks for it. */
type PartWalks = {
	readonly part: Part;
	readonly beginnings: ByteTrie | null;
	readonly ends: ByteTrie | null;
	readonly contained: ByteSearch | null;
	/** Outcomes of `contained` by the bits found: few of the many sets occur, so they are numbered as they come. */
	readonly numbers: Map<number, number>;
};

export type PartTest = { readonly part: Part; readonly literalTest: LiteralTest };

/** Outcomes on the first branch of a field; what its bytes say follows. */
const outcomes = { missing: 0, sameAsBefore: 1, given: 2 } as const;

export class PathClasses<Subject> {
	readonly #fields: readonly ReadBytes<Subject>[];
	readonly #walks: readonly PartWalks[];
	readonly #hasParts: boolean;
	readonly #byComponents: boolean;
	readonly #range: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0 };
	#root: Branch = newBranch();
	#branches = 0;

	/** Tests of each field are asked of all of them: fields of one event are often the same path. */
	constructor(fields: readonly ReadBytes<Subject>[], tests: readonly PartTest[]) {
		this.#fields = fields;
		this.#byComponents = tests.some(({ literalTest }) => literalTest.ofComponents);
		this.#walks = parts.flatMap((part) => {
			const own = tests.filter((one) => one.part === part).map(({ literalTest }) => literalTest);
			return own.length === 0 ? [] : [walksOf(part, own)];
		});
		this.#hasParts = this.#walks.some(({ part }) => part !== 'whole');
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
				branch = this.#step(branch, outcomes.missing);
				continue;
			}
			if (range.start === start && range.end === end && range.bytes === bytes) {
				branch = this.#step(branch, outcomes.sameAsBefore);
				continue;
			}
			({ bytes, start, end } = range);
			if (this.#byComponents && bytes[start] !== slash) return null;
			const sorted = this.#sort(this.#step(branch, outcomes.given), bytes, start, end);
			if (sorted === null) return null;
			branch = sorted;
		}
		return branch;
	}

	#sort(given: Branch, bytes: Uint8Array, start: number, end: number): Branch | null {
		let branch = given;
		const last = this.#hasParts ? lastSlash(bytes, start, end) : -1;
		for (const { part, beginnings, ends, contained, numbers } of this.#walks) {
			let from = start;
			let to = end;
			if (part === 'directory') to = last > start ? last : last === start ? start + 1 : start;
			else if (part === 'fileName' && last >= 0) from = last + 1;
			if (beginnings !== null) {
				const outcome = beginnings.forward(bytes, from, to);
				if (outcome === doubledSlash) return null;
				branch = this.#step(branch, outcome);
			}
			if (ends !== null) branch = this.#step(branch, ends.backward(bytes, from, to));
			if (contained !== null) {
				const found = contained.find(bytes, from, to);
				const outcome = found === 0 ? 0 : numberOf(numbers, found);
				if (outcome < 0) return null;
				branch = this.#step(branch, outcome);
			}
		}
		return branch;
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

function lastSlash(bytes: Uint8Array, start: number, end: number): number {
	let at = end - 1;
	while (at >= start && bytes[at] !== slash) at--;
	return at >= start ? at : -1;
}

/** From 1 up; -1 = there are too many. */
function numberOf(numbers: Map<number, number>, found: number): number {
	const known = numbers.get(found);
	if (known !== undefined) return known;
	if (numbers.size >= branchesMax) return -1;
	numbers.set(found, numbers.size + 1);
	return numbers.size;
}

function walksOf(part: Part, tests: readonly LiteralTest[]): PartWalks {
	const all = tests.flatMap(({ literals }, test) => literals.map((literal) => ({ ...literal, test })));
	const trie = (kinds: readonly string[], backwards: boolean): ByteTrie | null => {
		const own = all.filter(({ kind }) => kinds.includes(kind));
		const literals = own.map(({ kind, value, test }) => ({ value, whole: kind === 'oneof', test }));
		return own.length === 0 ? null : new ByteTrie(literals, backwards);
	};
	const searched = all.filter(({ kind }) => kind === 'contains');
	const bits = [...new Set(searched.map(({ test }) => test))];
	const contained = searched.map(({ value, test }) => ({ value, bit: bits.indexOf(test) }));
	return {
		part,
		beginnings: trie(['oneof', 'prefix'], false),
		ends: trie(['suffix'], true),
		contained: contained.length === 0 ? null : new ByteSearch(contained),
		numbers: new Map(),
	};
}
