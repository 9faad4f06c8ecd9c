/** Numeric constants: how they are written, and how they wrap to the width of the field they are compared with. */
import type { FieldType } from '../field.ts';
import { ConstantError } from './constant-error.ts';
import { servicePorts } from './service-ports.ts';

type Width = { readonly bits: number; readonly signed: boolean };

const widths: Readonly<Partial<Record<FieldType, Width>>> = {
	INT8: { bits: 8, signed: true },
	INT16: { bits: 16, signed: true },
	INT32: { bits: 32, signed: true },
	INT64: { bits: 64, signed: true },
	UINT8: { bits: 8, signed: false },
	UINT16: { bits: 16, signed: false },
	UINT32: { bits: 32, signed: false },
	UINT64: { bits: 64, signed: false },
	PORT: { bits: 16, signed: false },
	ABSTIME: { bits: 64, signed: false },
	RELTIME: { bits: 64, signed: false },
};

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;

export function widthOf(type: FieldType): Width | undefined {
	return widths[type];
}

export function isNumeric(type: FieldType): boolean {
	return type === 'DOUBLE' || widths[type] !== undefined;
}

/** `bigint` only where a double cannot hold the value exactly. */
function narrow(value: bigint): number | bigint {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

/**
 * Decimal integers only, with sign and leading blanks, as strtol reads them: out of range saturates at 64 bits, then the
 * value is cut to the width of the field as a C cast does (`4294967301` = 5 for 32 bits, `-1` = the greatest unsigned).
 */
export function parseNumber(text: string, type: FieldType): number | bigint {
	if (type === 'PORT') return parsePort(text);
	if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(text)) throw new ConstantError(`${text} is not a valid number`);
	const digits = text.trim().replace(/^\+/, '');
	const value = BigInt(digits);
	if (type === 'DOUBLE') return Number(value);
	const width = widths[type];
	if (width === undefined) throw new ConstantError(`type ${type} takes no numbers`);
	if (width.signed) return narrow(BigInt.asIntN(width.bits, clamp(value, int64Min, int64Max)));
	return narrow(BigInt.asUintN(width.bits, clamp(value, int64Min, uint64Max)));
}

function clamp(value: bigint, low: bigint, high: bigint): bigint {
	return value < low ? low : value > high ? high : value;
}

function parsePort(text: string): number {
	if (/^-?[0-9]+$/.test(text)) {
		const value = Number(text);
		if (Math.abs(value) > 2 ** 31 - 1) throw new ConstantError(`${text} is not a valid port`);
		return value & 0xffff;
	}
	const port = servicePorts.get(text);
	if (port === undefined)
		throw new ConstantError(`${text} is not the name of a service (as in /etc/services)`);
	return port;
}

export function parseBoolean(text: string): boolean {
	if (text === 'true') return true;
	if (text === 'false') return false;
	throw new ConstantError(`'${text}' is not a boolean: write true or false`);
}
