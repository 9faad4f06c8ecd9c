/**
 * What became of each alert that a worker read, as metrics: received = delivered + filtered + repeated + dead + grouped + held back + left +
 * in flight.
 * Beside it the age of the oldest one that is not delivered: nothing is read before all that was read is settled, so the oldest is
 * always among those in hand. 0 = none waits.
 */
import type { Assignment, LogRecord } from '#log/log.ts';
import type { Metrics } from '#platform/metrics.ts';

/** How an alert that was read ended; `left`: the partition was left before, whoever goes on there reads it again. */
const settlements = {
	delivered: 'lanner_sink_alerts_delivered_total',
	filtered: 'lanner_sink_alerts_filtered_total',
	repeated: 'lanner_sink_alerts_repeated_total',
	dead: 'lanner_sink_alerts_dead_total',
	grouped: 'lanner_sink_alerts_grouped_total',
	held: 'lanner_sink_alerts_held_back_total',
	left: 'lanner_sink_alerts_left_total',
} as const;

const othersFromZero = [
	'lanner_sink_alerts_received_total',
	'lanner_sink_attempts_failed_total',
	'lanner_sink_retention_losses_total',
] as const;

export type Settlement = keyof typeof settlements;

/** Of a partition that is followed. */
type Account = { unsettled: number; oldestMs: number | null };

export class Accounts {
	readonly #accounts = new Map<Assignment, Account>();
	readonly #metrics: Metrics;
	readonly #labels: { readonly output: string };

	readonly #forget: () => void;

	constructor(output: string, { metrics, now }: { readonly metrics: Metrics; readonly now: () => number }) {
		this.#metrics = metrics;
		this.#labels = { output };
		// A counter that appears with its first count has not grown, to Prometheus.
		for (const name of [...Object.values(settlements), ...othersFromZero]) metrics.add(name, this.#labels, 0);
		this.#forget = metrics.onCollect(() =>
			metrics.set('lanner_sink_oldest_undelivered_age_seconds', this.#oldestAgeS(now()), this.#labels),
		);
	}

	/** The output has gone, or another worker speaks for it now. */
	close(): void {
		this.#metrics.set('lanner_sink_oldest_undelivered_age_seconds', 0, this.#labels);
		this.#forget();
	}

	begin(assignment: Assignment): void {
		this.#accounts.set(assignment, { unsettled: 0, oldestMs: null });
		this.#tell();
	}

	leave(assignment: Assignment): void {
		this.settle('left', assignment, this.#accounts.get(assignment)?.unsettled);
		this.#accounts.delete(assignment);
		this.#tell();
	}

	receive(assignment: Assignment, alerts: number): void {
		this.#metrics.add('lanner_sink_alerts_received_total', this.#labels, alerts);
		const account = this.#accounts.get(assignment);
		if (account !== undefined) account.unsettled += alerts;
		this.#tell();
	}

	settle(how: Settlement, assignment: Assignment, alerts = 1): void {
		this.#metrics.add(settlements[how], this.#labels, alerts);
		const account = this.#accounts.get(assignment);
		if (account !== undefined) account.unsettled -= alerts;
		this.#tell();
	}

	/** The oldest record that the output has still to take; null = it took all that was read. */
	awaits(assignment: Assignment, record: Pick<LogRecord, 'appendedMs'> | null): void {
		const account = this.#accounts.get(assignment);
		if (account !== undefined) account.oldestMs = record?.appendedMs ?? null;
	}

	#oldestAgeS(nowMs: number): number {
		const times = [...this.#accounts.values()].flatMap(({ oldestMs }) => oldestMs ?? []);
		return times.length === 0 ? 0 : Math.max(0, nowMs - Math.min(...times)) / 1000;
	}

	#tell(): void {
		const inFlight = [...this.#accounts.values()].reduce((sum, { unsettled }) => sum + unsettled, 0);
		this.#metrics.set('lanner_sink_alerts_in_flight', inFlight, this.#labels);
		this.#metrics.set('lanner_sink_partitions', this.#accounts.size, this.#labels);
	}
}
