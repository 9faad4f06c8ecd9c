/**
 * What an event must have for a condition to hold, as far as the kernel can tell: nothing (it cannot hold), one of some words in its paths,
 * or anything. From above: an event that lacks it does not match; one that has it may.
 */
import { eventTypeIndex, familyIndex } from '#schemas/generated/event-names.ts';
import type { Expression } from '../ast.ts';
import { familyOf } from '../fields/event-type.ts';
import { Fold } from './fold.ts';
import { isOpen, type Known, mayBe } from './known.ts';
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

/** What a condition needs of events of which this much is known. */
export function needs(known: Known): (condition: Expression) => Words {
	const fields = pathFields(known.eventType);
	const fold = new Fold<Words>({
		any,
		all,
		leaf: (leaf, negated) => {
			if (!mayBe(leaf, negated, known)) return impossible;
			if (negated || fields === null || leaf.node !== 'binary' || leaf.left.node !== 'field') return null;
			const shape = leaf.left.arg === undefined ? fields[leaf.left.field] : undefined;
			return shape === undefined ? null : wordsOfComparison(leaf, shape);
		},
	});
	return (condition) => fold.of(condition);
}

/** One of them holds: what each needs. */
function any(parts: Iterable<Words>): Words {
	const union = new Set<number>();
	for (const words of parts) {
		if (words === null) return null;
		for (const word of words) union.add(word);
	}
	return union.size > wordsMax ? null : union;
}

/** All of them hold: what the rarest needs. */
function all(parts: Iterable<Words>): Words {
	let best: Words = null;
	for (const words of parts) {
		if (words === null) continue;
		if (words.size === 0) return impossible;
		if (best === null || priceOf(words) < priceOf(best)) best = words;
	}
	return best;
}
