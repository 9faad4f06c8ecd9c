/**
 * A plan for one event type: fields that the type never has make their tests false, fields that depend on the type alone
 * are answered now. What is left touches only fields that events of this type can have.
 */
import type { Extractor, FieldValue, Scalar } from '../field.ts';
import type { Raw } from '../operators/test.ts';
import type { FieldOperand, Operand, Plan, Predicate, Quantity } from './ir.ts';
import { isText } from './ir.ts';

type TestNode<Subject> = Extract<Predicate<Subject>, { kind: 'test' }>;

export class Specialiser<Subject> {
	readonly #plan: Plan<Subject>;
	/** Index of the event type, -1 = subjects have none. */
	readonly #eventType: number;
	readonly #done = new Map<number, Predicate<Subject>>();
	readonly #extractors = new Map<number, Extractor<Subject> | null>();

	constructor(plan: Plan<Subject>, eventType: number) {
		this.#plan = plan;
		this.#eventType = eventType;
	}

	/** Reader of the field for this event type; null = events of this type never have it. */
	extractor(operand: FieldOperand<Subject>): Extractor<Subject> | null {
		const known = this.#extractors.get(operand.id);
		if (known !== undefined) return known;
		const extractor = operand.definition.bind(operand.argument, this.#eventType);
		this.#extractors.set(operand.id, extractor);
		return extractor;
	}

	specialise(predicate: Predicate<Subject>): Predicate<Subject> {
		const known = this.#done.get(predicate.id);
		if (known !== undefined) return known;
		const result = this.#compute(predicate);
		this.#done.set(predicate.id, result);
		return result;
	}

	#compute(predicate: Predicate<Subject>): Predicate<Subject> {
		const plan = this.#plan;
		switch (predicate.kind) {
			case 'constant':
				return predicate;
			case 'and':
				return plan.and(predicate.children.map((child) => this.specialise(child)));
			case 'or':
				return plan.or(predicate.children.map((child) => this.specialise(child)));
			case 'not':
				return plan.not(this.specialise(predicate.child));
			case 'exists': {
				if (!this.#available(predicate.operand)) return plan.constant(false);
				const value = this.#known(predicate.operand);
				return value === undefined ? predicate : plan.constant(value !== null);
			}
			case 'test': {
				if (!this.#available(predicate.operand)) return plan.constant(false);
				const value = this.#known(predicate.operand);
				return value === undefined ? predicate : plan.constant(passes(predicate, value));
			}
			case 'compare':
				return this.#available(predicate.left) && this.#available(predicate.right)
					? predicate
					: plan.constant(false);
		}
	}

	#available(operand: Operand<Subject>): boolean {
		if (operand.kind === 'constant') return true;
		if (operand.kind === 'field') return this.extractor(operand) !== null;
		return operand.args.every((arg) => this.#available(arg));
	}

	/** The value when it is known without an event; undefined = it is not. */
	#known(operand: Operand<Subject>): FieldValue | undefined {
		if (operand.kind === 'constant') return operand.value;
		if (operand.kind !== 'field' || this.#eventType < 0 || !operand.definition.constantPerEventType)
			return undefined;
		const extractor = this.extractor(operand);
		// The catalogue promises that such a reader does not look at the subject (see `constantPerEventType`).
		return extractor === null ? null : extractor(undefined as Subject);
	}
}

/** The answer of a test for a value in hand; what the generated code computes, without code. */
export function passes<Subject>({ quantity, test }: TestNode<Subject>, value: FieldValue): boolean {
	if (value === null) return false;
	const run = (scalar: Scalar): boolean => test.run((isText(scalar) ? scalar.value : scalar) as Raw);
	if (quantity === 'one') return run(value as Scalar);
	return holdsFor(quantity, value as readonly Scalar[], run);
}

export function holdsFor(
	quantity: Exclude<Quantity, 'one'>,
	values: readonly Scalar[],
	run: (scalar: Scalar) => boolean,
): boolean {
	if (quantity === 'any') {
		for (let i = 0; i < values.length; i++) if (run(values[i] as Scalar)) return true;
		return false;
	}
	for (let i = 0; i < values.length; i++) if (!run(values[i] as Scalar)) return false;
	return quantity === 'every' || values.length > 0;
}
