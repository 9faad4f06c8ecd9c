/**
 * Reads protobuf messages field by field, without a schema: the few fields that the runtimes' answers are asked for. What does not
 * decode throws; unknown fields are passed over, as protobuf promises to newer servers. And writes the small requests.
 */

export class ProtobufError extends Error {
	readonly code = 'protobuf';
}

const wireVarint = 0;
const wireFixed64 = 1;
const wireBytes = 2;
const wireFixed32 = 5;
const varintBytesMax = 10;
const empty = new Uint8Array(0);
const decoder = new TextDecoder();

type Value = number | Uint8Array;

/** A message whose fields are at hand by number. Of a field that is repeated all values are kept. */
export class Message {
	readonly #fields = new Map<number, Value[]>();

	/** `bytes` is kept, not copied. */
	constructor(bytes: Uint8Array) {
		const cursor = { bytes, at: 0 };
		while (cursor.at < bytes.length) {
			const tag = readVarint(cursor);
			const value = readValue(cursor, tag & 7);
			const field = Math.floor(tag / 8);
			const values = this.#fields.get(field);
			if (values === undefined) this.#fields.set(field, [value]);
			else values.push(value);
		}
	}

	/** 0 when absent, as protobuf's default. Beyond 2^53 the nearest double. */
	number(field: number): number {
		const value = this.#fields.get(field)?.at(-1);
		return typeof value === 'number' ? value : 0;
	}
	bytes(field: number): Uint8Array {
		const value = this.#fields.get(field)?.at(-1);
		return typeof value === 'object' ? value : empty;
	}
	text(field: number): string {
		return decoder.decode(this.bytes(field));
	}
	message(field: number): Message {
		return new Message(this.bytes(field));
	}
	messages(field: number): Message[] {
		const values = this.#fields.get(field) ?? [];
		return values
			.filter((value): value is Uint8Array => typeof value === 'object')
			.map((v) => new Message(v));
	}
	/** A map field: its entries are messages of key 1 and value 2. */
	map(field: number): Map<string, string> {
		return new Map(this.messages(field).map((entry) => [entry.text(1), entry.text(2)]));
	}
}

type Cursor = { readonly bytes: Uint8Array; at: number };

function readVarint(cursor: Cursor): number {
	let value = 0;
	let scale = 1;
	for (let i = 0; i < varintBytesMax; i++) {
		const byte = cursor.bytes[cursor.at++];
		if (byte === undefined) throw new ProtobufError('a number is cut off');
		value += (byte & 0x7f) * scale;
		if (byte < 0x80) return value;
		scale *= 128;
	}
	throw new ProtobufError(`a number is longer than ${varintBytesMax} bytes`);
}

function readValue(cursor: Cursor, wire: number): Value {
	if (wire === wireVarint) return readVarint(cursor);
	if (wire !== wireBytes && wire !== wireFixed64 && wire !== wireFixed32)
		throw new ProtobufError(`wire type ${wire} is not known`);
	const length = wire === wireBytes ? readVarint(cursor) : wire === wireFixed64 ? 8 : 4;
	const end = cursor.at + length;
	if (end > cursor.bytes.length) throw new ProtobufError('a field is longer than its message');
	const value = cursor.bytes.subarray(cursor.at, end);
	cursor.at = end;
	return value;
}

export type ProtobufField = readonly [field: number, value: string | Uint8Array | number];

/** A message of fields in order: text, bytes (also of an embedded message), or a number (left out when 0, as protobuf does). */
export function encodeMessage(...fields: readonly ProtobufField[]): Uint8Array {
	const parts: Uint8Array[] = [];
	for (const [field, value] of fields) {
		if (typeof value === 'number') {
			if (value !== 0) parts.push(varint(field * 8 + wireVarint), varint(value));
			continue;
		}
		const bytes = typeof value === 'string' ? Buffer.from(value) : value;
		parts.push(varint(field * 8 + wireBytes), varint(bytes.length), bytes);
	}
	return Buffer.concat(parts);
}

function varint(value: number): Uint8Array {
	const bytes: number[] = [];
	let rest = value;
	while (rest >= 128) {
		bytes.push((rest % 128) + 128);
		rest = Math.floor(rest / 128);
	}
	return Uint8Array.of(...bytes, rest);
}
