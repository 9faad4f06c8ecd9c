/**
 * One partition of the alerts on its way to one output:
 *
 *   read → decode → filter (priority, when, window) → group → rate limit → deliver (delivery.ts) → progress
 *                                                       │        └ no token ─▶ held back ─ token ─▶ one summary
 *                                                       └ like an earlier one ─▶ counted ─ end of the period ─▶ one summary a group
 *
 * Order is that of the log. What is counted by a group is settled for the progress, whose note says how to count it again; what the rate limit
 * holds back is not, so progress waits for its summary.
 */
import { type Assignment, type LogRecord, LogTruncatedError } from '#log/log.ts';
import { type Priority, priorities } from '#schemas/alert/priority.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { Accounts } from './accounts.ts';
import type { Breaker } from './breaker.ts';
import type { DedupeWindow } from './dedupe.ts';
import { Delivery } from './delivery.ts';
import { GroupPeriod } from './group.ts';
import type { InFlight } from './in-flight.ts';
import type { Item } from './item.ts';
import type { SinkWorkerEnd, SinkWorkerOptions } from './options.ts';
import { Progress } from './progress.ts';
import { HeldBack, type TokenBucket } from './rate-limit.ts';
import { recall } from './recall.ts';

const readBytesMax = 256 * 1024;
/** Also how long an idle worker takes to notice that it is to end. */
const readWaitMs = 250;

export type PartitionParts = {
	readonly options: SinkWorkerOptions;
	readonly end: SinkWorkerEnd;
	readonly assignment: Assignment;
	/** Shared by all partitions of the output. */
	readonly accounts: Accounts;
	readonly breaker: Breaker;
	readonly bucket: TokenBucket;
	readonly inFlight: InFlight;
};

/** Follows the partition until it is taken away or an end is asked for. */
export async function followPartition(parts: PartitionParts): Promise<void> {
	const { options, end, assignment } = parts;
	// A new output begins with what the log still has: an alert made while the sink was not yet up must not be missed.
	const told = await assignment.progress();
	const isWanted = wantedBy(options);
	const { window, period, problem } = await recall(assignment, told, isWanted);
	if (problem !== null) options.logger.error({ output: options.name }, problem);
	await assignment.seek(told ?? 'earliest');
	const progress = new Progress(assignment, { inFlight: parts.inFlight, now: options.now });
	const delivery = new Delivery({ ...parts, progress, window });
	const ending = AbortSignal.any([end.stop, end.leave, assignment.revoked]);
	const following = { ...parts, progress, delivery, window, isWanted, ending };
	await new Partition(following, period, told ?? 0n).run().finally(() => progress.end());
}

/** Asked for by priority and `when`. */
function wantedBy({ minimumPriority, satisfies }: SinkWorkerOptions): (alert: Alert) => boolean {
	const rankMax = priorities.indexOf(minimumPriority);
	return (alert) => priorities.indexOf(alert.priority as Priority) <= rankMax && satisfies(alert);
}

type Following = PartitionParts & {
	readonly progress: Progress;
	readonly delivery: Delivery;
	readonly window: DedupeWindow;
	readonly isWanted: (alert: Alert) => boolean;
	readonly ending: AbortSignal;
};

class Partition {
	readonly #following: Following;
	/** Of the grouping; null = none is open. */
	#period: GroupPeriod | null;
	/** What the rate limit holds back; null = nothing. */
	#held: HeldBack | null = null;
	/** To be handed over together. */
	#pending: Item[] = [];
	/** Everything before is delivered, pending, held back, counted or left out. */
	#position: bigint;

	constructor(following: Following, period: GroupPeriod | null, position: bigint) {
		this.#following = following;
		this.#period = period;
		this.#position = position;
	}

