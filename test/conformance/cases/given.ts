/** Fields of the case files (`{type, value, list…}`) as a catalogue, and their values as a subject. */
import type { FieldFlag, FieldType, FieldValue, PrintFormat, Scalar } from '#rules/field.ts';
import { parseAddress } from '#rules/operators/net.ts';
import { encodeUtf8, Text } from '#schemas/text.ts';
import { type GivenField, type GivenValues, givenFields } from '#test/support/given-fields.ts';

export type CaseField = {
	readonly type: string;
	readonly value: unknown;
	readonly list?: boolean;
	readonly print?: PrintFormat;
	readonly no_transformer?: boolean;
	readonly no_rhs?: boolean;
};

/**
 * Types of event parameters that the cases use for fields; ours are what such a field is to the comparison. UID, GID and
 * SIGTYPE are left as they are: neither engine compares them.
 */
const sameAs: Readonly<Record<string, FieldType>> = {
	PID: 'INT64',
	FD: 'INT64',
	ERRNO: 'INT64',
	FLAGS8: 'UINT8',
	FLAGS16: 'UINT16',
	FLAGS32: 'UINT32',
	MODE: 'UINT32',
};

function fieldType(type: string): FieldType {
	return sameAs[type] ?? (type as FieldType);
}

function scalar(type: FieldType, value: unknown): Scalar {
	if (typeof value === 'object' && value !== null && 'hex' in value) {
		const bytes = Buffer.from(String(value.hex), 'hex').toString('latin1');
		return new Text(type === 'BYTEBUF' ? bytes : (bytes.split('\0')[0] as string));
	}
	if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return value;
	const text = encodeUtf8(String(value));
	if (type === 'IPADDR' || type === 'IPNET') return new Text(parseAddress(text) ?? '');
	return new Text(type === 'BYTEBUF' ? text : (text.split('\0')[0] as string));
}

export function givenValue(field: CaseField): FieldValue {
	const type = fieldType(field.type);
	if (field.value === null) return null;
	if (Array.isArray(field.value)) return field.value.map((element) => scalar(type, element));
	return scalar(type, field.value);
}

function givenField(field: CaseField): GivenField {
	const flags: FieldFlag[] = [];
	if (field.no_transformer) flags.push('NO_TRANSFORMER');
	if (field.no_rhs) flags.push('NO_RHS');
	const base = { type: fieldType(field.type), isList: field.list ?? false, flags };
	return field.print === undefined ? base : { ...base, print: field.print };
}

export function given(fields: Readonly<Record<string, CaseField>>): {
	readonly catalogue: ReturnType<typeof givenFields>;
	readonly values: GivenValues;
} {
	const entries = Object.entries(fields);
	return {
		catalogue: givenFields(Object.fromEntries(entries.map(([name, field]) => [name, givenField(field)]))),
		values: Object.fromEntries(entries.map(([name, field]) => [name, givenValue(field)])),
	};
}

/** JSON with integers beyond 2^53 kept exact (as bigint). */
export function parseExactJson(line: string): unknown {
	const marked = line.replace(
		/("(?:[^"\\]|\\.)*")|(-?\d{16,})(?![\d.eE])/g,
		(_, text, digits) => text ?? `{"$int":"${digits}"}`,
	);
	return JSON.parse(marked, (_, value) =>
		typeof value === 'object' && value !== null && '$int' in value ? narrow(BigInt(value.$int)) : value,
	);
}

function narrow(value: bigint): number | bigint {
	return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
