/**
 * Which hosts of a partition are silent. Pure: times come in as arguments.
 *
 * Time here is time in which the log was there: it advances from one answer of the log to the next (`answered`), and stands still
 * while the log is away, while answers are late and while this process is held up. So an outage is nobody's silence. And only
 * what has been evaluated counts: silence is measured at the moment of the last answer whose end of the log we have reached
 * (`reached`), so being behind is nobody's silence either. That all hosts fall silent at once is silence: the log itself answered.
 *
 *   answered(end = 120) ── evaluate … ──▶ reached(120): up to that answer everything is evaluated; who was not heard for
 *                                          `silenceMs` of this time is due
 *
 * Hosts are kept in the order in which they were heard, so a look costs as much as there are silent ones. Heard means capture:
 * the agent may talk while capture is stopped.
 */

/** What was known of a host when it was last heard; null = heard before this evaluator had the partition. */
export type HeardFacts = {
	readonly hostName: string;
	readonly bootId: string;
	/** Sequence that capture's next batch should begin with. */
	readonly captureSequence: number;
	readonly heardS: number;
	readonly heardNs: number;
};

export type SilentHost = { readonly hostId: string; readonly facts: HeardFacts | null };

type Entry = { heardMs: number; facts: HeardFacts | null };

export type SilenceWatchOptions = {
	readonly silenceMs: number;
	/** An answer that comes later than this after its question, or this long after the one before, stops the time in between. */
	readonly freshMs: number;
};

export class SilenceWatch {
	readonly #options: SilenceWatchOptions;
	/** The longest unheard first. */
	readonly #hosts = new Map<string, Entry>();
	/** Due, and given back because it could not be told. */
	readonly #again = new Map<string, HeardFacts | null>();
	/** Time in which the log was there, milliseconds. */
	#timeMs = 0;
	#lastAskedMs: number | null = null;
	#awaited: { readonly end: bigint; readonly timeMs: number } | null = null;

	constructor(options: SilenceWatchOptions) {
		this.#options = options;
	}

	get size(): number {
		return this.#hosts.size + this.#again.size;
	}

	/** Capture of this host has talked, or the host is known from before (then without facts). */
	heard(hostId: string, facts: HeardFacts | null): void {
		this.forget(hostId);
		this.#hosts.set(hostId, { heardMs: this.#timeMs, facts });
	}

	/** Its silence is no detection: it said that it stops. */
	forget(hostId: string): void {
		this.#hosts.delete(hostId);
		this.#again.delete(hostId);
	}

	/** A due host could not be told: it is due again, unless it was heard meanwhile. */
	giveBack({ hostId, facts }: SilentHost): void {
		if (!this.#hosts.has(hostId)) this.#again.set(hostId, facts);
	}

	/** The log said where it ends. */
	answered({ askedMs, nowMs, end }: { askedMs: number; nowMs: number; end: bigint }): void {
		const { freshMs } = this.#options;
		const before = this.#lastAskedMs;
		if (nowMs - askedMs > freshMs) {
			this.missed();
			return;
		}
		this.#lastAskedMs = askedMs;
		if (before !== null && askedMs - before <= freshMs) this.#timeMs += askedMs - before;
		this.#awaited ??= { end, timeMs: this.#timeMs };
	}

	/** The log did not answer. */
	missed(): void {
		this.#lastAskedMs = null;
	}

	/** Everything before `offset` has been evaluated. Takes out who is due, at most `most`. */
	reached(offset: bigint, most: number): readonly SilentHost[] {
		const awaited = this.#awaited;
		if (awaited === null || offset < awaited.end) return [];
		this.#awaited = null;
		const due: SilentHost[] = [...this.#again].map(([hostId, facts]) => ({ hostId, facts })).slice(0, most);
		for (const [hostId, { heardMs, facts }] of this.#hosts) {
			if (due.length >= most || awaited.timeMs - heardMs < this.#options.silenceMs) break;
			due.push({ hostId, facts });
		}
		for (const { hostId } of due) this.forget(hostId);
		return due;
	}
}
