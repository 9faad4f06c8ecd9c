/** parser.jsonl: which texts are conditions, their tree and their canonical text. Wording of errors is ours. */
import type { BinaryNode, Expression, TransformerArgument } from '#rules/ast.ts';
import { filterDepthMax, ParseError, parseCondition, printCondition } from '#rules/parse/index.ts';
import { decodeUtf8, encodeUtf8 } from '#schemas/text.ts';
import { type Case, type CaseKind, differsAsJson, type Verdict } from '../kind.ts';

type PlainTree = Record<string, unknown>;

/** Our tree in the shape (and key order) of the case files. */
export function plainTree(tree: Expression): PlainTree {
	switch (tree.node) {
		case 'and':
		case 'or':
			return { node: tree.node, children: tree.children.map(plainTree) };
		case 'not':
			return { node: 'not', child: plainTree(tree.child) };
		case 'identifier':
			return { node: 'identifier', name: tree.name };
		case 'unary':
			return { node: 'unary', op: tree.op, left: plainArgument(tree.left) };
		case 'binary': {
			const op = tree.modifier === undefined ? tree.op : `${tree.op} ${tree.modifier}`;
			return { node: 'binary', op, left: plainArgument(tree.left), right: plainRight(tree.right) };
		}
	}
}

function plainRight(right: BinaryNode['right']): PlainTree {
	if (right.node === 'list') return { node: 'list', values: right.values.map(decodeUtf8) };
	if (right.node === 'field') return { node: 'transformer', name: 'val', args: [plainArgument(right)] };
	return plainArgument(right);
}

function plainArgument(node: TransformerArgument): PlainTree {
	switch (node.node) {
		case 'field':
			return { node: 'field', field: node.field, ...plainArg(node.arg) };
		case 'value':
			return { node: 'value', value: decodeUtf8(node.value) };
		case 'transformer_list':
			return { node: 'transformer_list', children: node.children.map(plainArgument) };
		case 'transformer':
			return {
				node: 'transformer',
				name: node.name,
				args: node.args.map(plainArgument),
				...plainArg(node.arg),
			};
	}
}

function plainArg(arg: string | undefined): PlainTree {
	return arg === undefined ? {} : { arg: decodeUtf8(arg) };
}

function judge(line: Case): Verdict {
	let tree: Expression;
	try {
		tree = parseCondition(encodeUtf8(line.filter as string), filterDepthMax);
	} catch (error) {
		if (!(error instanceof ParseError)) throw error;
		const got = `refused at ${error.line}:${error.column}: ${error.message}`;
		return line.accept === false ? null : { expected: 'accepted', got };
	}
	if (line.accept === false) return { expected: `refused: ${line.error}`, got: printCondition(tree) };
	return (
		differsAsJson(line.string, decodeUtf8(printCondition(tree))) ?? differsAsJson(line.ast, plainTree(tree))
	);
}

export const parserKind: CaseKind = { file: 'parser.jsonl', prepare: () => judge };
