/**
 * Silence of probes in one partition: asks the log where it ends, keeps the watch, and writes the records of silence, and of hosts that are gone for good.
 *
 * Runs beside evaluation and never makes it wait. A record that cannot be appended is tried again with the next look. Bounds: one
 * question and `appendsMax` appends at a time.
 */
import { type Assignment, type EventLog, LogUnavailableError } from '#log/log.ts';
import type { HostMeta, HostState } from '#state/index.ts';
import type { Clock } from '../clock.ts';
import type { EvaluatorMetrics } from '../metrics.ts';
import { goneBatch, silenceBatch } from './event.ts';
import { GoneHosts } from './gone.ts';
import { type HeardFacts, SilenceWatch, type SilentHost } from './watch.ts';

export type SilenceOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly assignment: Pick<Assignment, 'endOffset' | 'partition'>;
	/** Silence is told within this time after the last sign of life. */
	readonly probeSilenceS: number;
	/** A silent host is forgotten after this time without a sign of life. */
	readonly hostForgetAfterHours: number;
	/** The state of a host that was not heard since the partition was taken over. */
	readonly look: (hostId: string) => Promise<HostMeta>;
	readonly clock: Clock;
	readonly metrics: Pick<EvaluatorMetrics, 'probeSilent' | 'hostForgotten'>;
	readonly logger: Record<'info' | 'warn', (fields: object, message: string) => void>;
	/** The log ends before what was read of it. */
	readonly onEnd: (end: bigint) => void;
	readonly onError: (error: unknown) => void;
};

/** What is left of `probeSilenceS` is for looking, writing and evaluating: 12 of 15 s, more than two heartbeats of 5 s. */
const silenceShare = 0.8;
const asksPerSilence = 15;
const appendsMax = 64;
/** A look at all hosts that are silent. */
const goneLookMs = 60_000;
const secondsPerHour = 3600;

export class SilenceDetector {
	readonly #options: SilenceOptions;
	readonly #watch: SilenceWatch;
	readonly #askEveryMs: number;
	readonly #gone: GoneHosts;
	readonly #forgetS: number;
	readonly #openedAt: { readonly wallS: number; readonly ms: number };
	#askedMs = Number.NEGATIVE_INFINITY;
	#goneLookedMs = Number.NEGATIVE_INFINITY;
	#asking = false;
	#telling = 0;

	constructor(options: SilenceOptions) {
		this.#options = options;
		const silenceMs = options.probeSilenceS * 1000;
		this.#askEveryMs = silenceMs / asksPerSilence;
		this.#openedAt = { wallS: wallS(options.clock), ms: options.clock.nowMs() };
		this.#forgetS = options.hostForgetAfterHours * secondsPerHour;
		this.#gone = new GoneHosts(this.#forgetS);
		this.#watch = new SilenceWatch({ silenceMs: silenceMs * silenceShare, freshMs: 3 * this.#askEveryMs });
	}

	/** Hosts that are expected to talk. */
	get expected(): number {
		return this.#watch.size;
	}

	/** Hosts with state when the partition was taken over: their time begins now. */
	expect(hostIds: readonly string[]): void {
		for (const hostId of hostIds) this.#watch.heard(hostId, null);
	}

	/** A batch of capture was evaluated. */
	heard({ hostId, meta }: HostState): void {
		if (meta.probe === 'STOPPED') {
			this.#watch.forget(hostId);
			this.#gone.add(hostId, factsOf(meta));
			return;
		}
		this.#watch.heard(hostId, factsOf(meta));
		this.#gone.remove(hostId);
	}

	/** To be called often. `offset`: everything before it has been evaluated. */
	look(offset: bigint | null): void {
		const nowMs = this.#options.clock.nowMs();
		if (!this.#asking && nowMs - this.#askedMs >= this.#askEveryMs) void this.#ask(nowMs);
		if (offset === null) return;
		for (const host of this.#watch.reached(offset, appendsMax - this.#telling)) void this.#tell(host);
		if (nowMs - this.#goneLookedMs >= goneLookMs) this.#lookForGone(nowMs);
	}

	#lookForGone(nowMs: number): void {
		// A wall clock that is set ahead while we run makes nobody old; one that is set back is believed.
		const passedS = (nowMs - this.#openedAt.ms) / 1000;
		const nowS = Math.min(wallS(this.#options.clock), this.#openedAt.wallS + passedS);
		const due = this.#gone.due(nowS, appendsMax - this.#telling);
		// As many as fit: the rest is due with the next look.
		if (due.length === 0) this.#goneLookedMs = nowMs;
		for (const { hostId, facts } of due) void this.#tellGone(hostId, facts);
	}

	async #tellGone(hostId: string, facts: HeardFacts): Promise<void> {
		const { log, assignment, hostForgetAfterHours, metrics, logger, onError } = this.#options;
		this.#telling++;
		try {
			const value = goneBatch(hostId, facts, this.#forgetS);
			await log.append('lanner.events', [{ key: hostId, value, partition: assignment.partition }]);
			metrics.hostForgotten();
			logger.info({ hostId, hostForgetAfterHours }, 'a host was not heard for so long that it is forgotten');
		} catch (error) {
			this.#gone.add(hostId, facts);
			if (!(error instanceof LogUnavailableError)) onError(error);
		} finally {
			this.#telling--;
		}
	}

	async #ask(askedMs: number): Promise<void> {
		const { assignment, clock, onEnd, onError } = this.#options;
		this.#asking = true;
		this.#askedMs = askedMs;
		try {
			const end = await assignment.endOffset();
			this.#watch.answered({ askedMs, nowMs: clock.nowMs(), end });
			onEnd(end);
		} catch (error) {
			this.#watch.missed();
			if (!(error instanceof LogUnavailableError)) onError(error);
		} finally {
			this.#asking = false;
		}
	}

	async #tell(host: SilentHost): Promise<void> {
		const { log, assignment, look, probeSilenceS, metrics, logger, onError } = this.#options;
		const { hostId, facts } = host;
		this.#telling++;
		try {
			const known = facts ?? this.#expectedFacts(hostId, await look(hostId));
			if (known === null) return;
			const value = silenceBatch(hostId, known, probeSilenceS);
			await log.append('lanner.events', [{ key: hostId, value, partition: assignment.partition }]);
			this.#gone.add(hostId, known);
			metrics.probeSilent();
			logger.warn({ hostId, probeSilenceS }, 'a probe is silent');
		} catch (error) {
			this.#watch.giveBack(host);
			if (!(error instanceof LogUnavailableError)) onError(error);
		} finally {
			this.#telling--;
		}
	}

	/** Null = nothing is expected of it: it stopped, was reported, or its capture never talked. */
	#expectedFacts(hostId: string, meta: HostMeta): HeardFacts | null {
		if (meta.captureSequence < 0) return null;
		if (meta.probe !== 'STOPPED' && !meta.silent) return factsOf(meta);
		this.#gone.add(hostId, factsOf(meta));
		return null;
	}
}

function wallS(clock: Pick<Clock, 'now'>): number {
	return clock.now().getTime() / 1000;
}

function factsOf({ hostName, bootId, captureSequence, heardS, heardNs }: HostMeta): HeardFacts {
	return { hostName, bootId, captureSequence, heardS, heardNs };
}
