/**
 * The event log as the roles see it; adapters: embedded (one host) and kafka (fleet). Order is kept per partition.
 * Pull, not push: each assigned partition is read by one loop at its own pace, which is the back-pressure.
 */

export type Topic =
	| 'lanner.events'
	| 'lanner.alerts'
	| 'lanner.alerts.dead'
	| 'lanner.events.dead'
	| 'lanner.control';

/** Kafka's default for the metadata of a committed offset (`offset.metadata.max.bytes`). */
export const progressNoteBytesMax = 4_096;

/** A longer one is a bug of the caller. */
export function assertNote(note: string): void {
	const bytes = new TextEncoder().encode(note).length;
	if (bytes > progressNoteBytesMax)
		throw new RangeError(`a note of ${bytes} bytes; at most ${progressNoteBytesMax} are kept`);
}

export type LogRecord = {
	/** Grows along a partition, but not always by one: numbers that may have been used before a crash are left out. */
	readonly offset: bigint;
	/** Time of the append, milliseconds since the epoch; for lag and retention only, never for evaluation. */
	readonly appendedMs: number;
	readonly key: string;
	/** Owned by the reader until its next `read`. */
	readonly value: Uint8Array;
};

/** 'earliest' = oldest retained; `sinceMs` = the first record appended at that time or later, or some way before it. */
export type SeekTarget = bigint | 'earliest' | 'latest' | { readonly sinceMs: number };

export type Assignment = {
	readonly topic: Topic;
	readonly partition: number;
	/** Aborted when the partition is to be given up, or the consumer closes: nothing more is read. */
	readonly revoked: AbortSignal;
	/**
	 * Aborted when it is given up, with `revoked` or after it: another may have the partition now, and speaks for it. Between the two there
	 * is time to finish what was read and to tell the progress.
	 */
	readonly lost: AbortSignal;
	/** The reader has ended: nobody else is given the partition before that, unless it takes longer than the adapter's bound. */
	release(): void;
	/** Sets where `read` goes on. Must be called before the first `read`. */
	seek(target: SeekTarget): Promise<void>;
	/**
	 * At least one record unless `waitMs` passes or the partition is revoked (then empty); at most about `maxBytes`.
	 * Throws `LogTruncatedError` when the position is no longer retained.
	 */
	read(options: { maxBytes: number; waitMs: number }): Promise<readonly LogRecord[]>;
	/**
	 * Tells the log how far this group has come, with a note to whoever goes on there (at most `progressNoteBytesMax`; none = ''). True when
	 * the log has both; false when it could not be told now (away, in a rebalance): tell it again. Of a partition that is lost it
	 * says nothing, and false. An evaluator's is for lag only; its cursor is in the state store.
	 */
	reportProgress(nextOffset: bigint, note?: string): Promise<boolean>;
	/** What `reportProgress` was told last, also before a restart; null when never. Where a sink goes on. */
	progress(): Promise<bigint | null>;
	/** The note that came with it; '' when there is none. */
	progressNote(): Promise<string>;
	/** How many partitions the topic has. */
	partitionCount(): Promise<number>;
	/** Offset after the last record now in the partition. */
	endOffset(): Promise<bigint>;
};

export type Consumer = {
	/** Yields each partition as it is assigned; ends after `close`. */
	assignments(): AsyncIterable<Assignment>;
	close(): Promise<void>;
};

export type ConsumeOptions = {
	readonly topic: Topic;
	readonly group: string;
	/** Joining waits for a log that is away. Aborted meanwhile, it gives a consumer that is closed. */
	readonly stop?: AbortSignal;
};

export type NewRecord = { readonly key: string; readonly value: Uint8Array; readonly partition?: number };

export type EventLog = {
	/**
	 * Resolves when every record is durable by the adapter's promise (embedded: written to the file; kafka: acks = all). Records of
	 * one key keep their order, also across calls when each is awaited. After a rejection some of them may be in the log:
	 * appending them again repeats those. `partition`: for a record that belongs to where its reader is, whatever its key; absent = where the
	 * key falls. Throws `RecordTooLargeError`, `LogUnavailableError`, `LogRefusedError`.
	 */
	append(topic: Topic, records: readonly NewRecord[]): Promise<void>;
	consume(options: ConsumeOptions): Promise<Consumer>;
	/** Flushes and closes; no call may follow. */
	close(): Promise<void>;
};

export class LogTruncatedError extends Error {
	readonly code = 'log-truncated';
}

/** A record is larger than the log takes; nothing of the append was written. */
export class RecordTooLargeError extends Error {
	readonly code = 'record-too-large';
}

/** The log cannot be reached, or has no leader, now: nothing is said about the records; trying again later may help. */
export class LogUnavailableError extends Error {
	readonly code = 'log-unavailable';
}

/** The log refuses us for a reason that a person must mend (credentials, rights, a topic that is not there); `remedy` says how. */
export class LogRefusedError extends Error {
	readonly code = 'log-refused';
	readonly remedy: string;
	constructor(message: string, remedy: string, options?: ErrorOptions) {
		super(message, options);
		this.remedy = remedy;
	}
}

/** A stored record does not have the bytes that were written. */
export class LogCorruptError extends Error {
	readonly code = 'log-corrupt';
}
