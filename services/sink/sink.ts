/**
 * The sink role: one worker per enabled output of the configuration. When `signal` is aborted every worker
 * delivers what the log has and ends, after `drainMsMax` in any case; a worker that fails ends the others the same way,
 * because only a broken log makes one fail.
 */
import type { EventLog } from '#log/log.ts';
import type { OutputConfig } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import { compileWhen } from './expressions/when.ts';
import { createOutput, type OutputSurroundings } from './outputs/index.ts';
import { runSinkWorker } from './worker/index.ts';

const never = new AbortController().signal;

/** What is not delivered by then stays in the log for the next run. */
const drainMsMax = 5_000;

export type SinkOptions = OutputSurroundings & {
	readonly log: EventLog;
	readonly outputs: readonly OutputConfig[];
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly random: () => number;
};

export async function runSink(options: SinkOptions, signal: AbortSignal): Promise<void> {
	const failed = new AbortController();
	const drain = AbortSignal.any([signal, failed.signal]);
	const stop = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	const limit = (): void => {
		timer ??= setTimeout(() => stop.abort(), drainMsMax);
	};
	drain.addEventListener('abort', limit, { once: true });
	if (drain.aborted) limit();
	const enabled = options.outputs.filter((output) => output.enabled);
	const workers = enabled.map(async (config) => {
		try {
			await runSinkWorker(
				{ ...options, ...workerOptions(config), output: createOutput(config, options) },
				{ drain, leave: never, stop: stop.signal },
			);
		} catch (error) {
			failed.abort();
			throw error;
		}
	});
	const outcomes = await Promise.allSettled(workers);
	clearTimeout(timer);
	const failure = outcomes.find((outcome) => outcome.status === 'rejected');
	if (failure !== undefined) throw failure.reason;
}

function workerOptions(config: OutputConfig) {
	const { name, minimumPriority, when, retryFirstMs, retryMaxMs, attemptsMax } = config;
	const satisfies = when === null ? () => true : compileWhen(when);
	return {
		name,
		minimumPriority,
		satisfies,
		retry: { firstMs: retryFirstMs, maxMs: retryMaxMs, attemptsMax },
		rate: { alerts: config.rateAlerts, periodMs: config.ratePeriodS * 1000 },
		group: { by: config.groupBy, periodMs: config.groupPeriodS * 1000 },
		inFlightMax: config.inFlightAlertsMax,
	};
}
