/** A filter in words, for people: what of a call is reported, and which rule wants all of it. */
import { eventTypeIndex } from '#schemas/generated/event-names.ts';
import { resultText } from '../fields/kernel-names.ts';
import { type CallFilter, type SlotNeed, slotBits } from './kernel-filter.ts';
import { isOpen } from './known.ts';
import { wordText } from './path-words.ts';
import { everyResult, rangeOfClass } from './results.ts';

export type CallDescription = {
	readonly eventType: string;
	/** Results that are reported; null = any. */
	readonly results: string | null;
	readonly cases: readonly CaseDescription[];
};

export type CaseDescription = {
	/** Which calls: `read only, on the host`. Empty = all. */
	readonly calls: string;
	readonly reported: 'all' | 'none' | 'some';
	/** Beginnings of components, one of which a path must have to be reported. */
	readonly words: readonly string[];
	/** The rule because of which all are. */
	readonly hinderedBy: string | null;
};

const accessNames = ['read only', 'write only', 'read and write'];
const resultsShown = 12;

export function describeCall({ eventType, results, slots }: CallFilter): CallDescription {
	const cases: CaseDescription[] = [];
	for (const [slot, need] of slots.entries()) {
		const calls = slotName(eventType, slot);
		if (calls === null) continue;
		const twin = cases.find((known) => sameNeed(known, need));
		if (twin === undefined) cases.push({ calls, ...describeNeed(need) });
		else cases[cases.indexOf(twin)] = { ...twin, calls: `${twin.calls}; ${calls}` };
	}
	const [only] = cases;
	return {
		eventType,
		results: results === everyResult ? null : resultsText(results),
		cases: cases.length === 1 ? [{ ...only!, calls: '' }] : cases,
	};
}

/** Null = a slot that such calls do not have, or like another. */
function slotName(eventType: string, slot: number): string | null {
	const access = slot & slotBits.access;
	const [failed, created] = [(slot & slotBits.failed) !== 0, (slot & slotBits.created) !== 0];
	const byAccess = isOpen(eventType) && !['creat', 'openat2'].includes(eventType);
	if ((failed && created) || access === 3 || (!byAccess && access > 0) || (created && !isOpen(eventType)))
		return null;
	const where = (slot & slotBits.contained) === 0 ? 'on the host' : 'perhaps in a container';
	const what = failed ? ['failed'] : created ? ['made the file'] : [];
	return [...(byAccess ? [accessNames[access]!] : []), ...what, where].join(', ');
}

function describeNeed({ words, hinderedBy }: SlotNeed): Omit<CaseDescription, 'calls'> {
	return {
		reported: words === null ? 'all' : words.size === 0 ? 'none' : 'some',
		words: words === null ? [] : [...words].map(wordText).sort(),
		hinderedBy,
	};
}

function sameNeed(known: CaseDescription, need: SlotNeed): boolean {
	const { reported, words, hinderedBy } = describeNeed(need);
	return (
		known.reported === reported && known.hinderedBy === hinderedBy && known.words.join() === words.join()
	);
}

function resultsText(results: bigint): string {
	const names: string[] = [];
	for (let index = 0, rest = results; rest > 0n; index++, rest >>= 1n) {
		if ((rest & 1n) === 0n || index === 64) continue;
		const { low, high } = rangeOfClass(index);
		if (low === Number.NEGATIVE_INFINITY) names.push('others');
		else
			names.push(
				high === Number.POSITIVE_INFINITY
					? `${low} and more`
					: low >= 0
						? String(low)
						: resultText(high).value,
			);
	}
	const successes = names.filter((name) => /^\d/.test(name));
	const errors = names.filter((name) => !/^\d/.test(name));
	const list = (all: readonly string[], many: string): string[] =>
		all.length === 0 ? [] : [all.length > resultsShown ? many : all.join(' ')];
	return [...list(successes, 'success'), ...list(errors, `${errors.length} errors`)].join(', ') || 'none';
}

/** In the order of the schema. */
export function byEventType(a: CallFilter, b: CallFilter): number {
	return (eventTypeIndex.get(a.eventType) ?? 0) - (eventTypeIndex.get(b.eventType) ?? 0);
}
