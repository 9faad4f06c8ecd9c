/**
 * Batches on their way to the log: appended in the order they were given, one append at a time, several batches each.
 *
 *   live ──an append fails, or takes longer than `slowMs`──▶ spooled ──the spool has been emptied into the log──▶ live
 *     │                                                        │
 *     └──────────────────────── refused ───────────────────────┴──▶ failed    (a person must mend something)
 *
 * Spooled: what is under way and what comes goes to the end of the spool, and the spool's head goes to the log; so order is kept,
 * and nothing waits in memory. What was under way when the log failed may be in it: it is sent again as the very same
 * batch, which readers drop by its sequence. Without a spool every failure is the end.
 *
 * Bounds: at most `inFlightBytesMax` bytes wait in memory (plus the batches of one read); above it `onPressure(true)` asks the source
 * to stop reading, below half of it `onPressure(false)` lets it go on. What cannot be kept is then lost in the kernel ring,
 * where it is counted. Losses here (an evicted segment, a batch that the log will never take) are given to `onLosses`.
 */
import type { EventLog } from '#log/log.ts';
import { type AppendFailure, failureOf } from './append-failure.ts';
import { BackOff } from './back-off.ts';
import { type Loss, Losses } from './spool/losses.ts';
import type { OutgoingBatch } from './spool/record.ts';
import type { Spool, Taken } from './spool/spool.ts';

export type { OutgoingBatch } from './spool/record.ts';

export type PublisherState = 'live' | 'spooled' | 'failed';

const transitions: Readonly<Record<PublisherState, readonly PublisherState[]>> = {
	live: ['spooled', 'failed'],
	spooled: ['live', 'failed'],
	failed: [],
};

export type PublisherOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly key: string;
	/** Null: every failure of the log is the end. */
	readonly spool: Spool | null;
	readonly inFlightBytesMax?: number;
	/** An append that takes longer counts as a log that is away; milliseconds, default 2,000. */
	readonly slowMs?: number;
	readonly onPressure: (paused: boolean) => void;
	/** Makes the batch that tells of them; it takes its place behind what is already waiting. */
	readonly onLosses: (losses: readonly Loss[]) => OutgoingBatch;
	readonly onState: (state: PublisherState, cause: string) => void;
	/** The spool cannot be written; batches wait in memory meanwhile. */
	readonly onProblem: (error: Error) => void;
	readonly onError: (error: Error) => void;
	readonly random: () => number;
};

const inFlightBytesDefault = 16 << 20;
const slowMsDefault = 2_000;
/** While ending: a log that does not answer at once is not waited for, the spool has its batches. */
const slowAtEndMs = 500;
const appendBytesMax = 4 << 20;
/** From the spool: so much is read, sent and acknowledged at a time. */
const takeBytesMax = 2 << 20;
const retryFirstMs = 200;
const retryMaxMs = 5_000;
const spoolAttemptsAtEnd = 3;

export class Publisher {
	readonly #options: PublisherOptions;
	readonly #inFlightBytesMax: number;
	readonly #backOff: BackOff;
	readonly #losses = new Losses();
	#state: PublisherState = 'live';
	#waiting: OutgoingBatch[] = [];
	#inFlightBytes = 0;
	#paused = false;
	#ending = false;
	#running: Promise<void> | null = null;
	#spooling: Promise<void> | null = null;
	/** An append of which nothing was heard when the spool took over. */
	#unsettled: Promise<void> | null = null;
	/** Batches that the spool has and that are settled all the same: delivered by that append, or too large for the log. */
	readonly #settled = new Set<string>();
	readonly #wakers = new Set<() => void>();

	constructor(options: PublisherOptions) {
		this.#options = options;
		this.#inFlightBytesMax = options.inFlightBytesMax ?? inFlightBytesDefault;
		this.#backOff = new BackOff({ firstMs: retryFirstMs, maxMs: retryMaxMs, random: options.random });
	}

	get state(): PublisherState {
		return this.#state;
	}

	get inFlightBytes(): number {
		return this.#inFlightBytes;
	}

	/** What an earlier run left in the spool comes first. To be called before the first `publish`. */
	start(): void {
		const { spool } = this.#options;
		if (spool === null || (spool.isEmpty && !spool.hasLosses)) return;
		this.#move('spooled', 'an earlier run left batches');
		this.#startRunning();
	}

