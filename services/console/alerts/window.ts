/**
 * The alerts that the console shows: the newest ones, in the order they came, each with a number that grows by one. Streams of clients are
 * positions in here, so a slow client holds no buffer of its own: what it has not read when it leaves the window is told as lost.
 *
 *   … gone │ first ─────────────── next │ not there yet
 *          └ kept: alertsMax, bytesMax  ┘
 *
 * A repeat (same id, an evaluator went on after a crash) is not added as long as the first is kept.
 */
import { randomBytes } from 'node:crypto';
import type { Alert } from '#schemas/generated/alert.ts';

/** An alert as it is read. */
export type Read = {
	readonly alert: Alert;
	/** One line, as every reader of Lanner's JSON knows it. */
	readonly json: string;
	/** When the log took it, milliseconds since the epoch. */
	readonly appendedMs: number;
};

export type Entry = Read & { readonly number: number };

export type WindowLimits = { readonly alertsMax: number; readonly bytesMax: number };

/** Gone entries are cut off the list in one go once they are so many. */
const cutAt = 1_024;

export class AlertWindow {
	/** Tells this window from that of another process, or of an earlier run. */
	readonly instance = randomBytes(6).toString('hex');
	readonly #limits: WindowLimits;
	readonly #ids = new Map<string, Entry>();
	readonly #listeners = new Set<() => void>();
	#entries: (Entry | null)[] = [];
	/** How many of the list are gone. */
	#gone = 0;
	#next = 0;
	#bytes = 0;

	constructor(limits: WindowLimits) {
		this.#limits = limits;
	}

	/** Number of the oldest kept; `next` when none is. */
	get first(): number {
		return this.#next - this.size;
	}

	/** Number of the next to come. */
	get next(): number {
		return this.#next;
	}

	get size(): number {
		return this.#entries.length - this.#gone;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Undefined when it is gone, or not there yet. */
	at(number: number): Entry | undefined {
		return this.#entries[this.#gone + number - this.first] ?? undefined;
	}

	find(id: string): Entry | undefined {
		return this.#ids.get(id);
	}

	/** False when it is a repeat. */
	add({ alert, json, appendedMs }: Read): boolean {
		if (this.#ids.has(alert.id)) return false;
		const entry: Entry = { number: this.#next++, alert, json, appendedMs };
		this.#entries.push(entry);
		this.#ids.set(alert.id, entry);
		this.#bytes += entry.json.length;
		const { alertsMax, bytesMax } = this.#limits;
		while (this.size > alertsMax || (this.#bytes > bytesMax && this.size > 1)) this.#removeOldest();
		for (const listener of this.#listeners) listener();
		return true;
	}

	/** Called after each alert that is added; returns what ends that. */
	onAdd(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Oldest first. */
	*entries(): Iterable<Entry> {
		for (let number = this.first; number < this.#next; number++) {
			const entry = this.at(number);
			if (entry !== undefined) yield entry;
		}
	}

	#removeOldest(): void {
		const oldest = this.#entries[this.#gone];
		if (oldest === null || oldest === undefined) return;
		this.#entries[this.#gone++] = null;
		this.#ids.delete(oldest.alert.id);
		this.#bytes -= oldest.json.length;
		if (this.#gone < cutAt || this.#gone * 2 < this.#entries.length) return;
		this.#entries = this.#entries.slice(this.#gone);
		this.#gone = 0;
	}
}
