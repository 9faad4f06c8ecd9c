/** Which operator takes which type: the table of the language's definition (§10), and from a comparison to its test. */
import type { ComparisonOperator, ListModifier } from '../ast.ts';
import type { FieldType } from '../field.ts';
import { ConstantError } from './constant-error.ts';
import { isNumeric, parseBoolean } from './numbers.ts';
import {
	addressInSet,
	addressTest,
	booleanInSet,
	booleanTest,
	networkInSet,
	networkTest,
	numberInSet,
	numberTest,
} from './scalar-tests.ts';
import { combine, literal, type Test } from './test.ts';
import { belowPaths, startsWithAny, textInSet, textTest } from './text-tests.ts';

/** Types whose values are compared in the same way. */
export type TypeFamily = 'string' | 'buffer' | 'number' | 'boolean' | 'address' | 'network';

const equality: readonly ComparisonOperator[] = ['=', '==', '!=', 'in', 'intersects'];
const order: readonly ComparisonOperator[] = ['<', '<=', '>', '>='];

const supported: Readonly<Record<TypeFamily, ReadonlySet<ComparisonOperator>>> = {
	string: new Set<ComparisonOperator>([
		...equality,
		...order,
		'contains',
		'icontains',
		'startswith',
		'endswith',
		'glob',
		'iglob',
		'regex',
		'pmatch',
	]),
	buffer: new Set<ComparisonOperator>([
		...equality,
		'contains',
		'startswith',
		'endswith',
		'bcontains',
		'bstartswith',
	]),
	number: new Set<ComparisonOperator>([...equality, ...order]),
	boolean: new Set<ComparisonOperator>(equality),
	address: new Set<ComparisonOperator>(equality),
	network: new Set<ComparisonOperator>(equality),
};

export function familyOf(type: FieldType): TypeFamily {
	if (isNumeric(type)) return 'number';
	switch (type) {
		case 'BYTEBUF':
			return 'buffer';
		case 'BOOL':
			return 'boolean';
		case 'IPADDR':
			return 'address';
		case 'IPNET':
			return 'network';
		case 'CHARBUF':
		case 'FSPATH':
		case 'FSRELPATH':
			return 'string';
		default:
			throw new ConstantError(`values of type ${type} cannot be compared`);
	}
}

/** Throws unless values of the type can be compared so. Lists take `in`, `intersects` only. */
export function assertOperator(operator: ComparisonOperator, type: FieldType, isList: boolean): void {
	if (isList && operator !== 'in' && operator !== 'intersects') {
		throw new ConstantError(`operator '${operator}' does not take lists: use in, intersects or exists`);
	}
	if (!supported[familyOf(type)].has(operator)) {
		throw new ConstantError(`operator '${operator}' does not take values of type ${type}`);
	}
}

/** The test of `operator` (with `modifier`) and its constants for values of `type`. */
export function makeTest(
	operator: ComparisonOperator,
	modifier: ListModifier | undefined,
	constants: readonly string[],
	type: FieldType,
): Test {
	if (modifier === undefined) {
		if (operator === 'in' || operator === 'intersects') return setTest(constants, type);
		if (operator === 'pmatch') return belowPaths(constants);
		return singleTest(operator, constants[0] ?? '', type);
	}
	if (modifier === 'anyof') {
		if (operator === '=' || operator === '==') return setTest(constants, type);
		if (operator === 'startswith' && familyOf(type) === 'string' && constants.length > 0) {
			return startsWithAny(constants);
		}
	}
	const key = `${familyOf(type)} ${operator} ${modifier} ${constants.map(literal).join(',')}`;
	return combine(
		modifier,
		key,
		constants.map((constant) => singleTest(operator, constant, type)),
	);
}

function singleTest(operator: ComparisonOperator, constant: string, type: FieldType): Test {
	switch (familyOf(type)) {
		case 'number':
			return numberTest(operator, constant, type);
		case 'boolean':
			return booleanTest(operator, constant);
		case 'address':
			return addressTest(operator, constant);
		case 'network':
			return networkTest(operator, constant);
		default:
			return textTest(operator, constant);
	}
}

function setTest(constants: readonly string[], type: FieldType): Test {
	switch (familyOf(type)) {
		case 'number':
			return numberInSet(constants, type);
		case 'boolean':
			return booleanInSet(constants.map(parseBoolean));
		case 'address':
			return addressInSet(constants);
		case 'network':
			return networkInSet(constants);
		default:
			return textInSet(constants);
	}
}
