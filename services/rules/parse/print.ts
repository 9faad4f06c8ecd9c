/**
 * Tree → text. Iterative over `and` and `or` (they can have a hundred thousand children); the depth of a tree is bounded
 * by the parser and by the macro resolver, so recursion over depth is safe.
 */
import type { Expression, FieldNode, TransformerArgument, TransformerNode } from '../ast.ts';
import { escapeForDisplay, quoteForParsing } from './escape.ts';

type Style = {
	readonly value: (value: string) => string;
	readonly transformerValue: (value: string) => string;
	/** Parentheses around a macro that is named like a keyword. */
	readonly guardsKeywords: boolean;
};

/** The language's own canonical text. For reading and comparing; some values make it unparseable. */
export function printCondition(tree: Expression): string {
	return print(tree, { value: escapeForDisplay, transformerValue: escapeForDisplay, guardsKeywords: false });
}

/** Text that parses to an equal tree. */
export function printParseable(tree: Expression): string {
	const value = (text: string): string =>
		/^[\w./:@%+*?~-]+$/.test(text) && !isReserved(text) ? text : quoteForParsing(text);
	return print(tree, { value, transformerValue: quoteForParsing, guardsKeywords: true });
}

/** Words that could be taken for a modifier (and then the next word for a list). */
function isReserved(text: string): boolean {
	return text === 'oneof' || text === 'anyof' || text === 'allof';
}

function print(tree: Expression, style: Style): string {
	switch (tree.node) {
		case 'and':
		case 'or':
			return `(${tree.children.map((child) => print(child, style)).join(` ${tree.node} `)})`;
		case 'not':
			return `not ${print(tree.child, style)}`;
		case 'identifier':
			return style.guardsKeywords && /^(?:and|or|not)$/.test(tree.name) ? `(${tree.name})` : tree.name;
		case 'unary':
			return `${printSubject(tree.left, style)} ${tree.op}`;
		case 'binary': {
			const op = tree.modifier === undefined ? tree.op : `${tree.op} ${tree.modifier}`;
			return `${printSubject(tree.left, style)} ${op} ${printRight(tree, style)}`;
		}
	}
}

function printRight(tree: Extract<Expression, { node: 'binary' }>, style: Style): string {
	const right = tree.right;
	switch (right.node) {
		case 'list':
			return `(${right.values.map(style.value).join(', ')})`;
		case 'field':
			return `val(${printSubject(right, style)})`;
		case 'transformer':
			return printSubject(right, style);
		case 'value':
			return printValue(tree, right.value, style);
	}
}

function printValue(tree: Extract<Expression, { node: 'binary' }>, value: string, style: Style): string {
	const isBare =
		tree.modifier !== undefined || tree.op === 'in' || tree.op === 'intersects' || tree.op === 'pmatch';
	const isNumber = tree.op === '<' || tree.op === '<=' || tree.op === '>' || tree.op === '>=';
	return isBare || isNumber ? value : style.value(value);
}

/** A field or transformer as the language prints it. */
export function printFieldExpression(node: FieldNode | TransformerNode): string {
	return printSubject(node, {
		value: escapeForDisplay,
		transformerValue: escapeForDisplay,
		guardsKeywords: false,
	});
}

function printSubject(node: TransformerArgument, style: Style): string {
	switch (node.node) {
		case 'field':
			return `${node.field}${printArgument(node.arg, style)}`;
		case 'value':
			return style.transformerValue(node.value);
		case 'transformer_list':
			return `(${node.children.map((child) => printSubject(child, style)).join(',')})`;
		case 'transformer':
			return `${node.name}(${node.args.map((arg) => printSubject(arg, style)).join(',')})${printArgument(node.arg, style)}`;
	}
}

function printArgument(argument: string | undefined, style: Style): string {
	if (argument === undefined) return '';
	return argument === '' ? '[""]' : `[${style.value(argument)}]`;
}
