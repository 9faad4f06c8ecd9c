/**
 * A batch as the spool keeps it: a header of 40 bytes, then the message. Numbers little-endian.
 *
 *    0 u32 magic "LNS1"       16 u8  producer             24 f64 sequence of the first event
 *    4 u32 CRC of 8..39       17 u8  1 = holds Gap events  32 f64 time of the append, ms since the epoch
 *    8 u32 bytes of message   18 u16 0
 *   12 u32 CRC of message     20 u32 events
 *
 * Two checksums: with a sound header and a damaged message it is still known exactly what is lost, and where the next begins.
 */
import { crc32 } from '#platform/crc32.ts';
import type { Producer } from '#schemas/generated/event-batch.ts';

export const recordHeaderBytes = 40;
/** No batch is so large: a length above is damage. */
export const messageBytesMax = 16 << 20;
const magic = 0x31534e4c;

const producers: readonly Producer[] = ['UNKNOWN', 'CAPTURE', 'AGENT'];

/** A batch on its way to the log, with what must be said of it should it be lost. */
export type OutgoingBatch = {
	readonly value: Uint8Array;
	readonly producer: Producer;
	readonly events: number;
	readonly firstSequence: number;
	/** It reports losses: if it is lost itself, they must be reported again. */
	readonly reportsLoss: boolean;
};

export type RecordHeader = Omit<OutgoingBatch, 'value'> & {
	readonly bytes: number;
	readonly valueCrc: number;
	readonly appendedMs: number;
};

export function encodeRecords(batches: readonly OutgoingBatch[], appendedMs: number): Buffer {
	const out = Buffer.allocUnsafe(
		batches.reduce((sum, { value }) => sum + recordHeaderBytes + value.length, 0),
	);
	let at = 0;
	for (const batch of batches) {
		const head = out.subarray(at, at + recordHeaderBytes);
		head.writeUInt32LE(magic, 0);
		head.writeUInt32LE(batch.value.length, 8);
		head.writeUInt32LE(crc32(batch.value), 12);
		head[16] = producers.indexOf(batch.producer);
		head[17] = batch.reportsLoss ? 1 : 0;
		head.writeUInt16LE(0, 18);
		head.writeUInt32LE(batch.events, 20);
		head.writeDoubleLE(batch.firstSequence, 24);
		head.writeDoubleLE(appendedMs, 32);
		head.writeUInt32LE(crc32(head.subarray(8)), 4);
		out.set(batch.value, at + recordHeaderBytes);
		at += recordHeaderBytes + batch.value.length;
	}
	return out;
}

/** Null = this is no header. */
export function parseHeader(bytes: Buffer, at: number): RecordHeader | null {
	if (at + recordHeaderBytes > bytes.length) return null;
	const head = bytes.subarray(at, at + recordHeaderBytes);
	if (head.readUInt32LE(0) !== magic || head.readUInt32LE(4) !== crc32(head.subarray(8))) return null;
	const length = head.readUInt32LE(8);
	if (length > messageBytesMax) return null;
	return {
		bytes: length,
		valueCrc: head.readUInt32LE(12),
		producer: producers[head[16] ?? 0] ?? 'UNKNOWN',
		reportsLoss: head[17] === 1,
		events: head.readUInt32LE(20),
		firstSequence: head.readDoubleLE(24),
		appendedMs: head.readDoubleLE(32),
	};
}

export type Item =
	/** A whole record; `batch.value` is a view of the bytes that were given. */
	| {
			readonly kind: 'batch';
			readonly batch: OutgoingBatch;
			readonly appendedMs: number;
			readonly end: number;
	  }
	/** The header is sound, the message is not. */
	| { readonly kind: 'damaged'; readonly header: RecordHeader; readonly end: number }
	/** The bytes end within a record; `header` when that much of it is there. */
	| { readonly kind: 'cut'; readonly header: RecordHeader | null; readonly at: number }
	/** No record begins here: nothing after it can be found either. */
	| { readonly kind: 'lost'; readonly at: number };

/** What is in `bytes` from `from` on, in order. Ends after the first `cut` or `lost`. */
export function* readRecords(bytes: Buffer, from = 0): Generator<Item> {
	let at = from;
	while (at < bytes.length) {
		if (at + recordHeaderBytes > bytes.length) return yield { kind: 'cut', header: null, at };
		const header = parseHeader(bytes, at);
		if (header === null) return yield { kind: 'lost', at };
		const end = at + recordHeaderBytes + header.bytes;
		if (end > bytes.length) return yield { kind: 'cut', header, at };
		const value = bytes.subarray(at + recordHeaderBytes, end);
		if (crc32(value) !== header.valueCrc) yield { kind: 'damaged', header, end };
		else {
			const { producer, events, firstSequence, reportsLoss, appendedMs } = header;
			yield {
				kind: 'batch',
				batch: { value, producer, events, firstSequence, reportsLoss },
				appendedMs,
				end,
			};
		}
		at = end;
	}
}
