/**
 * Values as text and as JSON. Text of a byte string is UTF-8 with U+FFFD for what is not; nothing else is changed here:
 * control characters stay in, and escaping them for a terminal, a log line or a page is the job of whoever writes there
 * (services/sink). Buffers are the exception: their non-printable bytes are dots, as they are not text.
 */
import { decodeUtf8, type Text } from '#schemas/text.ts';
import type { FieldType, FieldValue, PrintFormat, Scalar } from '../field.ts';
import { formatIp } from '../fields/address.ts';
import { widthOf } from '../operators/numbers.ts';

export type JsonValue = string | number | bigint | boolean | null | readonly JsonValue[];

/** How a value is shown. `anyOf` values (all ancestors' names…) are shown in one line, blanks between. */
export type Display = {
	readonly type: FieldType;
	readonly print: PrintFormat;
	readonly isList: boolean;
	readonly anyOf: boolean;
};

export const missingText = '<NA>';
const paddedDigits = 9;

export function renderText(value: FieldValue, display: Display): string {
	if (value === null) return missingText;
	if (!isList(value)) return scalarText(value, display);
	const elements = value.map((element) => scalarText(element, display));
	return display.anyOf ? elements.join(' ') : `(${elements.join(',')})`;
}

/** An empty list is null, as in Falco's JSON. */
export function renderJson(value: FieldValue, display: Display): JsonValue {
	if (value === null) return null;
	if (!isList(value)) return scalarJson(value, display);
	if (display.anyOf) return renderText(value, display);
	return value.length === 0 ? null : value.map((element) => scalarJson(element, display));
}

function isList(value: Exclude<FieldValue, null>): value is readonly Scalar[] {
	return Array.isArray(value);
}

function scalarText(value: Scalar, { type, print }: Display): string {
	if (typeof value === 'boolean') return String(value);
	if (typeof value === 'object') return textOf(value, type);
	switch (print) {
		case 'NA':
			return missingText;
		case 'HEX':
			return unsigned(value, type).toString(16).toUpperCase();
		case 'OCT':
			return unsigned(value, type).toString(8);
		case '10_PADDED_DEC':
			return String(value).padStart(paddedDigits, '0');
		default:
			return String(value);
	}
}

function scalarJson(value: Scalar, display: Display): JsonValue {
	if (typeof value === 'boolean') return value;
	if (typeof value === 'object') return textOf(value, display.type);
	if (display.print === 'NA') return null;
	if (display.type === 'DOUBLE' || display.print === 'DEC' || display.print === 'ID') return value;
	return scalarText(value, display);
}

function textOf(text: Text, type: FieldType): string {
	switch (type) {
		case 'IPADDR':
			return formatIp(text.value);
		case 'IPNET':
			return '<IPNET>';
		case 'BYTEBUF':
			return text.value.replace(/[^\x20-\x7e]/g, '.');
		default:
			return decodeUtf8(text.value);
	}
}

/** Negative numbers are printed by their bits. */
function unsigned(value: number | bigint, type: FieldType): bigint {
	return BigInt.asUintN(widthOf(type)?.bits ?? 64, BigInt(value));
}
