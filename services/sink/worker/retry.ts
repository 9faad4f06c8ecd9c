/** Pauses between attempts: doubling from `firstMs` to `maxMs`, each with jitter over its upper half. */
export type RetryOptions = { readonly firstMs: number; readonly maxMs: number; readonly attemptsMax: number };

/** `attempt` counts from 1; `random` gives [0, 1). */
export function pauseMs({ firstMs, maxMs }: RetryOptions, attempt: number, random: () => number): number {
	const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
	return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
