/**
 * Transformers: functions from values to a value, known by type before they run. A missing argument makes the result
 * missing. Byte strings in, byte strings out; letters are ASCII.
 */
import type { TransformerName } from '../ast.ts';
import type { FieldType } from '../field.ts';
import { ConstantError } from './constant-error.ts';

/** What a transformer sees: byte strings and numbers, or lists of them; never null. */
export type Plain = string | number | bigint | boolean | readonly Plain[];

export type ValueType = { readonly type: FieldType; readonly isList: boolean };

/** Result type and function for arguments of these types. */
export type Transformer = ValueType & { readonly run: (args: readonly Plain[]) => Plain | null };

const arity: Readonly<Record<TransformerName, { readonly min: number; readonly max: number }>> = {
	tolower: { min: 1, max: 1 },
	toupper: { min: 1, max: 1 },
	b64: { min: 1, max: 1 },
	basename: { min: 1, max: 1 },
	len: { min: 1, max: 1 },
	join: { min: 2, max: 2 },
	concat: { min: 2, max: Number.MAX_SAFE_INTEGER },
	getopt: { min: 2, max: 2 },
};

export function makeTransformer(
	name: TransformerName,
	args: readonly ValueType[],
	option: string | undefined,
): Transformer {
	const { min, max } = arity[name];
	if (args.length < min || args.length > max) {
		throw new ConstantError(
			`${name}() takes ${min === max ? min : `${min} or more`} arguments, not ${args.length}`,
		);
	}
	if (option !== undefined && name !== 'getopt') throw new ConstantError(`${name}() takes no [${option}]`);
	const first = args[0] as ValueType;
	switch (name) {
		case 'tolower':
			return mapping(name, first, lower);
		case 'toupper':
			return mapping(name, first, upper);
		case 'basename':
			return mapping(name, first, baseName);
		case 'b64':
			if (first.type !== 'BYTEBUF' && first.type !== 'CHARBUF') throw refusal(name, first);
			return { ...first, run: ([value]) => eachString(value as Plain, decodeBase64) };
		case 'len':
			return length(first);
		case 'join':
			return join(first, args[1] as ValueType);
		case 'concat':
			if (args.some((arg) => arg.isList || !isString(arg.type))) {
				throw new ConstantError('concat() takes strings only');
			}
			return { type: 'CHARBUF', isList: false, run: (values) => values.join('') };
		case 'getopt':
			return getopt(first, args[1] as ValueType, option);
	}
}

function isString(type: FieldType): boolean {
	return type === 'CHARBUF' || type === 'FSPATH' || type === 'FSRELPATH';
}

function refusal(name: string, { type }: ValueType): ConstantError {
	return new ConstantError(`${name}() does not take values of type ${type}`);
}

/** A list is transformed element by element. */
function mapping(name: string, argument: ValueType, map: (value: string) => string): Transformer {
	if (argument.type !== 'CHARBUF' && argument.type !== 'FSPATH') throw refusal(name, argument);
	return { ...argument, run: ([value]) => eachString(value as Plain, map) };
}

function eachString(value: Plain, map: (value: string) => string | null): Plain | null {
	if (!isPlainList(value)) return map(value as string);
	const results: Plain[] = [];
	for (const element of value) {
		const result = map(element as string);
		if (result === null) return null;
		results.push(result);
	}
	return results;
}

function isPlainList(value: Plain): value is readonly Plain[] {
	return Array.isArray(value);
}

function lower(value: string): string {
	return value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upper(value: string): string {
	return value.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function baseName(value: string): string {
	return value.slice(value.lastIndexOf('/') + 1);
}

/** Standard alphabet, padding optional; anything else is no value. */
function decodeBase64(value: string): string | null {
	const digits = value.replace(/={1,2}$/, '');
	const padded = digits.length !== value.length;
	if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1 || (padded && value.length % 4 !== 0))
		return null;
	return Buffer.from(digits, 'base64').toString('latin1');
}

function length(argument: ValueType): Transformer {
	if (!argument.isList && !isString(argument.type) && argument.type !== 'BYTEBUF')
		throw refusal('len', argument);
	return { type: 'UINT64', isList: false, run: ([value]) => (value as string | readonly Plain[]).length };
}

function join(separator: ValueType, list: ValueType): Transformer {
	if (separator.isList || !isString(separator.type)) {
		throw new ConstantError('the first argument of join() is the separator: a string');
	}
	if (!list.isList) throw new ConstantError('the second argument of join() is a list');
	const joinable = isString(list.type);
	const run: Transformer['run'] = ([by, elements]) =>
		joinable ? (elements as readonly Plain[]).join(by as string) : null;
	return { type: 'CHARBUF', isList: false, run };
}

function getopt(list: ValueType, options: ValueType, option: string | undefined): Transformer {
	if (!list.isList) throw new ConstantError('the first argument of getopt() is a list');
	if (options.isList || !isString(options.type)) {
		throw new ConstantError('the second argument of getopt() is the option string');
	}
	if (option !== undefined && option.length !== 1) {
		throw new ConstantError('getopt()[x] takes one option letter');
	}
	const run: Transformer['run'] = ([args, letters]) => {
		const found = scanOptions(args as readonly string[], letters as string);
		if (option === undefined) return found.flatMap(listOption);
		const last = found.findLast(({ letter }) => letter === option);
		return last === undefined ? null : (last.value ?? last.letter);
	};
	return { type: 'CHARBUF', isList: option === undefined, run };
}

/** `value`: null = the option takes none; `missing` = it takes one and none is left. */
type FoundOption = { readonly letter: string; readonly value: string | null; readonly missing?: true };

function listOption({ letter, value, missing }: FoundOption): string[] {
	if (missing) return [''];
	return value === null ? [letter] : [letter, value];
}

/**
 * As getopt(3) scans, with two differences of the language: `--long` is skipped, and an option whose argument is missing
 * gives only an empty string. An unknown letter gives `?`. The scan ends at `--` or at the first word that is no option.
 */
function scanOptions(args: readonly string[], letters: string): FoundOption[] {
	const found: FoundOption[] = [];
	for (let i = 0; i < args.length; i++) {
		const word = args[i] as string;
		if (word.startsWith('--') && word.length > 2) continue;
		if (word === '--' || word.length < 2 || word[0] !== '-') break;
		for (let at = 1; at < word.length; at++) {
			const letter = word[at] as string;
			const known = letter === ':' ? -1 : letters.indexOf(letter);
			if (known < 0) {
				found.push({ letter: '?', value: null });
				continue;
			}
			if (letters[known + 1] !== ':') {
				found.push({ letter, value: null });
				continue;
			}
			const rest = word.slice(at + 1);
			const value = rest !== '' ? rest : args[++i];
			found.push(value === undefined ? { letter, value: '', missing: true } : { letter, value });
			break;
		}
	}
	return found;
}
