/**
 * The circuit breaker of an output, shared by all partitions that its worker follows.
 *
 *   closed ── failuresMax failed attempts in a row ──▶ open ── somebody's turn ──▶ half-open
 *      ▲                                                 ▲                            │
 *      └──────────────── the output took it ─────────────┼──────────◀─────────────────┤
 *                                                        └────────── it failed ◀──────┘
 *
 * While it is not closed, one alert of one partition at a time is tried, in turn: an output that is away is not asked by every
 * partition at once, and what it takes half is one alert. How long the next attempt waits is the back-off's business; nothing is given up here.
 */

/** A refusal of one alert (or a short hiccup) is tried again as before; this many in a row are the output's. */
const failuresMax = 5;

export type BreakerState = 'closed' | 'open' | 'half-open';

export type Permit = {
	/** Alerts that may be handed over. */
	readonly alertsMax: number;
	/** To be called once the attempt is over; `took` = at least one alert was settled. */
	over(took: boolean): void;
};

export class Breaker {
	#failures = 0;
	#state: BreakerState = 'closed';
	/** Ends with the probe that is under way; the next one waits for it. */
	#turns: Promise<void> = Promise.resolve();
	readonly #onChange: (state: BreakerState) => void;

	constructor(onChange: (state: BreakerState) => void) {
		this.#onChange = onChange;
		onChange('closed');
	}

	/** Waits for its turn while the breaker is open. */
	async enter(alerts: number): Promise<Permit> {
		if (this.#state === 'closed') return { alertsMax: alerts, over: (took) => this.#over(took) };
		const before = this.#turns;
		let release = (): void => {};
		this.#turns = new Promise((resolve) => {
			release = resolve;
		});
		await before;
		// The one before it may have found the output back.
		if (this.#isClosed()) {
			release();
			return { alertsMax: alerts, over: (took) => this.#over(took) };
		}
		this.#move('half-open');
		return {
			alertsMax: 1,
			over: (took) => {
				this.#over(took);
				release();
			},
		};
	}

	#isClosed(): boolean {
		return this.#state === 'closed';
	}

	#over(took: boolean): void {
		this.#failures = took ? 0 : this.#failures + 1;
		if (took) this.#move('closed');
		else if (this.#failures >= failuresMax) this.#move('open');
	}

	#move(state: BreakerState): void {
		if (state === this.#state) return;
		this.#state = state;
		this.#onChange(state);
	}
}
