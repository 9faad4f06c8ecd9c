/** What carries messages: the port between the syslog output and its transports. */
import type { DeliveryResult } from '../../output.ts';

export type WireFailure = Exclude<DeliveryResult, { kind: 'delivered' }>;

export type Wire = {
	/** Messages handed over in one call at most. */
	readonly batchMax: number;
	/** How many from the front were taken, and what is wrong with the next one (null = all were taken). */
	send(
		messages: readonly Buffer[],
		signal: AbortSignal,
	): Promise<{ readonly taken: number; readonly failure: WireFailure | null }>;
	close(): Promise<void>;
};
