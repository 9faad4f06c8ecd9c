/**
 * Checked expression → plan. Names, types, constants, sets, patterns and regexes are resolved here, once; an event only
 * meets the results. Throws `PlanError` with the place in the condition for anything that does not fit, so that planning a
 * condition is also the check of its types.
 */
import type {
	BinaryNode,
	Expression,
	FieldNode,
	Span,
	TransformerArgument,
	TransformerNode,
	UnaryNode,
} from '../ast.ts';
import { FieldArgumentError, type FieldCatalogue, type FieldType } from '../field.ts';
import { ConstantError } from '../operators/constant-error.ts';
import { isSimpleRegex } from '../operators/regex.ts';
import { assertOperator, familyOf, makeTest } from '../operators/support.ts';
import type { ValueType } from '../operators/transformers.ts';
import { parseFieldExpression } from '../parse/index.ts';
import { comparisonOf } from './comparison.ts';
import { type FieldOperand, type Operand, Plan, type Predicate, type Quantity } from './ir.ts';
import { label, resolveField, UnknownFieldError } from './resolve-field.ts';
import { constantText, planTransform } from './transform-operand.ts';

export class PlanError extends Error {
	readonly span: Span;
	/** The condition names a field that does not exist (a rule may ask to be skipped then). */
	readonly unknownField: boolean;

	constructor(message: string, span: Span, unknownField: boolean) {
		super(message);
		this.span = span;
		this.unknownField = unknownField;
	}
}

export type PlanWarning = { readonly message: string; readonly span: Span };

export type PlanContext<Subject> = {
	readonly plan: Plan<Subject>;
	readonly catalogue: FieldCatalogue<Subject>;
	readonly warnings: PlanWarning[];
	/** Told of every comparison and what it became. */
	readonly planned?: (leaf: BinaryNode | UnaryNode, predicate: Predicate<Subject>) => void;
};

export function planExpression<Subject>(
	context: PlanContext<Subject>,
	expression: Expression,
): Predicate<Subject> {
	const { plan } = context;
	switch (expression.node) {
		case 'and':
			return plan.and(expression.children.map((child) => planExpression(context, child)));
		case 'or':
			return plan.or(expression.children.map((child) => planExpression(context, child)));
		case 'not':
			return plan.not(planExpression(context, expression.child));
		case 'identifier':
			throw new PlanError(`undefined macro '${expression.name}'`, expression.span, false);
		case 'unary':
		case 'binary':
			return planLeaf(context, expression);
	}
}

function planLeaf<Subject>(context: PlanContext<Subject>, leaf: BinaryNode | UnaryNode): Predicate<Subject> {
	const predicate = located(leaf.span, () =>
		leaf.node === 'unary' ? context.plan.exists(planLeft(context, leaf.left)) : planComparison(context, leaf),
	);
	context.planned?.(leaf, predicate);
	return predicate;
}

/** Adds the place to what the operators refuse. */
function located<T>(span: Span, run: () => T): T {
	try {
		return run();
	} catch (error) {
		if (error instanceof UnknownFieldError) throw new PlanError(error.message, span, true);
		if (error instanceof ConstantError || error instanceof FieldArgumentError) {
			throw new PlanError(error.message, span, false);
		}
		throw error;
	}
}

function planLeft<Subject>(
	context: PlanContext<Subject>,
	node: FieldNode | TransformerNode,
): Operand<Subject> {
	return node.node === 'field' ? planField(context, node) : planTransformer(context, node);
}

export function planField<Subject>(context: PlanContext<Subject>, node: FieldNode): FieldOperand<Subject> {
	const { definition, argument } = resolveField(context.catalogue, node.field, node.arg);
	const name = label(definition.name, argument);
	return context.plan.operand(`field ${name}`, {
		kind: 'field',
		definition,
		argument,
		valueType: { type: definition.typeOf?.(argument) ?? definition.type, isList: definition.isList },
		label: node.arg === undefined ? node.field : name,
	}) as FieldOperand<Subject>;
}

export function planTransformer<Subject>(
	context: PlanContext<Subject>,
	node: TransformerNode,
): Operand<Subject> {
	const args = node.args.map((arg) => planArgument(context, arg));
	return planTransform(context.plan, node.name, args, node.arg);
}

function planArgument<Subject>(context: PlanContext<Subject>, node: TransformerArgument): Operand<Subject> {
	switch (node.node) {
		case 'field': {
			const operand = planField(context, node);
			if (operand.definition.flags.has('NO_TRANSFORMER')) {
				throw new ConstantError(`field '${operand.label}' does not take transformers`);
			}
			return operand;
		}
		case 'transformer':
			return planTransformer(context, node);
		case 'value':
			return constantText(context.plan, node.value);
		case 'transformer_list':
			return planTransform(
				context.plan,
				'list',
				node.children.map((child) => planArgument(context, child)),
				undefined,
			);
	}
}

