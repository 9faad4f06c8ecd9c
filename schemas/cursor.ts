/**
 * Reads Avro primitives from bytes that may be hostile. The base of the generated EventReader.
 *
 * Speed: numbers come by plain arithmetic, never by BigInt or `Buffer.readX`; the bytes are copied once into an own
 * buffer that ends in zeros. A read past the end therefore sees zeros (each ends a number, a length, a count) and the
 * position is compared with the end at every length and count and after every event, not at every byte. What a record
 * can read past the end without meeting such a check is far below `paddingBytes`.
 *
 * Failure: every malformed input gives a `DecodeError` with a code and the position of the first byte that is wrong.
 */
import { DecodeError, type DecodeErrorCode } from './decode-error.ts';
import type { Text } from './text.ts';
import type { TextTable } from './text-table.ts';

/** Zeros behind the message: more than any record without a length or count can read past the end. */
const paddingBytes = 1024;
/** Largest message that is decoded; a probe's batch has tens of kilobytes. */
export const messageBytesMax = 64 * 1024 * 1024;
/** An own buffer beyond this is given back when a smaller message comes. */
const bufferBytesKept = 4 * 1024 * 1024;
const safeMax = 2 ** 53;

export class Cursor {
	buffer = Buffer.alloc(64 * 1024 + paddingBytes);
	position = 0;
	end = 0;
	/** True when a long beyond ±2^53 was read since it was last set to false; the number given is then the nearest double. */
	wide = false;
	/** Version of the schema that the message is of, set by whoever looked at its prefix: fields of later ones are not in it. */
	version = 0;
	readonly texts: TextTable;

	constructor(texts: TextTable) {
		this.texts = texts;
	}

	/** Takes a copy of the message; every offset given out later points into that copy. */
	load(message: Uint8Array): void {
		const bytes = message.length;
		if (bytes > messageBytesMax) {
			throw new DecodeError('too-large', 0, `message of ${bytes} bytes, at most ${messageBytesMax}`);
		}
		const room = bytes + paddingBytes;
		if (this.buffer.length < room || (this.buffer.length > bufferBytesKept && room < bufferBytesKept)) {
			this.buffer = Buffer.alloc(Math.max(room + (room >>> 1), 64 * 1024));
		}
		this.buffer.set(message, 0);
		this.buffer.fill(0, bytes, room);
		this.position = 0;
		this.end = bytes;
		this.wide = false;
	}

	/** Whether the message begins with these bytes. */
	startsWith(prefix: Buffer): boolean {
		return this.end >= prefix.length && this.buffer.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
	}

	/** The error for what was found at `position`. Behind the end only padding is found: then the message is too short. */
	fail(code: DecodeErrorCode, position: number, detail: string): DecodeError {
		if (this.position > this.end) return new DecodeError('truncated', this.end, 'message ends too early');
		return new DecodeError(code, position, detail);
	}

	/** Throws when more was read than there is. */
	check(): void {
		if (this.position > this.end) throw this.fail('truncated', this.end, 'message ends too early');
	}

	int(): number {
		const first = this.buffer[this.position++]!;
		if (first < 0x80) return (first >>> 1) ^ -(first & 1);
		const raw = this.#secondAndThird(first);
		return raw > 0x1fffff ? this.restOfInt(raw, this.position) : (raw >>> 1) ^ -(raw & 1);
	}

	/** A long; exact within ±2^53, else the nearest double with `wide` set. */
	long(): number {
		const first = this.buffer[this.position++]!;
		if (first < 0x80) return (first >>> 1) ^ -(first & 1);
		const raw = this.#secondAndThird(first);
		return raw > 0x1fffff ? this.restOfLong(raw, this.position) : (raw >>> 1) ^ -(raw & 1);
	}

