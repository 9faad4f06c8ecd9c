/**
 * The sink role: one worker per enabled output of the configuration. Ends when `signal` is aborted and every worker has
 * finished what it was delivering; a worker that fails stops the others, because only a broken log makes one fail.
 */
import type { EventLog } from '#log/log.ts';
import type { OutputConfig } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import { createOutput, type OutputSurroundings } from './outputs/index.ts';
import { runSinkWorker } from './worker.ts';

export type SinkOptions = OutputSurroundings & {
	readonly log: EventLog;
	readonly outputs: readonly OutputConfig[];
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly random: () => number;
};

export async function runSink(options: SinkOptions, signal: AbortSignal): Promise<void> {
	const failed = new AbortController();
	const ending = AbortSignal.any([signal, failed.signal]);
	const enabled = options.outputs.filter((output) => output.enabled);
	const workers = enabled.map(async (config) => {
		try {
			await runSinkWorker(
				{ ...options, ...workerOptions(config), output: createOutput(config, options) },
				ending,
			);
		} catch (error) {
			failed.abort();
			throw error;
		}
	});
	const outcomes = await Promise.allSettled(workers);
	const failure = outcomes.find((outcome) => outcome.status === 'rejected');
	if (failure !== undefined) throw failure.reason;
}

function workerOptions({ name, minimumPriority, retryFirstMs, retryMaxMs, attemptsMax }: OutputConfig) {
	return { name, minimumPriority, retry: { firstMs: retryFirstMs, maxMs: retryMaxMs, attemptsMax } };
}
