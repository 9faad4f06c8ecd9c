/**
 * Items in order through one output, each until it is settled:
 *
 *   deliver ─ delivered ─▶ progress
 *      ▲    ├ retry ──▶ pause (back-off, jitter, Retry-After) ┐
 *      └────┼─────────────────────────────────────────────────┘
 *           └ refused, or attempts used up ─▶ lanner.alerts.dead ─▶ progress
 *
 * `blocked` (the output's settings are wrong) is a retry without end: nothing is given up, the log keeps the alerts. After several
 * failures in a row one alert at a time is tried (breaker.ts). No more is handed over than may come again after a crash (in-flight.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Assignment, LogRecord } from '#log/log.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult } from '../output.ts';
import type { Accounts } from './accounts.ts';
import type { Breaker } from './breaker.ts';
import { bury } from './dead-letters.ts';
import type { DedupeWindow } from './dedupe.ts';
import type { InFlight } from './in-flight.ts';
import type { Item } from './item.ts';
import type { SinkWorkerEnd, SinkWorkerOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { pauseMs } from './retry.ts';

type Failure = Exclude<DeliveryResult, { kind: 'delivered' }>;
type Outcome = { readonly settled: number; readonly failure: Failure | null };

export type DeliveryParts = {
	readonly options: SinkWorkerOptions;
	readonly end: SinkWorkerEnd;
	readonly assignment: Assignment;
	readonly progress: Progress;
	readonly window: DedupeWindow;
	readonly accounts: Accounts;
	readonly breaker: Breaker;
	readonly inFlight: InFlight;
};

export class Delivery {
	readonly #parts: DeliveryParts;
	readonly #labels: { readonly output: string };
	/** Nothing more is begun. */
	readonly #ending: AbortSignal;
	/** What is under way is left. */
	readonly #stopping: AbortSignal;

	constructor(parts: DeliveryParts) {
		this.#parts = parts;
		this.#labels = { output: parts.options.name };
		const { stop, leave } = parts.end;
		const { lost, revoked } = parts.assignment;
		this.#stopping = AbortSignal.any([stop, lost]);
		this.#ending = AbortSignal.any([this.#stopping, leave, revoked]);
	}

	/** False when the worker is to end before all were settled. */
	async deliverAll(items: readonly Item[]): Promise<boolean> {
		const { progress, options, end } = this.#parts;
		let rest = items;
		let attempt = 0;
		let blocked = 0;
		while (rest.length > 0) {
			if (this.#ending.aborted) return false;
			attempt++;
			const { settled, failure } = await this.#tryFront(rest, attempt);
			if (settled > 0) {
				await progress.settled(rest[settled - 1]!.place, settled);
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
			if (end.drain.aborted) return false;
			if (attempt >= options.retry.attemptsMax) {
				await this.#bury(rest[0]!, failure, attempt);
				await progress.settled(rest[0]!.place, 0);
				rest = rest.slice(1);
				attempt = 0;
			} else await this.#pause(failure, Math.max(attempt, blocked));
		}
		return true;
	}

	/** What could not be decoded. */
	async giveUp(record: LogRecord, code: string, reason: string): Promise<void> {
		await this.#toDeadLetters(record, null, { kind: 'refused', code, reason }, 0);
	}

	/** One attempt, with as many alerts from the front as the breaker lets through and may be in flight. */
	async #tryFront(items: readonly Item[], attempt: number): Promise<Outcome> {
		const { accounts, breaker, inFlight, assignment } = this.#parts;
		accounts.awaits(assignment, items[0]!.record);
		const permit = await breaker.enter(items.length);
		let taken = 0;
		let settled = 0;
		try {
			taken = await inFlight.take(Math.min(permit.alertsMax, items.length), this.#ending);
			if (taken === 0) return { settled: 0, failure: null };
			const outcome = await this.#attempt(items.slice(0, taken), attempt);
			settled = outcome.settled;
			return outcome;
		} finally {
			// Those that are settled are in flight until the log knows of them.
			inFlight.giveBack(taken - settled);
			permit.over(settled > 0);
		}
	}

	/** One call of the output: how many alerts from the front are settled, and the failure of the one after them. */
	async #attempt(items: readonly Item[], attempt: number): Promise<Outcome> {
		const { output, metrics, now } = this.#parts.options;
		const startMs = now();
		const results = await output.deliver(
			items.map(({ alert }) => alert),
			this.#stopping,
		);
		const endMs = now();
		metrics.observe('lanner_sink_delivery_seconds', Math.max(0, endMs - startMs) / 1000, this.#labels);
		let settled = 0;
		for (const [i, result] of results.entries()) {
			const item = items[i]!;
			if (result.kind === 'retry' || result.kind === 'blocked') {
				metrics.add('lanner_sink_attempts_failed_total', this.#labels);
				return { settled, failure: result };
			}
			if (result.kind === 'refused') await this.#bury(item, result, i === 0 ? attempt : 1);
			else this.#delivered(item, endMs);
			settled = i + 1;
		}
		return { settled, failure: null };
	}

	#delivered({ alert, record }: Item, endMs: number): void {
		const { options, window, accounts, assignment } = this.#parts;
		window.add(alert.id);
		const latencyS = Math.max(0, endMs - record.appendedMs) / 1000;
		options.metrics.observe('lanner_sink_alert_latency_seconds', latencyS, this.#labels);
		accounts.settle('delivered', assignment);
	}

	/** Ends early when the worker is to end: one more attempt is made then. */
	async #pause(failure: Failure, attempt: number): Promise<void> {
		const { retry, random, logger, name } = this.#parts.options;
		const asked = failure.kind === 'refused' ? 0 : (failure.afterMs ?? 0);
		const waitMs = Math.max(pauseMs(retry, attempt, random), asked);
		const fields = { output: name, code: failure.code, reason: failure.reason, attempt, waitMs };
		if (failure.kind === 'blocked')
			logger.error(fields, 'An output refuses our settings; its alerts wait in the log until that is mended');
		else logger.warn(fields, 'An output did not take an alert; it is tried again');
		try {
			const signal = AbortSignal.any([this.#ending, this.#parts.end.drain]);
			await sleep(waitMs, undefined, { signal });
		} catch (error) {
			if ((error as Error).name !== 'AbortError') throw error;
		}
	}

	/** To the dead letters, durably, before progress moves on. */
	async #bury({ record, alert }: Item, failure: Failure, attempts: number): Promise<void> {
		await this.#toDeadLetters(record, alert, failure, attempts);
		this.#parts.window.add(alert.id);
	}

	async #toDeadLetters(
		record: LogRecord,
		alert: Alert | null,
		{ code, reason }: Failure,
		attempts: number,
	): Promise<void> {
		const { options, assignment, accounts } = this.#parts;
		const { log, name, now, logger } = options;
		const { topic, partition } = assignment;
		const alertId = alert?.id ?? null;
		await bury({
			...{ log, output: name, nowMs: now(), topic, partition, record },
			...{ alertId, code, reason, attempts },
		});
		accounts.settle('dead', assignment);
		logger.error(
			{ output: name, code, reason, attempts, alertId },
			'An alert was given up and is in the dead letters',
		);
	}
}
