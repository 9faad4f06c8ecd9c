/**
 * An Avro long in object form: a number within ±(2^53 − 1), a bigint beyond. Both are taken for encoding. avsc itself
 * refuses longs beyond a double's exact range; this replaces its long type. What avsc offers for that hands over each value as a buffer of
 * its own, which is half the cost of a saved process; ordinary values therefore go straight through its reader and writer (`Tap`).
 */
import avro from 'avsc';

export type Long = number | bigint;

const longMin = -(2n ** 63n);
const longMax = 2n ** 63n - 1n;

/** avsc's place in a buffer. */
type Tap = { pos: number; readLong(): number; writeLong(value: number): void };
type LongType = avro.Type & { _read(tap: Tap): Long | undefined; _write(tap: Tap, value: Long): void };

/** Within it avsc's own arithmetic, in doubles, is exact. */
const plainMax = 2 ** 52;

/** `exact`: bigint where a number is not exact; `rounded`: always a number, the nearest double. */
export function longType(form: 'exact' | 'rounded'): avro.Type {
	const type = avro.types.LongType.__with(
		{
			fromBuffer: (bytes: Buffer) => decodeLong(bytes, form),
			toBuffer: (value: Long) => encodeLong(value),
			fromJSON: (value: Long | string) => (typeof value === 'string' ? BigInt(value) : value),
			toJSON: (value: Long) => (typeof value === 'bigint' ? value.toString() : value),
			isValid: isLong,
			compare: (a: Long, b: Long) => (a === b ? 0 : a < b ? -1 : 1),
		},
		true,
	);
	return withPlainValues(type as LongType);
}

/** avsc freezes its types, so this is one that inherits. */
function withPlainValues(type: LongType): avro.Type {
	const plain: LongType = Object.create(type);
	const read = (tap: Tap): Long | undefined => {
		const from = tap.pos;
		const value = tap.readLong();
		if (value > -plainMax && value < plainMax) return value;
		tap.pos = from;
		return type._read(tap);
	};
	const write = (tap: Tap, value: Long): void => {
		if (typeof value === 'number' && value > -plainMax && value < plainMax && Number.isInteger(value))
			tap.writeLong(value);
		else type._write(tap, value);
	};
	return Object.defineProperties(plain, { _read: { value: read }, _write: { value: write } });
}

function isLong(value: unknown): boolean {
	if (typeof value === 'bigint') return value >= longMin && value <= longMax;
	// 2^63 itself is a double but no long.
	return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}

function decodeLong(bytes: Buffer, form: 'exact' | 'rounded'): Long {
	let value = 0;
	let scale = 1;
	if (bytes.length > 7) return decodeWide(bytes, form);
	for (const byte of bytes) {
		value += (byte & 0x7f) * scale;
		scale *= 128;
	}
	return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function decodeWide(bytes: Buffer, form: 'exact' | 'rounded'): Long {
	let raw = 0n;
	for (let i = bytes.length - 1; i >= 0; i--) raw = (raw << 7n) | BigInt(bytes[i]! & 0x7f);
	const value = BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n));
	const rounded = Number(value);
	return form === 'rounded' || Number.isSafeInteger(rounded) ? rounded : value;
}

function encodeLong(value: Long): Buffer {
	const bytes: number[] = [];
	if (typeof value === 'number' && Math.abs(value) < 2 ** 52) {
		let raw = value < 0 ? -value * 2 - 1 : value * 2;
		for (; raw >= 128; raw = Math.floor(raw / 128)) bytes.push((raw % 128) | 0x80);
		bytes.push(raw);
		return Buffer.from(bytes);
	}
	const wide = BigInt(value);
	let raw = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
	for (; raw >= 128n; raw >>= 7n) bytes.push(Number(raw & 0x7fn) | 0x80);
	bytes.push(Number(raw));
	return Buffer.from(bytes);
}
