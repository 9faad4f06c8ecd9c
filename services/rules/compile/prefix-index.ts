/** Which of many prefixes does a byte string begin with: one walk along the string, however many prefixes there are. */

/** A transition is one map entry: node × 256 + byte. */
const bytes = 256;

export class PrefixIndex {
	readonly #next = new Map<number, number>();
	/** Branch of the prefix that ends at a node; -1 = none. */
	readonly #branchOf: number[] = [-1];

	/** Branch `i` belongs to `prefixes[i]`. */
	constructor(prefixes: readonly string[]) {
		for (const [branch, prefix] of prefixes.entries()) {
			let node = 0;
			for (let i = 0; i < prefix.length; i++) node = this.#child(node, prefix.charCodeAt(i));
			this.#branchOf[node] = branch;
		}
	}

	#child(node: number, byte: number): number {
		const key = node * bytes + byte;
		const known = this.#next.get(key);
		if (known !== undefined) return known;
		const child = this.#branchOf.push(-1) - 1;
		this.#next.set(key, child);
		return child;
	}

	/** Writes the branches of all prefixes of `value` into `found`; returns how many. */
	find(value: string, found: number[]): number {
		let count = 0;
		let node: number | undefined = 0;
		for (let i = 0; ; i++) {
			const branch = this.#branchOf[node] as number;
			if (branch >= 0) found[count++] = branch;
			if (i >= value.length) return count;
			node = this.#next.get(node * bytes + value.charCodeAt(i));
			if (node === undefined) return count;
		}
	}
}
