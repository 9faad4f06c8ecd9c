/**
 * A simulated process: everything it awaits of the outside goes through `hop`, where it may be delayed, stopped (SIGSTOP) or dead.
 * A dead process's calls never return; whether the one in flight had its effect is up to chance, as in life.
 */
import type { Clock } from '#evaluator/clock.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './time.ts';

export class SimProcess {
	readonly name: string;
	readonly time: VirtualTime;
	readonly random: Random;
	#dead = false;
	#paused: Promise<void> | null = null;
	#resume: (() => void) | null = null;
	readonly #onResume: (() => void)[] = [];

	constructor(name: string, time: VirtualTime, random: Random) {
		this.name = name;
		this.time = time;
		this.random = random;
	}

	get dead(): boolean {
		return this.#dead;
	}

	get paused(): boolean {
		return this.#paused !== null;
	}

	kill(): void {
		this.#dead = true;
	}

	pause(): void {
		this.#paused ??= new Promise((resolve) => {
			this.#resume = resolve;
		});
	}

	resume(): void {
		this.#paused = null;
		this.#resume?.();
		for (const work of this.#onResume.splice(0)) work();
	}

	/** At once, or when the process goes on; never when it is dead. */
	deliver(work: () => void): void {
		if (this.#dead) return;
		if (this.paused) this.#onResume.push(work);
		else work();
	}

	/** The way to another machine, or back. */
	async hop(maxMs = 8): Promise<void> {
		await this.time.sleep(this.random.int(0, maxMs));
		await this.alive();
	}

	async alive(): Promise<void> {
		while (this.#paused !== null) await this.#paused;
		if (this.#dead) await new Promise<never>(() => {});
	}

	readonly clock: Clock = {
		nowMs: () => this.time.nowMs,
		now: () => new Date(this.time.wallMs + this.time.nowMs),
		sleep: async (ms, signal) => {
			await this.time.sleep(ms, signal);
			await this.alive();
		},
		turn: async () => {
			await this.time.sleep(0);
			await this.alive();
		},
	};
}
