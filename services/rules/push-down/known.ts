/**
 * What a check comes to when some values of the event are known, and nothing else: it may hold, it may fail, or both. Known are values that
 * the kernel has at hand: the result, how a file is opened, and whether the process is outside of containers.
 */
import { eventTypeIndex, familyIndex } from '#schemas/generated/event-names.ts';
import type { BinaryNode, Expression } from '../ast.ts';
import { familyOf } from '../fields/event-type.ts';
import { resultText } from '../fields/kernel-names.ts';

/** Results `low` to `high`, all of which are looked at together. */
export type ResultRange = { readonly low: number; readonly high: number };

export type Known = {
	readonly eventType: string;
	readonly result: ResultRange;
	/** Of a call that opens a file; null = not known. */
	readonly opens: { readonly reads: boolean; readonly writes: boolean } | null;
	/** The call made the file; null = not known. */
	readonly created: boolean | null;
	/** The process is in no container; false = not known. */
	readonly onHost: boolean;
};

export type Outcome = { readonly holds: boolean; readonly fails: boolean };

export const either: Outcome = { holds: true, fails: true };
const always: Outcome = { holds: true, fails: false };
const never: Outcome = { holds: false, fails: true };

const equality = new Set<BinaryNode['op']>(['=', '==', '!=', 'in']);

export function isOpen(eventType: string): boolean {
	return familyOf(eventTypeIndex.get(eventType) ?? 0) === familyIndex.FileOpened;
}

/** Of a leaf. Whatever is not known in full is either. */
function outcomeOf(leaf: Expression, known: Known): Outcome {
	if (leaf.node !== 'binary' || leaf.left.node !== 'field' || leaf.modifier !== undefined) return either;
	const { right, left } = leaf;
	if (right.node !== 'value' && right.node !== 'list') return either;
	const constants = right.node === 'list' ? right.values : [right.value];
	switch (left.field) {
		case 'evt.type':
		case 'syscall.type':
			return left.arg === undefined ? textOutcome(leaf, constants, known.eventType) : either;
		case 'evt.rawres':
			return rangeOutcome(leaf.op, constants, known.result);
		case 'fd.num':
			return isOpen(known.eventType) ? rangeOutcome(leaf.op, constants, openedNumber(known.result)) : either;
		case 'evt.failed':
			return booleanOutcome(leaf, constants, failed(known.result));
		case 'evt.res': {
			const text = resultName(known.result);
			return text === null ? either : textOutcome(leaf, constants, text);
		}
		case 'evt.is_open_read':
			return booleanOutcome(leaf, constants, known.opens?.reads ?? null);
		case 'evt.is_open_write':
			return booleanOutcome(leaf, constants, known.opens?.writes ?? null);
		case 'evt.is_open_create':
			return isOpen(known.eventType) ? booleanOutcome(leaf, constants, known.created) : either;
		case 'container.id':
			return known.onHost ? textOutcome(leaf, constants, 'host') : either;
		default:
			return either;
	}
}

/** Whether a leaf, or its opposite, may hold. */
export function mayBe(leaf: Expression, negated: boolean, known: Known): boolean {
	const { holds, fails } = outcomeOf(leaf, known);
	return negated ? fails : holds;
}

/** A failed open has the number -1, whatever the error. */
function openedNumber({ low, high }: ResultRange): ResultRange {
	return { low: Math.max(low, -1), high: Math.max(high, -1) };
}

function failed({ low, high }: ResultRange): boolean | null {
	return high < 0 ? true : low >= 0 ? false : null;
}

function resultName({ low, high }: ResultRange): string | null {
	if (low >= 0) return resultText(0).value;
	return low === high ? resultText(low).value : null;
}

function textOutcome({ op }: BinaryNode, constants: readonly string[], value: string): Outcome {
	if (op === 'startswith') return decided(constants.some((constant) => value.startsWith(constant)));
	if (!equality.has(op)) return either;
	const same = constants.includes(value);
	return decided(op === '!=' ? !same : same);
}

function booleanOutcome({ op }: BinaryNode, constants: readonly string[], value: boolean | null): Outcome {
	const [constant] = constants;
	if (value === null || constants.length !== 1 || !equality.has(op)) return either;
	const wanted = constant?.toLowerCase();
	if (wanted !== 'true' && wanted !== 'false') return either;
	const same = value === (wanted === 'true');
	return decided(op === '!=' ? !same : same);
}

function decided(holds: boolean): Outcome {
	return holds ? always : never;
}

/** Of a number of which only the range is known. */
function rangeOutcome(op: BinaryNode['op'], texts: readonly string[], { low, high }: ResultRange): Outcome {
	if (!texts.every((text) => /^-?[0-9]{1,15}$/.test(text))) return either;
	const constants = texts.map(Number);
	const [constant] = constants;
	if (op === 'in' || op === '=' || op === '==') {
		const some = constants.some((value) => value >= low && value <= high);
		return { holds: some, fails: !(low === high && some) };
	}
	if (constant === undefined || constants.length !== 1) return either;
	switch (op) {
		case '!=':
			return { holds: !(low === high && low === constant), fails: constant >= low && constant <= high };
		case '<':
			return { holds: low < constant, fails: high >= constant };
		case '<=':
			return { holds: low <= constant, fails: high > constant };
		case '>':
			return { holds: high > constant, fails: low <= constant };
		case '>=':
			return { holds: high >= constant, fails: low < constant };
		default:
			return either;
	}
}