	/** Bits of up to three bytes; with bit 21 set when the third is not the last. */
	#secondAndThird(first: number): number {
		let raw = (first & 0x7f) | (this.buffer[this.position++]! << 7);
		if (raw > 0x3fff) raw = (raw & 0x3fff) | (this.buffer[this.position++]! << 14);
		return raw;
	}

	/** An int of more than three bytes: `raw` = the bits of those, bit 21 not looked at; the fourth is at `position`. Moves the cursor behind it. */
	restOfInt(raw: number, position: number): number {
		const start = position - 3;
		let byte = this.buffer[position++]!;
		let bits = (raw & 0x1fffff) | ((byte & 0x7f) << 21);
		if (byte >= 0x80) {
			byte = this.buffer[position++]!;
			bits |= byte << 28;
		}
		this.position = position;
		if (byte > 0x0f && position === start + 5)
			throw this.fail('bad-int', start, 'number needs more than 32 bits');
		return (bits >>> 1) ^ -(bits & 1);
	}

	/** The same of a long. */
	restOfLong(raw: number, at: number): number {
		const buffer = this.buffer;
		let position = at;
		let byte = buffer[position++]!;
		const low = (raw & 0x1fffff) | ((byte & 0x7f) << 21);
		let middle = 0;
		let high = 0;
		if (byte >= 0x80) {
			byte = buffer[position++]!;
			middle = byte & 0x7f;
			if (byte >= 0x80) {
				byte = buffer[position++]!;
				middle |= (byte & 0x7f) << 7;
				if (byte >= 0x80) {
					byte = buffer[position++]!;
					middle |= (byte & 0x7f) << 14;
					if (byte >= 0x80) {
						byte = buffer[position++]!;
						middle |= (byte & 0x7f) << 21;
						if (byte >= 0x80) {
							byte = buffer[position++]!;
							high = byte & 0x7f;
							if (byte >= 0x80) {
								byte = buffer[position++]!;
								high |= byte << 7;
							}
						}
					}
				}
			}
		}
		this.position = position;
		if (byte > 1 && position === at + 7)
			throw this.fail('bad-varint', position - 1, 'number needs more than 64 bits');
		const half = (low >>> 1) + middle * 0x8000000 + high * 0x80000000000000;
		if (half >= safeMax) return this.wideLong(low, middle, high);
		return (low & 1) === 0 ? half : -half - 1;
	}

	private wideLong(low: number, middle: number, high: number): number {
		this.wide = true;
		const half = BigInt(low >>> 1) | (BigInt(middle) << 27n) | (BigInt(high) << 55n);
		return Number((low & 1) === 0 ? half : -half - 1n);
	}

	double(): number {
		const value = this.buffer.readDoubleLE(this.position);
		this.position += 8;
		return value;
	}

	/** Length of the bytes or string that begin at the position after the call. The caller moves the position on. */
	length(): number {
		const length = this.long();
		if (length < 0 || length > this.end - this.position) throw this.badLength(length, this.position);
		return length;
	}

	/** An enum's index. */
	enumeration(symbols: number): number {
		const index = this.int();
		if (index < 0 || index >= symbols) throw this.badEnum(index, symbols, this.position);
		return index;
	}

	/** The errors of what was read before `position`. */
	badLength(length: number, position: number): DecodeError {
		this.position = position;
		if (length < 0) return this.fail('bad-length', position, `length of ${length}`);
		const left = Math.max(0, this.end - position);
		return this.fail('truncated', position, `${length} bytes wanted, ${left} left`);
	}

	badEnum(index: number, symbols: number, position: number): DecodeError {
		this.position = position;
		return this.fail('bad-enum', position, `enum index ${index} of ${symbols}`);
	}

	badBoolean(byte: number, position: number): DecodeError {
		this.position = position;
		return this.fail('bad-boolean', position - 1, `boolean of value ${byte}`);
	}

	badBranch(position: number): DecodeError {
		this.position = position;
		return this.fail('bad-branch', position - 1, 'union branch is neither 0 nor 1');
	}

	/**
	 * Items of the next array block, 0 at the end of the array. Bounded by what the rest of the message can hold
	 * (`itemBytes` = least bytes of an item, never 0), so that a count is never a bomb.
	 */
	block(itemBytes: number): number {
		const start = this.position;
		let count = this.long();
		if (count === 0) return 0;
		if (count < 0) {
			count = -count;
			this.length();
		}
		if (count * itemBytes > this.end - this.position) {
			throw this.fail('bad-count', start, `${count} items in ${Math.max(0, this.end - this.position)} bytes`);
		}
		return count;
	}

	/** The interned text of bytes of the message; length as given out with the offset. */
	text(offset: number, length: number): Text {
		return this.texts.intern(this.buffer, offset, length);
	}
}

