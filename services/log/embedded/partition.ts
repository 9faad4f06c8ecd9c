/**
 * The one partition of a topic on disk: appends go through one writer in order, readers follow on their own.
 *
 *   append → pending → (group) encode → write → index, wake readers → resolve
 *
 * Bounds: a group is written at once up to `groupBytesMax`; further appends wait unencoded (their callers hold the
 * records, which is the back-pressure). Retention by bytes and age removes whole segments, never the one written to.
 * Failure: a failed write takes its group back (the file is cut to its last whole record) and rejects those appends.
 */
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { Turns } from '#platform/turns.ts';
import { LogTruncatedError, RecordTooLargeError } from '../log.ts';
import { readOffsetState, reserveStep, writeOffsetState } from './offsets.ts';
import { keyBytesMax, recordBytes, writeRecord } from './record.ts';
import {
	indexRecord,
	listSegments,
	type Segment,
	scanSegment,
	segmentHeader,
	segmentHeaderBytes,
	segmentPath,
} from './segment.ts';

const groupBytesMax = 4 * 1024 * 1024;

export type Retention = { readonly bytes: number; readonly ageMs: number };

export type PartitionOptions = {
	readonly name: string;
	readonly folder: string;
	readonly retention: Retention;
	readonly segmentBytes: number;
	readonly recordBytesMax: number;
	/** 0 = on the disk before an append resolves; else at most so many milliseconds later. */
	readonly syncMs: number;
	readonly now: () => number;
	readonly warn: (warning: LogWarning) => void;
};

/** Something was repaired; nothing that an append had confirmed is lost unless the machine itself went down. */
export type LogWarning = {
	readonly code: 'torn-tail' | 'sync-failed' | 'retention-failed';
	readonly topic: string;
	readonly file: string;
	readonly bytes: number;
	readonly detail: string;
};

export type AppendRecord = { readonly key: string; readonly value: Uint8Array };
type Pending = {
	records: readonly AppendRecord[];
	bytes: number;
	resolve: () => void;
	reject: (error: unknown) => void;
};

export class Partition {
	readonly options: PartitionOptions;
	readonly segments: Segment[] = [];
	/** Offset of the next record. */
	next = 0n;
	/** Offset after the last record. */
	end = 0n;
	#handle!: FileHandle;
	#reserved = 0n;
	#pending: Pending[] = [];
	#busy = false;
	#dirty = false;
	#syncTimer: NodeJS.Timeout | null = null;
	#closed = false;
	readonly #turns = new Turns();
	readonly #waiters = new Set<() => void>();

	private constructor(options: PartitionOptions) {
		this.options = options;
	}

	static async open(options: PartitionOptions): Promise<Partition> {
		await mkdir(options.folder, { recursive: true });
		const partition = new Partition(options);
		await partition.#recover();
		return partition;
	}

	/** Oldest offset that is still there: everything from here on was kept. */
	get earliest(): bigint {
		return this.segments[0]!.previousEnd;
	}

	/** Where the segment begins that has the first record appended at `sinceMs` or later; the end when there is none. */
	startOfSegmentWith(sinceMs: number): bigint {
		const index = this.segments.findIndex(({ lastMs }) => lastMs >= sinceMs);
		return index === -1 ? this.next : this.segments[index]!.previousEnd;
	}

