/**
 * One assigned partition: records as kafkajs pushes them, kept until they are read. Pull, with back-pressure: above
 * `readAheadBytes` fetching of this partition pauses, below a quarter of it it goes on.
 *
 *   waiting for seek ──seek──▶ reading ──revoke──▶ revoked (reads are empty, progress is told) ──release, lose──▶ lost
 *
 * Invariant: `read` gives offsets from the sought one on, in order, without a hole that retention made: such a hole is a
 * `LogTruncatedError`. What kafkajs pushes from an earlier position is dropped; what it leaves out is fetched again.
 */
import type { Batch } from 'kafkajs';
import { aborted } from '#platform/signals.ts';
import {
	type Assignment,
	assertNote,
	type LogRecord,
	LogTruncatedError,
	type SeekTarget,
	type Topic,
} from '../log.ts';

import type { AlertFraming } from './registry.ts';

export type Fetching = {
	/** Next fetches begin at this offset. */
	seek(partition: number, offset: bigint): void;
	pause(partition: number): void;
	resume(partition: number): void;
	offsets(partition: number): Promise<{ low: bigint; high: bigint }>;
	/** Of the first record appended then or later; the end when there is none. */
	offsetSince(partition: number, sinceMs: number): Promise<bigint>;
	partitionCount(): Promise<number>;
	/** Offsets from `from` to before `to` are not in the log, and retention is not the reason. */
	tellHole(partition: number, from: bigint, to: bigint): void;
	/** False when it could not be told now. */
	commit(partition: number, nextOffset: bigint, note: string): Promise<boolean>;
	/** Null when never told. */
	committed(partition: number): Promise<{ readonly next: bigint; readonly note: string } | null>;
};

export type PartitionReaderOptions = {
	readonly topic: Topic;
	readonly partition: number;
	readonly fetching: Fetching;
	/** Undone for every record that is read; null = there is none. */
	readonly framing: Pick<AlertFraming, 'unframe'> | null;
	readonly readAheadBytes: number;
};

/** As kafkajs gives it. Its types leave out the offset that the broker was asked for. */
export type FetchedBatch = Pick<Batch, 'messages'> & { readonly fetchedOffset: string };

/** Of a record beside its value, for the bounds. */
const recordOverheadBytes = 100;

export class PartitionReader implements Assignment {
	readonly topic: Topic;
	readonly partition: number;
	readonly revoked: AbortSignal;
	readonly lost: AbortSignal;
	/** Resolves when its reader has ended, or its time to end is over: from then on another may have the partition. */
	readonly gone: Promise<void>;
	readonly #fetching: Fetching;
	readonly #framing: Pick<AlertFraming, 'unframe'> | null;
	readonly #readAheadBytes: number;
	readonly #revocation = new AbortController();
	readonly #loss = new AbortController();
	#isReleased = false;
	#queue: LogRecord[] = [];
	/** Index of the first unread record of the queue. */
	#first = 0;
	#queuedBytes = 0;
	/** Offset of the next record to be given; null = not sought yet. */
	#position: bigint | null = null;
	/** Offset that the next pushed batch may begin at. */
	#next = 0n;
	/** Where a batch that left something out was asked for again; null = nowhere yet. */
	#askedAgainAt: bigint | null = null;
	#paused = true;
	#truncated = false;
	#seeking = false;
	#wake: (() => void) | null = null;

	constructor({ topic, partition, fetching, framing, readAheadBytes }: PartitionReaderOptions) {
		this.topic = topic;
		this.partition = partition;
		this.revoked = this.#revocation.signal;
		this.lost = this.#loss.signal;
		this.gone = aborted(this.lost);
		this.#fetching = fetching;
		this.#framing = framing;
		this.#readAheadBytes = readAheadBytes;
	}

