/** Looking through the window, newest first, in slices: a costly filter of one client does not stop what else the process does. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Predicate } from './selection.ts';
import type { AlertWindow, Entry } from './window.ts';

const sliceMs = 5;
/** The clock is asked once in so many alerts. */
const sliceAlerts = 16;

export type Scan = {
	readonly satisfies: Predicate;
	readonly limit: number;
	/** Only those before this number. */
	readonly before: number;
	/** Only those that the log took at this time or later, milliseconds since the epoch. */
	readonly sinceMs: number;
};

export type Found = {
	readonly entries: readonly Entry[];
	/** More may be found before the last of them. */
	readonly more: boolean;
};

export async function scan(window: AlertWindow, { satisfies, limit, before, sinceMs }: Scan): Promise<Found> {
	const entries: Entry[] = [];
	let startMs = performance.now();
	for (let number = Math.min(before, window.next) - 1; number >= window.first; number--) {
		const entry = window.at(number);
		if (entry === undefined) break;
		if (entry.appendedMs >= sinceMs && satisfies(entry.alert)) {
			if (entries.length === limit) return { entries, more: true };
			entries.push(entry);
		}
		if (number % sliceAlerts !== 0 || performance.now() - startMs < sliceMs) continue;
		await nextTurn();
		startMs = performance.now();
	}
	return { entries, more: false };
}