	append(records: readonly AppendRecord[]): Promise<void> {
		if (this.#closed)
			return Promise.reject(new Error(`The log is closed: no append to ${this.options.name}.`));
		let bytes = 0;
		for (const { key, value } of records) {
			const size = recordBytes(key, value);
			if (size > this.options.recordBytesMax || Buffer.byteLength(key) > keyBytesMax)
				return Promise.reject(this.#tooLarge(key, size));
			bytes += size;
		}
		if (records.length === 0) return Promise.resolve();
		return new Promise((resolve, reject) => {
			this.#pending.push({ records, bytes, resolve, reject });
			if (!this.#busy) this.#turns.take(() => this.#drain());
		});
	}

	/** Calls `wake` at the next append (or at close); gives a function that takes the call back. */
	onAppend(wake: () => void): () => void {
		this.#waiters.add(wake);
		return () => this.#waiters.delete(wake);
	}

	/** The segment that has the first record at or after `offset`; null when there is none yet. */
	segmentOf(offset: bigint): Segment | null {
		if (offset < this.earliest) throw truncated(this.options.name, offset, this.earliest);
		for (let i = this.segments.length - 1; i >= 0; i--) {
			const segment = this.segments[i]!;
			if (segment.base > offset) continue;
			// Between the end of a segment and the base of the next lie numbers that were left out.
			if (offset < this.#endOf(i)) return segment;
			return this.#withRecords(i + 1);
		}
		return this.#withRecords(0);
	}

	/** Removes segments that are too many or too old. Waits for the writes before it. */
	enforceRetention(): Promise<void> {
		return this.#turns.take(() => this.#retain());
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		await this.#turns.idle();
		if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
		await this.#handle.datasync();
		await this.#handle.close();
		await writeOffsetState(this.options.folder, { clean: true, next: this.next });
		this.#wake();
	}

	async #recover(): Promise<void> {
		const { folder } = this.options;
		const state = await readOffsetState(folder);
		const { segments, unfinished } = await listSegments(folder);
		if (unfinished !== null) await unlink(unfinished);
		this.segments.push(...segments);
		const last = segments.at(-1);
		if (last !== undefined) await this.#recoverTail(last);
		this.next = this.end;
		if (state !== null && state.next > this.next) this.next = state.next;
		await this.#reserve();
		const goOn = last !== undefined && this.next === this.end && last.bytes < this.options.segmentBytes;
		if (goOn) this.#handle = await open(last.path, 'r+');
		else await this.#startSegment();
		await this.#retain();
	}

	async #recoverTail(last: Segment): Promise<void> {
		const handle = await open(last.path, 'r+');
		try {
			const { end, nextOffset } = await scanSegment(last, handle);
			this.end = nextOffset ?? last.previousEnd;
			const torn = last.bytes - end;
			if (torn === 0) return;
			await handle.truncate(end);
			last.bytes = end;
			const detail = `${torn} bytes after the last whole record were cut off; the write had not been confirmed, or the machine went down.`;
			this.options.warn({
				code: 'torn-tail',
				topic: this.options.name,
				file: last.path,
				bytes: torn,
				detail,
			});
		} finally {
			await handle.close();
		}
	}

	async #reserve(): Promise<void> {
		this.#reserved = this.next + reserveStep;
		await writeOffsetState(this.options.folder, { clean: false, next: this.#reserved });
	}

	async #startSegment(): Promise<void> {
		const path = segmentPath(this.options.folder, this.next);
		const handle = await open(path, 'w+');
		await handle.write(segmentHeader(this.end), 0, segmentHeaderBytes, 0);
		this.#handle = handle;
		// An empty segment of the same base (nothing was appended since the last start) is the same file again.
		if (this.segments.at(-1)?.path === path) this.segments.pop();
		this.segments.push({
			base: this.next,
			path,
			previousEnd: this.end,
			bytes: segmentHeaderBytes,
			lastMs: this.options.now(),
			index: [],
		});
	}

	async #roll(): Promise<void> {
		const full = this.#handle;
		await full.datasync();
		await this.#startSegment();
		await full.close();
		await this.#retain();
	}

	async #drain(): Promise<void> {
		this.#busy = true;
		try {
			while (this.#pending.length > 0) await this.#writeGroup(this.#takeGroup());
		} finally {
			this.#busy = false;
		}
	}

	#takeGroup(): Pending[] {
		let bytes = 0;
		let count = 0;
		for (const entry of this.#pending) {
			if (count > 0 && bytes + entry.bytes > groupBytesMax) break;
			bytes += entry.bytes;
			count++;
		}
		return this.#pending.splice(0, count);
	}

