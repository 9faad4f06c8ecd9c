/**
 * The port between the worker and an output. An output delivers and says what became of each alert; when to try again,
 * and what to do with what was refused, is the worker's business.
 */
import type { Alert } from '#schemas/generated/alert.ts';

export type DeliveryResult =
	| { readonly kind: 'delivered' }
	/** Trying again may help; `afterMs` = not before (Retry-After). */
	| { readonly kind: 'retry'; readonly code: string; readonly reason: string; readonly afterMs?: number }
	/** Our settings are wrong (credentials, address): tried again without end, said loudly, nothing is given up. */
	| { readonly kind: 'blocked'; readonly code: string; readonly reason: string; readonly afterMs?: number }
	/** This alert will never be taken: it goes to the dead letters. */
	| { readonly kind: 'refused'; readonly code: string; readonly reason: string };

export type Output = {
	/** Alerts handed over in one call at most. */
	readonly batchMax: number;
	/**
	 * One result per alert, in order. After the first `retry` or `blocked` the rest may be left out: they count as not tried, so that
	 * order is kept. Throws only on a bug. Partitions of the log deliver side by side: several calls can be under way.
	 */
	deliver(alerts: readonly Alert[], signal: AbortSignal): Promise<readonly DeliveryResult[]>;
	close(): Promise<void>;
};

export const delivered: DeliveryResult = { kind: 'delivered' };

/** A retry that names the error, with the system's code where there is one. */
export function retryBecause(error: unknown, what: string): DeliveryResult {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	// A DOMException (a timeout of fetch) has a number as its code.
	const code: unknown = (cause as { code?: unknown } | null)?.code;
	const message = cause instanceof Error ? cause.message : String(cause);
	return {
		kind: 'retry',
		code: typeof code === 'string' ? `output-${code.toLowerCase()}` : 'output-failed',
		reason: `${what}: ${message}`,
	};
}