	publish(batch: OutgoingBatch): void {
		if (this.#state === 'failed') return;
		this.#waiting.push(batch);
		this.#inFlightBytes += batch.value.length;
		this.#applyPressure();
		if (this.#state === 'spooled') this.#startSpooling();
		else this.#startRunning();
	}

	/** Resolves when everything published so far is in the log, or on disk in the spool, or the publisher has failed. Nothing may be published after. */
	async flush(): Promise<void> {
		this.#ending = true;
		for (const wake of this.#wakers) wake();
		while (this.#state === 'live' && this.#running !== null) await this.#running;
		for (let attempt = 0; attempt < spoolAttemptsAtEnd; attempt++) {
			if (this.#state === 'spooled' && this.#waiting.length > 0) this.#startSpooling();
			await this.#spooling;
		}
		if (this.#state === 'spooled' && this.#waiting.length > 0)
			this.#fail(new Error(`the spool cannot be written: ${this.#inFlightBytes} bytes of events are lost`));
		await this.#options.spool?.sync();
	}

	#startRunning(): void {
		this.#running ??= this.#run().finally(() => {
			this.#running = null;
		});
	}

	async #run(): Promise<void> {
		while (this.#state === 'spooled' || (this.#state === 'live' && this.#waiting.length > 0)) {
			if (this.#state === 'live') await this.#appendWaiting();
			else if (this.#ending) return;
			else await this.#drain(this.#options.spool!).catch((error: unknown) => this.#onSpoolProblem(error));
		}
	}

	async #appendWaiting(): Promise<void> {
		const batches = this.#take();
		const outcome = this.#send(batches);
		const first = await this.#orSlow(outcome);
		if (first === null) return this.#settle(batches);
		if (first !== 'slow' && first.kind === 'too-large') {
			const rest = await this.#sendOneByOne(batches);
			if (rest === null) return this.#settle(batches);
			return this.#giveUp(batches, rest);
		}
		if (first !== 'slow') return this.#giveUp(batches, first);
		this.#unsettled = outcome.then((failure) => {
			if (failure === null) for (const batch of batches) this.#settled.add(keyOf(batch));
		});
		this.#goOnSpooled(batches, 'the log takes long to answer');
	}

	/** After a failure that is known: the spool takes over, or it is the end. */
	#giveUp(batches: readonly OutgoingBatch[], { kind, error }: AppendFailure): void {
		const { spool } = this.#options;
		if (spool !== null) this.#goOnSpooled(batches, error.message);
		if (spool === null || kind === 'refused') this.#fail(error);
	}

