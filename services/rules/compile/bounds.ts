/**
 * What can be said of a condition when only some of its leaves are known: a bound from above (whatever the others are, it does
 * not hold when this one does not) and one from below.
 */
import type { TextPart } from '../field.ts';
import type { Test } from '../operators/test.ts';
import type { FieldOperand, Operand, Plan, Predicate } from './ir.ts';

/** What is known of a leaf from one thing: exact answers have upper = lower; null = nothing. */
export type Cover<Subject> = (
	leaf: Predicate<Subject>,
) => { readonly upper: Predicate<Subject>; readonly lower: Predicate<Subject> } | null;

export class Bounds<Subject> {
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

export function operandsOf<Subject>(leaf: Predicate<Subject>): readonly Operand<Subject>[] {
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
export function restsOn<Subject>(
	operand: Operand<Subject>,
	fits: (field: FieldOperand<Subject>) => boolean,
): boolean {
	if (operand.kind === 'constant') return true;
	return operand.kind === 'field' ? fits(operand) : operand.args.every((arg) => restsOn(arg, fits));
}

/** A test of something that is made of a text: what stands for it is that part of the text. */
export type Derived<Subject> = {
	readonly base: FieldOperand<Subject>;
	/** The part, made of the base. */
	readonly operand: Operand<Subject>;
	readonly part: TextPart['part'];
	readonly test: Test;
};

/**
 * A leaf about a field that is one of a few texts made of a text in `bases`: holds at most when `make` gives a predicate that does for one
 * of them. Null where the leaf is none, or `make` gives null.
 */
export function coverDerived<Subject>(
	plan: Plan<Subject>,
	leaf: Predicate<Subject>,
	bases: readonly FieldOperand<Subject>[],
	make: (derived: Derived<Subject>) => Predicate<Subject> | null,
): ReturnType<Cover<Subject>> {
	if (leaf.kind !== 'test' || leaf.operand.kind !== 'field' || leaf.quantity !== 'one') return null;
	const { operand, test } = leaf;
	const { derivedFrom } = operand.definition;
	const base = bases.find(({ definition }) => definition.name === derivedFrom?.field);
	if (derivedFrom === undefined || base === undefined) return null;
	const made = derivedFrom.alternatives.map(({ part, of }) =>
		make({ base, operand: derivedOperand(plan, operand, base, { part, of }), part, test }),
	);
	if (made.includes(null)) return null;
	// It may be null as well, for which no test holds.
	return { upper: plan.or(made as Predicate<Subject>[]), lower: plan.constant(false) };
}

function derivedOperand<Subject>(
	plan: Plan<Subject>,
	field: FieldOperand<Subject>,
	base: FieldOperand<Subject>,
	{ part, of }: TextPart,
): Operand<Subject> {
	return plan.operand(`derived ${field.id} ${base.id} ${part}`, {
		kind: 'transform',
		args: [base],
		run: ([text]) => (text === null || text === undefined ? null : of(text as Parameters<typeof of>[0])),
		valueType: field.valueType,
		label: `${field.label} of ${base.label}`,
	});
}
