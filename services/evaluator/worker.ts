/**
 * The evaluator: a loop for each partition it is given. Ends when `signal` is aborted, or when `drain` is and everything has
 * been read; each partition makes a last commit before the group is left, so the next owner repeats nothing (unless the store is away:
 * after `stopMsMax` nothing is waited for).
 *
 *   assigned ──▶ claimed ──▶ running ──taken away, stop──▶ last commit ──▶ left
 *                   ▲            ├──lost: the store was emptied or lost commits──▶ claimed again at once
 *                   └────────────┴──fenced while still ours: another claimed it; claimed again after `fencedPauseMs`
 */
import type { Assignment, Consumer, EventLog } from '#log/log.ts';
import { Metrics } from '#platform/metrics.ts';
import { aborted, whenAborted } from '#platform/signals.ts';
import { TextTable } from '#schemas/text-table.ts';
import { type Clock, systemClock } from './clock.ts';
import { EvaluatorMetrics } from './metrics.ts';
import { Partition, type PartitionOptions } from './partition.ts';

export type EvaluatorOptions = Pick<PartitionOptions, 'store' | 'ruleSet' | 'logger' | 'limits'> & {
	readonly log: EventLog;
	/** Consumer group; default `lanner-evaluator`. */
	readonly group?: string;
	/** Hosts kept in memory per partition; default 10,000. */
	readonly hostsMax?: number;
	/** Processes of all hosts kept in memory per partition; default 500,000 (about half a kilobyte each). */
	readonly processesMax?: number;
	/**
	 * Bytes of one read, which is evaluated in one go; default 128 KiB (about 3 ms). On one host the agent shares the thread:
	 * while a read is evaluated capture's socket is not emptied, and it holds no more than 208 KiB.
	 */
	readonly readBytesMax?: number;
	/** Bytes of alerts, per partition, that the log has not acknowledged; default 4 MiB. Reading waits above it. */
	readonly inFlightBytesMax?: number;
	/** Bytes of events, per partition, evaluated since the state was taken for a commit; default 8 MiB. Reading waits above it. */
	readonly uncommittedBytesMax?: number;
	/** Longest time between two commits under load, milliseconds; default 200. */
	readonly commitIntervalMs?: number;
	/** A probe that says nothing for so long is told as silent, seconds; default 15. */
	readonly probeSilenceS?: number;
	/** A silent host is forgotten after so long without a sign of life; default 168 hours. */
	readonly hostForgetAfterHours?: number;
	readonly metrics?: Metrics;
	readonly clock?: Clock;
	/** Aborted = end as soon as everything that is in the log has been evaluated. */
	readonly drain?: AbortSignal;
	/** Partitions that are claimed and read now. */
	readonly onPartitions?: (count: number) => void;
};

const groupDefault = 'lanner-evaluator';
const hostsMaxDefault = 10_000;
const processesMaxDefault = 500_000;
const readBytesMaxDefault = 128 << 10;
const inFlightBytesMaxDefault = 4 << 20;
const uncommittedBytesMaxDefault = 8 << 20;
const commitIntervalMsDefault = 200;
const probeSilenceSDefault = 15;
const hostForgetAfterHoursDefault = 168;
/** Longer than the group takes to tell a consumer that its partition has gone to another. */
const fencedPauseMs = 15_000;
/** More than a partition takes for its last commit; one that still waits then, for a store or log that is away, is left as it is. */
const stopMsMax = 7_000;

export async function runEvaluator(options: EvaluatorOptions, signal: AbortSignal): Promise<void> {
	const { log, group = groupDefault } = options;
	const consumer = await log.consume({ topic: 'lanner.events', group, stop: signal });
	try {
		await new Worker(options, consumer, signal).run();
	} finally {
		await consumer.close();
	}
}

class Worker {
	readonly #options: EvaluatorOptions;
	readonly #consumer: Consumer;
	readonly #metrics: EvaluatorMetrics;
	readonly #partitionOptions: PartitionOptions;
	readonly #drain: AbortSignal;
	readonly #stop: AbortSignal;
	readonly #failed = new AbortController();
	/** Aborted = what has not ended is no longer waited for. */
	readonly #overdue = new AbortController();
	/** By partition: one that comes back waits for its own end. */
	readonly #running = new Map<number, Promise<void>>();
	#claimed = 0;
	#failure: { readonly error: unknown } | null = null;

	constructor(options: EvaluatorOptions, consumer: Consumer, signal: AbortSignal) {
		this.#options = options;
		this.#consumer = consumer;
		this.#stop = AbortSignal.any([signal, this.#failed.signal]);
		this.#drain = options.drain ?? new AbortController().signal;
		this.#metrics = new EvaluatorMetrics(options.metrics ?? new Metrics());
		this.#partitionOptions = this.#partitionOptionsOf();
	}

