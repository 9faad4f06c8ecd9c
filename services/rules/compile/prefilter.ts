/**
 * Which rules of an event type are ruled out by one thing alone: the process, an answer that many rules want, the
 * paths. Each rule's condition is bounded from above by what can be said of that thing (everything else may be true), so a
 * rule whose bound is false cannot match. Bounds of the process are remembered with the process and those of paths on the path: for nearly
 * every event, no rule is left after a few words were put together, and nothing else is asked.
 *
 *   upper(leaf) = the leaf, where it rests on the thing; true elsewhere      lower(leaf) = the leaf; false elsewhere
 *   upper(not p) = not lower(p)      and, or: child by child
 */
import type { FieldDefinition } from '../field.ts';
import type { Candidate } from './decision.ts';
import { costOf, type FieldOperand, type Operand, type Plan, type Predicate } from './ir.ts';

/** Rules per word of a mask: small integers have room for it. */
export const rulesPerWord = 30;
/** More rules for one event type are told apart by the decision tree's look-ups, whose cost does not grow with them. */
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
	if (candidates.length < rulesMin || candidates.length > rulesMax) return null;
	const whole = candidates.map(({ conditions }) => plan.and(conditions));
	const bound = (cover: Cover<Subject>): readonly Predicate<Subject>[] | null => {
		const bounds = new Bounds(plan, cover);
		const uppers = whole.map((condition) => bounds.upper(condition));
		return uppers.every((one) => one.kind === 'constant') ? null : uppers;
	};
	const process = bound(coverProcess);
	const operands = textOperands(whole, eventType);
	const bounds = operands.length === 0 ? null : bound(coverTexts(plan, operands));
	return {
		process,
		wanted: wantedOf(candidates),
		texts: bounds === null ? null : { operands, bounds },
	};
}

/** What is known of a leaf from one thing: exact answers have upper = lower; null = nothing. */
type Cover<Subject> = (
	leaf: Predicate<Subject>,
) => { readonly upper: Predicate<Subject>; readonly lower: Predicate<Subject> } | null;

class Bounds<Subject> {
	readonly #plan: Plan<Subject>;
	readonly #cover: Cover<Subject>;

	constructor(plan: Plan<Subject>, cover: Cover<Subject>) {
		this.#plan = plan;
		this.#cover = cover;
	}

	upper(predicate: Predicate<Subject>): Predicate<Subject> {
		return this.#bound(predicate, true);
	}

	#bound(predicate: Predicate<Subject>, isUpper: boolean): Predicate<Subject> {
		switch (predicate.kind) {
			case 'constant':
				return predicate;
			case 'and':
				return this.#plan.and(predicate.children.map((child) => this.#bound(child, isUpper)));
			case 'or':
				return this.#plan.or(predicate.children.map((child) => this.#bound(child, isUpper)));
			case 'not':
				return this.#plan.not(this.#bound(predicate.child, !isUpper));
			default: {
				const covered = this.#cover(predicate);
				if (covered === null) return this.#plan.constant(isUpper);
				return isUpper ? covered.upper : covered.lower;
			}
		}
	}
}

function operandsOf<Subject>(leaf: Predicate<Subject>): readonly Operand<Subject>[] {
	switch (leaf.kind) {
		case 'test':
		case 'exists':
			return [leaf.operand];
		case 'compare':
			return [leaf.left, leaf.right];
		default:
			return [];
	}
}

/** Whether every field in it fits; constants do. */
function restsOn<Subject>(
	operand: Operand<Subject>,
	fits: (field: FieldOperand<Subject>) => boolean,
): boolean {
	if (operand.kind === 'constant') return true;
	return operand.kind === 'field' ? fits(operand) : operand.args.every((arg) => restsOn(arg, fits));
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
		if (leaf.kind !== 'test' || leaf.operand.kind !== 'field' || leaf.quantity !== 'one') return null;
		const { derivedFrom } = leaf.operand.definition;
		const base = texts.find(({ definition }) => definition.name === derivedFrom?.field);
		if (derivedFrom === undefined || base === undefined) return null;
		// It may be null as well, for which no test holds.
		const made = derivedFrom.alternatives.map((make, i) =>
			plan.test(derivedOperand(plan, leaf.operand as FieldOperand<Subject>, base, make, i), 'one', leaf.test),
		);
		return { upper: plan.or(made), lower: plan.constant(false) };
	};
}

function derivedOperand<Subject>(
	plan: Plan<Subject>,
	field: FieldOperand<Subject>,
	base: FieldOperand<Subject>,
	make: NonNullable<FieldDefinition<Subject>['derivedFrom']>['alternatives'][number],
	alternative: number,
): Operand<Subject> {
	return plan.operand(`derived ${field.id} ${base.id} ${alternative}`, {
		kind: 'transform',
		args: [base],
		run: ([text]) => (text === null || text === undefined ? null : make(text as Parameters<typeof make>[0])),
		valueType: field.valueType,
		label: `${field.label} of ${base.label}`,
	});
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
