/** The evaluator: a loop for each partition it is given. Ends when the signal is aborted, after a last commit of each. */
import type { EventLog } from '#log/log.ts';
import { TextTable } from '#schemas/text-table.ts';
import { type EvaluatorCounters, Partition, type PartitionOptions } from './partition.ts';

export type EvaluatorOptions = Pick<
	PartitionOptions,
	'store' | 'ruleSet' | 'logger' | 'limits' | 'onProgress'
> & {
	readonly log: EventLog;
	/** Consumer group; default `lanner-evaluator`. */
	readonly group?: string;
	/** Hosts kept in memory per partition; default 512. */
	readonly hostsMax?: number;
	/** Bytes of one read, which is evaluated in one go; default 1 MiB (about 15 ms). */
	readonly readBytesMax?: number;
	/** Longest time between two commits under load, milliseconds; default 200. */
	readonly commitIntervalMs?: number;
	readonly counters?: EvaluatorCounters;
};

const groupDefault = 'lanner-evaluator';
const hostsMaxDefault = 512;
const readBytesMaxDefault = 1 << 20;
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
				.finally(() => running.delete(task));
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
	const { log, store, ruleSet, logger, limits, onProgress } = options;
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
		...(limits === undefined ? {} : { limits }),
		...(onProgress === undefined ? {} : { onProgress }),
	};
}
