/**
 * One partition: from its records to alerts, and from there to a committed cursor.
 *
 *   claim epoch ─▶ seek to the cursor ─▶ read ─▶ load hosts ─▶ evaluate ─▶ alerts acknowledged ─▶ commit(state, cursor) ─▶ report
 *                                          ▲                      │            └──── outbox.ts, beside the next reads ────┘
 *                                          └──────────────────────┘
 *
 * The order is the promise "effectively once": state and cursor are one atomic write, made only after the alerts are durable. What
 * a commit writes is taken in one go at its cursor, so evaluation goes on while it is under way. A crash before it repeats the same
 * records on the same state and so the same alerts with the same ids; a crash after it repeats nothing. A writer that is fenced, or
 * whose store has lost a commit, throws away everything since.
 * Bounds: `hostsMax`, `processesMax`, `inFlightBytesMax` of alerts, `uncommittedBytesMax` of input; at each, reading waits.
 * Poison: a record that does not decode goes to lanner.events.dead with its bytes and the reason; the partition moves on.
 */
import { type Assignment, type EventLog, type LogRecord, LogTruncatedError } from '#log/log.ts';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import type { EventSubject } from '#rules/subject.ts';
import { alertCodec } from '#schemas/codec.ts';
import { DecodeError } from '#schemas/decode-error.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import type { TextTable } from '#schemas/text-table.ts';
import type { StateLimits } from '#state/index.ts';
import type { PartitionClaim, StateStore } from '#store/store.ts';
import { HostCensus } from './census.ts';
import type { Clock } from './clock.ts';
import { deadRecord } from './dead-letter.ts';
import { evaluateBatch, nothingEvaluated } from './evaluate.ts';
import { Hosts } from './hosts.ts';
import type { EvaluatorMetrics } from './metrics.ts';
import { Outbox, type OutboxEnd } from './outbox.ts';
import { SilenceDetector } from './silence/detector.ts';
import { StateAheadError } from './state-ahead.ts';
import { ToldProgress } from './told-progress.ts';

export type EvaluatorLogger = Record<
	'debug' | 'info' | 'warn' | 'error',
	(fields: object, message: string) => void
>;

export type PartitionOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly store: StateStore;
	/** The rules in force; asked once per read, so that no read is evaluated by two rule sets. */
	readonly ruleSet: () => RuleSet<EventSubject>;
	readonly texts: TextTable;
	readonly metrics: EvaluatorMetrics;
	readonly logger: EvaluatorLogger;
	readonly clock: Clock;
	readonly hostsMax: number;
	readonly processesMax: number;
	readonly limits?: Partial<StateLimits>;
	readonly readBytesMax: number;
	readonly inFlightBytesMax: number;
	readonly uncommittedBytesMax: number;
	readonly commitIntervalMs: number;
	readonly probeSilenceS: number;
	readonly hostForgetAfterHours: number;
	/** Aborted = commit what is evaluated and end. */
	readonly stop: AbortSignal;
	/** Aborted = end when everything that is there has been read. */
	readonly drain: AbortSignal;
};

/** Why `run` ended: asked to or taken away; or thrown out by the store, see `CommitResult`. */
export type PartitionEnd = 'ended' | OutboxEnd;

const captureProducer = 1;
/** Also how long a request to stop may go unnoticed. */
const idleWaitMs = 250;
/** A partition without events asks so often whether the store still has its state. */
const holdCheckMs = 5_000;
/** For the last commit; a store that is away longer keeps the state of the commit before. */
const lastCommitMsMax = 5_000;
/** A log that ends before our cursor for so long is not the log that the state was made from. */
const aheadMsMax = 30_000;

