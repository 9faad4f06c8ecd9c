/** Operator and transformer names in the order in which they are tried; longer spellings come before their prefixes. */
import type { ComparisonOperator, ListModifier, TransformerName } from '../ast.ts';

export const orderOperators = ['<=', '<', '>=', '>'] as const satisfies readonly ComparisonOperator[];
/** Need no blank after them. */
export const equalityOperators = ['==', '=', '!='] as const satisfies readonly ComparisonOperator[];
/** Need a blank after them. */
export const textOperators = [
	'glob',
	'iglob',
	'contains',
	'icontains',
	'bcontains',
	'startswith',
	'bstartswith',
	'endswith',
	'regex',
] as const satisfies readonly ComparisonOperator[];
export const listOperators = ['intersects', 'in', 'pmatch'] as const satisfies readonly ComparisonOperator[];
export const modifiers = ['oneof', 'anyof', 'allof'] as const satisfies readonly ListModifier[];
export const transformerNames = [
	'tolower',
	'toupper',
	'b64',
	'basename',
	'len',
	'join',
	'concat',
	'getopt',
] as const satisfies readonly TransformerName[];

/** Every comparison as rules and exceptions may spell it, `exists` included. */
export const operatorNames: ReadonlySet<string> = new Set([
	'exists',
	...orderOperators,
	...equalityOperators,
	...textOperators,
	...listOperators,
]);
