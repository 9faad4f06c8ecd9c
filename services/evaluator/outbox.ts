/**
 * What a partition has found out, on its way: alerts and dead letters to the log, state and cursor to the store.
 *
 *   records  ──▶ waiting ──append──▶ acknowledged          one append at a time, in order, everything that waits in one
 *   commit   ──▶ waits for the records before it ──▶ store.commit ──▶ `onCommitted`      one commit at a time
 *
 * Evaluation goes on meanwhile; the order "alerts acknowledged, then state and cursor" is kept here. A log that is away is
 * tried again with growing pauses; the store waits by itself. `fenced` and `lost` end the outbox: nothing more is
 * written, and what was evaluated after the last commit is void. Bound: `bytesMax` of records; `room` waits for it.
 */
import { type EventLog, LogUnavailableError, RecordTooLargeError, type Topic } from '#log/log.ts';
import type { HostChange, StateCommit, StateStore } from '#store/store.ts';
import type { Clock } from './clock.ts';

export type OutboxRecord = {
	readonly topic: Topic;
	readonly key: string;
	readonly value: Uint8Array;
	/** What is written when the log does not take a record of this size; absent = it is left out and counted. */
	readonly smaller?: Uint8Array;
};

export type OutboxOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly store: Pick<StateStore, 'commit'>;
	readonly partition: number;
	readonly epoch: bigint;
	/** Where the claim began. */
	readonly cursor: bigint | null;
	readonly bytesMax: number;
	readonly clock: Clock;
	readonly onAppended: (records: number, ms: number) => void;
	/** `ms`: from the moment that the state was taken. */
	readonly onCommitted: (ms: number) => void;
	readonly onTrouble: (trouble: 'log-away' | 'log-back' | 'too-large', error: Error) => void;
};

export type OutboxEnd = 'fenced' | 'lost';

type Commit = {
	readonly cursor: bigint;
	readonly hosts: readonly HostChange[];
	/** Records given before it. */
	readonly after: number;
	readonly takenMs: number;
};

const retryFirstMs = 100;
const retryMaxMs = 5_000;
const appendRecordsMax = 1_000;

export class Outbox {
	readonly #options: OutboxOptions;
	readonly #abandoned = new AbortController();
	#waiting: OutboxRecord[] = [];
	#bytes = 0;
	#given = 0;
	#acknowledged = 0;
	#cursor: bigint | null;
	#commit: Commit | null = null;
	#appending = false;
	#committing = false;
	#end: OutboxEnd | null = null;
	#failure: { readonly error: unknown } | null = null;
	#wakes: (() => void)[] = [];

	constructor(options: OutboxOptions) {
		this.#options = options;
		this.#cursor = options.cursor;
	}

	get end(): OutboxEnd | null {
		return this.#end;
	}

	/** Cursors that the store may have: of the last commit, and of the one under way. */
	get cursors(): readonly (bigint | null)[] {
		return this.#commit === null ? [this.#cursor] : [this.#cursor, this.#commit.cursor];
	}

	/** Another found out before a commit did. */
	conclude(end: OutboxEnd): void {
		this.#end ??= end;
		this.#wake();
	}

	/** The newest committed cursor. */
	get cursor(): bigint | null {
		return this.#cursor;
	}

	get bytes(): number {
		return this.#bytes;
	}

	get committing(): boolean {
		return this.#commit !== null;
	}

