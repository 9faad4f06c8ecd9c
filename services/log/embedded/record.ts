/**
 * A record as it lies in a segment file, numbers little-endian:
 *
 *   u32 bytes of what follows the crc | u32 crc32 of it | u64 offset | u64 time (ms) | u16 bytes of key | key | value
 */
import { crc32 } from '#platform/crc32.ts';

/** Length and crc. */
export const frameBytes = 8;
const fixedBytes = 18;
export const keyBytesMax = 1024;

export type StoredRecord = { offset: bigint; appendedMs: number; key: string; value: Uint8Array };

export function recordBytes(key: string, value: Uint8Array): number {
	return frameBytes + fixedBytes + Buffer.byteLength(key) + value.length;
}

/** Writes a record at `at`; gives the position behind it. */
export function writeRecord(buffer: Buffer, at: number, record: StoredRecord): number {
	const start = at + frameBytes;
	buffer.writeBigUInt64LE(record.offset, start);
	buffer.writeBigUInt64LE(BigInt(Math.max(0, Math.trunc(record.appendedMs))), start + 8);
	const keyBytes = buffer.write(record.key, start + fixedBytes, 'utf8');
	buffer.writeUInt16LE(keyBytes, start + 16);
	buffer.set(record.value, start + fixedBytes + keyBytes);
	const end = start + fixedBytes + keyBytes + record.value.length;
	buffer.writeUInt32LE(end - start, at);
	buffer.writeUInt32LE(crc32(buffer.subarray(start, end)), at + 4);
	return end;
}

/** Bytes of the whole record at `at`; null when not even its length is there. */
export function recordBytesAt(buffer: Buffer, at: number): number | null {
	return at + frameBytes > buffer.length ? null : frameBytes + buffer.readUInt32LE(at);
}

/** The record at `at`, its value a view of the buffer; 'short' = not all there, 'corrupt' = not what was written. */
export function readRecord(buffer: Buffer, at: number): StoredRecord | 'short' | 'corrupt' {
	const bytes = recordBytesAt(buffer, at);
	if (bytes === null) return 'short';
	if (bytes < frameBytes + fixedBytes) return 'corrupt';
	if (at + bytes > buffer.length) return 'short';
	const start = at + frameBytes;
	const end = at + bytes;
	if (crc32(buffer.subarray(start, end)) !== buffer.readUInt32LE(at + 4)) return 'corrupt';
	const keyEnd = start + fixedBytes + buffer.readUInt16LE(start + 16);
	if (keyEnd > end) return 'corrupt';
	return {
		offset: buffer.readBigUInt64LE(start),
		appendedMs: Number(buffer.readBigUInt64LE(start + 8)),
		key: buffer.toString('utf8', start + fixedBytes, keyEnd),
		value: buffer.subarray(keyEnd, end),
	};
}
