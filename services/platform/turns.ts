/** How calls that come while another is under way are put in order: one after another, or one that serves them all. */

/** One call after another, in the order they were asked for. One that fails does not hold up the next; whoever asked for it is told. */
export class Turns {
	#last: Promise<unknown> = Promise.resolve();

	take<T>(call: () => Promise<T>): Promise<T> {
		const done = this.#last.then(call);
		this.#last = done.catch(() => undefined);
		return done;
	}

	/** Resolves when all that were asked for until now are over. */
	async idle(): Promise<void> {
		await this.#last;
	}
}

/** `call`, but whoever asks while one is under way gets what that one comes to. */
export function shared<T>(call: () => Promise<T>): () => Promise<T> {
	let underWay: Promise<T> | null = null;
	return () => {
		underWay ??= call().finally(() => {
			underWay = null;
		});
		return underWay;
	};
}
