/**
 * One partition: from its records to alerts, and from there to a committed cursor.
 *
 *   claim epoch ─▶ seek to the cursor ─▶ read ─▶ evaluate ─▶ alerts acknowledged by the log ─▶ commit(state, cursor) ─▶ report
 *                                          ▲                                                                        │
 *                                          └────────────────────────────────────────────────────────────────────────┘
 *
 * The order is the promise "effectively once": state and cursor are one atomic write, made only after the alerts are durable.
 * A crash before the commit repeats the same records on the same state and so the same alerts with the same ids; a crash
 * after it repeats nothing. A commit covers what was read for up to `commitIntervalMs`. A writer that finds itself
 * fenced stops and writes nothing more. A store that has lost the claim (it was emptied) is claimed again, and the log read from its
 * oldest record: the same events give the same alerts with the same ids.
 * Poison: a record that does not decode goes to lanner.events.dead with its bytes and the reason; the partition moves on.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { type Assignment, type EventLog, type LogRecord, LogTruncatedError } from '#log/log.ts';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import type { EventSubject } from '#rules/subject.ts';
import { alertCodec, deadLetterCodec } from '#schemas/codec.ts';
import { DecodeError } from '#schemas/decode-error.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import type { TextTable } from '#schemas/text-table.ts';
import type { StateLimits } from '#state/index.ts';
import type { StateStore } from '#store/store.ts';
import { evaluateBatch } from './evaluate.ts';
import { Hosts } from './hosts.ts';

export type EvaluatorLogger = Record<
	'debug' | 'info' | 'warn' | 'error',
	(fields: object, message: string) => void
>;

/** Received = evaluated + repeated + undecodable (of batches); labels of the metrics. */
export type EvaluatorCounters = {
	batches: number;
	batchesRepeated: number;
	batchesDead: number;
	events: number;
	alerts: number;
	commits: number;
};

export type PartitionOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly store: StateStore;
	/** The rules in force; asked once per read, so that no read is evaluated by two rule sets. */
	readonly ruleSet: () => RuleSet<EventSubject>;
	readonly texts: TextTable;
	readonly counters: EvaluatorCounters;
	readonly logger: EvaluatorLogger;
	readonly hostsMax: number;
	readonly limits?: Partial<StateLimits>;
	readonly readBytesMax: number;
	readonly commitIntervalMs: number;
	/** Monotonic milliseconds: when to commit, never what to decide. */
	readonly nowMs: () => number;
	/** Wall clock, for the time in dead letters. */
	readonly now: () => Date;
	/** Once aborted, a partition ends when it has read everything that is there. */
	readonly drain: AbortSignal;
};

/** Also how long a request to drain may go unnoticed. */
const idleWaitMs = 250;

export class Partition {
	readonly #options: PartitionOptions;
	readonly #assignment: Assignment;
	#epoch = 0n;
	#hosts: Hosts;
	readonly #reader: EventReader;
	/** Next offset to read; null until the first record came. */
	#nextOffset: bigint | null = null;
	#committed: bigint | null = null;
	#committedMs: number;
	#fenced = false;

	/** Claims the partition and goes to where the last writer stopped. */
	static async open(assignment: Assignment, options: PartitionOptions): Promise<Partition> {
		const partition = new Partition(assignment, options);
		await partition.#claim();
		return partition;
	}

	private constructor(assignment: Assignment, options: PartitionOptions) {
		this.#assignment = assignment;
		this.#options = options;
		this.#committedMs = options.nowMs();
		this.#reader = new EventReader(options.texts);
		this.#hosts = this.#emptyHosts();
	}