function planComparison<Subject>(context: PlanContext<Subject>, node: BinaryNode): Predicate<Subject> {
	const left = planLeft(context, node.left);
	const { type, isList } = left.valueType;
	if (node.right.node === 'field' || node.right.node === 'transformer')
		return planRight(context, node, left, node.right);
	if (node.modifier !== undefined) assertModifier(node, type);
	assertOperator(node.op, type, isList);
	const constants = node.right.node === 'list' ? node.right.values : [node.right.value];
	assertConstants(constants, type);
	warnAboutConstants(context, node, constants);
	const test = makeTest(node.op, node.modifier, constants, type);
	return context.plan.test(left, quantityOf(left, node.op), test);
}

/** Modifiers are for strings and buffers; for other types only with = and !=. */
function assertModifier(node: BinaryNode, type: FieldType): void {
	const family = familyOf(type);
	if (family === 'string' || family === 'buffer') return;
	if (node.op !== '=' && node.op !== '==' && node.op !== '!=') {
		throw new ConstantError(`'${node.op} ${node.modifier}' does not take values of type ${type}`);
	}
}

/** A NUL would silently cut a string; only buffers may hold one. */
function assertConstants(constants: readonly string[], type: FieldType): void {
	if (type === 'BYTEBUF') return;
	for (const constant of constants) {
		if (constant.includes('\0'))
			throw new ConstantError('a constant with a NUL byte can only be compared with a buffer');
	}
}

function quantityOf<Subject>(operand: Operand<Subject>, op: BinaryNode['op']): Quantity {
	if (operand.valueType.isList) return op === 'in' ? 'every' : 'any';
	if (operand.kind === 'field' && operand.definition.anyOf && operand.argument === null)
		return op === '!=' ? 'everyOfSome' : 'any';
	return 'one';
}

function planRight<Subject>(
	context: PlanContext<Subject>,
	node: BinaryNode,
	left: Operand<Subject>,
	rightNode: FieldNode | TransformerNode,
): Predicate<Subject> {
	const right = planLeft(context, rightNode);
	if (node.modifier !== undefined || node.op === 'pmatch' || node.op === 'regex') {
		throw new ConstantError(`operator '${node.op}' does not take a field on the right`);
	}
	if (right.kind === 'field' && right.definition.flags.has('NO_RHS')) {
		throw new ConstantError(`field '${right.label}' cannot stand on the right`);
	}
	if (left.kind === 'field' && left.definition.flags.has('NO_RHS')) {
		throw new ConstantError(`field '${left.label}' cannot be compared with another field`);
	}
	assertSameType(left, right);
	assertOperator(node.op, left.valueType.type, left.valueType.isList);
	return context.plan.compare(left, node.op, right, comparisonOf(node.op, left.valueType));
}

function assertSameType<Subject>(left: Operand<Subject>, right: Operand<Subject>): void {
	const describe = ({ type, isList }: ValueType): string => (isList ? `list of ${type}` : type);
	const leftType = describe(left.valueType);
	const rightType = describe(right.valueType);
	if (left.valueType.type === 'IPNET') throw new ConstantError('IP networks cannot be compared with a field');
	if (leftType !== rightType) {
		throw new ConstantError(
			`'${left.label}' has type ${leftType}, while '${right.label}' on the right has type ${rightType}`,
		);
	}
}

function warnAboutConstants<Subject>(
	context: PlanContext<Subject>,
	node: BinaryNode,
	constants: readonly string[],
): void {
	for (const constant of constants) {
		if (node.op === 'regex' && isSimpleRegex(constant)) {
			const message = `regex check with '${constant}' may be optimized with simpler operators such as '=', 'contains', 'startswith', 'endswith'`;
			context.warnings.push({ message, span: node.right.span });
		}
		if (namesField(context, constant)) {
			const message = `'${constant}' may be a valid field misused as a const string value: write val(${constant})`;
			context.warnings.push({ message, span: node.right.span });
		}
	}
}

/** True for the text of a field or transformer that could stand there. */
function namesField<Subject>(context: PlanContext<Subject>, constant: string): boolean {
	if (!/[.(]/.test(constant)) return false;
	const node = parseFieldExpression(constant);
	if (node === null) return false;
	try {
		planLeft({ ...context, plan: new Plan<Subject>() }, node);
		return true;
	} catch (error) {
		if (error instanceof UnknownFieldError || error instanceof FieldArgumentError) return false;
		if (error instanceof ConstantError) return false;
		throw error;
	}
}
