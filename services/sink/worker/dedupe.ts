/**
 * Ids settled lately (delivered, counted in a summary, or in the dead letters), the oldest forgotten first: a repeat of the evaluator (a
 * crash between alert and commit) becomes one delivery. Nothing is stored for that, see recall.ts.
 */

/** Alerts of a partition in which a repeat is known. */
export const dedupeIdsMax = 10_000;

export class DedupeWindow {
	readonly #ids = new Set<string>();
	readonly #idsMax: number;

	constructor(idsMax: number) {
		this.#idsMax = idsMax;
	}

	has(id: string): boolean {
		return this.#ids.has(id);
	}

	/** To be called after the delivery, never before: an id noted first would hide an alert that was then lost. */
	add(id: string): void {
		this.#ids.add(id);
		if (this.#ids.size > this.#idsMax) this.#ids.delete(this.#ids.values().next().value!);
	}
}