	/** From here on earlier writers are fenced; what is in memory is the state at the store's cursor: nothing yet. */
	async #claim(): Promise<void> {
		const { store } = this.#options;
		const { partition } = this.#assignment;
		const partitions = await this.#assignment.partitionCount();
		const { epoch, cursor } = await store.claim(partition, { partitions });
		this.#epoch = epoch;
		this.#committed = cursor;
		this.#nextOffset = null;
		this.#hosts = this.#emptyHosts();
		await this.#assignment.seek(cursor ?? 'earliest');
	}

	#emptyHosts(): Hosts {
		const { store, hostsMax, limits } = this.#options;
		return new Hosts({
			reader: this.#reader,
			hostsMax,
			...(limits === undefined ? {} : { limits }),
			load: (hostId) => store.loadHost(this.#assignment.partition, hostId),
		});
	}

	/** Until the partition is taken away, another writer has claimed it, or it is drained. */
	async run(): Promise<void> {
		const { revoked } = this.#assignment;
		const { drain } = this.#options;
		while (!revoked.aborted && !this.#fenced) {
			const isLast = drain.aborted;
			const records = await this.step();
			// An adapter may answer from memory: others of this thread (the agent's socket) must get their turn all the same.
			await turnOfTheLoop();
			if (isLast && records === 0) break;
		}
		if (!this.#fenced) await this.#commit();
	}

	/** One read, and a commit when one is due. Returns how many records there were. */
	async step(): Promise<number> {
		const { readBytesMax, commitIntervalMs, nowMs } = this.#options;
		const waitMs = this.#isAhead() ? commitIntervalMs : idleWaitMs;
		const records = await this.#read({ maxBytes: readBytesMax, waitMs });
		if (records.length > 0) await this.#evaluate(records);
		if (this.#isAhead() && (records.length === 0 || nowMs() - this.#committedMs >= commitIntervalMs)) {
			await this.#commit();
		}
		return records.length;
	}

	async #read(options: { maxBytes: number; waitMs: number }): Promise<readonly LogRecord[]> {
		try {
			return await this.#assignment.read(options);
		} catch (error) {
			if (!(error instanceof LogTruncatedError)) throw error;
			// Retention has passed us. The jump in each host's sequence marks its state as incomplete.
			const { topic, partition } = this.#assignment;
			this.#options.logger.error(
				{ topic, partition, err: error },
				'records were deleted before they were evaluated',
			);
			await this.#assignment.seek('earliest');
			return [];
		}
	}

	async #evaluate(records: readonly LogRecord[]): Promise<void> {
		const { log, counters } = this.#options;
		const ruleSet = this.#options.ruleSet();
		const alerts: Alert[] = [];
		const dead: { key: string; value: Uint8Array }[] = [];
		for (const record of records) {
			const fault = await this.#evaluateRecord(record, ruleSet, alerts);
			if (fault !== null) dead.push({ key: record.key, value: this.#deadLetter(record, fault) });
		}
		if (alerts.length > 0) {
			await log.append(
				'lanner.alerts',
				alerts.map((alert) => ({ key: alert.hostId, value: alertCodec.encode(alert) })),
			);
		}
		if (dead.length > 0) await log.append('lanner.events.dead', dead);
		counters.alerts += alerts.length;
		counters.batchesDead += dead.length;
		this.#nextOffset = records.at(-1)!.offset + 1n;
	}

	/** The reason why the record is not, or not wholly, evaluated; null = it is. */
	async #evaluateRecord(
		record: LogRecord,
		ruleSet: RuleSet<EventSubject>,
		alerts: Alert[],
	): Promise<DecodeError | null> {
		const { counters } = this.#options;
		counters.batches++;
		try {
			this.#reader.open(record.value);
		} catch (error) {
			if (error instanceof DecodeError) return error;
			throw error;
		}
		const host = await this.#hosts.take(this.#reader.batch.hostId);
		const { events, repeated, fault } = evaluateBatch(this.#reader, host, ruleSet, alerts);
		counters.events += events;
		if (repeated) counters.batchesRepeated++;
		return fault;
	}

	#deadLetter(record: LogRecord, fault: DecodeError): Buffer {
		const { topic, partition } = this.#assignment;
		const ms = this.#options.now().getTime();
		this.#options.logger.error(
			{ topic, partition, offset: String(record.offset), code: fault.code },
			`a batch cannot be decoded and goes to lanner.events.dead: ${fault.message}`,
		);
		return deadLetterCodec.encode({
			timeS: Math.floor(ms / 1000),
			timeNs: (ms % 1000) * 1_000_000,
			topic,
			partition,
			offset: Number(record.offset),
			key: { bytes: Buffer.from(record.key) },
			value: Buffer.from(record.value),
			stage: 'evaluator',
			code: fault.code,
			reason: fault.message,
			attempts: 1,
			alertId: null,
		});
	}

	#isAhead(): boolean {
		return this.#nextOffset !== null && this.#nextOffset !== this.#committed;
	}

	async #commit(): Promise<void> {
		const cursor = this.#nextOffset;
		if (cursor === null || !this.#isAhead()) return;
		const { store, counters, logger, nowMs } = this.#options;
		const { partition } = this.#assignment;
		const commit = { epoch: this.#epoch, cursor, hosts: this.#hosts.takeChanges() };
		const result = await store.commit(partition, commit);
		if (result === 'lost') {
			logger.error(
				{ partition, epoch: String(this.#epoch) },
				'the state store was emptied; state is built again from the oldest events in the log',
			);
			await this.#claim();
			return;
		}
		if (result === 'fenced') {
			this.#fenced = true;
			logger.warn(
				{ partition, epoch: String(this.#epoch) },
				'another evaluator has claimed the partition; this one stops',
			);
			return;
		}
		counters.commits++;
		this.#committed = cursor;
		this.#committedMs = nowMs();
		this.#hosts.trim();
		await this.#assignment.reportProgress(cursor);
	}
}
