/** Comparisons of two run-time values (`val(field)` or a transformer on the right). Both sides have the same type. */
import type { ComparisonOperator } from '../ast.ts';
import type { FieldValue, Scalar } from '../field.ts';
import { compareNumbers } from '../operators/scalar-tests.ts';
import { familyOf } from '../operators/support.ts';
import { isHex, textTest } from '../operators/text-tests.ts';
import type { ValueType } from '../operators/transformers.ts';
import { isText } from './ir.ts';

type Present = Exclude<FieldValue, null>;
export type Comparison = (left: Present, right: Present) => boolean;
type ScalarComparison = (left: Scalar, right: Scalar) => boolean;

export function comparisonOf(operator: ComparisonOperator, { type, isList }: ValueType): Comparison {
	if (isList) return listComparison(operator);
	const compare = scalarComparison(operator, familyOf(type) === 'number');
	return (left, right) => compare(left as Scalar, right as Scalar);
}

/** `in`: every element of the left is on the right; `intersects`: some. */
function listComparison(operator: ComparisonOperator): Comparison {
	return (left, right) => {
		const on = (element: Scalar): boolean =>
			(right as readonly Scalar[]).some((other) => same(element, other));
		const elements = left as readonly Scalar[];
		return operator === 'in' ? elements.every(on) : elements.some(on);
	};
}

function same(left: Scalar, right: Scalar): boolean {
	if (isText(left)) return isText(right) && left.value === right.value;
	// biome-ignore lint/suspicious/noDoubleEquals: number and bigint are equal by value only with ==
	return left == right;
}

function scalarComparison(operator: ComparisonOperator, numeric: boolean): ScalarComparison {
	if (operator === '=' || operator === '==' || operator === 'in' || operator === 'intersects') return same;
	if (operator === '!=') return (left, right) => !same(left, right);
	if (numeric) return (left, right) => compareNumbers(operator, left as number, right as number);
	return (left, right) => isText(left) && isText(right) && compareText(operator, left.value, right.value);
}

function compareText(operator: ComparisonOperator, left: string, right: string): boolean {
	switch (operator) {
		case '<':
			return left < right;
		case '<=':
			return left <= right;
		case '>':
			return left > right;
		case '>=':
			return left >= right;
		case 'contains':
			return left.includes(right);
		case 'startswith':
			return left.startsWith(right);
		case 'endswith':
			return left.endsWith(right);
		case 'bcontains':
		case 'bstartswith':
			// Bytes in hex that the event brought: what is no hex is contained nowhere.
			return isHex(right) && textTest(operator, right).run(left);
		default:
			// Operators whose right side is a pattern: it is only known now, so the test is made now.
			return textTest(operator, right).run(left);
	}
}
