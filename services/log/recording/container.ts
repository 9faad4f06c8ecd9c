/**
 * The Avro object container file (Avro specification, "Object Container Files"):
 *
 *   "Obj" 01 | metadata map | 16 bytes sync marker | block…
 *   block = long objects | long bytes | that many bytes (after the codec) | sync marker
 *
 * A recording has one EventBatch per block.
 */
export const magic = Buffer.from('Obj\x01', 'latin1');
export const syncBytes = 16;
/** Largest block, before and after the codec; a larger one is taken for damage. */
export const blockBytesMax = 64 * 1024 * 1024;
/** Largest header (the schema is in it). */
export const headerBytesMax = 16 * 1024 * 1024;

export const recordingCodecs = ['null', 'deflate'] as const;
export type RecordingCodec = (typeof recordingCodecs)[number];

export function isRecordingCodec(name: string): name is RecordingCodec {
	return (recordingCodecs as readonly string[]).includes(name);
}

/** A zig-zag varint. */
export function longBytes(value: number): Buffer {
	const bytes: number[] = [];
	let raw = value < 0 ? -value * 2 - 1 : value * 2;
	for (; raw >= 128; raw = Math.floor(raw / 128)) bytes.push((raw % 128) | 0x80);
	bytes.push(raw);
	return Buffer.from(bytes);
}

/** Reads primitives of a header or a block's head. null = more bytes are needed; throws RangeError on what cannot be. */
export class HeadReader {
	readonly buffer: Buffer;
	at = 0;

	constructor(buffer: Buffer) {
		this.buffer = buffer;
	}

	/** A long of at most 2^53; longer ones do not occur in sound files. */
	long(): number | null {
		let raw = 0;
		let scale = 1;
		for (let i = 0; i < 8; i++) {
			const byte = this.buffer[this.at + i];
			if (byte === undefined) return null;
			raw += (byte & 0x7f) * scale;
			scale *= 128;
			if (byte < 0x80) {
				this.at += i + 1;
				return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
			}
		}
		throw new RangeError('a length or count is too large');
	}

	bytes(): Buffer | null {
		const length = this.long();
		if (length === null) return null;
		if (length < 0 || length > headerBytesMax) throw new RangeError(`a length of ${length} is not possible`);
		if (this.at + length > this.buffer.length) return null;
		this.at += length;
		return this.buffer.subarray(this.at - length, this.at);
	}
}

export function encodeHeader(metadata: ReadonlyMap<string, Buffer>, sync: Buffer): Buffer {
	const parts = [magic, longBytes(metadata.size)];
	for (const [key, value] of metadata) {
		const name = Buffer.from(key, 'utf8');
		parts.push(longBytes(name.length), name, longBytes(value.length), value);
	}
	parts.push(longBytes(0), sync);
	return Buffer.concat(parts);
}

export type Header = {
	readonly metadata: ReadonlyMap<string, Buffer>;
	readonly sync: Buffer;
	readonly bytes: number;
};

/** null = more bytes are needed; throws RangeError when these cannot be a header. */
export function decodeHeader(buffer: Buffer): Header | null {
	if (!magic.subarray(0, buffer.length).equals(buffer.subarray(0, magic.length)))
		throw new RangeError('it does not begin with "Obj" 01');
	const reader = new HeadReader(buffer);
	reader.at = magic.length;
	const metadata = new Map<string, Buffer>();
	for (;;) {
		let count = reader.long();
		if (count === null) return null;
		if (count === 0) break;
		if (count < 0) {
			count = -count;
			if (reader.long() === null) return null;
		}
		for (let i = 0; i < count; i++) {
			const key = reader.bytes();
			const value = key === null ? null : reader.bytes();
			if (key === null || value === null) return null;
			metadata.set(key.toString('utf8'), Buffer.from(value));
		}
	}
	const end = reader.at + syncBytes;
	if (end > buffer.length) return null;
	return { metadata, sync: Buffer.from(buffer.subarray(reader.at, end)), bytes: end };
}
