/** A condition folded from its leaves up, negations pushed down to the leaves. What rules share (macros) is looked at once. */
import type { Expression } from '../ast.ts';

/** How the parts of a whole come together. Lazy: what is not asked for is not looked at. */
export type Ways<T> = {
	/** One of them holds. */
	readonly any: (parts: Iterable<T>) => T;
	/** All of them hold. */
	readonly all: (parts: Iterable<T>) => T;
	/** `negated`: of its opposite. */
	readonly leaf: (leaf: Expression, negated: boolean) => T;
};

export class Fold<T> {
	readonly #ways: Ways<T>;
	readonly #positive = new WeakMap<Expression, { readonly value: T }>();
	readonly #negative = new WeakMap<Expression, { readonly value: T }>();

	constructor(ways: Ways<T>) {
		this.#ways = ways;
	}

	of(tree: Expression, negated = false): T {
		const cache = negated ? this.#negative : this.#positive;
		const seen = cache.get(tree);
		if (seen !== undefined) return seen.value;
		const value = this.#compute(tree, negated);
		cache.set(tree, { value });
		return value;
	}

	#compute(tree: Expression, negated: boolean): T {
		const { any, all, leaf } = this.#ways;
		switch (tree.node) {
			case 'and':
			case 'or': {
				const parts = this.#parts(tree.children, negated);
				return (tree.node === 'or') !== negated ? any(parts) : all(parts);
			}
			case 'not':
				return this.of(tree.child, !negated);
			default:
				return leaf(tree, negated);
		}
	}

	*#parts(children: readonly Expression[], negated: boolean): Iterable<T> {
		for (const child of children) yield this.of(child, negated);
	}
}
