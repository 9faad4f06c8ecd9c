/**
 * The plan of a condition: fields found, constants resolved to tests, list and any-of readings chosen. Nodes are
 * hash-consed in a `Plan` (equal nodes are one object), so that what rules share is found by identity.
 *
 * Everything in it is pure and total (a missing value is false, nothing throws), hence `and` and `or` may be evaluated
 * in any order: no order can be observed.
 */
import type { FieldDefinition, FieldValue, Scalar } from '../field.ts';
import { passDefault, passHalf, type Test } from '../operators/test.ts';
import type { ValueType } from '../operators/transformers.ts';

export type FieldOperand<Subject> = {
	readonly kind: 'field';
	readonly id: number;
	readonly definition: FieldDefinition<Subject>;
	readonly argument: string | null;
	readonly valueType: ValueType;
	/** As written: `proc.aname[2]`. */
	readonly label: string;
};
export type TransformOperand<Subject> = {
	readonly kind: 'transform';
	readonly id: number;
	readonly args: readonly Operand<Subject>[];
	readonly run: (args: readonly FieldValue[]) => FieldValue;
	readonly valueType: ValueType;
	readonly label: string;
};
export type ConstantOperand = {
	readonly kind: 'constant';
	readonly id: number;
	readonly value: Exclude<FieldValue, null>;
	readonly valueType: ValueType;
	readonly label: string;
};
export type Operand<Subject> = FieldOperand<Subject> | TransformOperand<Subject> | ConstantOperand;

/** How many of the values a test must hold for: the one value, any of several, every one of them (and at least one). */
export type Quantity = 'one' | 'any' | 'every' | 'everyOfSome';

export type Predicate<Subject> =
	| { readonly kind: 'constant'; readonly id: number; readonly value: boolean }
	| { readonly kind: 'and' | 'or'; readonly id: number; readonly children: readonly Predicate<Subject>[] }
	| { readonly kind: 'not'; readonly id: number; readonly child: Predicate<Subject> }
	| { readonly kind: 'exists'; readonly id: number; readonly operand: Operand<Subject> }
	| {
			readonly kind: 'test';
			readonly id: number;
			readonly operand: Operand<Subject>;
			readonly quantity: Quantity;
			readonly test: Test;
	  }
	| {
			readonly kind: 'compare';
			readonly id: number;
			readonly left: Operand<Subject>;
			readonly right: Operand<Subject>;
			readonly operator: string;
			readonly run: (left: Exclude<FieldValue, null>, right: Exclude<FieldValue, null>) => boolean;
	  };

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never;

/** The pool of nodes of one rule set (or one condition). Ids grow; children have smaller ids than their parents. */
export class Plan<Subject> {
	readonly #nodes = new Map<string, Predicate<Subject> | Operand<Subject>>();

	#intern<T extends Predicate<Subject> | Operand<Subject>>(key: string, make: (id: number) => T): T {
		const known = this.#nodes.get(key);
		if (known !== undefined) return known as T;
		const node = make(this.#nodes.size);
		this.#nodes.set(key, node);
		return node;
	}

	operand(key: string, operand: Unnumbered<Operand<Subject>>): Operand<Subject> {
		return this.#intern(`operand ${key}`, (id) => ({ ...operand, id }) as Operand<Subject>);
	}

	constant(value: boolean): Predicate<Subject> {
		return this.#intern(`constant ${value}`, (id) => ({ kind: 'constant', id, value }));
	}

	exists(operand: Operand<Subject>): Predicate<Subject> {
		return this.#intern(`exists ${operand.id}`, (id) => ({ kind: 'exists', id, operand }));
	}

