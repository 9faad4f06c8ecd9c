/**
 * What all rules of a set can match together, in values that the kernel has: what the probe pushes down, so that events of no interest to
 * any rule are left out where they are made. For each call a set of results, and for each slot (how a file is opened × did it fail, or make the
 * file × is the process outside of containers) what is needed: anything, one of some words in its paths, or nothing, as no rule can match.
 *
 * Sound by construction: everything is a bound from above, and what is not known counts as "may match". Only calls that change nothing of what
 * the state knows are in it; the probe refuses others (probe/capture/calls.c). Slots and bits are those of probe/bpf/record.h.
 */
import { eventTypeIndex, familyIndex } from '#schemas/generated/event-names.ts';
import type { Expression } from '../ast.ts';
import type { EventTypeSet } from '../check/event-type-set.ts';
import { familyOf, infoOf } from '../fields/event-type.ts';
import { finish, type Steps } from '../steps.ts';
import { isOpen, type Known, type ResultRange } from './known.ts';
import { needs, wordsMax } from './need.ts';
import type { Words } from './path-words.ts';
import { everyResult, resultsFor } from './results.ts';

export type FilterRule = {
	readonly name: string;
	readonly condition: Expression;
	readonly eventTypes: EventTypeSet;
};

export type SlotNeed = {
	/** Null = every such event is reported; empty = none. */
	readonly words: Words;
	/** The first rule because of which all are. */
	readonly hinderedBy: string | null;
};

export type CallFilter = {
	readonly eventType: string;
	/** A bit a class of results, see results.ts. */
	readonly results: bigint;
	/** By slot. */
	readonly slots: readonly SlotNeed[];
};

/** By event type; types that are not in it are reported whatever their values. */
export type KernelFilter = ReadonlyMap<string, CallFilter>;

export const slotCount = 32;
export const slotBits = { access: 3, failed: 4, created: 8, contained: 16 } as const;

/** Events of these families change nothing that is known of a process, a container or the host. */
const statelessFamilies = new Set<number>([
	familyIndex.FileOpened,
	familyIndex.PathChanged,
	familyIndex.SocketCreated,
	familyIndex.SocketConnected,
	familyIndex.SocketAccepted,
	familyIndex.SocketBound,
	familyIndex.SocketTransferred,
	familyIndex.FdChanged,
	familyIndex.FileTransferred,
	familyIndex.OtherSyscall,
]);
/** Reported when it begins, before its result is known. */
const atEntry = 'close';

/** A rule that names more event types than this names none: it takes what is captured for others. */
const namedTypesMax = 200;

/** Event types that rules name: for these a filter is worth it. */
export function namedTypes(rules: readonly FilterRule[]): ReadonlySet<string> {
	const named = rules
		.map(({ eventTypes }) => eventTypes.names())
		.filter((names) => names.length <= namedTypesMax);
	return new Set(named.flat());
}

/** For events of these types. */
export function kernelFilter(rules: readonly FilterRule[], eventTypes: Iterable<string>): KernelFilter {
	return finish(kernelFilterInSteps(rules, eventTypes));
}

/** The same in slices, so that thousands of rules do not stop the events of now. */
export function* kernelFilterInSteps(
	rules: readonly FilterRule[],
	eventTypes: Iterable<string>,
): Steps<KernelFilter> {
	const filter = new Map<string, CallFilter>();
	for (const eventType of eventTypes) {
		if (!mayBeLeftOut(eventType)) continue;
		const own = rules.filter((rule) => rule.eventTypes.has(eventType));
		const call = yield* callFilter(eventType, own);
		if (call !== null) filter.set(eventType, call);
	}
	return filter;
}

function mayBeLeftOut(eventType: string): boolean {
	const index = eventTypeIndex.get(eventType) ?? 0;
	const kind = infoOf(index)?.kind;
	return (
		index !== 0 && eventType !== atEntry && kind !== 'tracepoint' && statelessFamilies.has(familyOf(index))
	);
}

/** Null = it would leave out nothing. */
function* callFilter(eventType: string, rules: readonly FilterRule[]): Steps<CallFilter | null> {
	const results = yield* resultsOf(eventType, rules);
	const known = new Map<string, SlotNeed>();
	const slots: SlotNeed[] = [];
	for (let slot = 0; slot < slotCount; slot++) {
		const values = knownInSlot(eventType, slot);
		const key = JSON.stringify(values.map((value) => ({ ...value, result: value.result.low })));
		const need = known.get(key) ?? (yield* needOf(values, rules));
		known.set(key, need);
		slots.push(need);
	}
	const leavesOut = results !== everyResult || slots.some(({ words }) => words !== null);
	return leavesOut ? { eventType, results, slots } : null;
}

function* resultsOf(eventType: string, rules: readonly FilterRule[]): Steps<bigint> {
	const resultsOfCondition = resultsFor({
		eventType,
		result: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
		opens: null,
		created: null,
		onHost: false,
	});
	let set = 0n;
	for (const { condition } of rules) {
		set |= resultsOfCondition(condition);
		if (set === everyResult) break;
		yield;
	}
	return set;
}

const succeeded: ResultRange = { low: 0, high: Number.POSITIVE_INFINITY };
const didNot: ResultRange = { low: Number.NEGATIVE_INFINITY, high: -1 };

const reads = { reads: true, writes: false };
const writes = { reads: false, writes: true };
const both = { reads: true, writes: true };
/** By the access mode of the flags. */
const accesses = [reads, writes, both, both];

/** What is known of the events of a slot: one of these holds. */
function knownInSlot(eventType: string, slot: number): Known[] {
	const failed = (slot & slotBits.failed) !== 0;
	const created = isOpen(eventType) ? (slot & slotBits.created) !== 0 && !failed : null;
	const common = {
		eventType,
		result: failed ? didNot : succeeded,
		created,
		onHost: (slot & slotBits.contained) === 0,
	};
	return opensIn(eventType, slot).map((opens) => ({ ...common, opens }));
}

/** The flags of openat2 are in the caller's memory: the kernel side has all of its opens in one slot. creat has none. */
function opensIn(eventType: string, slot: number): Known['opens'][] {
	if (!isOpen(eventType)) return [null];
	if (eventType === 'creat') return [writes];
	if (eventType === 'openat2') return [reads, writes, both];
	return [accesses[slot & slotBits.access]!];
}

function* needOf(known: readonly Known[], rules: readonly FilterRule[]): Steps<SlotNeed> {
	const needsOf = known.map(needs);
	const words = new Set<number>();
	for (const { name, condition } of rules) {
		for (const needOfCondition of needsOf) {
			const own = needOfCondition(condition);
			if (own === null) return { words: null, hinderedBy: name };
			for (const word of own) words.add(word);
		}
		if (words.size > wordsMax) return { words: null, hinderedBy: name };
		yield;
	}
	return { words, hinderedBy: null };
}
