/**
 * Tells the log how far a partition is committed. Only tools that watch the lag read it (and an evaluator that finds the store empty), and each
 * telling is a request: so it is told at most every `tellEveryMs`, and again when the log did not take it.
 */
import type { Assignment } from '#log/log.ts';
import type { Clock } from './clock.ts';

const tellEveryMs = 1_000;

export class ToldProgress {
	readonly #assignment: Pick<Assignment, 'reportProgress'>;
	readonly #clock: Pick<Clock, 'nowMs'>;
	readonly #onError: (error: unknown) => void;
	#told: bigint | null = null;
	#askedMs = Number.NEGATIVE_INFINITY;
	#asking = false;

	constructor(
		assignment: Pick<Assignment, 'reportProgress'>,
		clock: Pick<Clock, 'nowMs'>,
		onError: (error: unknown) => void,
	) {
		this.#assignment = assignment;
		this.#clock = clock;
		this.#onError = onError;
	}

	/** `committed`: the cursor in the store; null = none. To be called now and then, also while nothing comes. */
	look(committed: bigint | null): void {
		if (this.#asking || committed === null || committed === this.#told) return;
		const nowMs = this.#clock.nowMs();
		if (nowMs - this.#askedMs < tellEveryMs) return;
		this.#askedMs = nowMs;
		this.#asking = true;
		this.tell(committed)
			.catch(this.#onError)
			.finally(() => {
				this.#asking = false;
			});
	}

	/** At once. */
	async tell(committed: bigint): Promise<void> {
		if (await this.#assignment.reportProgress(committed)) this.#told = committed;
	}
}
