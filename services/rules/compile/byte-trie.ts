/**
 * Literals in a trie over bytes, walked along a range of a buffer: tells which of them a string begins with (or, walked
 * backwards, ends with) and which it is, without a string being made. The walk stops where no literal goes on, after a few bytes for most
 * strings. What was found is an outcome: a small number, the same for the same set of tests.
 */

/** No outcome: a slash after a slash, which no literal has, but those who cut at slashes take for one. */
export const doubledSlash = -1;
/** Outcome of strings for which no test holds. */
export const nothing = 0;
const slash = 47;

/** `whole`: the string must be all of it. `test`: number of the test that holds then. */
export type Literal = { readonly value: string; readonly whole: boolean; readonly test: number };

type Node = {
	readonly row: number;
	readonly next: Map<number, Node>;
	/** Tests that hold for strings which go on from here, and for the one that ends here. */
	readonly begins: number[];
	readonly is: number[];
	readonly before: Node | null;
};

/** Of a node's row: the outcome of a walk that stops there within the string, at its end, then the next rows by column. */
const withinColumn = 0;
const atEndColumn = 1;
const noColumn = 2;

export class ByteTrie {
	/** How many there are, `nothing` with them. */
	readonly outcomes: number;
	/** Column of each byte. */
	readonly #columns = new Uint16Array(256).fill(noColumn);
	/** Rows, one after the other; a next row of 0 = none (nothing leads to the root). */
	readonly #table: Uint32Array;

	/** All literals together have less than 2^16 bytes. `backwards`: they are ends of strings. */
	constructor(literals: readonly Literal[], backwards: boolean) {
		let width = noColumn + 1;
		for (const { value } of literals) {
			for (const byte of bytesOf(value)) {
				if (this.#columns[byte] === noColumn) this.#columns[byte] = width++;
			}
		}
		const nodes = build(literals, backwards, width);
		this.#table = new Uint32Array(nodes.length * width);
		const outcomes = new Map([['', nothing]]);
		const outcome = (tests: readonly number[]): number => {
			const key = [...new Set(tests)].sort((a, b) => a - b).join();
			const known = outcomes.get(key);
			if (known !== undefined) return known;
			outcomes.set(key, outcomes.size);
			return outcomes.size - 1;
		};
		// A node comes behind the one before it, whose tests are complete then.
		for (const { row, next, begins, is, before } of nodes) {
			if (before !== null) begins.push(...before.begins);
			this.#table[row + withinColumn] = outcome(begins);
			this.#table[row + atEndColumn] = outcome([...begins, ...is]);
			for (const [byte, node] of next) this.#table[row + this.#columns[byte]!] = node.row;
		}
		this.outcomes = outcomes.size;
	}

	/** Or `doubledSlash`, where the walk stops at one. */
	forward(bytes: Uint8Array, start: number, end: number): number {
		const table = this.#table;
		const columns = this.#columns;
		let row = 0;
		for (let at = start; at < end; at++) {
			const byte = bytes[at]!;
			const next = table[row + columns[byte]!]!;
			if (next === 0) {
				const doubled = byte === slash && at > start && bytes[at - 1] === slash;
				return doubled ? doubledSlash : table[row + withinColumn]!;
			}
			row = next;
		}
		return table[row + atEndColumn]!;
	}

	backward(bytes: Uint8Array, start: number, end: number): number {
		const table = this.#table;
		const columns = this.#columns;
		let row = 0;
		for (let at = end - 1; at >= start; at--) {
			const next = table[row + columns[bytes[at]!]!]!;
			if (next === 0) return table[row + withinColumn]!;
			row = next;
		}
		return table[row + atEndColumn]!;
	}
}

function build(literals: readonly Literal[], backwards: boolean, width: number): Node[] {
	const nodes: Node[] = [];
	const made = (before: Node | null): Node => {
		const node = { row: nodes.length * width, next: new Map(), begins: [], is: [], before };
		nodes.push(node);
		return node;
	};
	const root = made(null);
	for (const { value, whole, test } of literals) {
		let node = root;
		const bytes = bytesOf(value);
		for (const byte of backwards ? bytes.reverse() : bytes) {
			const next = node.next.get(byte) ?? made(node);
			node.next.set(byte, next);
			node = next;
		}
		(whole ? node.is : node.begins).push(test);
	}
	return nodes;
}

function bytesOf(value: string): number[] {
	return Array.from(value, (c) => c.charCodeAt(0));
}
