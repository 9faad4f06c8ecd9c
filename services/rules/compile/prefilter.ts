/**
 * Which rules of an event type are ruled out by one thing alone: the process, an answer that many rules want, the
 * paths. Each rule's condition is bounded from above by what can be said of that thing (everything else may be true), so a
 * rule whose bound is false cannot match. Bounds of the process are remembered with the process and those of paths on the path: for nearly
 * every event, no rule is left after a few words were put together, and nothing else is asked.
 *
 * Paths are first sorted into classes by their bytes (path-classes.ts); only where a rule is left are their texts made and asked.
 *
 *   upper(leaf) = the leaf, where it rests on the thing; true elsewhere      lower(leaf) = the leaf; false elsewhere
 *   upper(not p) = not lower(p)      and, or: child by child
 */

import { Bounds, type Cover, coverDerived, operandsOf, restsOn } from './bounds.ts';
import { type Classes, planClasses } from './class-bounds.ts';
import type { Candidate } from './decision.ts';
import { costOf, type FieldOperand, type Operand, type Plan, type Predicate } from './ir.ts';

/** Rules per word of a mask: small integers have room for it. */
export const rulesPerWord = 30;
/** More rules for one event type are told apart by the decision tree's look-ups, whose cost does not grow with them, and fewer are asked as they are: both behind the classes of their paths alone, which save making texts. */
const rulesMax = 240;
const rulesMin = 4;
/** Answers asked before the paths: each must be able to rule out at least so many rules. */
const wantedRulesMin = 3;
const wantedMax = 6;
/** Dearer ones are not asked ahead. */
const wantedCostMax = 60;
const textsMax = 2;

export type Wanted<Subject> = {
	readonly condition: Predicate<Subject>;
	/** Numbers (in the order of candidates) of the rules that cannot match without it. */
	readonly rules: readonly number[];
};

export type Prefilter<Subject> = {
	/** Bound of each candidate by the process alone; null = none of them rests on the process. */
	readonly process: readonly Predicate<Subject>[] | null;
	readonly wanted: readonly Wanted<Subject>[];
	/** Classes of the texts' bytes, and each candidate's bound by what a class tells; null = it tells nothing of them. */
	readonly classes: Classes<Subject> | null;
	/** One or two interned texts, the first of which carries the answers, and each candidate's bound by them. */
	readonly texts: {
		readonly operands: readonly FieldOperand<Subject>[];
		readonly bounds: readonly Predicate<Subject>[];
	} | null;
};

/** Null = it would not pay for these rules. */
export function planPrefilter<Subject>(
	plan: Plan<Subject>,
	candidates: readonly Candidate<Subject>[],
	eventType: number,
): Prefilter<Subject> | null {
	if (candidates.length === 0) return null;
	const whole = candidates.map(({ conditions }) => plan.and(conditions));
	const bound = (cover: Cover<Subject>): readonly Predicate<Subject>[] | null => {
		const bounds = new Bounds(plan, cover);
		const uppers = whole.map((condition) => bounds.upper(condition));
		return uppers.every((one) => one.kind === 'constant') ? null : uppers;
	};
	const operands = textOperands(whole, eventType);
	const classes = planClasses(plan, operands, eventType, bound);
	if (candidates.length < rulesMin || candidates.length > rulesMax) {
		// With nothing beside them, one rule that they cannot rule out makes them worthless.
		const isWorthless = classes === null || classes.bounds.some(isTrue);
		return isWorthless ? null : { process: null, wanted: [], classes, texts: null };
	}
	const bounds = operands.length === 0 ? null : bound(coverTexts(plan, operands));
	return {
		process: bound(coverProcess),
		wanted: wantedOf(candidates),
		classes,
		texts: bounds === null ? null : { operands, bounds },
	};
}

export function isTrue<Subject>(predicate: Predicate<Subject>): boolean {
	return predicate.kind === 'constant' && predicate.value;
}

function coverProcess<Subject>(leaf: Predicate<Subject>): ReturnType<Cover<Subject>> {
	const fits = operandsOf(leaf).every((operand) =>
		restsOn(operand, ({ definition }) => definition.perProcess === true),
	);
	return fits ? { upper: leaf, lower: leaf } : null;
}

function coverTexts<Subject>(plan: Plan<Subject>, texts: readonly FieldOperand<Subject>[]): Cover<Subject> {
	return (leaf) => {
		if (operandsOf(leaf).every((operand) => restsOn(operand, (field) => texts.includes(field))))
			return { upper: leaf, lower: leaf };
		return coverDerived(plan, leaf, texts, ({ operand, test }) => plan.test(operand, 'one', test));
	};
}

/** The interned texts that most rules ask about, with what is made of them. */
function textOperands<Subject>(
	conditions: readonly Predicate<Subject>[],
	eventType: number,
): FieldOperand<Subject>[] {
	const fields = new Map<string, FieldOperand<Subject>>();
	const asked = new Map<string, number>();
	for (const condition of conditions) {
		const names = new Set<string>();
		forEachField(condition, (field) => {
			const { definition } = field;
			if (definition.isInterned?.(eventType) === true && field.argument === null) {
				fields.set(definition.name, field);
				names.add(definition.name);
			}
			if (definition.derivedFrom !== undefined) names.add(definition.derivedFrom.field);
		});
		for (const name of names) asked.set(name, (asked.get(name) ?? 0) + 1);
	}
	// What is made of another text stands for it where that one is there.
	const own = [...fields.values()].filter(
		({ definition }) => !fields.has(definition.derivedFrom?.field ?? ''),
	);
	const rulesOf = ({ definition }: FieldOperand<Subject>): number => asked.get(definition.name) ?? 0;
	return own.sort((a, b) => rulesOf(b) - rulesOf(a) || a.id - b.id).slice(0, textsMax);
}

function forEachField<Subject>(
	predicate: Predicate<Subject>,
	visit: (field: FieldOperand<Subject>) => void,
): void {
	const visitOperand = (operand: Operand<Subject>): void => {
		if (operand.kind === 'field') visit(operand);
		else if (operand.kind === 'transform') operand.args.forEach(visitOperand);
	};
	if (predicate.kind === 'and' || predicate.kind === 'or')
		for (const child of predicate.children) forEachField(child, visit);
	else if (predicate.kind === 'not') forEachField(predicate.child, visit);
	else operandsOf(predicate).forEach(visitOperand);
}

/** Conditions of the event itself (it succeeded, it opens for writing) that many rules want. */
function wantedOf<Subject>(candidates: readonly Candidate<Subject>[]): Wanted<Subject>[] {
	const rules = new Map<Predicate<Subject>, number[]>();
	for (const [number, { conditions }] of candidates.entries()) {
		for (const condition of conditions) {
			if (costOf(condition) > wantedCostMax || !isOfTheEvent(condition)) continue;
			const known = rules.get(condition);
			if (known === undefined) rules.set(condition, [number]);
			else known.push(number);
		}
	}
	return [...rules]
		.map(([condition, numbers]) => ({ condition, rules: numbers }))
		.filter((one) => one.rules.length >= wantedRulesMin)
		.sort((a, b) => b.rules.length - a.rules.length || a.condition.id - b.condition.id)
		.slice(0, wantedMax);
}

function isOfTheEvent<Subject>(condition: Predicate<Subject>): boolean {
	let is = true;
	forEachField(condition, ({ definition, valueType }) => {
		if (definition.perProcess === true || valueType.type === 'CHARBUF') is = false;
	});
	return is;
}
