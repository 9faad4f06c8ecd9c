/**
 * Batches on their way to the log: appended in the order they were given, one append at a time, several batches each.
 *
 * Bounds: at most `inFlightBytesMax` bytes wait (plus the batches of one read); above it `onPressure(true)` asks the source
 * to stop reading, below half of it `onPressure(false)` lets it go on. Nothing is dropped here: what cannot be kept is
 * lost in the kernel ring, where it is counted. Failure: an append that fails for good ends the publisher (`failed`).
 */
import type { EventLog } from '#log/log.ts';

export type PublisherOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly key: string;
	readonly inFlightBytesMax?: number;
	readonly onPressure: (paused: boolean) => void;
	readonly onError: (error: Error) => void;
};

const inFlightBytesDefault = 16 << 20;
const appendBytesMax = 4 << 20;

export class Publisher {
	readonly #options: PublisherOptions;
	readonly #inFlightBytesMax: number;
	#waiting: Uint8Array[] = [];
	#inFlightBytes = 0;
	#paused = false;
	#failed = false;
	#running: Promise<void> | null = null;

	constructor(options: PublisherOptions) {
		this.#options = options;
		this.#inFlightBytesMax = options.inFlightBytesMax ?? inFlightBytesDefault;
	}

	get inFlightBytes(): number {
		return this.#inFlightBytes;
	}

	publish(batch: Uint8Array): void {
		if (this.#failed) return;
		this.#waiting.push(batch);
		this.#inFlightBytes += batch.length;
		this.#applyPressure();
		this.#running ??= this.#run().finally(() => {
			this.#running = null;
		});
	}

	/** Resolves when everything published so far is durable, or the publisher has failed. */
	async flush(): Promise<void> {
		while (this.#running !== null) await this.#running;
	}

	async #run(): Promise<void> {
		while (this.#waiting.length > 0) {
			const batches = this.#take();
			try {
				await this.#options.log.append(
					'lanner.events',
					batches.map((value) => ({ key: this.#options.key, value })),
				);
			} catch (error) {
				this.#failed = true;
				this.#waiting = [];
				this.#options.onError(error instanceof Error ? error : new Error(String(error)));
				return;
			}
			for (const batch of batches) this.#inFlightBytes -= batch.length;
			this.#applyPressure();
		}
	}

	#take(): Uint8Array[] {
		let bytes = 0;
		let count = 0;
		while (count < this.#waiting.length && (count === 0 || bytes < appendBytesMax)) {
			bytes += this.#waiting[count]?.length ?? 0;
			count++;
		}
		return this.#waiting.splice(0, count);
	}

	#applyPressure(): void {
		const paused = this.#paused
			? this.#inFlightBytes > this.#inFlightBytesMax / 2
			: this.#inFlightBytes > this.#inFlightBytesMax;
		if (paused === this.#paused) return;
		this.#paused = paused;
		this.#options.onPressure(paused);
	}
}
