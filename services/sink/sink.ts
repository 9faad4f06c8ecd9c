/**
 * The sink role: one worker per enabled output of the configuration. `apply` brings other outputs into force while it runs:
 *
 *   same as before ─▶ not touched
 *   changed        ─▶ its worker ends after the call under way (`leaveMsMax` at most), a new one goes on at its place in the log
 *   gone, disabled ─▶ its worker ends likewise; its place is kept by the log, should the name come back
 *   new            ─▶ begins at the place of that name, or with the oldest alert
 *
 * When `signal` is aborted every worker delivers what the log has and ends, after `drainMsMax` in any case; a worker that fails
 * ends the others the same way, because only a broken log makes one fail.
 */
import { isDeepStrictEqual } from 'node:util';
import type { EventLog } from '#log/log.ts';
import type { OutputConfig } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import { aborted, whenAborted } from '#platform/signals.ts';
import { Turns } from '#platform/turns.ts';
import { compileWhen } from './expressions/when.ts';
import type { Output } from './output.ts';
import { createOutput, type OutputSurroundings } from './outputs/index.ts';
import { runSinkWorker } from './worker/index.ts';

/** What is not delivered by then stays in the log for the next run. */
const drainMsMax = 5_000;
/** For the call under way of an output that is changed; then it is left, and may come again. */
const leaveMsMax = 5_000;
const awakeMs = 60_000;

export type SinkOptions = OutputSurroundings & {
	readonly log: EventLog;
	/** In force at the start. */
	readonly outputs: readonly OutputConfig[];
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly random: () => number;
};

/** Names. */
export type OutputChanges = {
	readonly added: readonly string[];
	readonly removed: readonly string[];
	readonly changed: readonly string[];
};

type Running = {
	readonly config: OutputConfig;
	readonly leave: AbortController;
	readonly stop: AbortController;
	readonly ended: Promise<void>;
};

export function runSink(options: SinkOptions, signal: AbortSignal): Promise<void> {
	return new Sink(options).run(signal);
}

export class Sink {
	readonly #options: SinkOptions;
	readonly #running = new Map<string, Running>();
	/** Aborted when the role is to end. */
	readonly #drain = new AbortController();
	readonly #changes = new Turns();
	#isStarted = false;
	#failure: { readonly reason: unknown } | null = null;

	constructor(options: SinkOptions) {
		this.#options = options;
	}

	/** Names of the outputs that run, or are about to. */
	get names(): readonly string[] {
		return this.#isStarted ? [...this.#running.keys()] : enabled(this.#options.outputs).map(nameOf);
	}

	async run(signal: AbortSignal): Promise<void> {
		const release = whenAborted(signal, () => this.#drain.abort());
		// While all outputs are switched off nothing else would keep the process.
		const awake = setInterval(() => {}, awakeMs);
		try {
			for (const config of enabled(this.#options.outputs))
				this.#start(config, createOutput(config, this.#options));
			this.#isStarted = true;
			await aborted(this.#drain.signal);
			await this.#changes.idle();
			const workers = [...this.#running.values()];
			const timer = setTimeout(() => {
				for (const { stop } of workers) stop.abort();
			}, drainMsMax);
			await Promise.all(workers.map(({ ended }) => ended));
			clearTimeout(timer);
		} finally {
			clearInterval(awake);
			release();
		}
		if (this.#failure !== null) throw this.#failure.reason;
	}

	/** One change after another. Rejects, with nothing changed, when an output cannot be made of its configuration. */
	apply(outputs: readonly OutputConfig[]): Promise<OutputChanges> {
		return this.#changes.take(() => this.#apply(enabled(outputs)));
	}

	async #apply(wanted: readonly OutputConfig[]): Promise<OutputChanges> {
		const names = new Set(wanted.map(({ name }) => name));
		const removed = this.names.filter((name) => !names.has(name));
		const added = wanted.filter(({ name }) => !this.#running.has(name));
		const changed = wanted.filter((config) => {
			const running = this.#running.get(config.name);
			return running !== undefined && !isDeepStrictEqual(running.config, config);
		});
		const changes = { added: added.map(nameOf), removed, changed: changed.map(nameOf) };
		if (this.#drain.signal.aborted) return { added: [], removed: [], changed: [] };
		const made = [...added, ...changed].map((config) => ({
			config,
			output: createOutput(config, this.#options),
		}));
		await Promise.all([...removed, ...changes.changed].map((name) => this.#end(name)));
		for (const { config, output } of made) this.#start(config, output);
		return changes;
	}

	#start(config: OutputConfig, output: Output): void {
		const [leave, stop] = [new AbortController(), new AbortController()];
		const ended = runSinkWorker(
			{ ...this.#options, ...workerOptions(config), output },
			{ drain: this.#drain.signal, leave: leave.signal, stop: stop.signal },
		).catch((reason: unknown) => {
			this.#failure ??= { reason };
			this.#drain.abort();
		});
		this.#running.set(config.name, { config, leave, stop, ended });
	}

	async #end(name: string): Promise<void> {
		const running = this.#running.get(name);
		if (running === undefined) return;
		running.leave.abort();
		const timer = setTimeout(() => running.stop.abort(), leaveMsMax);
		await running.ended;
		clearTimeout(timer);
		this.#running.delete(name);
	}
}

function enabled(outputs: readonly OutputConfig[]): readonly OutputConfig[] {
	return outputs.filter((output) => output.enabled);
}

function nameOf({ name }: OutputConfig): string {
	return name;
}

function workerOptions(config: OutputConfig) {
	const { name, minimumPriority, when, retryFirstMs, retryMaxMs, attemptsMax } = config;
	const satisfies = when === null ? () => true : compileWhen(when);
	return {
		name,
		minimumPriority,
		satisfies,
		retry: { firstMs: retryFirstMs, maxMs: retryMaxMs, attemptsMax },
		rate: { alerts: config.rateAlerts, periodMs: config.ratePeriodS * 1000 },
		group: { by: config.groupBy, periodMs: config.groupPeriodS * 1000 },
		inFlightMax: config.inFlightAlertsMax,
	};
}
