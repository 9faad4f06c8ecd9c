/**
 * Which results a call may have for a condition to hold. Results are looked at in classes: 0 to 62 each for itself, larger ones together, then
 * errors 1 to 126, and larger ones together; a set of classes is a bigint. In the kernel they are the bits of struct filter (probe/bpf/record.h).
 */
import type { Expression } from '../ast.ts';
import { type Known, outcomeOf, type ResultRange } from './known.ts';

const successes = 64;
const errors = 128;
const classes = successes + errors;
export const everyResult = (1n << BigInt(classes)) - 1n;

const bitOfClass = Array.from({ length: classes }, (_, index) => 1n << BigInt(index));

export function rangeOfClass(index: number): ResultRange {
	if (index < successes - 1) return { low: index, high: index };
	if (index === successes - 1) return { low: index, high: Number.POSITIVE_INFINITY };
	const error = index - successes;
	return error < errors - 1 ? { low: -error, high: -error } : { low: Number.NEGATIVE_INFINITY, high: -error };
}

/** As the kernel side sorts them. */
export function classOfResult(result: number): number {
	return result >= 0 ? Math.min(result, successes - 1) : successes + Math.min(-result, errors - 1);
}

/** The last: a call that failed made no file. */
const resultFields = new Set(['evt.rawres', 'evt.res', 'evt.failed', 'fd.num', 'evt.is_open_create']);

export class Results {
	readonly #known: Known;
	/** By class of results. */
	readonly #inClass: readonly Known[];
	readonly #sets = [new WeakMap<Expression, bigint>(), new WeakMap<Expression, bigint>()] as const;

	/** Its `result` is not looked at. */
	constructor(known: Known) {
		this.#known = known;
		this.#inClass = Array.from({ length: classes }, (_, index) => knownWith(known, rangeOfClass(index)));
	}

	of(condition: Expression): bigint {
		return this.#of(condition, false);
	}

	#of(tree: Expression, negated: boolean): bigint {
		const cache = this.#sets[negated ? 1 : 0];
		const seen = cache.get(tree);
		if (seen !== undefined) return seen;
		const set = this.#compute(tree, negated);
		cache.set(tree, set);
		return set;
	}

	#compute(tree: Expression, negated: boolean): bigint {
		switch (tree.node) {
			case 'and':
			case 'or': {
				const unite = (tree.node === 'or') !== negated;
				let set = unite ? 0n : everyResult;
				for (const child of tree.children) {
					const own = this.#of(child, negated);
					set = unite ? set | own : set & own;
				}
				return set;
			}
			case 'not':
				return this.#of(tree.child, !negated);
			default:
				return this.#leaf(tree, negated);
		}
	}

	#leaf(leaf: Expression, negated: boolean): bigint {
		const field = leaf.node === 'binary' && leaf.left.node === 'field' ? leaf.left.field : '';
		if (!resultFields.has(field)) return this.#has(leaf, negated, this.#known) ? everyResult : 0n;
		let set = 0n;
		for (let index = 0; index < classes; index++)
			if (this.#has(leaf, negated, this.#inClass[index]!)) set |= bitOfClass[index]!;
		return set;
	}

	#has(leaf: Expression, negated: boolean, known: Known): boolean {
		const { holds, fails } = outcomeOf(leaf, known);
		return negated ? fails : holds;
	}
}

function knownWith(known: Known, result: ResultRange): Known {
	return { ...known, result, created: result.high < 0 ? false : known.created };
}
