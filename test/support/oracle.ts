/**
 * The naive evaluator: reads a condition from its tree, one event at a time, in the plainest way. It shares no code with
 * services/rules/{operators,compile}, so that a mistake must be made twice to stay hidden. Values are those of the
 * catalogue of test/support/given-fields.ts. Slow on purpose; only for tests.
 */
import type { BinaryNode, Expression, FieldNode, TransformerArgument, TransformerNode } from '#rules/ast.ts';
import { Text } from '#schemas/text.ts';
import type { GivenField, GivenValues } from './given-fields.ts';

type Value = string | number | bigint | boolean;
type Read = Value | Value[] | null;

export function oracle(
	expression: Expression,
	fields: Readonly<Record<string, GivenField>>,
	values: GivenValues,
): boolean {
	switch (expression.node) {
		case 'and':
			return expression.children.every((child) => oracle(child, fields, values));
		case 'or':
			return expression.children.some((child) => oracle(child, fields, values));
		case 'not':
			return !oracle(expression.child, fields, values);
		case 'identifier':
			throw new Error('macros are not for the oracle');
		case 'unary':
			return read(expression.left, values) !== null;
		case 'binary':
			return compare(expression, fields, values);
	}
}

function plain(value: unknown): Value {
	return value instanceof Text ? value.value : (value as Value);
}

function read(node: FieldNode | TransformerNode | TransformerArgument, values: GivenValues): Read {
	if (node.node === 'value') return node.value;
	if (node.node === 'field') {
		const value = values[node.arg === undefined ? node.field : `${node.field}[${node.arg}]`] ?? null;
		if (value === null) return null;
		return Array.isArray(value) ? value.map(plain) : plain(value);
	}
	const parts = (node.node === 'transformer' ? node.args : node.children).map((arg) => read(arg, values));
	if (parts.includes(null)) return null;
	return node.node === 'transformer'
		? transform(node.name, parts as (Value | Value[])[])
		: (parts as Value[]);
}

function transform(name: string, parts: (Value | Value[])[]): Read {
	const [first, second] = parts;
	if (name === 'len') return (first as string | Value[]).length;
	if (name === 'concat') return parts.map(String).join('');
	if (name === 'join') return (second as Value[]).map(String).join(String(first));
	const letters = (text: string, from: number, to: number, by: number): string =>
		Array.from(text, (c) => {
			const code = c.charCodeAt(0);
			return code >= from && code <= to ? String.fromCharCode(code + by) : c;
		}).join('');
	const each = (text: string): string => {
		if (name === 'tolower') return letters(text, 65, 90, 32);
		if (name === 'toupper') return letters(text, 97, 122, -32);
		if (name === 'basename') return text.split('/').pop() ?? '';
		throw new Error(`the oracle does not know ${name}`);
	};
	return Array.isArray(first) ? first.map((text) => each(String(text))) : each(String(first));
}

function compare(
	node: BinaryNode,
	fields: Readonly<Record<string, GivenField>>,
	values: GivenValues,
): boolean {
	const left = read(node.left, values);
	if (left === null) return false;
	const right =
		node.right.node === 'value'
			? [node.right.value]
			: node.right.node === 'list'
				? [...node.right.values]
				: read(node.right, values);
	if (right === null) return false;
	const field = node.left.node === 'field' ? fields[node.left.field] : undefined;
	const bits = field?.type === 'INT8' ? 8 : 64;
	const rights = (Array.isArray(right) ? right : [right]).map((value) => coerce(value, left, bits));
	if (!Array.isArray(left)) return holds(node, left, rights);
	if (field?.anyOf && node.op === '!=') {
		return left.length > 0 && left.every((value) => holds(node, value, rights));
	}
	if (field?.anyOf || node.op === 'intersects') return left.some((value) => holds(node, value, rights));
	return left.every((value) => holds(node, value, rights));
}

/** A constant as the kind of value it is compared with. */
function coerce(constant: Value, like: Value | Value[], bits: number): Value {
	const sample = Array.isArray(like) ? like[0] : like;
	if (typeof constant !== 'string') return constant;
	if (typeof sample === 'number' || typeof sample === 'bigint') return BigInt.asIntN(bits, BigInt(constant));
	if (typeof sample === 'boolean') return constant === 'true';
	return constant;
}

function holds(node: BinaryNode, left: Value, rights: Value[]): boolean {
	const answers = rights.map((right) => satisfies(node.op, left, right));
	const count = answers.filter((answer) => answer).length;
	if (node.modifier === 'allof') return rights.length > 0 && count === rights.length;
	if (node.modifier === 'oneof') return count === 1;
	return count > 0;
}

function satisfies(op: string, left: Value, right: Value): boolean {
	// biome-ignore lint/suspicious/noDoubleEquals: number and bigint
	const same = left == right;
	const [text, needle] = [String(left), String(right)];
	switch (op) {
		case '=':
		case '==':
		case 'in':
		case 'intersects':
			return same;
		case '!=':
			return !same;
		case '<':
			return left < right;
		case '<=':
			return left <= right;
		case '>':
			return left > right;
		case '>=':
			return left >= right;
		case 'contains':
			return text.split(needle).length > 1 || needle === '';
		case 'icontains':
			return text.toLowerCase().split(needle.toLowerCase()).length > 1 || needle === '';
		case 'startswith':
			return text.slice(0, needle.length) === needle;
		case 'endswith':
			return needle === '' || text.slice(-needle.length) === needle;
		case 'glob':
			return glob(needle, text);
		case 'iglob':
			return glob(needle.toLowerCase(), text.toLowerCase());
		case 'pmatch':
			return below(needle, text);
		default:
			throw new Error(`the oracle does not know ${op}`);
	}
}

/** By definition: `*` takes none or one more. No brackets. Exponential, so only for short strings. */
export function glob(pattern: string, text: string): boolean {
	if (pattern === '') return text === '';
	if (pattern[0] === '*')
		return glob(pattern.slice(1), text) || (text !== '' && glob(pattern, text.slice(1)));
	if (pattern[0] === '\\')
		return pattern.length > 1 && text[0] === pattern[1] && glob(pattern.slice(2), text.slice(1));
	if (text === '') return false;
	return (pattern[0] === '?' || pattern[0] === text[0]) && glob(pattern.slice(1), text.slice(1));
}

function below(pattern: string, path: string): boolean {
	const wanted = pattern.split('/').filter((part) => part !== '');
	const have = path.split('/').filter((part) => part !== '');
	return wanted.every((part, i) => have[i] !== undefined && glob(part, have[i] as string));
}
