/**
 * What an event must have for a condition to hold, as far as the kernel can tell: nothing (it cannot hold), one of some words in its paths,
 * or anything. From above: an event that lacks it does not match; one that has it may.
 */
import { eventTypeIndex, familyIndex } from '#schemas/generated/event-names.ts';
import type { Expression } from '../ast.ts';
import { familyOf } from '../fields/event-type.ts';
import { isOpen, type Known, outcomeOf } from './known.ts';
import { type PathShape, priceOf, type Words, wordsOfComparison } from './path-words.ts';

/** No event matches. */
export const impossible: Words = new Set();
/** More are not looked for: every path would have one. */
export const wordsMax = 2048;

/** Fields whose value is made of components that the kernel side sees, by what they are a text of. */
const openFields: Readonly<Record<string, PathShape>> = {
	'fd.name': 'absolute',
	'fd.realpath': 'absolute',
	'fd.filename': 'fileName',
	'fd.nameraw': 'asGiven',
	'fs.path.name': 'absolute',
	'fs.path.nameraw': 'asGiven',
};
const changeFields: Readonly<Record<string, PathShape>> = {
	'fs.path.name': 'absolute',
	'fs.path.nameraw': 'asGiven',
	'fs.path.source': 'absolute',
	'fs.path.sourceraw': 'asGiven',
	'fs.path.target': 'absolute',
	'fs.path.targetraw': 'asGiven',
};

/** Null where paths are made of more than what the kernel side sees (a symbolic link's text is completed from the state). */
function pathFields(eventType: string): Readonly<Record<string, PathShape>> | null {
	if (isOpen(eventType)) return openFields;
	const changes = familyOf(eventTypeIndex.get(eventType) ?? 0) === familyIndex.PathChanged;
	return changes && !eventType.startsWith('symlink') ? changeFields : null;
}

/** For events of which this much is known. Trees shared between rules are looked at once. */
export class Needs {
	readonly #known: Known;
	readonly #fields: Readonly<Record<string, PathShape>> | null;
	readonly #positive = new WeakMap<Expression, { readonly words: Words }>();
	readonly #negative = new WeakMap<Expression, { readonly words: Words }>();

	constructor(known: Known) {
		this.#known = known;
		this.#fields = pathFields(known.eventType);
	}

	of(condition: Expression): Words {
		return this.#of(condition, false);
	}

	#of(tree: Expression, negated: boolean): Words {
		const cache = negated ? this.#negative : this.#positive;
		const seen = cache.get(tree);
		if (seen !== undefined) return seen.words;
		const words = this.#compute(tree, negated);
		cache.set(tree, { words });
		return words;
	}

	#compute(tree: Expression, negated: boolean): Words {
		switch (tree.node) {
			case 'and':
			case 'or':
				return (tree.node === 'or') !== negated
					? this.#any(tree.children, negated)
					: this.#all(tree.children, negated);
			case 'not':
				return this.#of(tree.child, !negated);
			default:
				return this.#leaf(tree, negated);
		}
	}

	/** One of them holds: what each needs. */
	#any(children: readonly Expression[], negated: boolean): Words {
		const union = new Set<number>();
		for (const child of children) {
			const words = this.#of(child, negated);
			if (words === null) return null;
			for (const word of words) union.add(word);
		}
		return union.size > wordsMax ? null : union;
	}

	/** All of them hold: what the rarest needs. */
	#all(children: readonly Expression[], negated: boolean): Words {
		let best: Words = null;
		for (const child of children) {
			const words = this.#of(child, negated);
			if (words === null) continue;
			if (words.size === 0) return impossible;
			if (best === null || priceOf(words) < priceOf(best)) best = words;
		}
		return best;
	}

	#leaf(leaf: Expression, negated: boolean): Words {
		const { holds, fails } = outcomeOf(leaf, this.#known);
		if (!(negated ? fails : holds)) return impossible;
		if (negated || this.#fields === null || leaf.node !== 'binary' || leaf.left.node !== 'field') return null;
		const shape = leaf.left.arg === undefined ? this.#fields[leaf.left.field] : undefined;
		return shape === undefined ? null : wordsOfComparison(leaf, shape);
	}
}
