/**
 * One worker per output: reads `lanner.alerts` with a consumer group of its own, delivers in order, and reports progress
 * after delivery, so every alert reaches its output at least once, also across restarts.
 *
 *   read → decode → filter (priority, when, window) → deliver ─ delivered ─▶ progress
 *                                              ▲      ├ retry ──▶ pause (back-off, jitter, Retry-After) ┐
 *                                              └──────┼───────────────────────────────────────────────┘
 *                                                     └ refused, or attempts used up ─▶ lanner.alerts.dead ─▶ progress
 *
 * `blocked` (the output's settings are wrong) is a retry without end: nothing is given up, the log keeps the alerts.
 * What cannot be decoded goes to the dead letters with its bytes. A worker never delays another: nothing is shared. After several
 * failures in a row one alert at a time is tried (`breaker.ts`). Progress is told in batches (`progress.ts`), metrics are in `accounts.ts`.
 *
 * The end: `drain` = deliver what the log has, but do not wait for an output that fails; `stop` = leave everything now.
 * What was not delivered stays in the log for the next run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Assignment, type EventLog, type LogRecord, LogTruncatedError } from '#log/log.ts';
import { type Priority, priorities } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import { alertCodec, deadLetterCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { Accounts } from './accounts.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { type DedupeWindow, settledBefore } from './dedupe.ts';
import type { DeliveryResult, Output } from './output.ts';
import { Progress } from './progress.ts';
import { HeldBack, type RateOptions, TokenBucket } from './rate-limit.ts';
import { pauseMs, type RetryOptions } from './retry.ts';

const readBytesMax = 256 * 1024;
/** Also how long an idle worker takes to notice that it is to end. */
const readWaitMs = 250;
/** Of the reason in a dead letter. */
const deadReasonCharsMax = 2_000;

export type SinkWorkerOptions = {
	readonly name: string;
	readonly log: EventLog;
	readonly output: Output;
	readonly minimumPriority: Priority;
	/** The `when` of the output. */
	readonly satisfies: (alert: Alert) => boolean;
	readonly retry: RetryOptions;
	readonly rate: RateOptions;
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly now: () => number;
	readonly random: () => number;
};

type Pending = { readonly record: LogRecord; readonly alert: Alert };
/** A partition that is followed. */
type Following = {
	readonly assignment: Assignment;
	readonly progress: Progress;
	/** The worker is to stop, or the partition was taken away. */
	readonly ending: AbortSignal;
	/** What the rate limit holds back; null = nothing. */
	held: HeldBack | null;
};
type Failure = Exclude<DeliveryResult, { kind: 'delivered' }>;

export type SinkWorkerEnd = { readonly drain: AbortSignal; readonly stop: AbortSignal };

/** Runs until an end is asked for; throws what makes it impossible to go on (the log failed). */
export async function runSinkWorker(options: SinkWorkerOptions, end: SinkWorkerEnd): Promise<void> {
	await new SinkWorker(options, end).run();
}

class SinkWorker {
	readonly #options: SinkWorkerOptions;
	readonly #drain: AbortSignal;
	readonly #stop: AbortSignal;
	readonly #labels: { readonly output: string };
	readonly #accounts: Accounts;
	readonly #breaker: Breaker;
	readonly #bucket: TokenBucket;
	/** One a partition: a repeat has the key of the first, and who takes the partition over makes it anew from the log. */
	readonly #windows = new Map<Assignment, DedupeWindow>();

	constructor(options: SinkWorkerOptions, { drain, stop }: SinkWorkerEnd) {
		this.#options = options;
		this.#drain = drain;
		this.#stop = stop;
		this.#labels = { output: options.name };
		this.#accounts = new Accounts(options.name, options);
		this.#bucket = new TokenBucket(options.rate, options.now());
		this.#breaker = new Breaker((state) => this.#tellBreaker(state));
	}

