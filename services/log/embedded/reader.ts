/** Reads one partition from an offset on; every reader has its own file handle and buffer. */
import { type FileHandle, open } from 'node:fs/promises';
import { LogCorruptError, type LogRecord } from '../log.ts';
import { type Partition, truncated } from './partition.ts';
import { readRecord, recordBytesAt } from './record.ts';
import { positionBefore, type Segment } from './segment.ts';

const chunkBytesMin = 4096;
const chunkBytesMax = 64 * 1024 * 1024;

export class PartitionReader {
	readonly #partition: Partition;
	#offset = 0n;
	#segment: Segment | null = null;
	#position = 0;
	#handle: FileHandle | null = null;
	#buffer = Buffer.alloc(0);

	constructor(partition: Partition) {
		this.#partition = partition;
	}

	async seek(offset: bigint): Promise<void> {
		this.#offset = offset;
		await this.#leave();
	}

	/** Records from here on, at least one unless the end is reached; values stay valid until the next call. */
	async read(maxBytes: number): Promise<LogRecord[]> {
		for (;;) {
			const segment = await this.#enter();
			if (segment === null) return [];
			const records = await this.#readChunk(
				segment,
				Math.min(Math.max(maxBytes, chunkBytesMin), chunkBytesMax),
				maxBytes,
			);
			if (records.length > 0) return records;
		}
	}

	async close(): Promise<void> {
		await this.#leave();
	}

	/** The segment to read from, opened; null at the end of the partition. */
	async #enter(): Promise<Segment | null> {
		const wanted = this.#partition.segmentOf(this.#offset);
		if (wanted === null) return null;
		if (wanted === this.#segment) return this.#position < wanted.bytes ? wanted : null;
		await this.#leave();
		try {
			this.#handle = await open(wanted.path, 'r');
		} catch (error) {
			// Retention was faster than this reader.
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
			throw truncated(this.#partition.options.name, this.#offset, this.#partition.earliest);
		}
		this.#segment = wanted;
		this.#position = positionBefore(wanted, this.#offset);
		return wanted;
	}

	async #leave(): Promise<void> {
		this.#segment = null;
		await this.#handle?.close();
		this.#handle = null;
	}

	async #readChunk(segment: Segment, chunkBytes: number, maxBytes: number): Promise<LogRecord[]> {
		let chunk = await this.#fill(segment, chunkBytes);
		const first = recordBytesAt(chunk, 0);
		if (first === null || this.#position + first > segment.bytes) throw this.#corrupt(segment);
		if (first > chunk.length) chunk = await this.#fill(segment, first);
		const records: LogRecord[] = [];
		let at = 0;
		while (at < chunk.length && (records.length === 0 || at < maxBytes)) {
			const record = readRecord(chunk, at);
			if (record === 'short') break;
			if (record === 'corrupt') {
				// What came before it is good: given first, the error with the next read.
				if (records.length > 0) break;
				throw this.#corrupt(segment, at);
			}
			const bytes = recordBytesAt(chunk, at)!;
			if (records.length > 0 && at + bytes > maxBytes) break;
			at += bytes;
			if (record.offset < this.#offset) continue;
			records.push(record);
			this.#offset = record.offset + 1n;
		}
		this.#position += at;
		return records;
	}

	async #fill(segment: Segment, bytes: number): Promise<Buffer> {
		const wanted = Math.min(bytes, segment.bytes - this.#position);
		if (this.#buffer.length < wanted) this.#buffer = Buffer.alloc(wanted);
		let filled = 0;
		while (filled < wanted) {
			const { bytesRead } = await this.#handle!.read(
				this.#buffer,
				filled,
				wanted - filled,
				this.#position + filled,
			);
			if (bytesRead === 0) throw this.#corrupt(segment, filled);
			filled += bytesRead;
		}
		return this.#buffer.subarray(0, wanted);
	}

	#corrupt(segment: Segment, at = 0): LogCorruptError {
		const where = `${segment.path} at byte ${this.#position + at} (offset ${this.#offset} of ${this.#partition.options.name})`;
		return new LogCorruptError(
			`${where} is damaged. Check the disk; move the file away to go on without its records.`,
		);
	}
}