export class Partition {
	readonly #options: PartitionOptions;
	readonly #assignment: Assignment;
	readonly #epoch: bigint;
	readonly #hosts: Hosts;
	readonly #reader: EventReader;
	readonly #outbox: Outbox;
	readonly #silence: SilenceDetector;
	readonly #progress: ToldProgress;
	readonly #census = new HostCensus();
	/** The store is empty, the log is not: alerts of records before this were told; they only rebuild the state. */
	readonly #toldBefore: bigint;
	/** Next offset to read; null until the first record came. */
	#nextOffset: bigint | null;
	#takenOffset: bigint | null;
	#takenMs: number;
	/** When the store last told that our state is there. */
	#heldMs: number;
	/** Of the records since the state was last taken for a commit. */
	#uncommittedBytes = 0;
	/** Of the partition, when last asked; null = not yet. */
	#end: bigint | null = null;
	#aheadMs: number | null = null;
	#failure: { readonly error: unknown } | null = null;
	/** Answers may still come (the end of the log, a slow commit); they say nothing of a partition that is another's. */
	#isOver = false;

	/** Claims the partition and goes to where the last writer stopped. */
	static async open(assignment: Assignment, options: PartitionOptions): Promise<Partition> {
		const { store, metrics, logger } = options;
		const { partition } = assignment;
		const partitions = await assignment.partitionCount();
		const claim = await store.claim(partition, { partitions });
		metrics.claimed(partitions);
		const told = claim.cursor === null ? await assignment.progress() : null;
		if (told !== null)
			logger.warn(
				{ partition, toldBefore: String(told) },
				'the store has no state of this partition: it is rebuilt from the oldest events of the log; alerts that were told are not told again',
			);
		await assignment.seek(claim.cursor ?? 'earliest');
		const opened = new Partition(assignment, options, claim, told ?? 0n);
		opened.#expect(await store.hosts(partition));
		opened.#tellGauges();
		return opened;
	}

