/**
 * Literals in a trie over bytes, walked along a range of a buffer: tells which of them a string begins with (or, walked
 * backwards, ends with) and which it is, without a string being made. The walk stops where no literal goes on, after a few bytes for most
 * strings. What was found is an outcome: a small number, the same for the same set of tests.
 */

/** No outcome: a slash after a slash, which no literal has, but those who cut at slashes take for one. */
export const doubledSlash = -1;
const slash = 47;

/** `whole`: the string must be all of it. `test`: number of the test that holds then. */
export type Literal = { readonly value: string; readonly whole: boolean; readonly test: number };

type Node = { readonly next: Map<number, Node>; readonly begins: number[]; readonly is: number[] };

export class ByteTrie {
	/** Column of each byte; 0 = in no literal. */
	readonly #columns = new Uint8Array(256);
	readonly #width: number;
	/** Next node by node × width + column; 0 = none (nothing leads to the root). */
	readonly #table: Uint16Array;
	/** Outcome of a walk that stops at the node, within the string and at its end. */
	readonly #within: Uint16Array;
	readonly #atEnd: Uint16Array;

	/** All literals together have less than 2^16 bytes. `backwards`: they are ends of strings. */
	constructor(literals: readonly Literal[], backwards: boolean) {
		let columns = 1;
		for (const { value } of literals) {
			for (const byte of bytesOf(value)) this.#columns[byte] ||= columns++;
		}
		this.#width = columns;
		const nodes = build(literals, backwards);
		this.#table = new Uint16Array(nodes.length * columns);
		this.#within = new Uint16Array(nodes.length);
		this.#atEnd = new Uint16Array(nodes.length);
		const numbers = new Map(nodes.map((node, number) => [node, number]));
		const outcomes = new Map<string, number>();
		const outcome = (tests: readonly number[]): number => {
			const key = [...new Set(tests)].sort((a, b) => a - b).join();
			const known = outcomes.get(key);
			if (known !== undefined) return known;
			outcomes.set(key, outcomes.size);
			return outcomes.size - 1;
		};
		const visit = (node: Node, before: readonly number[]): void => {
			const number = numbers.get(node) as number;
			const begins = [...before, ...node.begins];
			this.#within[number] = outcome(begins);
			this.#atEnd[number] = outcome([...begins, ...node.is]);
			for (const [byte, next] of node.next) {
				this.#table[number * columns + this.#columns[byte]!] = numbers.get(next) as number;
				visit(next, begins);
			}
		};
		visit(nodes[0] as Node, []);
	}

	/** Or `doubledSlash`, where the walk stops at one. */
	forward(bytes: Uint8Array, start: number, end: number): number {
		let node = 0;
		for (let at = start; at < end; at++) {
			const byte = bytes[at]!;
			const next = this.#table[node * this.#width + this.#columns[byte]!]!;
			if (next === 0) {
				return byte === slash && at > start && bytes[at - 1] === slash ? doubledSlash : this.#within[node]!;
			}
			node = next;
		}
		return this.#atEnd[node]!;
	}

	backward(bytes: Uint8Array, start: number, end: number): number {
		let node = 0;
		for (let at = end - 1; at >= start; at--) {
			const next = this.#table[node * this.#width + this.#columns[bytes[at]!]!]!;
			if (next === 0) return this.#within[node]!;
			node = next;
		}
		return this.#atEnd[node]!;
	}
}

function build(literals: readonly Literal[], backwards: boolean): Node[] {
	const made = (): Node => ({ next: new Map(), begins: [], is: [] });
	const nodes = [made()];
	for (const { value, whole, test } of literals) {
		let node = nodes[0] as Node;
		const bytes = bytesOf(value);
		for (const byte of backwards ? bytes.reverse() : bytes) {
			let next = node.next.get(byte);
			if (next === undefined) {
				next = made();
				node.next.set(byte, next);
				nodes.push(next);
			}
			node = next;
		}
		(whole ? node.is : node.begins).push(test);
	}
	return nodes;
}

function bytesOf(value: string): number[] {
	return Array.from(value, (c) => c.charCodeAt(0));
}
