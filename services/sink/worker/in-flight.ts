/**
 * How many alerts of an output may come again after a crash: those in its hands, and those that it took and the log was not told of. One
 * bound for the output as a whole, shared by the partitions that a worker follows; who asked first is served first.
 *
 * Where there is no room, all partitions tell the log how far they came; what is left then is in the output's hands, and waited for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '#platform/turns.ts';

/** The log is away, or all is in the output's hands: until it is tried again. */
const askAgainMs = 100;

export class InFlight {
	readonly #max: number;
	readonly #tellers = new Set<() => Promise<void>>();
	readonly #turns = new Turns();
	#alerts = 0;
	#wake = (): void => {};

	constructor(max: number) {
		this.#max = max;
	}

	/** Told here: whoever has told the log gives back what it told. */
	join(tell: () => Promise<void>): void {
		this.#tellers.add(tell);
	}

	leave(tell: () => Promise<void>): void {
		this.#tellers.delete(tell);
	}

	/** How many of `wanted` may be handed over now, and are in flight from now on; 0 only when the worker is to end. */
	take(wanted: number, ending: AbortSignal): Promise<number> {
		return this.#turns.take(() => this.#take(wanted, ending));
	}

	/** The output did not take them, or the log knows that it did. */
	giveBack(alerts: number): void {
		this.#alerts -= alerts;
		this.#wake();
	}

	async #take(wanted: number, ending: AbortSignal): Promise<number> {
		if (this.#alerts + wanted > this.#max) await this.#tellAll();
		while (this.#alerts >= this.#max) {
			if (ending.aborted) return 0;
			await this.#change();
			if (this.#alerts >= this.#max) await this.#tellAll();
		}
		const taken = Math.min(wanted, this.#max - this.#alerts);
		this.#alerts += taken;
		return taken;
	}

	async #tellAll(): Promise<void> {
		await Promise.all([...this.#tellers].map((tell) => tell()));
	}

	/** Until something is given back, or `askAgainMs`. */
	async #change(): Promise<void> {
		const over = new AbortController();
		const changed = new Promise<void>((resolve) => {
			this.#wake = resolve;
		});
		await Promise.race([changed, sleep(askAgainMs, undefined, { signal: over.signal }).catch(() => {})]);
		this.#wake = (): void => {};
		over.abort();
	}
}