	push(record: OutboxRecord): void {
		this.#waiting.push(record);
		this.#bytes += record.value.length;
		this.#given++;
		if (!this.#appending) void this.#run(() => this.#append());
	}

	/** Only when none is under way. */
	commit(cursor: bigint, hosts: readonly HostChange[]): void {
		if (this.#commit !== null) throw new Error('a commit is under way');
		this.#commit = { cursor, hosts, after: this.#given, takenMs: this.#options.clock.nowMs() };
		if (!this.#committing) void this.#run(() => this.#commitWhenAcknowledged());
	}

	/** Until less than `bytesMax` waits. Throws what made the outbox fail. */
	room(): Promise<void> {
		return this.#until(() => this.#bytes < this.#options.bytesMax);
	}

	/** Until the commit under way, if any, is in the store. */
	settled(): Promise<void> {
		return this.#until(() => this.#commit === null);
	}

	/** Nothing more is written from now on; what is under way may still arrive. */
	abandon(): void {
		this.#abandoned.abort();
		this.#wake();
	}

	async #until(condition: () => boolean): Promise<void> {
		while (!condition() && !this.#isOver()) {
			await new Promise<void>((resolve) => {
				this.#wakes.push(resolve);
			});
		}
		if (this.#failure !== null) throw this.#failure.error;
	}

	#isOver(): boolean {
		return this.#failure !== null || this.#end !== null || this.#abandoned.signal.aborted;
	}

	async #run(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			this.#failure ??= { error };
		}
		this.#wake();
	}

	#wake(): void {
		const wakes = this.#wakes;
		this.#wakes = [];
		for (const wake of wakes) wake();
	}

	async #append(): Promise<void> {
		this.#appending = true;
		try {
			// What the same read finds goes together.
			await Promise.resolve();
			while (this.#waiting.length > 0 && !this.#isOver()) {
				const records = this.#take();
				const startMs = this.#options.clock.nowMs();
				await this.#appendAll(records);
				this.#bytes -= records.reduce((sum, { value }) => sum + value.length, 0);
				this.#acknowledged += records.length;
				this.#options.onAppended(records.length, this.#options.clock.nowMs() - startMs);
				this.#wake();
			}
		} finally {
			this.#appending = false;
		}
	}

	/** The longest beginning that goes to one topic. */
	#take(): OutboxRecord[] {
		const { topic } = this.#waiting[0]!;
		const end = this.#waiting.findIndex((record) => record.topic !== topic);
		return this.#waiting.splice(0, Math.min(appendRecordsMax, end < 0 ? this.#waiting.length : end));
	}

	async #appendAll(records: readonly OutboxRecord[]): Promise<void> {
		try {
			await this.#appendPatiently(records);
		} catch (error) {
			if (!(error instanceof RecordTooLargeError)) throw error;
			if (records.length > 1) {
				for (const record of records) await this.#appendAll([record]);
				return;
			}
			this.#options.onTrouble('too-large', error);
			const { smaller, ...record } = records[0]!;
			if (smaller !== undefined) await this.#appendAll([{ ...record, value: smaller }]);
		}
	}

	async #appendPatiently(records: readonly OutboxRecord[]): Promise<void> {
		const { log, clock, onTrouble } = this.#options;
		const { topic } = records[0]!;
		for (let pauseMs = retryFirstMs; ; pauseMs = Math.min(retryMaxMs, 2 * pauseMs)) {
			try {
				await log.append(
					topic,
					records.map(({ key, value }) => ({ key, value })),
				);
				if (pauseMs > retryFirstMs) onTrouble('log-back', new Error(`${topic} takes records again`));
				return;
			} catch (error) {
				if (!(error instanceof LogUnavailableError)) throw error;
				if (this.#abandoned.signal.aborted) throw error;
				onTrouble('log-away', error);
				await clock.sleep(pauseMs, this.#abandoned.signal);
			}
		}
	}

	async #commitWhenAcknowledged(): Promise<void> {
		const { store, partition, epoch, clock, onCommitted } = this.#options;
		const { cursor, hosts, after, takenMs } = this.#commit!;
		this.#committing = true;
		try {
			await this.#until(() => this.#acknowledged >= after);
			if (this.#isOver()) return;
			const commit: StateCommit = { epoch, cursor, hosts, after: this.#cursor };
			const result = await store.commit(partition, commit);
			if (result !== 'committed') {
				this.#end = result;
				return;
			}
			this.#cursor = cursor;
			onCommitted(clock.nowMs() - takenMs);
		} finally {
			this.#commit = null;
			this.#committing = false;
		}
	}
}
