/** `--since` of the commands that read alerts: so long ago, or a time. */
import { parseMoment } from '#platform/interval.ts';
import { UsageError } from '../../command.ts';

/** Milliseconds since the epoch. */
export function parseSince(text: string, nowMs: number): number {
	const atMs = parseMoment(text, nowMs);
	if (atMs === null)
		throw new UsageError(`--since ${text} is neither 15m, 2h, 7d nor a time such as 2026-01-31T12:00:00Z`);
	return atMs;
}
