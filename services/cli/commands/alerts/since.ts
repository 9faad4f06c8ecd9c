/** `--since` of the commands that read alerts: so long ago, or a time. */
import { parseInterval } from '#platform/interval.ts';
import { UsageError } from '../../command.ts';

/** Milliseconds since the epoch. */
export function parseSince(text: string, nowMs: number): number {
	const agoMs = parseInterval(text);
	if (agoMs !== null) return nowMs - agoMs;
	const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(atMs))
		throw new UsageError(`--since ${text} is neither 15m, 2h, 7d nor a time such as 2026-01-31T12:00:00Z`);
	return atMs;
}
