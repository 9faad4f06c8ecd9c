/**
 * How far an output has come, told to the log not after each delivery but for several together: that is a file or a request each time.
 * What was settled and not told is delivered again after a crash, so it is bounded twice, by number and by age; whoever waits
 * (for alerts, for an output that fails) tells first.
 */
import type { Assignment } from '#log/log.ts';

/** As many as the outputs of single requests take in one call. */
const untoldAlertsMax = 20;
const untoldMsMax = 50;

export class Progress {
	readonly #assignment: Assignment;
	readonly #now: () => number;
	#next: bigint | null = null;
	#alerts = 0;
	#sinceMs = 0;

	constructor(assignment: Assignment, now: () => number) {
		this.#assignment = assignment;
		this.#now = now;
	}

	/** All before `next` are settled, `alerts` of them since the last call. */
	async settled(next: bigint, alerts: number): Promise<void> {
		if (this.#next === null) this.#sinceMs = this.#now();
		this.#next = next;
		this.#alerts += alerts;
		const ageMs = this.#now() - this.#sinceMs;
		// A clock that was set back must not keep it untold.
		if (this.#alerts >= untoldAlertsMax || ageMs >= untoldMsMax || ageMs < 0) await this.tell();
	}

	async tell(): Promise<void> {
		const next = this.#next;
		if (next === null) return;
		this.#next = null;
		this.#alerts = 0;
		await this.#assignment.reportProgress(next);
	}
}
