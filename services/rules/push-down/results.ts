/**
 * Which results a call may have for a condition to hold. Results are looked at in classes: 0 to 62 each for itself, larger ones together, then
 * errors 1 to 126, and larger ones together; a set of classes is a bigint. In the kernel they are the bits of struct filter (probe/bpf/record.h).
 */
import type { Expression } from '../ast.ts';
import { Fold } from './fold.ts';
import { type Known, mayBe, type ResultRange } from './known.ts';

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

/** The results for which a condition may hold. The `result` of `known` is not looked at. */
export function resultsFor(known: Known): (condition: Expression) => bigint {
	const inClass = bitOfClass.map((_, index) => knownWith(known, rangeOfClass(index)));
	const fold = new Fold<bigint>({
		any: (parts) => {
			let set = 0n;
			for (const part of parts) set |= part;
			return set;
		},
		all: (parts) => {
			let set = everyResult;
			for (const part of parts) set &= part;
			return set;
		},
		leaf: (leaf, negated) => {
			const field = leaf.node === 'binary' && leaf.left.node === 'field' ? leaf.left.field : '';
			if (!resultFields.has(field)) return mayBe(leaf, negated, known) ? everyResult : 0n;
			let set = 0n;
			for (const [index, one] of inClass.entries()) if (mayBe(leaf, negated, one)) set |= bitOfClass[index]!;
			return set;
		},
	});
	return (condition) => fold.of(condition);
}

function knownWith(known: Known, result: ResultRange): Known {
	return { ...known, result, created: result.high < 0 ? false : known.created };
}
