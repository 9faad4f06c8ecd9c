/**
 * How far an output has come, told to the log not after each delivery but for several together: that is a file or a request each time.
 *
 * What was handed over and not told is delivered again after a crash, so it is bounded by number: `room` gives no more than
 * `inFlightMax` less what is untold, and waits while the log cannot be told. It is bounded by age as well, and whoever waits
 * (for alerts, for an output that fails) tells first.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Assignment } from '#log/log.ts';
import type { Place } from './item.ts';

/** As many as the outputs of single requests take in one call. */
const untoldAlertsMax = 20;
const untoldMsMax = 50;
/** The log is away: until it is asked again. */
const tellAgainMs = 100;

export type ProgressOptions = {
	/** Alerts in the hands of the output, or taken by it and not told to the log: at most so many come again after a crash. */
	readonly inFlightMax: number;
	readonly now: () => number;
};

export class Progress {
	readonly #assignment: Assignment;
	readonly #options: ProgressOptions;
	#place: Place | null = null;
	#alerts = 0;
	#sinceMs = 0;

	constructor(assignment: Assignment, options: ProgressOptions) {
		this.#assignment = assignment;
		this.#options = options;
	}

	/** All before the place are settled, `alerts` of them by the output since the last call. */
	async settled(place: Place, alerts: number): Promise<void> {
		const { now, inFlightMax } = this.#options;
		if (this.#place === null) this.#sinceMs = now();
		this.#place = place;
		this.#alerts += alerts;
		const ageMs = now() - this.#sinceMs;
		// A clock that was set back must not keep it untold.
		if (this.#alerts >= Math.min(untoldAlertsMax, inFlightMax) || ageMs >= untoldMsMax || ageMs < 0)
			await this.tell();
	}

	/** How many of `wanted` alerts may be handed over now; 0 only when the worker is to end. */
	async room(wanted: number, ending: AbortSignal): Promise<number> {
		const { inFlightMax } = this.#options;
		if (this.#alerts + wanted > inFlightMax) await this.tell();
		while (this.#alerts >= inFlightMax) {
			if (ending.aborted) return 0;
			await sleep(tellAgainMs);
			await this.tell();
		}
		return Math.min(wanted, inFlightMax - this.#alerts);
	}

	/** What the log could not be told stays for the next time. */
	async tell(): Promise<void> {
		const place = this.#place;
		if (place === null || !(await this.#assignment.reportProgress(place.next, place.note))) return;
		this.#place = null;
		this.#alerts = 0;
	}
}
