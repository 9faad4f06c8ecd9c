/** What the evaluator counts, meanings are in metrics-catalogue.ts. */
import type { Metrics } from '#platform/metrics.ts';
import { batchResults, lossReasonOf, lossReasons } from '#platform/metrics-catalogue.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { HostCensus } from './census.ts';
import type { Evaluation } from './evaluate.ts';
import { sharedIdRule } from './shared-id.ts';

function resultOf({ fault, stray, repeated }: Evaluation): (typeof batchResults)[number] {
	if (fault !== null) return 'dead';
	if (stray) return 'stray';
	return repeated ? 'repeated' : 'evaluated';
}

export class EvaluatorMetrics {
	readonly #metrics: Metrics;

	/** What alerts are made from begins at 0: a counter that appears with its first count has not grown, to Prometheus. */
	constructor(metrics: Metrics) {
		this.#metrics = metrics;
		for (const result of batchResults) metrics.add('lanner_evaluator_batches_total', { result }, 0);
		for (const reason of lossReasons) metrics.add('lanner_evaluator_events_lost_total', { reason }, 0);
		for (const reason of ['fenced', 'lost'] as const)
			metrics.add('lanner_evaluator_ownership_lost_total', { reason }, 0);
		metrics.add('lanner_evaluator_records_dropped_total', { reason: 'too-large' }, 0);
		metrics.add('lanner_evaluator_probes_silent_total', {}, 0);
		metrics.add('lanner_evaluator_rule_matches_total', { rule: sharedIdRule }, 0);
		metrics.set('lanner_evaluator_partitions', 0);
	}

	batch(evaluation: Evaluation): void {
		const { events, gaps } = evaluation;
		this.#metrics.add('lanner_evaluator_batches_total', { result: resultOf(evaluation) });
		this.#metrics.add('lanner_evaluator_events_total', {}, events);
		for (const { reason, lost } of gaps) {
			const labels = { reason: lossReasonOf(reason) };
			this.#metrics.add('lanner_evaluator_events_lost_total', labels, Math.max(0, lost));
			this.#metrics.add('lanner_evaluator_gaps_total', labels);
		}
	}

	alert({ rule }: Pick<Alert, 'rule'>): void {
		this.#metrics.add('lanner_evaluator_rule_matches_total', { rule });
	}

	/** Alerts of records that were evaluated before the store lost its state: see README. */
	alertNotRepeated(): void {
		this.#metrics.add('lanner_evaluator_alerts_not_repeated_total');
	}

	recordTooLarge(): void {
		this.#metrics.add('lanner_evaluator_records_dropped_total', { reason: 'too-large' });
	}

	evaluated(ms: number): void {
		this.#metrics.observe('lanner_evaluator_evaluation_seconds', ms / 1000);
	}

	loaded(hosts: number, ms: number): void {
		this.#metrics.add('lanner_evaluator_hosts_loaded_total', {}, hosts);
		this.#metrics.observe('lanner_evaluator_load_seconds', ms / 1000);
	}

	appended(records: number, ms: number): void {
		this.#metrics.add('lanner_evaluator_records_appended_total', {}, records);
		this.#metrics.observe('lanner_evaluator_append_seconds', ms / 1000);
	}

	committed(ms: number): void {
		this.#metrics.observe('lanner_evaluator_commit_seconds', ms / 1000);
	}

	probeSilent(): void {
		this.#metrics.add('lanner_evaluator_probes_silent_total');
	}

	hostForgotten(): void {
		this.#metrics.add('lanner_evaluator_hosts_forgotten_total');
	}

	/** `partitions`: of the topic. */
	claimed(partitions: number): void {
		this.#metrics.add('lanner_evaluator_claims_total');
		this.#metrics.set('lanner_evaluator_topic_partitions', partitions);
	}

	ownershipLost(reason: 'fenced' | 'lost'): void {
		this.#metrics.add('lanner_evaluator_ownership_lost_total', { reason });
	}

	/** Gauges of one partition; all zero when it is no longer ours. */
	partition(partition: number, gauges: PartitionGauges = noPartition): void {
		const { hosts, census, expected, lag, inFlightBytes } = gauges;
		const labels = { partition: String(partition) };
		for (const state of hostConditions)
			this.#metrics.set('lanner_evaluator_hosts', census.counts[state], { ...labels, state });
		this.#metrics.set('lanner_evaluator_hosts_incomplete', census.incomplete, labels);
		this.#metrics.set('lanner_evaluator_hosts_in_memory', hosts, labels);
		this.#metrics.set('lanner_evaluator_probes_expected', expected, labels);
		this.#metrics.set('lanner_evaluator_lag_records', lag, labels);
		this.#metrics.set('lanner_evaluator_in_flight_bytes', inFlightBytes, labels);
	}

	/** What the group gives us; NaN = not in the group yet. */
	assigned(count: number): void {
		this.#metrics.set('lanner_evaluator_assigned_partitions', count);
	}

	partitions(count: number): void {
		this.#metrics.set('lanner_evaluator_partitions', count);
	}
}

export type PartitionGauges = {
	readonly hosts: number;
	readonly census: Pick<HostCensus, 'counts' | 'incomplete'>;
	readonly expected: number;
	readonly lag: number;
	readonly inFlightBytes: number;
};

const hostConditions = ['heard', 'silent', 'stopped', 'unknown'] as const;
const noPartition: PartitionGauges = {
	hosts: 0,
	census: new HostCensus(),
	expected: 0,
	lag: 0,
	inFlightBytes: 0,
};