	async seek(target: SeekTarget): Promise<void> {
		this.#stopFetching();
		// What is still pushed from the old place while the offsets are asked for is not for us.
		this.#seeking = true;
		this.#queue = [];
		this.#first = 0;
		this.#queuedBytes = 0;
		const { low, high } = await this.#fetching.offsets(this.partition);
		const offset =
			typeof target === 'object'
				? await this.#fetching.offsetSince(this.partition, target.sinceMs)
				: target === 'earliest'
					? low
					: target === 'latest'
						? high
						: target;
		this.#truncated = offset < low;
		this.#position = offset;
		this.#next = offset;
		this.#seeking = false;
		if (!this.#truncated) this.#startFetching();
	}

	async read({ maxBytes, waitMs }: { maxBytes: number; waitMs: number }): Promise<readonly LogRecord[]> {
		if (this.#position === null) throw new Error(`${this.#name}: seek comes before the first read`);
		if (this.#first === this.#queue.length && !this.#truncated) await this.#wait(waitMs);
		if (this.revoked.aborted) return [];
		if (this.#first === this.#queue.length && !this.#truncated) return [];
		await this.#assertWhole();
		const records = this.#take(maxBytes);
		this.#position = records.at(-1)!.offset + 1n;
		if (this.#paused && this.#queuedBytes < this.#readAheadBytes / 4) this.#startFetching();
		return this.#framing === null ? records : this.#framing.unframe(records, this.revoked);
	}

	async reportProgress(nextOffset: bigint, note = ''): Promise<boolean> {
		assertNote(note);
		return !this.lost.aborted && this.#fetching.commit(this.partition, nextOffset, note);
	}

	async progress(): Promise<bigint | null> {
		return (await this.#fetching.committed(this.partition))?.next ?? null;
	}

	async progressNote(): Promise<string> {
		return (await this.#fetching.committed(this.partition))?.note ?? '';
	}

	partitionCount(): Promise<number> {
		return this.#fetching.partitionCount();
	}

	async endOffset(): Promise<bigint> {
		return (await this.#fetching.offsets(this.partition)).high;
	}

	/** Called by kafkajs' handler: must return at once and never throw. */
	push(batch: FetchedBatch): void {
		if (this.#position === null || this.#seeking || this.revoked.aborted) return;
		const askedFrom = BigInt(batch.fetchedOffset);
		for (const { offset: digits, timestamp, key, value } of batch.messages) {
			const offset = BigInt(digits);
			if (offset < this.#next) continue;
			if (offset > this.#next && this.#askAgain(askedFrom)) break;
			this.#next = offset + 1n;
			const bytes = value ?? Buffer.alloc(0);
			this.#queue.push({
				offset,
				appendedMs: Number(timestamp),
				key: key?.toString() ?? '',
				value: bytes,
			});
			this.#queuedBytes += bytes.length + recordOverheadBytes;
		}
		if (this.#queuedBytes > this.#readAheadBytes) this.#stopFetching();
		this.#wake?.();
	}

	/**
	 * What lies between was not given. Topics of ours have no such holes but those that retention makes, so it is fetched once more
	 * from there; true = do that, and believe nothing of this batch. A hole that is there again is real if the broker was asked for it:
	 * the answer to a question from further on, which was under way, says nothing about it.
	 */
	#askAgain(askedFrom: bigint): boolean {
		if (this.#askedAgainAt === this.#next && askedFrom <= this.#next) return false;
		this.#askedAgainAt = this.#next;
		this.#fetching.seek(this.partition, this.#next);
		return true;
	}

	/** After a rebalance that left the partition with us: kafkajs has forgotten where it was. */
	goOn(): void {
		if (this.#position === null || this.#truncated) return;
		this.#fetching.seek(this.partition, this.#next);
		if (!this.#paused) this.#fetching.resume(this.partition);
	}

	/** The reader is to end; `lost` comes when it has. */
	revoke(): void {
		this.#revocation.abort();
		this.#queue = [];
		this.#first = 0;
		this.#wake?.();
		if (this.#isReleased) this.lose();
	}

	release(): void {
		this.#isReleased = true;
		if (this.revoked.aborted) this.lose();
	}

	/** At once. */
	lose(): void {
		if (!this.revoked.aborted) this.revoke();
		this.#loss.abort();
	}

	get #name(): string {
		return `${this.topic}/${this.partition}`;
	}

	/** Records between the position and the next record may be missing because retention deleted them. */
	async #assertWhole(): Promise<void> {
		const position = this.#position!;
		const next = this.#queue[this.#first]?.offset;
		if (!this.#truncated && next === position) return;
		const { low } = await this.#fetching.offsets(this.partition);
		if (low <= position) {
			if (next !== undefined) this.#fetching.tellHole(this.partition, position, next);
			return;
		}
		this.#truncated = true;
		throw new LogTruncatedError(
			`${this.#name}: offset ${position} is no longer retained, the oldest is ${low}. Seek 'earliest' to go on.`,
		);
	}

	#take(maxBytes: number): LogRecord[] {
		let bytes = 0;
		const from = this.#first;
		while (this.#first < this.#queue.length && (this.#first === from || bytes < maxBytes)) {
			const before = this.#first === from ? null : this.#queue[this.#first - 1]!.offset;
			// A hole begins a read of its own, so that `#assertWhole` judges it.
			if (before !== null && this.#queue[this.#first]!.offset !== before + 1n) break;
			bytes += this.#queue[this.#first]!.value.length + recordOverheadBytes;
			this.#first++;
		}
		const records = this.#queue.slice(from, this.#first);
		this.#queuedBytes -= records.reduce((sum, { value }) => sum + value.length + recordOverheadBytes, 0);
		if (this.#first === this.#queue.length) {
			this.#queue = [];
			this.#first = 0;
		}
		return records;
	}

	#startFetching(): void {
		this.#paused = false;
		this.#fetching.seek(this.partition, this.#next);
		this.#fetching.resume(this.partition);
	}

	#stopFetching(): void {
		if (this.#paused) return;
		this.#paused = true;
		this.#fetching.pause(this.partition);
	}

	#wait(waitMs: number): Promise<void> {
		return new Promise((resolve) => {
			const done = (): void => {
				clearTimeout(timer);
				this.#wake = null;
				resolve();
			};
			const timer = setTimeout(done, waitMs);
			this.#wake = done;
			if (this.revoked.aborted) done();
		});
	}
}
