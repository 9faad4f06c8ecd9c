/**
 * Which event types can satisfy a condition. `and` intersects, `or` unites, `not` goes down to the leaves. Only `=`, `==`,
 * `!=` and `in` on evt.type and syscall.type count, `exists` on evt.type, and comparisons of evt.num that cannot hold;
 * everything else can be satisfied by any event.
 */
import type { BinaryNode, Expression, FieldNode, TransformerArgument, UnaryNode } from '../ast.ts';
import { EventTypeSet } from './event-type-set.ts';

/** The condition compares the event's type with something that is not constant. */
export class EventTypeError extends Error {}

const typeFields: ReadonlySet<string> = new Set(['evt.type', 'syscall.type']);

export class EventTypeAnalysis {
	private readonly positive = new WeakMap<Expression, EventTypeSet>();
	private readonly negative = new WeakMap<Expression, EventTypeSet>();

	/** Throws EventTypeError. Trees shared between rules are looked at once. */
	of(tree: Expression): EventTypeSet {
		return this.evaluate(tree, false);
	}

	private evaluate(tree: Expression, negated: boolean): EventTypeSet {
		const cache = negated ? this.negative : this.positive;
		const known = cache.get(tree);
		if (known !== undefined) return known;
		const result = this.compute(tree, negated);
		cache.set(tree, result);
		return result;
	}

	private compute(tree: Expression, negated: boolean): EventTypeSet {
		switch (tree.node) {
			case 'and':
			case 'or': {
				const unite = (tree.node === 'or') !== negated;
				let result = unite ? EventTypeSet.none : EventTypeSet.all;
				for (const child of tree.children) {
					const set = this.evaluate(child, negated);
					result = unite ? result.union(set) : result.intersection(set);
				}
				return result;
			}
			case 'not':
				return this.evaluate(tree.child, !negated);
			case 'identifier':
				return EventTypeSet.all;
			case 'unary':
				return ofExists(tree, negated);
			case 'binary':
				return ofComparison(tree, negated);
		}
	}
}

function ofExists(tree: UnaryNode, negated: boolean): EventTypeSet {
	refuseTransformed(tree.left);
	const isAlways =
		tree.left.node === 'field' && (typeFields.has(tree.left.field) || tree.left.field === 'evt.num');
	return negated && isAlways ? EventTypeSet.none : EventTypeSet.all;
}

function ofComparison(tree: BinaryNode, negated: boolean): EventTypeSet {
	const { left, right } = tree;
	refuseTransformed(left);
	if (right.node === 'transformer') refuseTransformed(right);
	if (right.node === 'field' && typeFields.has(right.field)) throw transformed(right);
	if (left.node !== 'field') return EventTypeSet.all;
	if (left.field === 'evt.num') return ofEventNumber(tree, negated);
	if (!typeFields.has(left.field)) return EventTypeSet.all;
	if (right.node === 'field' || right.node === 'transformer') {
		throw new EventTypeError(`${left.field} can only be compared with constants`);
	}
	const values = right.node === 'list' ? right.values : [right.value];
	if (tree.modifier !== undefined) return EventTypeSet.all;
	switch (tree.op) {
		case '=':
		case '==':
		case 'in':
			return complementIf(negated, EventTypeSet.of(values));
		case '!=':
			return complementIf(!negated, EventTypeSet.of(values));
		default:
			return EventTypeSet.all;
	}
}

function complementIf(negated: boolean, set: EventTypeSet): EventTypeSet {
	return negated ? set.complement() : set;
}

/** Event numbers start at 1. */
function ofEventNumber(tree: BinaryNode, negated: boolean): EventTypeSet {
	const { right } = tree;
	if (tree.modifier !== undefined || right.node === 'field' || right.node === 'transformer')
		return EventTypeSet.all;
	const texts = right.node === 'list' ? right.values : [right.value];
	if (!texts.every((text) => /^[0-9]+$/.test(text))) return EventTypeSet.all;
	const numbers = texts.map(Number);
	const first = numbers[0] ?? 0;
	const canHold: Partial<Record<BinaryNode['op'], [boolean, boolean]>> = {
		'=': [first >= 1, true],
		'==': [first >= 1, true],
		'!=': [true, first >= 1],
		'<': [first > 1, true],
		'<=': [first >= 1, true],
		'>': [true, first >= 1],
		'>=': [true, first > 1],
		in: [numbers.some((number) => number >= 1), true],
	};
	const [holds, fails] = canHold[tree.op] ?? [true, true];
	return (negated ? fails : holds) ? EventTypeSet.all : EventTypeSet.none;
}

function refuseTransformed(node: TransformerArgument): void {
	if (node.node !== 'transformer') return;
	for (const field of fieldsOf(node)) if (typeFields.has(field.field)) throw transformed(field);
}

function transformed(field: FieldNode): EventTypeError {
	return new EventTypeError(`${field.field} cannot be used inside a transformer or val()`);
}

/** Every field of a left or right side. */
export function fieldsOf(node: TransformerArgument): FieldNode[] {
	switch (node.node) {
		case 'field':
			return [node];
		case 'value':
			return [];
		case 'transformer':
			return node.args.flatMap(fieldsOf);
		case 'transformer_list':
			return node.children.flatMap(fieldsOf);
	}
}