	async run(): Promise<void> {
		const { end, progress, ending } = this.#following;
		while (!ending.aborted) {
			const isLast = end.drain.aborted;
			const records = await this.#read();
			if (!(await this.#tellWhatIsDue())) return;
			if (records.length === 0) {
				if (isLast) return;
				await progress.tell();
				continue;
			}
			// The log's buffer is ours only until the next read: nothing is read before everything is settled.
			if (!(await this.#handle(records))) return;
		}
	}

	async #read(): Promise<readonly LogRecord[]> {
		const { assignment, options } = this.#following;
		try {
			return await assignment.read({ maxBytes: readBytesMax, waitMs: readWaitMs });
		} catch (error) {
			if (!(error instanceof LogTruncatedError)) throw error;
			options.metrics.add('lanner_sink_retention_losses_total', { output: options.name });
			options.logger.error(
				{ output: options.name, err: error },
				'Alerts were removed by retention before this output took them',
			);
			await assignment.seek('earliest');
			return [];
		}
	}

	/** False when the worker is to end before all were settled. */
	async #handle(records: readonly LogRecord[]): Promise<boolean> {
		const { assignment, accounts } = this.#following;
		accounts.receive(assignment, records.length);
		accounts.awaits(assignment, records[0]!);
		for (const record of records) {
			if (!(await this.#tellWhatIsDue())) return false;
			const alert = await this.#decode(record);
			if (alert !== null && !(await this.#take(record, alert))) return false;
			this.#position = record.offset + 1n;
		}
		if (!(await this.#flush())) return false;
		accounts.awaits(assignment, this.#held);
		return true;
	}

	async #decode(record: LogRecord): Promise<Alert | null> {
		try {
			return alertCodec.decode(record.value);
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			await this.#following.delivery.giveUp(record, 'alert-undecodable', reason);
			return null;
		}
	}

	/** One alert of the log. False when the worker is to end. */
	async #take(record: LogRecord, alert: Alert): Promise<boolean> {
		const { isWanted, window, accounts, assignment, options } = this.#following;
		if (!isWanted(alert)) {
			accounts.settle('filtered', assignment);
			return true;
		}
		if (window.has(alert.id) || this.#pending.some((item) => item.alert.id === alert.id)) {
			accounts.settle('repeated', assignment);
			return true;
		}
		if (options.group.by.length > 0) {
			this.#period ??= new GroupPeriod({ ...options.group, from: record.offset, startMs: options.now() });
			if (this.#period.counts(alert)) {
				window.add(alert.id);
				accounts.settle('grouped', assignment);
				return true;
			}
		}
		const place = { next: record.offset + 1n, note: this.#period?.note() ?? '' };
		return this.#admit({ record, alert, alerts: 1, place });
	}

	/** Past the rate limit: to the pending ones, or held back with all that follow. */
	async #admit(item: Item): Promise<boolean> {
		const { bucket, options, window } = this.#following;
		if (this.#held === null && bucket.take(options.now())) {
			this.#pending.push(item);
			return this.#pending.length < options.output.batchMax || this.#deliverPending();
		}
		// What came before goes before the summary.
		if (!(await this.#deliverPending())) return false;
		if (this.#held === null) this.#held = new HeldBack(item);
		else this.#held.add(item);
		// A repeat of it is none of its own; whoever takes over reads it again, its window too is made anew.
		window.add(item.alert.id);
		return true;
	}

	#deliverPending(): Promise<boolean> {
		const items = this.#pending;
		this.#pending = [];
		return this.#following.delivery.deliverAll(items);
	}

	/** Delivers what is pending; all before the position is settled then, unless something is held back. */
	async #flush(): Promise<boolean> {
		if (!(await this.#deliverPending())) return false;
		if (this.#held === null) await this.#following.progress.settled(this.#place(), 0);
		return true;
	}

	#place() {
		return { next: this.#position, note: this.#period?.note() ?? '' };
	}

	/** The summary of what is held back once there is a token for it, and those of a period that is over. False = the worker is to end. */
	async #tellWhatIsDue(): Promise<boolean> {
		const { now, group } = this.#following.options;
		if (!(await this.#sumUp())) return false;
		const period = this.#period;
		if (period === null || (period.isOf(group) && !period.isOver(now()))) return true;
		return this.#endPeriod(period);
	}

	async #sumUp(): Promise<boolean> {
		const { bucket, options, assignment, accounts, delivery } = this.#following;
		const held = this.#held;
		if (held === null || !bucket.take(options.now())) return true;
		const alert = held.summary(options.name);
		const item = this.#summaryItem(alert, held.alerts, this.#place().note, held.appendedMs);
		// One more to deliver, which no read brought.
		accounts.receive(assignment, 1);
		if (!(await delivery.deliverAll([item]))) return false;
		accounts.settle('held', assignment, held.items);
		accounts.awaits(assignment, null);
		this.#held = null;
		return true;
	}

	async #endPeriod(period: GroupPeriod): Promise<boolean> {
		const { options, assignment, accounts } = this.#following;
		if (!(await this.#flush())) return false;
		const summaries = period.summaries(options.name);
		for (const { alert, alerts, note } of summaries) {
			accounts.receive(assignment, 1);
			if (!(await this.#admit(this.#summaryItem(alert, alerts, note, options.now())))) return false;
		}
		this.#period = null;
		if (!(await this.#flush())) return false;
		accounts.awaits(assignment, this.#held);
		return true;
	}

	/** Of our own making: it lies nowhere, but all before the position is in it or settled. */
	#summaryItem(alert: Alert, alerts: number, note: string, appendedMs: number): Item {
		const next = this.#position;
		const record = { offset: next - 1n, appendedMs, key: alert.hostId, value: alertCodec.encode(alert) };
		return { record, alert, alerts, place: { next, note } };
	}
}
