/**
 * How far an output has come in a partition, told to the log not after each delivery but for several together: that is a file or a request each
 * time.
 *
 * What was handed over and not told is delivered again after a crash, so it is bounded by number (in-flight.ts), by age, and whoever
 * waits (for alerts, for an output that fails) tells first.
 */
import type { Assignment } from '#log/log.ts';
import { Turns } from '#platform/turns.ts';
import type { InFlight } from './in-flight.ts';
import type { Place } from './item.ts';

/** As many as the outputs of single requests take in one call. */
const untoldAlertsMax = 20;
const untoldMsMax = 50;

export type ProgressOptions = { readonly inFlight: InFlight; readonly now: () => number };

export class Progress {
	readonly #assignment: Assignment;
	readonly #options: ProgressOptions;
	readonly #turns = new Turns();
	#place: Place | null = null;
	/** Taken by the output and not told; they are in flight. */
	#alerts = 0;
	#sinceMs = 0;

	constructor(assignment: Assignment, options: ProgressOptions) {
		this.#assignment = assignment;
		this.#options = options;
		options.inFlight.join(this.tell);
	}

	/** All before the place are settled, `alerts` of them, in flight until now, by the output since the last call. */
	async settled(place: Place, alerts: number): Promise<void> {
		const { now } = this.#options;
		if (this.#place === null) this.#sinceMs = now();
		this.#place = place;
		this.#alerts += alerts;
		const ageMs = now() - this.#sinceMs;
		// A clock that was set back must not keep it untold.
		if (this.#alerts >= untoldAlertsMax || ageMs >= untoldMsMax || ageMs < 0) await this.tell();
	}

	/** What the log could not be told stays for the next time. */
	readonly tell = (): Promise<void> => this.#turns.take(() => this.#tell());

	async #tell(): Promise<void> {
		const [place, alerts] = [this.#place, this.#alerts];
		if (place === null || !(await this.#assignment.reportProgress(place.next, place.note))) return;
		// More may have been settled meanwhile.
		if (this.#place === place) this.#place = null;
		this.#alerts -= alerts;
		this.#options.inFlight.giveBack(alerts);
	}

	/** Tells a last time. What cannot be told is whoever's goes on there: it does not count here any more. */
	async end(): Promise<void> {
		try {
			await this.tell();
		} finally {
			const { inFlight } = this.#options;
			inFlight.leave(this.tell);
			inFlight.giveBack(this.#alerts);
			this.#alerts = 0;
		}
	}
}
