/**
 * Counts and times of numbered slots. Exactly one slot is open at any moment and the clock is read once at every change, so times are
 * exclusive: what an inner slot takes is not in the outer one. Each of these intervals holds one reading of the clock, which
 * is longer than many a comparison; how long is measured beside every event (an empty interval) and taken off.
 * Bounds: one entry a slot; the stack of open slots is as deep as conditions are nested.
 */

/** Monotonic, in nanoseconds. */
export type ClockNs = () => number;

/**
 * The process stood still (another one's turn, a collection of garbage) in an interval that is long, and far longer than those of its slot
 * so far; while there are few of them, in one that no comparison takes.
 */
const pauseMinNs = 0.5e6;
const pauseOfUsual = 100;
const usualMin = 20;
const pauseOfFewNs = 5e6;
/** An empty interval that is longer was disturbed and says nothing about the clock. */
const emptyMaxNs = 1000;

export class Recorder {
	readonly #clock: ClockNs;
	readonly #counts: number[] = [];
	readonly #holds: number[] = [];
	readonly #timesNs: number[] = [];
	readonly #intervals: number[] = [];
	readonly #stack: number[] = [];
	#depth = 0;
	#open = 0;
	#lastNs = 0;
	readonly #empty: number;
	#emptyNs = 0;
	#empties = 0;
	/** Intervals that were left out. */
	pauses = 0;

	constructor(clock: ClockNs) {
		this.#clock = clock;
		this.#empty = this.slot();
	}

	slot(): number {
		for (const column of [this.#counts, this.#holds, this.#timesNs, this.#intervals]) column.push(0);
		return this.#counts.length - 1;
	}

	/** An event begins, in this slot. */
	begin(slot: number): void {
		this.#depth = 0;
		this.#open = slot;
		this.#counts[slot]!++;
		this.#lastNs = this.#clock();
	}

	/** The event is over. Also measures what an interval takes in which nothing is done. */
	end(): void {
		this.resume(this.#empty);
		const since = this.#lastNs;
		this.leave(false);
		const taken = this.#lastNs - since;
		if (taken > emptyMaxNs) return;
		this.#emptyNs += taken;
		this.#empties++;
	}

	/** Opens a slot inside the open one. */
	enter(slot: number): void {
		this.#counts[slot]!++;
		this.resume(slot);
	}

	/** The same without counting. */
	resume(slot: number): void {
		this.#settle();
		this.#stack[this.#depth++] = this.#open;
		this.#open = slot;
	}

	/** Closes the open slot. `holds`: whether it gave true, or a value. */
	leave(holds: boolean): void {
		this.#settle();
		if (holds) this.#holds[this.#open]!++;
		this.#open = this.#stack[--this.#depth] as number;
	}

	/** Closes the open slot for another one. What `between` takes is in neither. */
	replace(slot: number, between: () => void): void {
		this.#settle();
		this.#counts[slot]!++;
		this.#open = slot;
		between();
		this.#lastNs = this.#clock();
	}

	#settle(): void {
		const now = this.#clock();
		const taken = now - this.#lastNs;
		if (taken < pauseMinNs || !this.#isPause(taken)) {
			this.#timesNs[this.#open]! += taken;
			this.#intervals[this.#open]!++;
		} else this.pauses++;
		this.#lastNs = now;
	}

	#isPause(taken: number): boolean {
		const before = this.#intervals[this.#open] as number;
		if (before < usualMin) return taken >= pauseOfFewNs;
		return taken > (pauseOfUsual * (this.#timesNs[this.#open] as number)) / before;
	}

	/** What an interval takes in which nothing is done: reading the clock and writing down what it says. */
	get clockNs(): number {
		return this.#empties === 0 ? 0 : this.#emptyNs / this.#empties;
	}

	countOf(slot: number): number {
		return this.#counts[slot] as number;
	}

	holdsOf(slot: number): number {
		return this.#holds[slot] as number;
	}

	/** Without the readings of the clock in it. */
	timeNs(slot: number): number {
		return Math.max(0, (this.#timesNs[slot] as number) - (this.#intervals[slot] as number) * this.clockNs);
	}
}
