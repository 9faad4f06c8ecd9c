/** What an instrument counted, put together: by rule, by shared part, by event type; the dearest first. Times in milliseconds. */

import { decodeUtf8 } from '#schemas/text.ts';
import type { RuleSet } from '../compile/rule-set.ts';
import type { ProfileInstrument, SharedSlot, TypeProfile } from './instrument.ts';
import { textOf } from './text.ts';

export type RuleProfile = {
	readonly rule: string;
	/** Events of the types that the rule is about. */
	readonly events: number;
	/** Those for which the prefilter told that it cannot match. */
	readonly ruledOutAhead: number;
	/** Those that this rule alone kept from being ruled out for all rules. */
	readonly keptAlone: number;
	/** How often it was asked for what is left of its condition behind shared conditions and look-ups. */
	readonly evaluations: number;
	/** Events that it matches, also where an earlier rule alerts. */
	readonly matches: number;
	/** `ownMs` + `sharedMs`. */
	readonly timeMs: number;
	/** In what only this rule asks. */
	readonly ownMs: number;
	/** Its part of what it shares: the time of each shared part, divided by the number of rules that share it. */
	readonly sharedMs: number;
};

export type SharedProfile = {
	/** `condition`; `value` = the reading of a field or a transformer; `together` = the look-up of all strings wanted of a text. */
	readonly kind: SharedSlot<unknown>['kind'];
	readonly text: string;
	readonly rules: readonly string[];
	/** How often it was computed: not where an answer of the same event, process or text was remembered. */
	readonly computed: number;
	/** How often it held; of a value: how often there was one. */
	readonly held: number;
	readonly timeMs: number;
};

export type EventTypeProfile = {
	readonly eventType: string;
	readonly rules: number;
	readonly events: number;
	readonly ruledOutAhead: number;
	readonly aheadMs: number;
};

export type Profile = {
	readonly events: number;
	/** Of types that no rule is about. */
	readonly unwanted: number;
	/** For which the prefilter told that no rule can match: nothing was asked of them. */
	readonly ruledOutAhead: number;
	readonly matches: number;
	readonly timeMs: {
		readonly all: number;
		/** The prefilter itself, without the conditions in it. */
		readonly ahead: number;
		/** Look-ups that find the rules to ask, and putting matches in order. */
		readonly lookUps: number;
		readonly shared: number;
		readonly own: number;
	};
	/** What one reading of the clock took, in nanoseconds; it is taken off every time above. */
	readonly clockNs: number;
	/** Intervals that were left out, as the process stood still in them. */
	readonly pauses: number;
	readonly rules: readonly RuleProfile[];
	readonly shared: readonly SharedProfile[];
	readonly eventTypes: readonly EventTypeProfile[];
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function profileOf<Subject>(
	{ rules }: Pick<RuleSet<Subject>, 'rules'>,
	instrument: ProfileInstrument<Subject>,
	eventTypes: readonly string[],
): Profile {
	const { recorder } = instrument;
	const ms = (slot: number): number => recorder.timeNs(slot) / 1e6;
	const byRule = rules.map(({ name }) => nothingOf(name));
	for (const type of instrument.types) addRules(type, byRule, instrument);
	for (const rule of byRule) rule.timeMs = rule.ownMs + rule.sharedMs;
	const shared = sharedOf(instrument, (index) => rules[index]!.name);
	const types = instrument.types
		.filter((type) => type.rules.length > 0)
		.map((type) => ({
			eventType: eventTypes[type.eventType] ?? '',
			rules: type.rules.length,
			events: recorder.countOf(type.ahead),
			ruledOutAhead: recorder.countOf(type.ahead) - recorder.countOf(type.tree),
			aheadMs: ms(type.ahead),
		}));
	const ahead = sum(types, ({ aheadMs }) => aheadMs);
	const lookUps = sum(instrument.types, ({ tree }) => ms(tree));
	const sharedMs = sum(shared, ({ timeMs }) => timeMs);
	const own = sum(byRule, ({ ownMs }) => ownMs);
	return {
		events: sum(types, ({ events }) => events) + instrument.unwanted,
		unwanted: instrument.unwanted,
		ruledOutAhead: sum(types, ({ ruledOutAhead }) => ruledOutAhead),
		matches: sum(byRule, ({ matches }) => matches),
		timeMs: { all: ahead + lookUps + sharedMs + own, ahead, lookUps, shared: sharedMs, own },
		clockNs: recorder.clockNs,
		pauses: recorder.pauses,
		rules: byRule.sort((a, b) => b.timeMs - a.timeMs || b.evaluations - a.evaluations),
		shared: shared.sort((a, b) => b.timeMs - a.timeMs || b.computed - a.computed),
		eventTypes: types.sort((a, b) => b.events - a.events),
	};
}

function nothingOf(rule: string): Mutable<RuleProfile> {
	return {
		rule,
		...{ events: 0, ruledOutAhead: 0, keptAlone: 0, evaluations: 0, matches: 0 },
		...{ timeMs: 0, ownMs: 0, sharedMs: 0 },
	};
}

function addRules<Subject>(
	type: TypeProfile<Subject>,
	byRule: readonly Mutable<RuleProfile>[],
	{ recorder }: ProfileInstrument<Subject>,
): void {
	const events = recorder.countOf(type.ahead);
	const asked = recorder.countOf(type.tree);
	for (const { rule, slot, matches, left, leftAlone } of type.rules) {
		const one = byRule[rule]!;
		one.events += events;
		one.ruledOutAhead += events - (type.tellsRules ? left : asked);
		one.keptAlone += type.rules.length === 1 ? asked : leftAlone;
		one.evaluations += recorder.countOf(slot);
		one.matches += matches;
		one.ownMs += recorder.timeNs(slot) / 1e6;
	}
	for (const { slot, rules } of type.shared) {
		const each = recorder.timeNs(slot) / 1e6 / rules.size;
		for (const rule of rules) byRule[rule]!.sharedMs += each;
	}
}

/** The same part of several event types is one. */
function sharedOf<Subject>(
	{ types, recorder, leaves }: ProfileInstrument<Subject>,
	nameOf: (rule: number) => string,
): Mutable<SharedProfile>[] {
	const found = new Map<string, { shared: SharedSlot<Subject>; slots: number[]; rules: Set<number> }>();
	for (const type of types) {
		for (const shared of type.shared) {
			const key = `${shared.kind} ${shared.part.id}`;
			const known = found.get(key) ?? { shared, slots: [], rules: new Set() };
			known.slots.push(shared.slot);
			for (const rule of shared.rules) known.rules.add(rule);
			found.set(key, known);
		}
	}
	return [...found.values()].map(({ shared, slots, rules }) => ({
		kind: shared.kind,
		text: decodeUtf8(textOf(shared, leaves)),
		rules: [...rules].sort((a, b) => a - b).map(nameOf),
		computed: sum(slots, (slot) => recorder.countOf(slot)),
		held: sum(slots, (slot) => recorder.holdsOf(slot)),
		timeMs: sum(slots, (slot) => recorder.timeNs(slot)) / 1e6,
	}));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
	return items.reduce((total, item) => total + of(item), 0);
}
