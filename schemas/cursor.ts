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
		return this.longerInt(first);
	}

	private longerInt(first: number): number {
		const start = this.position - 1;
		const buffer = this.buffer;
		let position = this.position;
		let byte = buffer[position++]!;
		let raw = (first & 0x7f) | ((byte & 0x7f) << 7);
		if (byte >= 0x80) {
			byte = buffer[position++]!;
			raw |= (byte & 0x7f) << 14;
			if (byte >= 0x80) {
				byte = buffer[position++]!;
				raw |= (byte & 0x7f) << 21;
				if (byte >= 0x80) {
					byte = buffer[position++]!;
					if (byte > 0x0f) throw this.fail('bad-int', start, 'number needs more than 32 bits');
					raw |= byte << 28;
				}
			}
		}
		this.position = position;
		return (raw >>> 1) ^ -(raw & 1);
	}

	/** A long; exact within ±2^53, else the nearest double with `wide` set. */
	long(): number {
		const first = this.buffer[this.position++]!;
		if (first < 0x80) return (first >>> 1) ^ -(first & 1);
		return this.longerLong(first);
	}

	private longerLong(first: number): number {
		const buffer = this.buffer;
		let position = this.position;
		let byte = buffer[position++]!;
		let low = (first & 0x7f) | ((byte & 0x7f) << 7);
		let middle = 0;
		let high = 0;
		if (byte >= 0x80) {
			byte = buffer[position++]!;
			low |= (byte & 0x7f) << 14;
			if (byte >= 0x80) {
				byte = buffer[position++]!;
				low |= (byte & 0x7f) << 21;
				for (let shift = 0; byte >= 0x80 && shift < 28; shift += 7) {
					byte = buffer[position++]!;
					middle |= (byte & 0x7f) << shift;
				}
				if (byte >= 0x80) {
					byte = buffer[position++]!;
					high = byte & 0x7f;
					if (byte >= 0x80) {
						byte = buffer[position++]!;
						high |= byte << 7;
						if (byte > 1) throw this.fail('bad-varint', this.position - 1, 'number needs more than 64 bits');
					}
				}
			}
		}
		this.position = position;
		const half = (low >>> 1) + middle * 0x8000000 + high * 0x80000000000000;
		if (half >= safeMax) return this.wideLong(low, middle, high);
		return (low & 1) === 0 ? half : -half - 1;
	}

	private wideLong(low: number, middle: number, high: number): number {
		this.wide = true;
		const half = BigInt(low >>> 1) | (BigInt(middle) << 27n) | (BigInt(high) << 55n);
		return Number((low & 1) === 0 ? half : -half - 1n);
	}

	boolean(): boolean {
		const byte = this.buffer[this.position++]!;
		if (byte > 1) throw this.fail('bad-boolean', this.position - 1, `boolean of value ${byte}`);
		return byte === 1;
	}

	double(): number {
		const value = this.buffer.readDoubleLE(this.position);
		this.position += 8;
		return value;
	}

	/** Length of the bytes or string that begin at the position after the call. The caller moves the position on. */
	length(): number {
		const length = this.long();
		if (length < 0) throw this.fail('bad-length', this.position, `length of ${length}`);
		if (length > this.end - this.position) {
			throw this.fail(
				'truncated',
				this.position,
				`${length} bytes wanted, ${Math.max(0, this.end - this.position)} left`,
			);
		}
		return length;
	}

	/** True when the branch of a union of null and something is not null. */
	present(): boolean {
		const branch = this.buffer[this.position++]!;
		if (branch === 0) return false;
		if (branch === 2) return true;
		throw this.fail('bad-branch', this.position - 1, 'union branch is neither 0 nor 1');
	}

	enumeration(symbols: number): number {
		const start = this.position;
		const index = this.int();
		if (index < 0 || index >= symbols)
			throw this.fail('bad-enum', start, `enum index ${index} of ${symbols}`);
		return index;
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
