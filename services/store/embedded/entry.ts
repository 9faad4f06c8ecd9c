/**
 * A journal entry, numbers little-endian, texts and values with their length (u32) before them:
 *
 *   u32 bytes of what follows the crc | u32 crc32 of it
 *   u32 partition | u64 epoch | u8 has cursor | u64 cursor | u32 hosts
 *   per host: id | u8 clear | u32 puts | (key | value)… | u32 deletes | key…
 *
 * A claim is an entry without hosts. An entry is one atomic commit: it is there as a whole or not at all.
 */
import { crc32 } from '#platform/crc32.ts';
import type { HostChange } from '../store.ts';

export type JournalEntry = {
	readonly partition: number;
	readonly epoch: bigint;
	readonly cursor: bigint | null;
	readonly hosts: readonly HostChange[];
};

const frameBytes = 8;
const fixedBytes = 25;

export function encodeEntry(entry: JournalEntry): Buffer {
	const buffer = Buffer.allocUnsafe(frameBytes + entryBytes(entry));
	let at = frameBytes;
	const u32 = (value: number): void => {
		at = buffer.writeUInt32LE(value, at);
	};
	const text = (value: string): void => {
		const bytes = buffer.write(value, at + 4, 'utf8');
		u32(bytes);
		at += bytes;
	};
	u32(entry.partition);
	at = buffer.writeBigUInt64LE(entry.epoch, at);
	at = buffer.writeUInt8(entry.cursor === null ? 0 : 1, at);
	at = buffer.writeBigUInt64LE(entry.cursor ?? 0n, at);
	u32(entry.hosts.length);
	for (const host of entry.hosts) {
		text(host.hostId);
		at = buffer.writeUInt8(host.clear ? 1 : 0, at);
		u32(host.puts.size);
		for (const [key, value] of host.puts) {
			text(key);
			u32(value.length);
			buffer.set(value, at);
			at += value.length;
		}
		u32(host.deletes.length);
		for (const key of host.deletes) text(key);
	}
	buffer.writeUInt32LE(at - frameBytes, 0);
	buffer.writeUInt32LE(crc32(buffer.subarray(frameBytes, at)), 4);
	return buffer;
}

function entryBytes(entry: JournalEntry): number {
	let bytes = fixedBytes;
	for (const host of entry.hosts) {
		bytes += 4 + Buffer.byteLength(host.hostId) + 1 + 8;
		for (const [key, value] of host.puts) bytes += 8 + Buffer.byteLength(key) + value.length;
		for (const key of host.deletes) bytes += 4 + Buffer.byteLength(key);
	}
	return bytes;
}

/** Bytes of the entry at `at` with its frame; null when it is not there as a whole or not as it was written. */
export function entryBytesAt(buffer: Buffer, at: number): number | null {
	if (at + frameBytes + fixedBytes > buffer.length) return null;
	const end = at + frameBytes + buffer.readUInt32LE(at);
	if (end > buffer.length || end < at + frameBytes + fixedBytes) return null;
	return crc32(buffer.subarray(at + frameBytes, end)) === buffer.readUInt32LE(at + 4) ? end - at : null;
}

/** The entry at `at`, which `entryBytesAt` has checked; its values are copies. */
export function decodeEntry(buffer: Buffer, start: number): JournalEntry {
	let at = start + frameBytes;
	const u8 = (): number => buffer.readUInt8(at++);
	const u32 = (): number => {
		at += 4;
		return buffer.readUInt32LE(at - 4);
	};
	const u64 = (): bigint => {
		at += 8;
		return buffer.readBigUInt64LE(at - 8);
	};
	const bytes = (): Buffer => {
		const length = u32();
		at += length;
		return buffer.subarray(at - length, at);
	};
	const partition = u32();
	const epoch = u64();
	const hasCursor = u8() === 1;
	const cursor = u64();
	const hosts = repeat(u32(), () => {
		const hostId = bytes().toString('utf8');
		const clear = u8() === 1;
		const puts = new Map(repeat(u32(), () => [bytes().toString('utf8'), new Uint8Array(bytes())] as const));
		const deletes = repeat(u32(), () => bytes().toString('utf8'));
		return { hostId, clear, puts, deletes };
	});
	return { partition, epoch, cursor: hasCursor ? cursor : null, hosts };
}

function repeat<T>(count: number, make: () => T): T[] {
	const made: T[] = [];
	for (let i = 0; i < count; i++) made.push(make());
	return made;
}
