/**
 * Which of many strings does a value begin with, end with, or contain: one walk along the value, however many there are.
 * A trie whose transitions are one map; for `contains` with the failure links of Aho and Corasick.
 */

export type StringIndexKind = 'prefix' | 'suffix' | 'contains';

export type StringIndex = {
	/** Writes the numbers of the strings found in `value` into `found`, each once; returns how many. */
	readonly find: (value: string, found: number[]) => number;
};

/** A transition is one map entry: node × 256 + byte. */
const bytes = 256;
const none = -1;

/** Number `i` is `strings[i]`; strings are distinct. */
export function createStringIndex(kind: StringIndexKind, strings: readonly string[]): StringIndex {
	if (kind === 'contains') return new ContainsIndex(strings);
	return new EdgeIndex(strings, kind === 'suffix');
}

class Trie {
	/** Number of the string that ends at a node. */
	readonly numberAt: number[] = [none];
	readonly #next = new Map<number, number>();

	add(string: string, number: number): void {
		let node = 0;
		for (let i = 0; i < string.length; i++) node = this.#child(node, string.charCodeAt(i));
		this.numberAt[node] = number;
	}

	#child(node: number, byte: number): number {
		const known = this.next(node, byte);
		if (known !== undefined) return known;
		const child = this.numberAt.push(none) - 1;
		this.#next.set(node * bytes + byte, child);
		return child;
	}

	next(node: number, byte: number): number | undefined {
		return this.#next.get(node * bytes + byte);
	}

	/** Every transition: from, byte, to. Parents come before their children. */
	transitions(): [number, number, number][] {
		return [...this.#next].map(([key, to]) => [Math.floor(key / bytes), key % bytes, to]);
	}
}

/** Walks from one edge of the value inwards, until no string goes on. */
class EdgeIndex implements StringIndex {
	readonly #trie = new Trie();
	readonly #fromEnd: boolean;

	constructor(strings: readonly string[], fromEnd: boolean) {
		this.#fromEnd = fromEnd;
		for (const [number, string] of strings.entries()) {
			this.#trie.add(fromEnd ? [...string].reverse().join('') : string, number);
		}
	}

	find(value: string, found: number[]): number {
		let count = 0;
		let node: number | undefined = 0;
		const last = value.length - 1;
		for (let i = 0; ; i++) {
			const number = this.#trie.numberAt[node] as number;
			if (number !== none) found[count++] = number;
			if (i > last) return count;
			node = this.#trie.next(node, value.charCodeAt(this.#fromEnd ? last - i : i));
			if (node === undefined) return count;
		}
	}
}

/** Goes over every byte of the value once. */
class ContainsIndex implements StringIndex {
	readonly #trie = new Trie();
	/** Node of the longest proper suffix that is also in the trie. */
	readonly #fallback: Int32Array;
	/** Nearest node along the fallbacks (itself included) where a string ends; 0 = none (the empty string is apart). */
	readonly #ending: Int32Array;
	readonly #nextEnding: Int32Array;
	/** Serial of the search in which a string was last found, so that each is reported once. */
	readonly #foundIn: Float64Array;
	#search = 0;

	constructor(strings: readonly string[]) {
		for (const [number, string] of strings.entries()) this.#trie.add(string, number);
		const nodes = this.#trie.numberAt.length;
		this.#fallback = new Int32Array(nodes);
		this.#ending = new Int32Array(nodes);
		this.#nextEnding = new Int32Array(nodes);
		this.#foundIn = new Float64Array(strings.length);
		this.#link();
	}

	/** By growing depth, because a node's fallback is shallower than the node. */
	#link(): void {
		const children = new Map<number, [byte: number, node: number][]>();
		for (const [from, byte, to] of this.#trie.transitions()) {
			const known = children.get(from);
			if (known === undefined) children.set(from, [[byte, to]]);
			else known.push([byte, to]);
		}
		const queue = [0];
		for (const node of queue) {
			for (const [byte, child] of children.get(node) ?? []) {
				const fallback = node === 0 ? 0 : this.#step(this.#fallback[node] as number, byte);
				this.#fallback[child] = fallback;
				this.#nextEnding[child] = this.#ending[fallback] as number;
				this.#ending[child] =
					this.#trie.numberAt[child] === none ? (this.#ending[fallback] as number) : child;
				queue.push(child);
			}
		}
	}

	#step(node: number, byte: number): number {
		for (let at = node; ; at = this.#fallback[at] as number) {
			const next = this.#trie.next(at, byte);
			if (next !== undefined) return next;
			if (at === 0) return 0;
		}
	}

	find(value: string, found: number[]): number {
		this.#search++;
		let count = 0;
		const empty = this.#trie.numberAt[0] as number;
		if (empty !== none) found[count++] = empty;
		let node = 0;
		for (let i = 0; i < value.length; i++) {
			node = this.#step(node, value.charCodeAt(i));
			for (let at = this.#ending[node] as number; at !== 0; at = this.#nextEnding[at] as number) {
				const number = this.#trie.numberAt[at] as number;
				if (this.#foundIn[number] === this.#search) continue;
				this.#foundIn[number] = this.#search;
				found[count++] = number;
			}
		}
		return count;
	}
}
