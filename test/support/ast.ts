/** Short makers of syntax trees for tests that are about what comes after the parser. */
import type {
	BinaryNode,
	ComparisonOperator,
	Expression,
	FieldNode,
	ListModifier,
	TransformerArgument,
	TransformerName,
	TransformerNode,
	UnaryNode,
	ValueNode,
} from '#rules/ast.ts';

const span = { start: 0, end: 0 };

export const field = (name: string, arg?: string): FieldNode =>
	arg === undefined ? { node: 'field', field: name, span } : { node: 'field', field: name, arg, span };

export const value = (text: string): ValueNode => ({ node: 'value', value: text, span });

export const transformer = (
	name: TransformerName,
	args: readonly TransformerArgument[],
	arg?: string,
): TransformerNode =>
	arg === undefined
		? { node: 'transformer', name, args, span }
		: { node: 'transformer', name, args, arg, span };

type Left = FieldNode | TransformerNode | string;
type Right = string | readonly string[] | FieldNode | TransformerNode;

const left = (operand: Left): FieldNode | TransformerNode =>
	typeof operand === 'string' ? field(operand) : operand;

function right(operand: Right): BinaryNode['right'] {
	if (typeof operand === 'string') return value(operand);
	return 'node' in operand ? operand : { node: 'list', values: operand, span };
}

export function check(
	operand: Left,
	op: ComparisonOperator,
	other: Right,
	modifier?: ListModifier,
): BinaryNode {
	const node = { node: 'binary', op, left: left(operand), right: right(other), span } as const;
	return modifier === undefined ? node : { ...node, modifier };
}

export const exists = (operand: Left): UnaryNode => ({
	node: 'unary',
	op: 'exists',
	left: left(operand),
	span,
});
export const and = (...children: Expression[]): Expression => ({ node: 'and', children, span });
export const or = (...children: Expression[]): Expression => ({ node: 'or', children, span });
export const not = (child: Expression): Expression => ({ node: 'not', child, span });