	async run(): Promise<void> {
		const { log, name, output } = this.#options;
		const consumer = await log.consume({ topic: 'lanner.alerts', group: `sink.${name}` });
		const partitions: Promise<void>[] = [];
		let followed = 0;
		const close = (): void => void consumer.close();
		const closeIfIdle = (): void => {
			if (followed === 0) close();
		};
		this.#stop.addEventListener('abort', close, { once: true });
		this.#drain.addEventListener('abort', closeIfIdle, { once: true });
		if (this.#stop.aborted) close();
		try {
			for await (const assignment of consumer.assignments()) {
				followed++;
				this.#accounts.begin(assignment);
				const following = this.#follow(assignment).finally(() => {
					this.#leave(assignment);
					followed--;
					if (this.#drain.aborted) closeIfIdle();
				});
				// Told below; a partition that failed ends the others too.
				following.catch(close);
				partitions.push(following);
			}
			await Promise.all(partitions);
		} finally {
			this.#stop.removeEventListener('abort', close);
			this.#drain.removeEventListener('abort', closeIfIdle);
			await consumer.close();
			await output.close();
		}
	}

	#leave(assignment: Assignment): void {
		this.#accounts.leave(assignment);
		this.#windows.delete(assignment);
	}

	#tellBreaker(state: BreakerState): void {
		const { metrics, logger, name } = this.#options;
		for (const each of ['closed', 'open', 'half-open'] as const)
			metrics.set('lanner_sink_breaker_state', each === state ? 1 : 0, { ...this.#labels, state: each });
		logger.debug({ output: name, state }, 'The circuit breaker of an output changed');
	}

	async #follow(assignment: Assignment): Promise<void> {
		// A new output begins with what the log still has: an alert made while the sink was not yet up must not be missed.
		const told = await assignment.progress();
		this.#windows.set(assignment, await settledBefore(assignment, told));
		await assignment.seek(told ?? 'earliest');
		const progress = new Progress(assignment, this.#options.now);
		const ending = AbortSignal.any([this.#stop, assignment.revoked]);
		try {
			await this.#deliverFrom({ assignment, progress, ending, held: null });
		} finally {
			await progress.tell();
		}
	}

	async #deliverFrom(following: Following): Promise<void> {
		const { assignment, progress, ending } = following;
		while (!ending.aborted) {
			const isLast = this.#drain.aborted;
			const records = await this.#read(assignment);
			if (!(await this.#sumUp(following))) return;
			if (records.length === 0) {
				if (isLast) return;
				await progress.tell();
				continue;
			}
			// The log's buffer is ours only until the next read: nothing is read before everything is settled.
			if (!(await this.#handle(records, following))) return;
		}
	}

	async #read(assignment: Assignment): Promise<readonly LogRecord[]> {
		try {
			return await assignment.read({ maxBytes: readBytesMax, waitMs: readWaitMs });
		} catch (error) {
			if (!(error instanceof LogTruncatedError)) throw error;
			this.#options.metrics.add('lanner_sink_retention_losses_total', this.#labels);
			this.#options.logger.error(
				{ output: this.#options.name, err: error },
				'Alerts were removed by retention before this output took them',
			);
			await assignment.seek('earliest');
			return [];
		}
	}

	/** False when the worker is to end before all were settled. */
	async #handle(records: readonly LogRecord[], following: Following): Promise<boolean> {
		const { assignment, progress } = following;
		this.#accounts.receive(assignment, records.length);
		this.#accounts.awaits(assignment, records[0]!);
		let pending: Pending[] = [];
		const flush = async (): Promise<boolean> => {
			const batch = pending;
			pending = [];
			return this.#deliverAll(batch, following);
		};
		for (const record of records) {
			const alert = await this.#decode(record, assignment);
			if (alert === null || !this.#wanted(alert, pending, assignment)) continue;
			if (following.held !== null && !(await this.#sumUp(following))) return false;
			if (following.held === null && this.#bucket.take(this.#options.now())) pending.push({ record, alert });
			else {
				// What came before goes before the summary.
				if (!(await flush())) return false;
				this.#hold({ record, alert }, following);
			}
			if (pending.length >= this.#options.output.batchMax && !(await flush())) return false;
		}
		if (!(await flush())) return false;
		this.#accounts.awaits(assignment, following.held);
		if (following.held === null) await progress.settled(records.at(-1)!.offset + 1n, 0);
		return true;
	}

	/** A repeat of it is none of its own; whoever takes over reads it again, its window too is made anew. */
	#hold({ record: { offset, appendedMs }, alert }: Pending, following: Following): void {
		const item = { alert, offset, appendedMs };
		if (following.held === null) following.held = new HeldBack(item);
		else following.held.add(item);
		this.#windows.get(following.assignment)?.add(alert.id);
	}

	/** Delivers the summary of what is held back once there is a token for it. False when the worker is to end before that is settled. */
	async #sumUp(following: Following): Promise<boolean> {
		const { assignment, held } = following;
		const { name, now } = this.#options;
		if (held === null || !this.#bucket.take(now())) return true;
		const alert = held.summary(name);
		const { lastOffset: offset, appendedMs } = held;
		const record = { offset, appendedMs, key: alert.hostId, value: alertCodec.encode(alert) };
		// One more to deliver, which no read brought.
		this.#accounts.receive(assignment, 1);
		if (!(await this.#deliverAll([{ record, alert }], following))) return false;
		this.#accounts.settle('held', assignment, held.count);
		following.held = null;
		return true;
	}

	async #decode(record: LogRecord, assignment: Assignment): Promise<Alert | null> {
		try {
			return alertCodec.decode(record.value);
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			await this.#bury(
				{ record, alert: null },
				{ kind: 'refused', code: 'alert-undecodable', reason },
				0,
				assignment,
			);
			return null;
		}
	}

	#wanted(alert: Alert, pending: readonly Pending[], assignment: Assignment): boolean {
		const { minimumPriority, satisfies } = this.#options;
		const rank = priorities.indexOf(alert.priority as Priority);
		if (rank > priorities.indexOf(minimumPriority) || !satisfies(alert)) {
			this.#accounts.settle('filtered', assignment);
			return false;
		}
		if (this.#windows.get(assignment)?.has(alert.id) || pending.some((item) => item.alert.id === alert.id)) {
			this.#accounts.settle('repeated', assignment);
			return false;
		}
		return true;
	}

	/** False when the worker is to end before all were settled. */
	async #deliverAll(batch: readonly Pending[], following: Following): Promise<boolean> {
		const { assignment, progress, ending } = following;
		let rest = batch;
		let attempt = 0;
		let blocked = 0;
		while (rest.length > 0) {
			if (ending.aborted) return false;
			attempt++;
			this.#accounts.awaits(assignment, rest[0]!.record);
			const { settled, failure } = await this.#tryFront(rest, attempt, following);
			if (settled > 0) {
				await progress.settled(rest[settled - 1]!.record.offset + 1n, settled);
				rest = rest.slice(settled);
				// Another alert stands first now: its attempts are its own.
				attempt = failure === null ? 0 : 1;
				blocked = 0;
			}
			if (failure === null || rest.length === 0) continue;
			// An attempt against wrong settings says nothing about the alert: it is not counted.
			if (failure.kind === 'blocked') attempt--;
			blocked = failure.kind === 'blocked' ? blocked + 1 : 0;
			await progress.tell();
			if (this.#drain.aborted) return false;
			if (attempt >= this.#options.retry.attemptsMax) {
				await this.#bury(rest[0]!, failure, attempt, assignment);
				rest = rest.slice(1);
				attempt = 0;
			} else await this.#pause(failure, Math.max(attempt, blocked), ending);
		}
		return true;
	}

	/** One attempt, with as many alerts from the front as the breaker lets through. */
	async #tryFront(
		batch: readonly Pending[],
		attempt: number,
		following: Following,
	): Promise<{ settled: number; failure: Failure | null }> {
		const permit = await this.#breaker.enter(batch.length);
		let took = false;
		try {
			const outcome = await this.#attempt(batch.slice(0, permit.alertsMax), attempt, following);
			took = outcome.settled > 0;
			return outcome;
		} finally {
			permit.over(took);
		}
	}

	/** One call of the output: how many alerts from the front are settled, and the failure of the one after them. */
	async #attempt(
		batch: readonly Pending[],
		attempt: number,
		{ assignment, ending }: Following,
	): Promise<{ settled: number; failure: Failure | null }> {
		const { output, metrics, now } = this.#options;
		const startMs = now();
		const results = await output.deliver(
			batch.map(({ alert }) => alert),
			ending,
		);
		const endMs = now();
		metrics.observe('lanner_sink_delivery_seconds', Math.max(0, endMs - startMs) / 1000, this.#labels);
		let settled = 0;
		for (const [i, result] of results.entries()) {
			const item = batch[i]!;
			if (result.kind === 'retry' || result.kind === 'blocked') {
				metrics.add('lanner_sink_attempts_failed_total', this.#labels);
				return { settled, failure: result };
			}
			if (result.kind === 'refused') await this.#bury(item, result, i === 0 ? attempt : 1, assignment);
			else {
				this.#windows.get(assignment)?.add(item.alert.id);
				const latencyS = Math.max(0, endMs - item.record.appendedMs) / 1000;
				metrics.observe('lanner_sink_alert_latency_seconds', latencyS, this.#labels);
				this.#accounts.settle('delivered', assignment);
			}
			settled = i + 1;
		}
		return { settled, failure: null };
	}

	/** Ends early when the worker is to end: one more attempt is made then. */
	async #pause(failure: Failure, attempt: number, ending: AbortSignal): Promise<void> {
		const { retry, random, logger, name } = this.#options;
		const asked = failure.kind === 'refused' ? 0 : (failure.afterMs ?? 0);
		const waitMs = Math.max(pauseMs(retry, attempt, random), asked);
		const fields = { output: name, code: failure.code, reason: failure.reason, attempt, waitMs };
		if (failure.kind === 'blocked')
			logger.error(fields, 'An output refuses our settings; its alerts wait in the log until that is mended');
		else logger.warn(fields, 'An output did not take an alert; it is tried again');
		try {
			await sleep(waitMs, undefined, { signal: AbortSignal.any([ending, this.#drain]) });
		} catch (error) {
			if ((error as Error).name !== 'AbortError') throw error;
		}
	}

	/** To the dead letters, durably, before progress moves on. */
	async #bury(
		item: { record: LogRecord; alert: Alert | null },
		failure: Failure,
		attempts: number,
		assignment: Assignment,
	): Promise<void> {
		const { log, name, now, logger } = this.#options;
		const nowMs = now();
		const value = deadLetterCodec.encode({
			timeS: Math.floor(nowMs / 1000),
			timeNs: Math.floor(nowMs % 1000) * 1_000_000,
			topic: assignment.topic,
			partition: assignment.partition,
			offset: Number(item.record.offset),
			key: { bytes: Buffer.from(item.record.key, 'utf8') },
			value: Buffer.from(item.record.value),
			stage: name,
			code: failure.code,
			reason: failure.reason.slice(0, deadReasonCharsMax),
			attempts,
			alertId: item.alert === null ? null : { string: item.alert.id },
		});
		await log.append('lanner.alerts.dead', [{ key: name, value }]);
		if (item.alert !== null) this.#windows.get(assignment)?.add(item.alert.id);
		this.#accounts.settle('dead', assignment);
		logger.error(
			{ output: name, code: failure.code, reason: failure.reason, attempts, alertId: item.alert?.id ?? null },
			'An alert was given up and is in the dead letters',
		);
	}
}
