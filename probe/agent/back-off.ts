/** Waiting time before attempt n: doubles from `firstMs` to `maxMs`, each with full jitter in its upper half. */
export type BackOffOptions = {
	readonly firstMs: number;
	readonly maxMs: number;
	/** A number in [0, 1); an argument so that tests decide it. */
	readonly random: () => number;
};

export class BackOff {
	readonly #options: BackOffOptions;
	#attempts = 0;

	constructor(options: BackOffOptions) {
		this.#options = options;
	}

	nextMs(): number {
		const ceiling = Math.min(this.#options.maxMs, this.#options.firstMs * 2 ** Math.min(this.#attempts, 30));
		this.#attempts++;
		return Math.round(ceiling / 2 + (ceiling / 2) * this.#options.random());
	}

	/** To be called when what was retried has proved itself. */
	reset(): void {
		this.#attempts = 0;
	}
}
