/**
 * What is read back of all partitions at the start, until it can be put into one order: by time of the append, within a partition as in the
 * log. Keeps the newest `max`; holds twice as many at most.
 */
import type { Read } from './window.ts';

type Item = Read & { readonly partition: number; readonly orderMs: number; readonly at: number };

export class Backlog {
	readonly #max: number;
	/** Latest time of each partition: clocks of producers may go back, the order of a partition does not. */
	readonly #latestMs = new Map<number, number>();
	#items: Item[] = [];
	#count = 0;

	constructor(max: number) {
		this.#max = max;
	}

	/** In the order of the partition. */
	add(partition: number, read: Read): void {
		const orderMs = Math.max(read.appendedMs, this.#latestMs.get(partition) ?? read.appendedMs);
		this.#latestMs.set(partition, orderMs);
		this.#items.push({ ...read, partition, orderMs, at: this.#count++ });
		if (this.#items.length >= this.#max * 2) this.#keepNewest();
	}

	/** What is kept, oldest first. It is empty then. */
	take(): readonly Read[] {
		this.#keepNewest();
		const items = this.#items;
		this.#items = [];
		return items;
	}

	#keepNewest(): void {
		this.#items.sort((a, b) => a.orderMs - b.orderMs || a.partition - b.partition || a.at - b.at);
		this.#items = this.#items.slice(-this.#max);
	}
}
