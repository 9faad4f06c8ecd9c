/** What a worker is made of, and how it is ended. */
import type { EventLog } from '#log/log.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Priority } from '#schemas/alert/priority.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { Output } from '../output.ts';
import type { GroupOptions } from './group.ts';
import type { RateOptions } from './rate-limit.ts';
import type { RetryOptions } from './retry.ts';

export type SinkWorkerOptions = {
	readonly name: string;
	readonly log: EventLog;
	readonly output: Output;
	readonly minimumPriority: Priority;
	/** The `when` of the output. */
	readonly satisfies: (alert: Alert) => boolean;
	readonly retry: RetryOptions;
	readonly rate: RateOptions;
	readonly group: GroupOptions;
	/** Alerts that may come again after a crash; see in-flight.ts. */
	readonly inFlightMax: number;
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly now: () => number;
	readonly random: () => number;
};

export type SinkWorkerEnd = {
	/** Deliver what the log has, but do not wait for an output that fails. */
	readonly drain: AbortSignal;
	/** End after the call of the output that is under way: another worker goes on at our place. */
	readonly leave: AbortSignal;
	/** Leave everything now. */
	readonly stop: AbortSignal;
};