	async #writeGroup(group: Pending[]): Promise<void> {
		try {
			if (this.segments.at(-1)!.bytes >= this.options.segmentBytes) await this.#roll();
			await this.#write(group);
		} catch (error) {
			for (const entry of group) entry.reject(error);
			return;
		}
		for (const entry of group) entry.resolve();
		this.#wake();
	}

	async #write(group: Pending[]): Promise<void> {
		const segment = this.segments.at(-1)!;
		const buffer = Buffer.allocUnsafe(group.reduce((sum, entry) => sum + entry.bytes, 0));
		const appendedMs = this.options.now();
		const placed: { offset: bigint; position: number }[] = [];
		let at = 0;
		let offset = this.next;
		for (const { records } of group) {
			for (const { key, value } of records) {
				placed.push({ offset, position: segment.bytes + at });
				at = writeRecord(buffer, at, { offset, appendedMs, key, value });
				offset++;
			}
		}
		if (offset > this.#reserved) {
			this.#reserved = offset + reserveStep;
			await writeOffsetState(this.options.folder, { clean: false, next: this.#reserved });
		}
		await this.#writeAll(buffer, segment);
		for (const { offset: of, position } of placed) indexRecord(segment, of, position);
		segment.bytes += buffer.length;
		segment.lastMs = appendedMs;
		this.next = offset;
		this.end = offset;
	}

	async #writeAll(buffer: Buffer, segment: Segment): Promise<void> {
		try {
			let written = 0;
			while (written < buffer.length) {
				const { bytesWritten } = await this.#handle.write(
					buffer,
					written,
					buffer.length - written,
					segment.bytes + written,
				);
				written += bytesWritten;
			}
			if (this.options.syncMs === 0) await this.#handle.datasync();
			else this.#syncLater();
		} catch (error) {
			// Readers stop at segment.bytes, so what was half written is not seen; cut off so that no later start sees it.
			await this.#handle.truncate(segment.bytes);
			throw error;
		}
	}

	#syncLater(): void {
		this.#dirty = true;
		if (this.#syncTimer !== null) return;
		this.#syncTimer = setTimeout(() => {
			this.#syncTimer = null;
			if (!this.#dirty || this.#closed) return;
			this.#dirty = false;
			this.#turns
				.take(() => this.#handle.datasync())
				.catch((error: unknown) => {
					const file = this.segments.at(-1)!.path;
					this.options.warn({
						code: 'sync-failed',
						topic: this.options.name,
						file,
						bytes: 0,
						detail: String(error),
					});
				});
		}, this.options.syncMs);
		this.#syncTimer.unref();
	}

	async #retain(): Promise<void> {
		const { retention, now } = this.options;
		const oldest = now() - retention.ageMs;
		const active = this.segments.at(-1)!;
		if (active.bytes > segmentHeaderBytes && active.lastMs < oldest) {
			const old = this.#handle;
			await this.#startSegment();
			await old.close();
		}
		let total = this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
		while (this.segments.length > 1) {
			const first = this.segments[0]!;
			if (total <= retention.bytes && first.lastMs >= oldest) return;
			total -= first.bytes;
			this.segments.shift();
			await unlink(first.path);
		}
	}

	#endOf(index: number): bigint {
		return this.segments[index + 1]?.previousEnd ?? this.end;
	}

	#withRecords(from: number): Segment | null {
		for (let i = from; i < this.segments.length; i++)
			if (this.segments[i]!.bytes > segmentHeaderBytes) return this.segments[i]!;
		return null;
	}

	#wake(): void {
		for (const wake of [...this.#waiters]) wake();
	}

	#tooLarge(key: string, bytes: number): RecordTooLargeError {
		const limits = `at most ${this.options.recordBytesMax} bytes and a key of ${keyBytesMax}`;
		return new RecordTooLargeError(
			`A record of ${bytes} bytes with key '${key.slice(0, 100)}' is too large for ${this.options.name}: ${limits}.`,
		);
	}
}

export function truncated(topic: string, offset: bigint, earliest: bigint): LogTruncatedError {
	return new LogTruncatedError(
		`Offset ${offset} of ${topic} is no longer kept; the oldest is ${earliest}. Raise the topic's retention or read faster.`,
	);
}