	private constructor(
		assignment: Assignment,
		options: PartitionOptions,
		claim: PartitionClaim,
		told: bigint,
	) {
		const { log, store, clock, metrics, logger, limits } = options;
		const { partition } = assignment;
		this.#assignment = assignment;
		this.#options = options;
		this.#toldBefore = told;
		this.#epoch = claim.epoch;
		this.#nextOffset = claim.cursor;
		this.#takenOffset = claim.cursor;
		this.#takenMs = clock.nowMs();
		this.#heldMs = this.#takenMs;
		this.#reader = new EventReader(options.texts);
		this.#hosts = new Hosts({
			reader: this.#reader,
			hostsMax: options.hostsMax,
			processesMax: options.processesMax,
			...(limits === undefined ? {} : { limits }),
			load: (hostId) => store.loadHost(partition, hostId),
		});
		this.#outbox = new Outbox({
			...{ log, store, partition, clock, epoch: claim.epoch, cursor: claim.cursor },
			bytesMax: options.inFlightBytesMax,
			onAppended: (records, ms) => metrics.appended(records, ms),
			onCommitted: (ms) => this.#committed(ms),
			onTrouble: (trouble, error) => this.#trouble(trouble, error),
		});
		const onError = (error: unknown): void => {
			this.#failure ??= { error };
		};
		this.#progress = new ToldProgress(assignment, clock, onError);
		this.#silence = new SilenceDetector({
			...{ log, assignment, clock, metrics, logger, probeSilenceS: options.probeSilenceS },
			hostForgetAfterHours: options.hostForgetAfterHours,
			look: async (hostId) => this.#census.note(hostId, await this.#hosts.look(hostId)),
			onEnd: (end) => this.#checkEnd(end),
			onError,
		});
	}

	#expect(hostIds: readonly string[]): void {
		this.#silence.expect(hostIds);
		this.#census.expect(hostIds);
	}

	/** Until the partition is taken away, another writer has claimed it, or it is asked to end. */
	async run(): Promise<PartitionEnd> {
		const { revoked, partition } = this.#assignment;
		const { stop, drain, clock, metrics } = this.#options;
		try {
			while (!revoked.aborted && !stop.aborted && this.#outbox.end === null) {
				const isLast = drain.aborted;
				const records = await this.step();
				// An adapter may answer from memory: others of this thread (the agent's socket) must get their turn all the same.
				await clock.turn();
				if (isLast && records === 0) break;
			}
			await this.#finish();
			return this.#outbox.end ?? 'ended';
		} finally {
			this.#outbox.abandon();
			this.#isOver = true;
			metrics.partition(partition);
		}
	}

	/** One read, evaluated; a commit is begun when one is due. Returns how many records there were. */
	async step(): Promise<number> {
		const { readBytesMax, uncommittedBytesMax, commitIntervalMs } = this.#options;
		if (this.#failure !== null) throw this.#failure.error;
		await this.#outbox.room();
		if (this.#uncommittedBytes >= uncommittedBytesMax) await this.#outbox.settled();
		if (this.#outbox.end !== null) return 0;
		const records = await this.#read({
			maxBytes: readBytesMax,
			waitMs: this.#isAhead() ? Math.min(idleWaitMs, commitIntervalMs) : idleWaitMs,
		});
		if (records.length > 0) await this.#evaluate(records);
		const dueMs = this.#takenMs + commitIntervalMs;
		if (
			records.length === 0 ||
			this.#uncommittedBytes >= uncommittedBytesMax ||
			this.#options.clock.nowMs() >= dueMs
		)
			this.#commit();
		this.#silence.look(this.#nextOffset);
		this.#progress.look(this.#outbox.cursor);
		if (this.#options.clock.nowMs() - this.#heldMs >= holdCheckMs && !this.#outbox.committing)
			await this.#holds();
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
		const { clock, metrics } = this.#options;
		const startMs = clock.nowMs();
		const loaded = await this.#hosts.load(this.#hostsOf(records));
		if (loaded > 0 && !(await this.#holds())) return;
		const loadedMs = clock.nowMs();
		if (loaded > 0) metrics.loaded(loaded, loadedMs - startMs);
		// From here to the end in one go: what a commit takes is the state behind a whole read.
		const ruleSet = this.#options.ruleSet();
		for (const record of records) this.#evaluateRecord(record, ruleSet);
		this.#nextOffset = records.at(-1)!.offset + 1n;
		metrics.evaluated(clock.nowMs() - loadedMs);
	}

	/**
	 * The state just loaded is of our own line. A zombie that evaluated old records with the state of a newer owner would raise alerts
	 * with other contents, and so would an owner whose store went back; both must know before they evaluate.
	 */
	async #holds(): Promise<boolean> {
		const { store, clock } = this.#options;
		this.#heldMs = clock.nowMs();
		const { cursors } = this.#outbox;
		const held = await store.holds(this.#assignment.partition, { epoch: this.#epoch, cursors });
		if (held === 'held') return true;
		this.#outbox.conclude(held);
		return false;
	}

	#hostsOf(records: readonly LogRecord[]): string[] {
		const hostIds: string[] = [];
		for (const { value } of records) {
			try {
				this.#reader.open(value);
				hostIds.push(this.#reader.batch.hostId);
			} catch (error) {
				if (!(error instanceof DecodeError)) throw error;
			}
		}
		return hostIds;
	}

	#evaluateRecord(record: LogRecord, ruleSet: RuleSet<EventSubject>): void {
		this.#uncommittedBytes += record.value.length;
		const alerts: Alert[] = [];
		let evaluation = nothingEvaluated();
		try {
			this.#reader.open(record.value);
			const host = this.#hosts.take(this.#reader.batch.hostId);
			evaluation = evaluateBatch(this.#reader, host, ruleSet, alerts);
			this.#census.note(host.state.hostId, host.state.meta);
			if (this.#reader.batch.producer === captureProducer && !evaluation.repeated)
				this.#silence.heard(host.state);
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			evaluation.fault = error;
		}
		const { fault } = evaluation;
		this.#options.metrics.batch(evaluation);
		if (record.offset < this.#toldBefore) {
			for (const _ of alerts) this.#options.metrics.alertNotRepeated();
			return;
		}
		for (const alert of alerts) {
			this.#options.metrics.alert(alert);
			this.#outbox.push({ topic: 'lanner.alerts', key: alert.hostId, value: alertCodec.encode(alert) });
		}
		if (fault !== null) this.#bury(record, fault);
	}

	#bury(record: LogRecord, fault: DecodeError): void {
		const { topic, partition } = this.#assignment;
		this.#options.logger.error(
			{ topic, partition, offset: String(record.offset), code: fault.code },
			`a batch cannot be decoded and goes to lanner.events.dead: ${fault.message}`,
		);
		this.#outbox.push(deadRecord(record, fault, { topic, partition }, this.#options.clock.now()));
	}

	#isAhead(): boolean {
		return this.#nextOffset !== null && this.#nextOffset !== this.#takenOffset;
	}

	/** Takes the state as it is and begins its commit; not while another is under way. */
	#commit(): void {
		const cursor = this.#nextOffset;
		if (cursor === null || !this.#isAhead() || this.#outbox.committing) return;
		this.#takenOffset = cursor;
		this.#takenMs = this.#options.clock.nowMs();
		this.#uncommittedBytes = 0;
		this.#outbox.commit(cursor, this.#hosts.takeChanges());
	}

	#committed(ms: number): void {
		const { metrics } = this.#options;
		metrics.committed(ms);
		this.#heldMs = this.#options.clock.nowMs();
		this.#hosts.committed();
		this.#tellGauges();
	}

	/** Lag counts from what is committed: that is where another evaluator would go on. */
	#tellGauges(): void {
		if (this.#isOver) return;
		const behind = this.#end === null ? Number.NaN : Number(this.#end - (this.#outbox.cursor ?? 0n));
		this.#options.metrics.partition(this.#assignment.partition, {
			hosts: this.#hosts.size,
			census: this.#census,
			expected: this.#silence.expected,
			lag: Math.max(0, behind),
			inFlightBytes: this.#outbox.bytes,
		});
	}

	/** The commit under way, and one of what came since: the next owner repeats nothing. */
	async #finish(): Promise<void> {
		const { clock, logger } = this.#options;
		const enough = new AbortController();
		const work = async (): Promise<void> => {
			await this.#outbox.settled();
			if (this.#outbox.end !== null) return;
			this.#commit();
			await this.#outbox.settled();
			if (this.#outbox.cursor !== null) await this.#progress.tell(this.#outbox.cursor);
		};
		const inTime = await Promise.race([
			work().then(() => true),
			clock.sleep(lastCommitMsMax, enough.signal).then(() => false),
		]);
		enough.abort();
		if (inTime) return;
		logger.warn(
			{ partition: this.#assignment.partition },
			'the last commit was not acknowledged in time: the next owner repeats what came since the one before, with the same alert ids',
		);
	}

	#trouble(trouble: 'log-away' | 'log-back' | 'too-large', error: Error): void {
		const { logger, metrics } = this.#options;
		const { partition } = this.#assignment;
		if (trouble === 'log-back') logger.info({ partition }, error.message);
		else if (trouble === 'log-away')
			logger.warn({ partition, err: error }, 'the log takes no alerts; trying again');
		else {
			metrics.recordTooLarge();
			logger.error({ partition, err: error }, 'a record is larger than the log takes');
		}
	}

	#checkEnd(end: bigint): void {
		if (this.#isOver) return;
		this.#end = end;
		this.#tellGauges();
		const position = this.#nextOffset;
		if (position === null || end >= position) {
			this.#aheadMs = null;
			return;
		}
		const nowMs = this.#options.clock.nowMs();
		this.#aheadMs ??= nowMs;
		if (nowMs - this.#aheadMs < aheadMsMax) return;
		this.#failure ??= { error: new StateAheadError(this.#assignment.partition, position, end) };
	}
}
