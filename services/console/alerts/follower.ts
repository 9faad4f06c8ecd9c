/**
 * Fills the window from the alert topic, all partitions, in a consumer group of its own that never tells progress: nothing is written, and
 * every console sees everything.
 *
 *   reading history (newest alerts of each partition) ──all partitions there──▶ following ──signal──▶ ended
 *
 * History is merged by time before the first alert is shown. A partition that is taken away and given back (Kafka) goes on where it was.
 * While the log is away this waits; what the log refuses for good (rights, credentials) rejects.
 */
import type { Assignment, EventLog } from '#log/log.ts';
import { aborted, whenAborted } from '#platform/signals.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { Backlog } from './backlog.ts';
import { follow, type ReadContext, readNewest } from './read-partition.ts';
import type { AlertWindow, Read } from './window.ts';

export type FollowerOptions = ReadContext & {
	readonly log: Pick<EventLog, 'consume'>;
	/** Of this process alone. */
	readonly group: string;
	readonly window: AlertWindow;
	/** Newest alerts that are read back. */
	readonly historyAlerts: number;
	/** Every alert once, in the order of the window. */
	readonly onAlert: (alert: Alert) => void;
};

export class Follower {
	readonly #options: FollowerOptions;
	readonly #backlog: Backlog;
	/** Where each partition goes on. */
	readonly #places = new Map<number, bigint>();
	/** Aborted when the history is whole. */
	readonly #whole = new AbortController();
	#partitions: number | null = null;
	#isFollowing = false;

	constructor(options: FollowerOptions) {
		this.#options = options;
		this.#backlog = new Backlog(options.historyAlerts);
		options.metrics.add('lanner_console_alerts_received_total', {}, 0);
		options.metrics.add('lanner_console_alerts_repeated_total', {}, 0);
	}

	/** For readiness; null = it follows. */
	missing(): string | null {
		if (this.#isFollowing) return null;
		if (this.#partitions === null) return 'no partition of lanner.alerts is assigned yet';
		return `the newest alerts of ${this.#partitions - this.#places.size} of ${this.#partitions} partitions are still read back`;
	}

	async run(signal: AbortSignal): Promise<void> {
		const { log, group } = this.#options;
		const consumer = await log.consume({ topic: 'lanner.alerts', group, stop: signal });
		const failed = new AbortController();
		const ending = AbortSignal.any([signal, failed.signal]);
		const release = whenAborted(ending, () => void consumer.close());
		const following: Promise<void>[] = [];
		try {
			for await (const assignment of consumer.assignments()) {
				this.#partitions = await assignment.partitionCount();
				const one = this.#partition(assignment).finally(() => assignment.release());
				// Told below: a partition that fails ends the others.
				one.catch(() => failed.abort());
				following.push(one);
			}
			await Promise.all(following);
		} finally {
			release();
			await consumer.close();
		}
	}

	async #partition(assignment: Assignment): Promise<void> {
		const { partition } = assignment;
		const known = this.#places.get(partition);
		if (known === undefined && !this.#isFollowing) await this.#readHistory(assignment);
		await aborted(AbortSignal.any([this.#whole.signal, assignment.revoked]));
		if (assignment.revoked.aborted) return;
		// A partition that is new in the topic has nothing that was not to be shown.
		const from = this.#places.get(partition) ?? 0n;
		await follow(
			assignment,
			from,
			(reads, nextOffset) => {
				for (const read of reads) this.#show(read);
				this.#places.set(partition, nextOffset);
			},
			this.#options,
		);
	}

	async #readHistory(assignment: Assignment): Promise<void> {
		const { historyAlerts } = this.#options;
		const { reads, nextOffset } = await readNewest(assignment, historyAlerts, this.#options);
		if (assignment.revoked.aborted) return;
		for (const read of reads) this.#backlog.add(assignment.partition, read);
		this.#places.set(assignment.partition, nextOffset);
		if (this.#isFollowing || this.#places.size < (this.#partitions ?? Number.POSITIVE_INFINITY)) return;
		for (const read of this.#backlog.take()) this.#show(read);
		this.#isFollowing = true;
		this.#whole.abort();
	}

	#show(read: Read): void {
		const { window, metrics, onAlert } = this.#options;
		metrics.add('lanner_console_alerts_received_total');
		if (window.add(read)) onAlert(read.alert);
		else metrics.add('lanner_console_alerts_repeated_total');
	}
}
