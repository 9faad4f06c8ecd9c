/** A comparison answered from the plan, without code: for tools that look at single comparisons, where speed does not matter. */
import type { Extractor, FieldValue } from '../field.ts';
import type { FieldOperand, Operand, Predicate } from './ir.ts';
import { passes } from './specialise.ts';

export type Leaf<Subject> = Exclude<Predicate<Subject>, { kind: 'and' | 'or' | 'not' }>;

/** How fields are read for the event's type; null = events of this type never have the field. */
export type ExtractorOf<Subject> = (operand: FieldOperand<Subject>) => Extractor<Subject> | null;

export function ask<Subject>(
	leaf: Leaf<Subject>,
	extractorOf: ExtractorOf<Subject>,
	subject: Subject,
): boolean {
	const read = (operand: Operand<Subject>): FieldValue => {
		if (operand.kind === 'constant') return operand.value;
		if (operand.kind === 'transform') return operand.run(operand.args.map(read));
		return extractorOf(operand)?.(subject) ?? null;
	};
	switch (leaf.kind) {
		case 'constant':
			return leaf.value;
		case 'exists':
			return read(leaf.operand) !== null;
		case 'test':
			return passes(leaf, read(leaf.operand));
		case 'compare': {
			const left = read(leaf.left);
			const right = read(leaf.right);
			return left !== null && right !== null && leaf.run(left, right);
		}
	}
}