	async run(): Promise<void> {
		// In the group; it may have nothing for us, then this is a spare.
		this.#metrics.assigned(0);
		const ended = new AbortController();
		const release = whenAborted(this.#stop, () => {
			void this.#leave();
			void this.#limit(ended.signal);
		});
		try {
			for await (const assignment of this.#consumer.assignments()) this.#start(assignment);
		} catch (error) {
			this.#fail(error);
		}
		await this.#ended();
		ended.abort();
		this.#metrics.assigned(Number.NaN);
		release();
		if (this.#failure !== null) throw this.#failure.error;
	}

	#start(assignment: Assignment): void {
		const { partition } = assignment;
		const before = this.#running.get(partition) ?? Promise.resolve();
		const task: Promise<void> = before
			.then(() => this.#serve(assignment))
			// One partition that cannot go on ends the worker: its supervisor decides what then.
			.catch((error: unknown) => this.#fail(error))
			.finally(() => {
				assignment.release();
				if (this.#running.get(partition) === task) this.#running.delete(partition);
				this.#metrics.assigned(this.#running.size);
				if (this.#drain.aborted && this.#running.size === 0) void this.#leave();
			});
		this.#running.set(partition, task);
		this.#metrics.assigned(this.#running.size);
	}

	async #serve(assignment: Assignment): Promise<void> {
		const { logger, clock = systemClock } = this.#options;
		const { partition, revoked } = assignment;
		const isOver = (): boolean => revoked.aborted || this.#stop.aborted;
		while (!isOver()) {
			const opened = await Partition.open(assignment, this.#partitionOptions);
			this.#count(1);
			const end = await opened.run().finally(() => this.#count(-1));
			if (end === 'ended') return;
			this.#metrics.ownershipLost(end);
			if (end === 'lost') {
				logger.warn(
					{ partition },
					'the store has lost what was committed; the partition is claimed again and read from where its state is',
				);
				continue;
			}
			logger.warn({ partition }, 'another evaluator has claimed the partition; nothing more is written');
			if (this.#drain.aborted) return;
			await clock.sleep(fencedPauseMs, AbortSignal.any([revoked, this.#stop]));
		}
	}

	#count(change: 1 | -1): void {
		this.#claimed += change;
		this.#metrics.partitions(this.#claimed);
		this.#options.onPartitions?.(this.#claimed);
	}

	#fail(error: unknown): void {
		this.#failure ??= { error };
		this.#failed.abort();
	}

	/** After the last commits. */
	async #leave(): Promise<void> {
		await this.#ended();
		await this.#consumer.close();
	}

	async #limit(ended: AbortSignal): Promise<void> {
		const { clock = systemClock, logger } = this.#options;
		await clock.sleep(stopMsMax, ended);
		if (ended.aborted) return;
		logger.warn(
			{ partitions: [...this.#running.keys()], afterMs: stopMsMax },
			'left before the last commit, for the store or the log is away; what was evaluated since the one before will be again, with the same alert ids',
		);
		this.#overdue.abort();
	}

	async #ended(): Promise<void> {
		const overdue = aborted(this.#overdue.signal);
		while (this.#running.size > 0 && !this.#overdue.signal.aborted)
			await Promise.race([Promise.all(this.#running.values()), overdue]);
	}

	#partitionOptionsOf(): PartitionOptions {
		const options = this.#options;
		const { log, store, ruleSet, logger, limits } = options;
		return {
			...{ log, store, ruleSet, logger, metrics: this.#metrics },
			texts: new TextTable(),
			clock: options.clock ?? systemClock,
			hostsMax: options.hostsMax ?? hostsMaxDefault,
			processesMax: options.processesMax ?? processesMaxDefault,
			readBytesMax: options.readBytesMax ?? readBytesMaxDefault,
			inFlightBytesMax: options.inFlightBytesMax ?? inFlightBytesMaxDefault,
			uncommittedBytesMax: options.uncommittedBytesMax ?? uncommittedBytesMaxDefault,
			commitIntervalMs: options.commitIntervalMs ?? commitIntervalMsDefault,
			probeSilenceS: options.probeSilenceS ?? probeSilenceSDefault,
			hostForgetAfterHours: options.hostForgetAfterHours ?? hostForgetAfterHoursDefault,
			stop: this.#stop,
			drain: this.#drain,
			...(limits === undefined ? {} : { limits }),
		};
	}
}
