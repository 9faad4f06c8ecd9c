/**
 * The evaluator: a loop for each partition it is given. Ends when `signal` is aborted, or when `drain` is and everything has
 * been read; each partition makes a last commit.
 */
import type { EventLog } from '#log/log.ts';
import { TextTable } from '#schemas/text-table.ts';
import { type EvaluatorCounters, Partition, type PartitionOptions } from './partition.ts';

export type EvaluatorOptions = Pick<PartitionOptions, 'store' | 'ruleSet' | 'logger' | 'limits'> & {
	readonly log: EventLog;
	/** Consumer group; default `lanner-evaluator`. */
	readonly group?: string;
	/** Hosts kept in memory per partition; default 512. */
	readonly hostsMax?: number;
	/**
	 * Bytes of one read, which is evaluated in one go; default 128 KiB (about 3 ms). On one host the agent shares the thread:
	 * while a read is evaluated capture's socket is not emptied, and it holds no more than 208 KiB.
	 */
	readonly readBytesMax?: number;
	/** Longest time between two commits under load, milliseconds; default 200. */
	readonly commitIntervalMs?: number;
	readonly counters?: EvaluatorCounters;
	/** Aborted = end as soon as everything that is in the log has been evaluated. */
	readonly drain?: AbortSignal;
};

const groupDefault = 'lanner-evaluator';
const hostsMaxDefault = 512;
const readBytesMaxDefault = 128 << 10;
const commitIntervalMsDefault = 200;

export function createEvaluatorCounters(): EvaluatorCounters {
	return { batches: 0, batchesRepeated: 0, batchesDead: 0, events: 0, alerts: 0, commits: 0 };
}

export async function runEvaluator(options: EvaluatorOptions, signal: AbortSignal): Promise<void> {
	const { log, group = groupDefault } = options;
	const consumer = await log.consume({ topic: 'lanner.events', group });
	const close = (): void => void consumer.close();
	signal.addEventListener('abort', close);
	if (signal.aborted) close();
	const partitionOptions = partitionOptionsOf(options);
	const { drain } = partitionOptions;
	const running = new Set<Promise<void>>();
	let failure: unknown;
	try {
		for await (const assignment of consumer.assignments()) {
			const task = Partition.open(assignment, partitionOptions)
				.then((partition) => partition.run())
				.catch((error: unknown) => {
					// One partition that cannot go on ends the worker: its supervisor decides what then.
					failure ??= error;
					close();
				})
				.finally(() => {
					running.delete(task);
					if (drain.aborted && running.size === 0) close();
				});
			running.add(task);
		}
		await Promise.all(running);
	} finally {
		signal.removeEventListener('abort', close);
		await consumer.close();
	}
	if (failure !== undefined) throw failure;
}

function partitionOptionsOf(options: EvaluatorOptions): PartitionOptions {
	const { log, store, ruleSet, logger, limits } = options;
	return {
		log,
		store,
		ruleSet,
		logger,
		texts: new TextTable(),
		counters: options.counters ?? createEvaluatorCounters(),
		hostsMax: options.hostsMax ?? hostsMaxDefault,
		readBytesMax: options.readBytesMax ?? readBytesMaxDefault,
		commitIntervalMs: options.commitIntervalMs ?? commitIntervalMsDefault,
		nowMs: () => performance.now(),
		now: () => new Date(),
		drain: options.drain ?? new AbortController().signal,
		...(limits === undefined ? {} : { limits }),
	};
}