	#goOnSpooled(batches: readonly OutgoingBatch[], cause: string): void {
		this.#waiting.unshift(...batches);
		this.#move('spooled', cause);
		this.#startSpooling();
	}

	/** Never rejects; null = the log has them. */
	async #send(batches: readonly OutgoingBatch[]): Promise<AppendFailure | null> {
		const { log, key } = this.#options;
		try {
			await log.append(
				'lanner.events',
				batches.map(({ value }) => ({ key, value })),
			);
			return null;
		} catch (error) {
			return failureOf(error);
		}
	}

	/** One of them is too large for the log: that one is lost, the others are not. */
	async #sendOneByOne(batches: readonly OutgoingBatch[]): Promise<AppendFailure | null> {
		for (const batch of batches) {
			const failure = await this.#send([batch]);
			if (failure !== null && failure.kind !== 'too-large') return failure;
			this.#settled.add(keyOf(batch));
			if (failure === null) continue;
			this.#options.onProblem(failure.error);
			this.#losses.addBatch('record-too-large', batch);
		}
		return null;
	}

	async #orSlow(outcome: Promise<AppendFailure | null>): Promise<AppendFailure | null | 'slow'> {
		const { spool, slowMs = slowMsDefault } = this.#options;
		if (spool === null) return outcome;
		const timer = this.#timer(slowMs, Math.min(slowMs, slowAtEndMs));
		return Promise.race([outcome, timer.passed.then(() => 'slow' as const)]).finally(timer.cancel);
	}

	#startSpooling(): void {
		this.#spooling ??= this.#spoolWaiting(this.#options.spool!)
			.catch((error: unknown) => this.#onSpoolProblem(error))
			.finally(() => {
				this.#spooling = null;
			});
	}

	/** In the order they came; what cannot be written goes on waiting. */
	async #spoolWaiting(spool: Spool): Promise<void> {
		while (this.#waiting.length > 0 && this.#state !== 'live') {
			const batches = this.#take();
			try {
				await spool.append(batches);
			} catch (error) {
				this.#waiting.unshift(...batches);
				throw error;
			}
			this.#settle(batches);
			this.#tellLosses();
		}
	}

	/** From the head of the spool to the log, until there is nothing left, or the log is away again. */
	async #drain(spool: Spool): Promise<void> {
		await this.#unsettled;
		this.#unsettled = null;
		while (this.#state === 'spooled') {
			const taken = await spool.take(takeBytesMax);
			this.#tellLosses();
			if (taken === null) {
				if (await this.#hasCaughtUp(spool)) return;
				continue;
			}
			if (!(await this.#deliver(spool, taken))) return;
		}
	}

	async #hasCaughtUp(spool: Spool): Promise<boolean> {
		if (this.#spooling !== null) await this.#spooling;
		else if (spool.isEmpty && this.#state === 'spooled') {
			this.#settled.clear();
			this.#move('live', 'the spool is empty');
			return true;
		}
		return false;
	}

	/** False = not now: a pause has passed, or the publisher is ending or has failed. */
	async #deliver(spool: Spool, taken: Taken): Promise<boolean> {
		const batches = taken.batches.filter((batch) => !this.#settled.has(keyOf(batch)));
		let failure = batches.length === 0 ? null : await this.#send(batches);
		if (failure?.kind === 'too-large') failure = await this.#sendOneByOne(batches);
		if (this.#ending) return false;
		if (failure === null) {
			await spool.acknowledge(taken);
			this.#backOff.reset();
			return true;
		}
		await spool.release(taken);
		if (failure.kind === 'refused') this.#fail(failure.error);
		else await this.#pause(this.#backOff.nextMs());
		return false;
	}

	/** The losses found so far go as a batch of their own behind what waits. */
	#tellLosses(): void {
		const { spool, onLosses } = this.#options;
		const losses = [...(spool?.takeLosses() ?? []), ...this.#losses.take()];
		if (losses.length > 0) this.publish(onLosses(losses));
	}

	/** They are in the log, or in the spool. */
	#settle(batches: readonly OutgoingBatch[]): void {
		for (const { value } of batches) this.#inFlightBytes -= value.length;
		if (batches.some(({ reportsLoss }) => reportsLoss))
			this.#options.spool
				?.lossesReported()
				.catch((error: unknown) => this.#options.onProblem(error as Error));
		this.#applyPressure();
		if (this.#losses.size > 0) this.#tellLosses();
	}

	#take(): OutgoingBatch[] {
		let bytes = 0;
		let count = 0;
		while (count < this.#waiting.length && (count === 0 || bytes < appendBytesMax)) {
			bytes += this.#waiting[count]?.value.length ?? 0;
			count++;
		}
		return this.#waiting.splice(0, count);
	}

	async #onSpoolProblem(error: unknown): Promise<void> {
		this.#options.onProblem(error instanceof Error ? error : new Error(String(error)));
		await this.#pause(this.#backOff.nextMs());
	}

	#pause(ms: number): Promise<void> {
		return this.#timer(ms, 0).passed;
	}

	/** Cut short to `endMs` when the end is asked for. */
	#timer(ms: number, endMs: number): { readonly passed: Promise<void>; readonly cancel: () => void } {
		let cancel = (): void => {};
		const passed = new Promise<void>((resolve) => {
			let timer = setTimeout(done, this.#ending ? endMs : ms);
			const wake = (): void => {
				clearTimeout(timer);
				timer = setTimeout(done, endMs);
			};
			const wakers = this.#wakers;
			wakers.add(wake);
			function done(): void {
				clearTimeout(timer);
				wakers.delete(wake);
				resolve();
			}
			cancel = done;
		});
		return { passed, cancel };
	}

	#applyPressure(): void {
		const paused = this.#paused
			? this.#inFlightBytes > this.#inFlightBytesMax / 2
			: this.#inFlightBytes > this.#inFlightBytesMax;
		if (paused === this.#paused) return;
		this.#paused = paused;
		this.#options.onPressure(paused);
	}

	#fail(error: Error): void {
		this.#move('failed', error.message);
		this.#options.onError(error);
	}

	#move(next: PublisherState, cause: string): void {
		if (!transitions[this.#state].includes(next))
			throw new Error(`the publisher cannot go from ${this.#state} to ${next}`);
		this.#state = next;
		this.#options.onState(next, cause);
	}
}

function keyOf({ producer, firstSequence }: OutgoingBatch): string {
	return `${producer} ${firstSequence}`;
}
