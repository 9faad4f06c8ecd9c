/** Time as the worker takes it: when to commit, wait and look, never what to decide about an event. Simulations bring their own. */
import { setImmediate, setTimeout } from 'node:timers/promises';

export type Clock = {
	/** Monotonic milliseconds. */
	nowMs(): number;
	/** Wall clock, for the time in dead letters and for the age of hosts that are gone. It may be set at any time. */
	now(): Date;
	/** Ends early, and without an error, when `signal` is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** Lets everything else of this thread have its turn. */
	turn(): Promise<void>;
};

export const systemClock: Clock = {
	nowMs: () => performance.now(),
	now: () => new Date(),
	async sleep(ms, signal) {
		try {
			await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
		} catch (error) {
			if (signal?.aborted !== true) throw error;
		}
	},
	async turn() {
		await setImmediate();
	},
};
