/**
 * When a role is ready, told from its metrics: it does its work, and is not far behind. Liveness is another question (the event loop
 * turns), lag a third (`lanner_evaluator_lag_records`).
 */
import type { Ops } from './ops.ts';

/** Records are batches of hundreds of events; the commit of what was just read is always a few behind. */
const lagRecordsMax = 1_000;

/** In the group, and caught up with what it gives. A spare, for which there is no partition, is ready to take one over. */
export function reportEvaluator(ops: Ops): void {
	const { metrics } = ops;
	metrics.set('lanner_evaluator_assigned_partitions', Number.NaN);
	ops.readiness('evaluator', () => {
		const assigned = metrics.get('lanner_evaluator_assigned_partitions');
		if (Number.isNaN(assigned)) return 'the consumer group is not joined yet';
		const waiting = assigned - metrics.get('lanner_evaluator_partitions');
		if (waiting > 0) return `${waiting} of ${assigned} partitions are not claimed yet`;
		if (assigned === 0) return null;
		const lag = metrics.sum('lanner_evaluator_lag_records');
		if (Number.isNaN(lag)) return 'how far it is behind is not known yet';
		return lag > lagRecordsMax ? `${lag} records behind (ready from ${lagRecordsMax})` : null;
	});
}

/**
 * Every output follows the alerts. One whose target is away is not a reason to restart the sink: the log keeps its alerts.
 * `outputs`: those in force when it is asked; null = the log is not open yet.
 */
export function reportSink(ops: Ops, outputs: () => readonly string[] | null): void {
	const { metrics } = ops;
	ops.readiness('outputs', () => {
		const names = outputs();
		if (names === null) return 'the log is not open yet';
		const waiting = names.filter((output) => metrics.get('lanner_sink_partitions', { output }) === 0);
		return waiting.length === 0 ? null : `no partition is assigned to ${waiting.join(', ')}`;
	});
}
