/** `--since` of the commands that read alerts: so long ago, or a time. */
import { UsageError } from '../../command.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds since the epoch. */
export function parseSince(text: string, nowMs: number): number {
	const ago = /^(\d{1,6})([smhd])$/.exec(text);
	if (ago !== null) return nowMs - Number(ago[1]) * unitMs[ago[2]!]!;
	const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(atMs))
		throw new UsageError(`--since ${text} is neither 15m, 2h, 7d nor a time such as 2026-01-31T12:00:00Z`);
	return atMs;
}
