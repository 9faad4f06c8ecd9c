/** Tests of numbers, booleans and addresses. */
import type { ComparisonOperator } from '../ast.ts';
import type { FieldType } from '../field.ts';
import { inNetwork, type Network, parseIpConstant, parseNetConstant } from './net.ts';
import { parseBoolean, parseNumber } from './numbers.ts';
import { costs, literal, negate, never, passDefault, passHalf, type Test } from './test.ts';
import { equalsText, textInSet } from './text-tests.ts';

type Numeric = number | bigint;

function source(value: Numeric): string {
	return typeof value === 'bigint' ? `${value}n` : String(value);
}

/** `==` on purpose: a 64-bit field may come as number or bigint, and the two compare equal by value only with `==`. */
const symbols: Readonly<Partial<Record<ComparisonOperator, string>>> = {
	'=': '==',
	'==': '==',
	'!=': '!=',
	'<': '<',
	'<=': '<=',
	'>': '>',
	'>=': '>=',
};

const runs: Readonly<Record<string, (left: Numeric, right: Numeric) => boolean>> = {
	// biome-ignore lint/suspicious/noDoubleEquals: number and bigint are equal by value only with ==
	'==': (left, right) => left == right,
	// biome-ignore lint/suspicious/noDoubleEquals: as above
	'!=': (left, right) => left != right,
	'<': (left, right) => left < right,
	'<=': (left, right) => left <= right,
	'>': (left, right) => left > right,
	'>=': (left, right) => left >= right,
};

export function compareNumbers(operator: ComparisonOperator, left: Numeric, right: Numeric): boolean {
	const run = runs[symbols[operator] ?? ''];
	return run?.(left, right) ?? false;
}

export function numberTest(operator: ComparisonOperator, constant: string, type: FieldType): Test {
	const number = parseNumber(constant, type);
	const symbol = symbols[operator] ?? '==';
	return {
		...(symbol === '==' ? lookedUp([number]) : {}),
		subject: 'number',
		key: `number ${symbol} ${source(number)}`,
		cost: costs.equal,
		pass: symbol === '==' ? passDefault : symbol === '!=' ? 1 - passDefault : passHalf,
		run: (value) => compareNumbers(operator, value as Numeric, number),
		inline: (value) => `${value} ${symbol} ${source(number)}`,
	};
}

/** What the rule index needs of a test for these numbers. */
function lookedUp(numbers: readonly Numeric[]): Pick<Test, 'numbers'> {
	const safe = numbers.filter((number): number is number => Number.isSafeInteger(number));
	return safe.length === numbers.length ? { numbers: safe } : {};
}

/** Small sets are compared one by one: faster than hashing, and number and bigint meet. */
const inlineSetMax = 4;

export function numberInSet(constants: readonly string[], type: FieldType): Test {
	const numbers = [...new Set(constants.map((constant) => parseNumber(constant, type)))];
	if (numbers.length === 0) return never('number');
	const names = numbers.map(source).sort();
	// Keys of the set are numbers where they fit, so a bigint value is narrowed before the look-up.
	const set = new Set<Numeric>(numbers);
	const has = (value: Numeric): boolean =>
		set.has(typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value);
	const base: Test = {
		...lookedUp(numbers),
		subject: 'number',
		key: `number in ${names.join(',')}`,
		cost: costs.set,
		run: (value) => has(value as Numeric),
	};
	if (numbers.length > inlineSetMax) return base;
	return {
		...base,
		cost: costs.equal,
		inline: (value) => names.map((name) => `${value} == ${name}`).join(' || '),
	};
}

export function booleanTest(operator: ComparisonOperator, constant: string): Test {
	const wanted = parseBoolean(constant) !== (operator === '!=');
	return booleanInSet([wanted]);
}

export function booleanInSet(wanted: readonly boolean[]): Test {
	const yes = wanted.includes(true);
	const no = wanted.includes(false);
	if (!yes && !no) return never('boolean');
	return {
		subject: 'boolean',
		key: `boolean ${yes} ${no}`,
		cost: 1,
		pass: passHalf,
		run: (value) => (value === true ? yes : no),
		inline: (value) => (yes && no ? 'true' : `${value} === ${yes}`),
	};
}

export function addressTest(operator: ComparisonOperator, constant: string): Test {
	const equal = equalsText(parseIpConstant(constant));
	return operator === '!=' ? negate(equal) : equal;
}

export function addressInSet(constants: readonly string[]): Test {
	return textInSet(constants.map(parseIpConstant));
}

export function networkTest(operator: ComparisonOperator, constant: string): Test {
	const inside = networkInSet([constant]);
	return operator === '!=' ? negate(inside) : inside;
}

export function networkInSet(constants: readonly string[]): Test {
	const networks: Network[] = constants.map(parseNetConstant);
	if (networks.length === 0) return never('bytes');
	const names = networks.map((network) => `${literal(network.base)}/${network.bits}`).sort();
	return {
		subject: 'bytes',
		key: `net ${names.join(',')}`,
		cost: costs.network * networks.length,
		run: (value) => networks.some((network) => inNetwork(value as string, network)),
	};
}