/** Items kept by a list for use again; a longer list gives its memory back with the next event. */
const itemsKept = 4096;

/** A list of byte strings of the current event. */
export class TextList {
	readonly cursor: Cursor;
	count = 0;
	offsets: number[] = [];
	lengths: number[] = [];

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	read(): void {
		const cursor = this.cursor;
		if (this.count > itemsKept) {
			this.offsets = [];
			this.lengths = [];
		}
		let total = 0;
		for (let block = cursor.block(1); block > 0; block = cursor.block(1)) {
			for (let i = 0; i < block; i++) {
				const length = cursor.length();
				this.offsets[total] = cursor.position;
				this.lengths[total] = length;
				cursor.position += length;
				total++;
			}
		}
		this.count = total;
	}

	clear(): void {
		this.count = 0;
	}

	/** Item `index`, 0 ≤ index < count. */
	at(index: number): Text {
		return this.cursor.text(this.offsets[index]!, this.lengths[index]!);
	}

	/** All items, in a new array. */
	toArray(): Text[] {
		const all = new Array<Text>(this.count);
		for (let i = 0; i < this.count; i++) all[i] = this.at(i);
		return all;
	}
}

/** A list of numbers (or enum indices) of the current event. */
export class NumberList {
	readonly cursor: Cursor;
	/** Symbols of the enum the items are indices of; 0 = plain numbers. */
	readonly symbols: number;
	count = 0;
	values: number[] = [];

	constructor(cursor: Cursor, symbols: number) {
		this.cursor = cursor;
		this.symbols = symbols;
	}

	read(): void {
		const cursor = this.cursor;
		if (this.count > itemsKept) this.values = [];
		let total = 0;
		for (let block = cursor.block(1); block > 0; block = cursor.block(1)) {
			for (let i = 0; i < block; i++) {
				this.values[total++] = this.symbols === 0 ? cursor.long() : cursor.enumeration(this.symbols);
			}
		}
		this.count = total;
	}

	clear(): void {
		this.count = 0;
	}

	/** Item `index`; undefined from `count` on. */
	at(index: number): number | undefined {
		return index < this.count ? this.values[index] : undefined;
	}

	toArray(): number[] {
		return this.values.slice(0, this.count);
	}
}

/** A list of records of the current event; the records are used again by the next event. */
export class RecordList<View> {
	readonly cursor: Cursor;
	readonly itemBytes: number;
	readonly create: (cursor: Cursor) => View;
	readonly readItem: (cursor: Cursor, view: View) => void;
	count = 0;
	items: View[] = [];

	constructor(
		cursor: Cursor,
		options: {
			itemBytes: number;
			create: (cursor: Cursor) => View;
			read: (cursor: Cursor, view: View) => void;
		},
	) {
		this.cursor = cursor;
		this.itemBytes = options.itemBytes;
		this.create = options.create;
		this.readItem = options.read;
	}

	read(): void {
		const cursor = this.cursor;
		if (this.count > itemsKept) this.items = [];
		let total = 0;
		for (let block = cursor.block(this.itemBytes); block > 0; block = cursor.block(this.itemBytes)) {
			for (let i = 0; i < block; i++) {
				let item = this.items[total];
				if (item === undefined) {
					item = this.create(cursor);
					this.items.push(item);
				}
				this.readItem(cursor, item);
				total++;
			}
		}
		this.count = total;
	}

	clear(): void {
		this.count = 0;
	}

	/** Item `index`, 0 ≤ index < count; valid until the next event. */
	at(index: number): View {
		return this.items[index]!;
	}
}
