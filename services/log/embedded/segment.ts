/**
 * A segment: a file of records `<first offset, 20 digits>.segment`. It begins with 16 bytes: a magic word and the offset
 * after the last record of the segment before it, so that numbers left out between the two are told from lost records.
 */
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecord, recordBytesAt } from './record.ts';

export const segmentHeaderBytes = 16;
const magic = Buffer.from('LNRLOG1\n', 'latin1');
const suffix = '.segment';
/** An index entry for about every so many bytes. */
const indexEveryBytes = 64 * 1024;
const scanChunkBytes = 1024 * 1024;
/** A length beyond this is damage, whatever the log's own bound was when the record was written. */
const scannedBytesMax = 256 * 1024 * 1024;

export type Segment = {
	readonly base: bigint;
	readonly path: string;
	/** Offset after the last record before this segment. */
	readonly previousEnd: bigint;
	/** Bytes of whole records, header included; readers go no further. */
	bytes: number;
	/** Time of the last append, milliseconds since the epoch. */
	lastMs: number;
	/** Sparse, ascending; only of what was appended or scanned by this process. */
	readonly index: { readonly offset: bigint; readonly position: number }[];
};

export function segmentPath(folder: string, base: bigint): string {
	return join(folder, base.toString().padStart(20, '0') + suffix);
}

export function segmentHeader(previousEnd: bigint): Buffer {
	const header = Buffer.alloc(segmentHeaderBytes);
	magic.copy(header);
	header.writeBigUInt64LE(previousEnd, magic.length);
	return header;
}

/** Segments of a folder in order. A last file without a whole header (a crash while it was made) is given as `unfinished`. */
export async function listSegments(
	folder: string,
): Promise<{ segments: Segment[]; unfinished: string | null }> {
	const names = (await readdir(folder)).filter((name) => /^\d{20}\.segment$/.test(name)).sort();
	const segments: Segment[] = [];
	for (const [i, name] of names.entries()) {
		const path = join(folder, name);
		const segment = await openSegment(path, BigInt(name.slice(0, 20)));
		if (segment !== null) segments.push(segment);
		else if (i === names.length - 1) return { segments, unfinished: path };
		else
			throw new Error(
				`${path} does not begin like a segment of the log. Move it away to go on without its records.`,
			);
	}
	return { segments, unfinished: null };
}

async function openSegment(path: string, base: bigint): Promise<Segment | null> {
	const handle = await open(path, 'r');
	try {
		const header = Buffer.alloc(segmentHeaderBytes);
		const { bytesRead } = await handle.read(header, 0, segmentHeaderBytes, 0);
		if (bytesRead < segmentHeaderBytes || magic.compare(header, 0, magic.length) !== 0) return null;
		const { size, mtimeMs } = await handle.stat();
		return {
			base,
			path,
			previousEnd: header.readBigUInt64LE(magic.length),
			bytes: size,
			lastMs: mtimeMs,
			index: [],
		};
	} finally {
		await handle.close();
	}
}

export function indexRecord(segment: Segment, offset: bigint, position: number): void {
	const last = segment.index.at(-1);
	if (last === undefined || position - last.position >= indexEveryBytes)
		segment.index.push({ offset, position });
}

/** Nearest known position at or before the record `offset`. */
export function positionBefore(segment: Segment, offset: bigint): number {
	let low = 0;
	let high = segment.index.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (segment.index[middle]!.offset <= offset) low = middle + 1;
		else high = middle;
	}
	return low === 0 ? segmentHeaderBytes : segment.index[low - 1]!.position;
}

/**
 * Walks all records of a segment; fills its index. `end` is where the whole records end: what follows was being written
 * when the process or the machine died. `nextOffset` is null when there is no record.
 */
export async function scanSegment(
	segment: Segment,
	handle: FileHandle,
): Promise<{ end: number; nextOffset: bigint | null }> {
	let position = segmentHeaderBytes;
	let nextOffset: bigint | null = null;
	let chunk = Buffer.alloc(scanChunkBytes);
	while (position < segment.bytes) {
		const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
		const filled = chunk.subarray(0, bytesRead);
		let at = 0;
		for (let record = readRecord(filled, at); typeof record === 'object'; record = readRecord(filled, at)) {
			if (record.offset < (nextOffset ?? segment.base)) return { end: position + at, nextOffset };
			indexRecord(segment, record.offset, position + at);
			nextOffset = record.offset + 1n;
			at += recordBytesAt(filled, at)!;
		}
		position += at;
		if (at > 0) continue;
		const wanted = recordBytesAt(filled, 0);
		if (
			wanted === null ||
			wanted <= filled.length ||
			wanted > scannedBytesMax ||
			position + wanted > segment.bytes
		)
			break;
		chunk = Buffer.alloc(wanted);
	}
	return { end: position, nextOffset };
}