	test(operand: Operand<Subject>, quantity: Quantity, test: Test): Predicate<Subject> {
		// No value passes (an empty set). For a list it still has to be asked: the empty list is in the empty set.
		if (test.pass === 0 && quantity === 'one') return this.constant(false);
		return this.#intern(`test ${operand.id} ${quantity} ${test.key}`, (id) => ({
			kind: 'test',
			id,
			operand,
			quantity,
			test,
		}));
	}

	compare(
		left: Operand<Subject>,
		operator: string,
		right: Operand<Subject>,
		run: (left: Exclude<FieldValue, null>, right: Exclude<FieldValue, null>) => boolean,
	): Predicate<Subject> {
		return this.#intern(`compare ${left.id} ${operator} ${right.id}`, (id) => ({
			kind: 'compare',
			id,
			left,
			right,
			operator,
			run,
		}));
	}

	not(child: Predicate<Subject>): Predicate<Subject> {
		if (child.kind === 'constant') return this.constant(!child.value);
		if (child.kind === 'not') return child.child;
		return this.#intern(`not ${child.id}`, (id) => ({ kind: 'not', id, child }));
	}

	and(children: readonly Predicate<Subject>[]): Predicate<Subject> {
		return this.#junction('and', children);
	}

	or(children: readonly Predicate<Subject>[]): Predicate<Subject> {
		return this.#junction('or', children);
	}

	/** Flat, without duplicates and neutral elements, in order of price then id: equal sets of children are one node. */
	#junction(kind: 'and' | 'or', children: readonly Predicate<Subject>[]): Predicate<Subject> {
		const absorbing = kind === 'or';
		const flat = new Set<Predicate<Subject>>();
		for (const child of children) {
			if (child.kind === 'constant') {
				if (child.value === absorbing) return child;
			} else if (child.kind === kind) for (const grandchild of child.children) flat.add(grandchild);
			else flat.add(child);
		}
		if (flat.size === 0) return this.constant(!absorbing);
		const price = (child: Predicate<Subject>): number => priceIn(kind, child);
		const sorted = [...flat].sort((a, b) => price(a) - price(b) || a.id - b.id);
		if (sorted.length === 1) return sorted[0] as Predicate<Subject>;
		return this.#intern(`${kind} ${sorted.map((child) => child.id).join(' ')}`, (id) => ({
			kind,
			id,
			children: sorted,
		}));
	}
}

const extractCost = 10;
const costCache = new WeakMap<object, number>();

/** Rough price of evaluating once, in nanoseconds; used for order only. */
export function costOf<Subject>(predicate: Predicate<Subject>): number {
	const known = costCache.get(predicate);
	if (known !== undefined) return known;
	const cost = computeCost(predicate);
	costCache.set(predicate, cost);
	return cost;
}

function computeCost<Subject>(predicate: Predicate<Subject>): number {
	switch (predicate.kind) {
		case 'constant':
			return 0;
		case 'exists':
			return operandCost(predicate.operand);
		case 'test':
			return operandCost(predicate.operand) + predicate.test.cost * (predicate.quantity === 'one' ? 1 : 4);
		case 'compare':
			return operandCost(predicate.left) + operandCost(predicate.right) + extractCost;
		case 'not':
			return costOf(predicate.child);
		default:
			return predicate.children.reduce((sum, child) => sum + costOf(child), 0);
	}
}

/**
 * Cost per decision: an `and` is over when a child is false, an `or` when one is true, so the cheap and decisive come first.
 */
function priceIn<Subject>(kind: 'and' | 'or', child: Predicate<Subject>): number {
	const pass = passOf(child);
	return costOf(child) / Math.max(kind === 'and' ? 1 - pass : pass, decisiveMin);
}

const decisiveMin = 0.01;
const passCache = new WeakMap<object, number>();

/** Guess of the share of events for which the predicate holds, 0 to 1. */
export function passOf<Subject>(predicate: Predicate<Subject>): number {
	const known = passCache.get(predicate);
	if (known !== undefined) return known;
	const pass = computePass(predicate);
	passCache.set(predicate, pass);
	return pass;
}

function computePass<Subject>(predicate: Predicate<Subject>): number {
	switch (predicate.kind) {
		case 'constant':
			return predicate.value ? 1 : 0;
		case 'exists':
			return 1 - passDefault;
		case 'test':
			return predicate.test.pass ?? passDefault;
		case 'compare':
			return passHalf;
		case 'not':
			return 1 - passOf(predicate.child);
		case 'and':
			return predicate.children.reduce((share, child) => share * passOf(child), 1);
		case 'or':
			return 1 - predicate.children.reduce((share, child) => share * (1 - passOf(child)), 1);
	}
}

function operandCost<Subject>(operand: Operand<Subject>): number {
	if (operand.kind === 'constant') return 0;
	if (operand.kind === 'field')
		return operand.valueType.isList || operand.definition.anyOf ? extractCost * 4 : extractCost;
	return operand.args.reduce((sum, arg) => sum + operandCost(arg), 100);
}

export function isText(scalar: Scalar): scalar is Extract<Scalar, object> {
	return typeof scalar === 'object';
}
