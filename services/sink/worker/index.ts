/**
 * One worker per output: reads `lanner.alerts` with a consumer group of its own, delivers in order, and reports progress
 * after delivery, so every alert reaches its output at least once, also across restarts. A worker never delays another: nothing is shared.
 * Each partition is followed by itself (partition.ts); what all of an output share is here: metrics, circuit breaker, token bucket, what is in flight.
 *
 * The end: see `SinkWorkerEnd`. What was not delivered stays in the log for whoever goes on.
 */
import type { Assignment } from '#log/log.ts';
import { whenAborted } from '#platform/signals.ts';
import { Accounts } from './accounts.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { InFlight } from './in-flight.ts';
import type { SinkWorkerEnd, SinkWorkerOptions } from './options.ts';
import { followPartition } from './partition.ts';
import { TokenBucket } from './rate-limit.ts';

export type { SinkWorkerEnd, SinkWorkerOptions } from './options.ts';

/** Runs until an end is asked for; throws what makes it impossible to go on (the log failed). */
export async function runSinkWorker(options: SinkWorkerOptions, end: SinkWorkerEnd): Promise<void> {
	await new SinkWorker(options, end).run();
}

class SinkWorker {
	readonly #options: SinkWorkerOptions;
	readonly #end: SinkWorkerEnd;
	readonly #accounts: Accounts;
	readonly #breaker: Breaker;
	readonly #bucket: TokenBucket;
	readonly #inFlight: InFlight;

	constructor(options: SinkWorkerOptions, end: SinkWorkerEnd) {
		this.#options = options;
		this.#end = end;
		this.#accounts = new Accounts(options.name, options);
		this.#bucket = new TokenBucket(options.rate, options.now());
		this.#inFlight = new InFlight(options.inFlightMax);
		this.#breaker = new Breaker((state) => this.#tellBreaker(state));
	}

	async run(): Promise<void> {
		const { log, name, output } = this.#options;
		const { stop } = this.#end;
		const ending = AbortSignal.any([this.#end.drain, this.#end.leave]);
		const waiting = AbortSignal.any([ending, stop]);
		const consumer = await log.consume({ topic: 'lanner.alerts', group: `sink.${name}`, stop: waiting });
		const partitions: Promise<void>[] = [];
		let followed = 0;
		const close = (): void => void consumer.close();
		const closeIfIdle = (): void => {
			if (followed === 0) close();
		};
		const releases = [whenAborted(stop, close), whenAborted(ending, closeIfIdle)];
		try {
			for await (const assignment of consumer.assignments()) {
				followed++;
				const following = this.#follow(assignment).finally(() => {
					followed--;
					if (ending.aborted) closeIfIdle();
				});
				// Told below; a partition that failed ends the others too.
				following.catch(close);
				partitions.push(following);
			}
			await Promise.all(partitions);
		} finally {
			for (const release of releases) release();
			await consumer.close();
			await output.close();
			this.#accounts.close();
		}
	}

	async #follow(assignment: Assignment): Promise<void> {
		const [options, end, accounts] = [this.#options, this.#end, this.#accounts];
		accounts.begin(assignment);
		try {
			await followPartition({
				...{ options, end, assignment, accounts },
				...{ breaker: this.#breaker, bucket: this.#bucket, inFlight: this.#inFlight },
			});
		} finally {
			assignment.release();
			accounts.leave(assignment);
		}
	}

	#tellBreaker(state: BreakerState): void {
		const { metrics, logger, name: output } = this.#options;
		for (const each of ['closed', 'open', 'half-open'] as const)
			metrics.set('lanner_sink_breaker_state', each === state ? 1 : 0, { output, state: each });
		logger.debug({ output, state }, 'The circuit breaker of an output changed');
	}
}
