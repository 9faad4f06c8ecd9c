/**
 * What each rule costs: every rule is evaluated alone, event by event, with a clock around it; so are the parts that several rules
 * share. Slow, and only for `lanner replay --profile`: the rules that run live are compiled without any of this.
 *
 * A rule's time is what it would cost if it were the only one. In the rule set it costs less, because a shared part is evaluated once per
 * event: the table of shared parts shows how much of it that is. The cost of reading the clock is measured first and taken off.
 * Bounds: `sharedMax` parts.
 */
import type { Expression } from '#rules/ast.ts';
import { compile } from '#rules/compile/compile.ts';
import { Memo } from '#rules/compile/memo.ts';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { printParseable } from '#rules/parse/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import { eventTypeIndex, eventTypes } from '#schemas/generated/event-names.ts';
import { decodeUtf8 } from '#schemas/text.ts';
import { forEachEvent } from './each-event.ts';

export type ProfileEntry = {
	/** Name of the rule, or text of the shared part. */
	readonly what: string;
	/** Rules that have it: 1, or of a shared part more. */
	readonly rules: number;
	/** Events whose type lets it be true. */
	readonly evaluations: number;
	/** Of these, how often it was true. */
	readonly matches: number;
	readonly totalMs: number;
};

export type Profile = {
	readonly events: number;
	/** The most expensive first. */
	readonly rules: readonly ProfileEntry[];
	readonly shared: readonly ProfileEntry[];
};

const sharedMax = 100;
const clockSamples = 20_000;
const warmUpBatches = 200;
/** Printing larger parts for comparison would take longer than evaluating them. */
const partNodesMax = 200;

type Probe = {
	readonly what: string;
	readonly rules: number;
	readonly test: (subject: EventSubject, eventType: number) => boolean;
	/** Indexes of event types that let it be true; null = all. */
	readonly types: ReadonlySet<number> | null;
	evaluations: number;
	matches: number;
	totalMs: number;
};

/** `nowMs`: a clock of high resolution. */
export function profileRules(
	batches: readonly Uint8Array[],
	ruleSet: RuleSet<EventSubject>,
	nowMs: () => number,
): Profile {
	const memo = new Memo();
	const typesOf = ruleSet.rules.map((_, index) => typeIndexes(ruleSet.explain(index).eventTypes));
	const rules = ruleSet.rules.map(({ name, condition }, index) =>
		probeOf({ what: name, rules: 1, condition, types: typesOf[index] ?? null }, memo),
	);
	const parts = sharedParts(ruleSet.rules.map(({ condition }) => condition));
	const shared = parts.map(({ condition, text, users }) => {
		const types = unionOf(users.map((index) => typesOf[index] ?? null));
		return probeOf({ what: decodeUtf8(text), rules: users.length, condition, types }, memo);
	});
	const byType = eventTypes.map((_, type) =>
		[...rules, ...shared].filter(({ types }) => types === null || types.has(type)),
	);
	// Compiling for an event type, and warming up, happen once in the life of a rule set.
	const warmUp = batches.slice(0, warmUpBatches);
	forEachEvent(warmUp, (subject, type) => byType[type]?.forEach(({ test }) => void test(subject, type)));
	const clockMs = costOfClock(nowMs);
	const events = forEachEvent(batches, (subject, type) => {
		for (const probe of byType[type] ?? []) {
			const begin = nowMs();
			const isMatch = probe.test(subject, type);
			probe.totalMs += nowMs() - begin - clockMs;
			probe.evaluations++;
			if (isMatch) probe.matches++;
		}
	});
	return { events, rules: sorted(rules), shared: sorted(shared) };
}

function probeOf(
	{ condition, ...rest }: Pick<Probe, 'what' | 'rules' | 'types'> & { readonly condition: Expression },
	memo: Memo,
): Probe {
	const { test } = compile(condition, eventFieldCatalogue, memo);
	return { ...rest, test, evaluations: 0, matches: 0, totalMs: 0 };
}

function typeIndexes(names: readonly string[] | null): ReadonlySet<number> | null {
	return names === null ? null : new Set(names.map((name) => eventTypeIndex.get(name) as number));
}

function unionOf(sets: readonly (ReadonlySet<number> | null)[]): ReadonlySet<number> | null {
	return sets.includes(null) ? null : new Set(sets.flatMap((set) => [...(set as ReadonlySet<number>)]));
}

type SharedPart = {
	readonly condition: Expression;
	readonly text: string;
	readonly users: readonly number[];
};

/** Parts with more than one check that stand in more than one rule; those of most rules first. */
function sharedParts(conditions: readonly Expression[]): SharedPart[] {
	const byText = new Map<string, { condition: Expression; users: Set<number> }>();
	const texts = new Map<Expression, string | null>();
	const visit = (node: Expression, rule: number): void => {
		if (node.node === 'not') visit(node.child, rule);
		if (node.node !== 'and' && node.node !== 'or') return;
		let text = texts.get(node);
		if (text === undefined) {
			text = nodesOf(node) <= partNodesMax ? printParseable(node) : null;
			texts.set(node, text);
		}
		if (text !== null) {
			const known = byText.get(text) ?? { condition: node, users: new Set<number>() };
			known.users.add(rule);
			byText.set(text, known);
		}
		for (const child of node.children) visit(child, rule);
	};
	for (const [rule, condition] of conditions.entries()) visit(condition, rule);
	return [...byText]
		.map(([text, { condition, users }]) => ({ text, condition, users: [...users] }))
		.filter(({ users }) => users.length > 1)
		.sort((left, right) => right.users.length - left.users.length)
		.slice(0, sharedMax);
}

function nodesOf(node: Expression): number {
	if (node.node === 'not') return 1 + nodesOf(node.child);
	if (node.node !== 'and' && node.node !== 'or') return 1;
	return node.children.reduce((sum, child) => sum + nodesOf(child), 1);
}

/** Median time between two readings that follow each other. */
function costOfClock(nowMs: () => number): number {
	const samples = Array.from({ length: clockSamples }, () => {
		const begin = nowMs();
		return nowMs() - begin;
	});
	return samples.sort((left, right) => left - right)[clockSamples / 2] as number;
}

function sorted(probes: readonly Probe[]): ProfileEntry[] {
	return probes
		.map(({ what, rules, evaluations, matches, totalMs }) => ({
			what,
			rules,
			evaluations,
			matches,
			totalMs: Math.max(0, totalMs),
		}))
		.sort((left, right) => right.totalMs - left.totalMs);
}
