/** Times as people write them: lengths (`30s`, `1h30m`, `2d 12h`; Falco's form: each unit once, the largest first) and moments. */

const day = 86_400_000;
const units = [
	['y', 365 * day],
	['w', 7 * day],
	['d', day],
	['h', 3_600_000],
	['m', 60_000],
	['s', 1_000],
	['ms', 1],
] as const;
const form = new RegExp(`^\\s*${units.map(([unit]) => `(?:([0-9]{1,9})${unit}\\s*)?`).join('')}$`);

/** Milliseconds; null = it is not one. */
export function parseInterval(text: string): number | null {
	const [, ...counts] = form.exec(text) ?? [];
	if (counts.every((count) => count === undefined)) return null;
	return units.reduce((ms, [, unitMs], i) => ms + Number(counts[i] ?? 0) * unitMs, 0);
}

/** So long ago, or a date with or without a time (ISO 8601): milliseconds since the epoch; null = it is neither. */
export function parseMoment(text: string, nowMs: number): number | null {
	const agoMs = parseInterval(text);
	if (agoMs !== null) return nowMs - agoMs;
	const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(atMs) ? null : atMs;
}
