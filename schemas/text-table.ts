/**
 * Interns byte strings of events: equal bytes give the same `Text`, within the bounds below, so that what rules found
 * out about a string is found on it again and no string is made twice for a name that comes a thousand times.
 *
 * Bounds: two generations of at most `entriesMax` texts and `bytesMax` bytes each; when the young one is full it
 * becomes the old one, and what is still asked for moves over. A look-up compares at most `probesMax` slots per
 * generation, so names chosen to collide cost a new string each, never more. Longer texts than `internedBytesMax`
 * are not interned. Two `Text`s may therefore hold equal bytes: compare `value`, not identity.
 */
import { Text } from './text.ts';

const probesMax = 8;
const internedBytesMax = 1024;
/** Of a slot; a power of two, so that none lies across two cache lines. */
const slotInts = 4;

type Generation = {
	/** For each slot hash, offset in `bytes`, length and nothing: together, so that a look-up misses the cache once. */
	readonly slots: Int32Array;
	readonly texts: (Text | null)[];
	readonly bytes: Uint8Array;
	/** Of `bytes`: four at a time, at any position. */
	readonly view: DataView;
	entries: number;
	used: number;
};

export class TextTable {
	readonly entriesMax: number;
	readonly bytesMax: number;
	readonly #empty = new Text('');
	readonly #mask: number;
	#young: Generation;
	#old: Generation | null = null;
	/** View of the buffer that was given last; the same one is given for a whole batch and longer. */
	#buffer: Buffer = Buffer.alloc(0);
	#view: DataView = new DataView(new ArrayBuffer(0));

	/** `entriesMax` — texts per generation, default 4,096; `bytesMax` — their bytes, default 2 MiB. */
	constructor(options: { entriesMax?: number; bytesMax?: number } = {}) {
		this.entriesMax = options.entriesMax ?? 4_096;
		this.bytesMax = Math.max(options.bytesMax ?? 2 * 1024 * 1024, internedBytesMax);
		// At most half full, so that eight probes nearly always suffice.
		this.#mask = 2 ** Math.ceil(Math.log2(this.entriesMax * 2)) - 1;
		this.#young = this.#generation();
	}

	/** The text of `buffer[offset … offset + length)`; the bytes are copied. */
	intern(buffer: Buffer, offset: number, length: number): Text {
		if (length === 0) return this.#empty;
		if (length > internedBytesMax) return new Text(buffer.toString('latin1', offset, offset + length));
		if (buffer !== this.#buffer) {
			this.#buffer = buffer;
			this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
		}
		const view = this.#view;
		const hash = hashBytes(view, offset, length);
		const found = this.#find(this.#young, hash, view, offset, length);
		if (found !== null) return found;
		const kept = this.#old === null ? null : this.#find(this.#old, hash, view, offset, length);
		const text = kept ?? new Text(buffer.toString('latin1', offset, offset + length));
		this.#insert(text, hash, buffer, offset, length);
		return text;
	}

	#find(generation: Generation, hash: number, view: DataView, offset: number, length: number): Text | null {
		const { slots } = generation;
		for (let probe = 0; probe < probesMax; probe++) {
			const slot = (hash + probe) & this.#mask;
			const at = slot * slotInts;
			const held = slots[at + 2]!;
			if (held === 0) return null;
			if (slots[at] !== hash || held !== length) continue;
			if (sameBytes(generation.view, slots[at + 1]!, view, offset, length)) return generation.texts[slot]!;
		}
		return null;
	}

	#insert(text: Text, hash: number, buffer: Uint8Array, offset: number, length: number): void {
		if (this.#young.entries >= this.entriesMax || this.#young.used + length > this.bytesMax) {
			this.#old = this.#young;
			this.#young = this.#generation();
		}
		const young = this.#young;
		let slot = hash & this.#mask;
		for (let probe = 0; probe < probesMax; probe++) {
			const candidate = (hash + probe) & this.#mask;
			if (young.slots[candidate * slotInts + 2] === 0) {
				slot = candidate;
				break;
			}
		}
		young.bytes.set(buffer.subarray(offset, offset + length), young.used);
		young.slots[slot * slotInts] = hash;
		young.slots[slot * slotInts + 1] = young.used;
		young.slots[slot * slotInts + 2] = length;
		young.texts[slot] = text;
		young.used += length;
		young.entries++;
	}

	#generation(): Generation {
		const slots = this.#mask + 1;
		const bytes = new Uint8Array(this.bytesMax);
		return {
			slots: new Int32Array(slots * slotInts),
			texts: new Array<Text | null>(slots).fill(null),
			bytes,
			view: new DataView(bytes.buffer),
			entries: 0,
			used: 0,
		};
	}
}

/** Four bytes a step: the multiplications depend on each other, so fewer of them is what counts. */
function hashBytes(view: DataView, offset: number, length: number): number {
	let hash = length;
	let at = offset;
	const end = offset + length;
	for (const fours = end - 3; at < fours; at += 4) {
		hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
		hash ^= hash >>> 15;
	}
	for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x85ebca6b);
	hash ^= hash >>> 13;
	hash = Math.imul(hash, 0xc2b2ae35);
	return hash ^ (hash >>> 16);
}

function sameBytes(a: DataView, aOffset: number, b: DataView, bOffset: number, length: number): boolean {
	let i = 0;
	for (const fours = length - 3; i < fours; i += 4) {
		if (a.getInt32(aOffset + i, true) !== b.getInt32(bOffset + i, true)) return false;
	}
	for (; i < length; i++) if (a.getUint8(aOffset + i) !== b.getUint8(bOffset + i)) return false;
	return true;
}
