/** Tests of strings and buffers: `=` to `pmatch`, byte-wise. Constants are byte strings as the parser left them. */
import type { ComparisonOperator } from '../ast.ts';
import { ConstantError } from './constant-error.ts';
import { compileGlob, foldAscii, globShape } from './glob.ts';
import { compilePathPrefixes } from './path-prefix.ts';
import { compileRegex } from './regex.ts';
import { costs, literal, negate, never, type Test, type TestShape } from './test.ts';

type StringRun = (value: string) => boolean;

function bytesTest(operator: string, constants: readonly string[], cost: number, run: StringRun): Test {
	return {
		subject: 'bytes',
		key: `bytes ${operator} ${constants.map(literal).join(',')}`,
		cost,
		run: run as Test['run'],
	};
}

export function equalsText(constant: string): Test {
	const base = bytesTest('=', [constant], costs.equal, (value) => value === constant);
	return {
		...base,
		inline: (value) => `${value} === ${literal(constant)}`,
		shape: { kind: 'oneof', values: [constant], exact: true },
	};
}

export function textInSet(constants: readonly string[]): Test {
	const distinct = [...new Set(constants)].sort();
	if (distinct.length === 0) return never('bytes');
	if (distinct.length === 1) return equalsText(distinct[0] as string);
	const set = new Set(distinct);
	const base = bytesTest('in', distinct, costs.set, (value) => set.has(value));
	return { ...base, shape: { kind: 'oneof', values: distinct, exact: true } };
}

export function startsWithAny(constants: readonly string[]): Test {
	const base = bytesTest('startswith', constants, costs.prefix * constants.length, (value) => {
		for (const constant of constants) if (value.startsWith(constant)) return true;
		return false;
	});
	return { ...base, shape: { kind: 'prefix', values: constants, exact: true } };
}

export function belowPaths(patterns: readonly string[]): Test {
	const distinct = [...new Set(patterns)].sort();
	const base = bytesTest('pmatch', distinct, costs.pathPrefix, compilePathPrefixes(distinct));
	return { ...base, pathPrefixes: distinct };
}

/** One operator with one constant. */
export function textTest(operator: ComparisonOperator, constant: string): Test {
	const make = (cost: number, run: StringRun): Test => bytesTest(operator, [constant], cost, run);
	switch (operator) {
		case '=':
		case '==':
			return equalsText(constant);
		case '!=':
			return negate(equalsText(constant));
		case '<':
			return make(costs.equal, (value) => value < constant);
		case '<=':
			return make(costs.equal, (value) => value <= constant);
		case '>':
			return make(costs.equal, (value) => value > constant);
		case '>=':
			return make(costs.equal, (value) => value >= constant);
		case 'contains':
			return shaped(
				make(costs.search, (value) => value.includes(constant)),
				{ kind: 'contains', values: [constant], exact: true },
			);
		case 'startswith':
			return startsWithAny([constant]);
		case 'endswith':
			return shaped(
				make(costs.prefix, (value) => value.endsWith(constant)),
				{ kind: 'suffix', values: [constant], exact: true },
			);
		case 'icontains':
			return make(costs.search * 2, containsFolded(constant));
		case 'bcontains':
			return make(costs.search, containsBytes(hexBytes(constant)));
		case 'bstartswith':
			return make(costs.prefix, startsWithBytes(hexBytes(constant)));
		case 'glob':
			return shaped(make(costs.glob, compileGlob(constant, false)), globShape(constant));
		case 'iglob':
			return make(costs.glob, compileGlob(constant, true));
		case 'regex':
			return make(costs.regex, compileRegex(constant));
		case 'in':
		case 'intersects':
			return textInSet([constant]);
		case 'pmatch':
			return belowPaths([constant]);
	}
}

function shaped(test: Test, shape: TestShape | null): Test {
	return shape === null ? test : { ...test, shape };
}

function containsFolded(constant: string): StringRun {
	const needle = foldAscii(constant);
	return (value) => foldAscii(value).includes(needle);
}

function containsBytes(needle: string): StringRun {
	return (value) => value.includes(needle);
}

function startsWithBytes(prefix: string): StringRun {
	return (value) => value.startsWith(prefix);
}

export function isHex(text: string): boolean {
	return /^(?:[0-9a-fA-F]{2})*$/.test(text);
}

/** Hex digits to bytes. */
export function hexBytes(text: string): string {
	if (!isHex(text)) {
		throw new ConstantError(`${text} is not a byte sequence: write an even number of hex digits`);
	}
	let bytes = '';
	for (let i = 0; i < text.length; i += 2)
		bytes += String.fromCharCode(Number.parseInt(text.slice(i, i + 2), 16));
	return bytes;
}
