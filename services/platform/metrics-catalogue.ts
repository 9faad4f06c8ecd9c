/**
 * Every metric of every role: type, labels, meaning. What is not here cannot be counted (the compiler refuses the name), and the
 * table in README.md is compared with it. A label is a closed list of values, or a text that says where its values come from: rules
 * and outputs of the configuration, partitions of a topic. Never from events, so the number of series is bounded.
 */
export type LabelValues = readonly string[] | string;

export type MetricDefinition = {
	readonly kind: 'counter' | 'gauge' | 'histogram';
	readonly help: string;
	readonly labels: Readonly<Record<string, LabelValues>>;
	/** Upper bounds of a histogram, ascending; `+Inf` is added. */
	readonly buckets: readonly number[];
};

type Definition<K extends MetricDefinition['kind'], L> = Omit<MetricDefinition, 'kind' | 'labels'> & {
	readonly kind: K;
	readonly labels: L;
};

type NoLabels = Readonly<Record<never, never>>;

const secondsBuckets = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From an event to its delivery; an output that was away for a while is still told apart from one that is. */
const latencyBuckets = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 15, 60, 300, 3600];

function counter(help: string): Definition<'counter', NoLabels>;
function counter<const L extends MetricDefinition['labels']>(
	help: string,
	labels: L,
): Definition<'counter', L>;
function counter(help: string, labels: MetricDefinition['labels'] = {}): unknown {
	return { kind: 'counter', help, labels, buckets: [] };
}

function gauge(help: string): Definition<'gauge', NoLabels>;
function gauge<const L extends MetricDefinition['labels']>(help: string, labels: L): Definition<'gauge', L>;
function gauge(help: string, labels: MetricDefinition['labels'] = {}): unknown {
	return { kind: 'gauge', help, labels, buckets: [] };
}

function histogram<const L extends MetricDefinition['labels']>(
	help: string,
	labels: L,
	buckets: readonly number[] = secondsBuckets,
): Definition<'histogram', L> {
	return { kind: 'histogram', help, labels, buckets };
}

/** What becomes of a batch at an evaluator. */
export const batchResults = ['evaluated', 'repeated', 'stray', 'dead'] as const;

/** What the probe and the agent call a loss; a reason in an event that is none of them counts as `other`. */
export const lossReasons = [
	'ring-full',
	'reserve-full',
	'scratch-busy',
	'undecodable',
	'capture-restarted',
	'tampered-maps',
	'tampered-ring',
	'tampered-programs',
	'rate-limit-began',
	'rate-limit-ended',
	'spool-full',
	'spool-too-old',
	'spool-corrupt',
	'record-too-large',
	'other',
] as const;

/** As a label: reasons come from events, and are not trusted. */
export function lossReasonOf(reason: string): (typeof lossReasons)[number] {
	return lossReasons.find((known) => known === reason) ?? 'other';
}

const topic = [
	'lanner.events',
	'lanner.alerts',
	'lanner.alerts.dead',
	'lanner.events.dead',
	'lanner.control',
] as const;
const partition = 'partitions of the topic';
const output = 'outputs of lanner.yaml';

export const metricCatalogue = {
	// The process.
	lanner_build_info: gauge('1; the version is in the label', { version: 'package.json' }),
	process_cpu_seconds_total: counter('CPU time of the process, user and system'),
	process_resident_memory_bytes: gauge('memory of the process in RAM'),
	process_start_time_seconds: gauge('when the process started, since the epoch'),
	nodejs_heap_total_bytes: gauge('JavaScript heap, with what is free in it'),
	nodejs_heap_used_bytes: gauge('JavaScript heap in use'),
	nodejs_external_memory_bytes: gauge('memory beside that heap that its objects hold: buffers'),
	nodejs_eventloop_busy_ratio: gauge('share of the time since the last scrape that the event loop worked'),

	// The agent.
	lanner_agent_batches_total: counter('batches made, of captured and of own events'),
	lanner_agent_events_total: counter('events in them'),
	lanner_agent_bytes_total: counter('bytes of them'),
	lanner_agent_events_lost_total: counter('events that the running capture lost in the kernel'),
	lanner_agent_events_filtered_total: counter(
		'events that the running capture left out in the kernel, because no rule in force can match them',
	),
	lanner_agent_restarts_total: counter('restarts of capture'),
	lanner_agent_capture_cpu_seconds_total: counter('CPU time of the running capture'),
	lanner_agent_in_flight_bytes: gauge('bytes of batches that wait for the log in memory'),
	lanner_agent_events_lost_on_the_way_total: counter(
		'events that the spool had to evict or the log never takes; a gap event says which',
	),
	lanner_agent_log_outages_total: counter('times that the log was away and the spool took over'),
	lanner_agent_spool_bytes: gauge('bytes that wait in the spool on disk'),

	// The evaluator.
	lanner_evaluator_batches_total: counter(
		'batches received; stray = of another probe that has the same host id, not evaluated',
		{ result: batchResults },
	),
	lanner_evaluator_events_total: counter('events evaluated'),
	lanner_evaluator_events_lost_total: counter('events that a gap event told to be lost', {
		reason: lossReasons,
	}),
	lanner_evaluator_gaps_total: counter('gap events', { reason: lossReasons }),
	lanner_evaluator_rule_matches_total: counter('alerts raised', { rule: 'rules in force' }),
	lanner_evaluator_rule_evaluations_total: counter(
		'times that the condition of a rule was asked; an event of another type, or one that shared tests rule out, asks nothing',
		{ rule: 'rules in force' },
	),
	lanner_evaluator_alerts_not_repeated_total: counter(
		'alerts of events that were evaluated before the store was emptied; they were told then',
	),
	lanner_evaluator_records_dropped_total: counter('records that the log does not take', {
		reason: ['too-large'],
	}),
	lanner_evaluator_records_appended_total: counter('alerts and dead letters that the log acknowledged'),
	lanner_evaluator_evaluation_seconds: histogram('evaluation of one read, all its batches', {}),
	lanner_evaluator_append_seconds: histogram('from an append to its acknowledgement', {}),
	lanner_evaluator_commit_seconds: histogram('from the state taken to the commit acknowledged', {}),
	lanner_evaluator_hosts_loaded_total: counter('hosts whose state was read from the store'),
	lanner_evaluator_load_seconds: histogram('reading the state of the hosts of one read', {}),
	lanner_evaluator_probes_silent_total: counter('probes that fell silent'),
	lanner_evaluator_hosts_forgotten_total: counter('hosts that were not heard for hostForgetAfterHours'),
	lanner_evaluator_claims_total: counter('partitions claimed'),
	lanner_evaluator_ownership_lost_total: counter('partitions that the store took away', {
		reason: ['fenced', 'lost'],
	}),
	lanner_evaluator_assigned_partitions: gauge('partitions that the consumer group gives this evaluator'),
	lanner_evaluator_partitions: gauge('partitions that are evaluated now'),
	lanner_evaluator_topic_partitions: gauge('partitions of lanner.events'),
	lanner_evaluator_hosts: gauge(
		'hosts with state, as last seen: heard, silent (its probe says nothing), stopped (its probe said that it stops), unknown (since a take-over, for probeSilenceS at most)',
		{ partition, state: ['heard', 'silent', 'stopped', 'unknown'] },
	),
	lanner_evaluator_hosts_incomplete: gauge(
		'hosts whose processes are not all known: after a loss, until the next snapshot',
		{ partition },
	),
	lanner_evaluator_hosts_in_memory: gauge('hosts kept in memory', { partition }),
	lanner_evaluator_probes_expected: gauge('probes whose signs of life are expected', { partition }),
	lanner_evaluator_lag_records: gauge('records of the partition that are not committed', { partition }),
	lanner_evaluator_in_flight_bytes: gauge('bytes of alerts that the log has not acknowledged', { partition }),

	// The sink.
	lanner_sink_alerts_received_total: counter('alerts read for an output', { output }),
	lanner_sink_alerts_delivered_total: counter('alerts that the output took', { output }),
	lanner_sink_alerts_filtered_total: counter(
		'alerts below the minimum priority of the output, or not what its when asks for',
		{ output },
	),
	lanner_sink_alerts_repeated_total: counter('alerts that the output had before', { output }),
	lanner_sink_alerts_dead_total: counter('alerts given up, in the dead letters', { output }),
	lanner_sink_alerts_grouped_total: counter(
		'alerts like an earlier one of the period, told by a summary (which counts as an alert received)',
		{ output },
	),
	lanner_sink_alerts_held_back_total: counter(
		'alerts that the rate limit held back, told by a summary (which counts as an alert received)',
		{ output },
	),
	lanner_sink_alerts_left_total: counter(
		'alerts not settled when the output left the partition; whoever goes on there reads them again',
		{ output },
	),
	lanner_sink_attempts_failed_total: counter('deliveries that failed and are tried again', { output }),
	lanner_sink_retention_losses_total: counter(
		'times that retention removed alerts before the output took them',
		{ output },
	),
	lanner_sink_alerts_in_flight: gauge('alerts read that are not settled', { output }),
	lanner_sink_oldest_undelivered_age_seconds: gauge(
		'age of the oldest alert read and not delivered; 0 = none waits',
		{ output },
	),
	lanner_sink_breaker_state: gauge(
		'1 for the state that the circuit breaker of the output is in: open or half-open = one alert at a time is tried',
		{ output, state: ['closed', 'open', 'half-open'] },
	),
	lanner_sink_partitions: gauge('partitions that an output follows', { output }),
	lanner_sink_delivery_seconds: histogram('one call of an output', { output }),
	lanner_sink_alert_latency_seconds: histogram(
		'from the alert in the log to its delivery',
		{ output },
		latencyBuckets,
	),

	// The console.
	lanner_console_alerts_received_total: counter('alerts read, with those of before the start that are kept'),
	lanner_console_alerts_repeated_total: counter('alerts that are kept already: repeats of an evaluator'),
	lanner_console_records_undecodable_total: counter('records of lanner.alerts that are no alert'),
	lanner_console_alerts_kept: gauge('alerts in memory'),
	lanner_console_alerts_kept_bytes: gauge('their JSON'),
	lanner_console_streams: gauge('streams of alerts that are open: pages, and clients of the API'),
	lanner_console_streams_dropped_total: counter(
		'streams that the console ended: their client read too slowly, or its session was over',
		{ reason: ['slow', 'session-ended'] },
	),
	lanner_console_requests_total: counter('requests answered', { status: ['2xx', '3xx', '4xx', '5xx'] }),
	lanner_console_logins_total: counter(
		'tokens given to the form; limited: not looked at, after too many wrong ones from the address',
		{ result: ['accepted', 'refused', 'limited'] },
	),

	// Outputs.
	lanner_outputs_reloads_total: counter('looks at lanner.yaml for changed outputs', {
		result: ['loaded', 'unchanged', 'refused'],
	}),
	lanner_outputs_last_reload_successful: gauge('1 when the outputs of lanner.yaml on disk are in force'),
	lanner_outputs_in_force: gauge('outputs that run'),

	// Rules.
	lanner_rules_reloads_total: counter('reloads of the rules', {
		result: ['loaded', 'unchanged', 'refused'],
	}),
	lanner_rules_last_reload_successful: gauge('1 when the rules on disk are in force'),
	lanner_rules_loaded: gauge('rules in force'),
	lanner_rules_loaded_timestamp_seconds: gauge('when they were loaded, since the epoch'),

	// Log and store, as a role sees them.
	lanner_log_records_appended_total: counter('records that the log acknowledged', { topic }),
	lanner_log_bytes_appended_total: counter('bytes of their values', { topic }),
	lanner_log_append_failures_total: counter('appends that were not acknowledged', {
		topic,
		reason: ['unavailable', 'refused', 'too-large', 'other'],
	}),
	lanner_log_append_seconds: histogram('from an append to its acknowledgement', { topic }),
	lanner_log_records_read_total: counter('records read', { topic }),
	lanner_log_bytes_read_total: counter('bytes of their values', { topic }),
	lanner_store_commits_total: counter('commits', { result: ['committed', 'fenced', 'lost'] }),
	lanner_store_commit_seconds: histogram('one commit, with waiting for a store that is away', {}),
	lanner_store_entries_written_total: counter('values put and deleted by commits'),
	lanner_store_bytes_written_total: counter('bytes of the values put'),
	lanner_store_hosts_loaded_total: counter('hosts read'),
	lanner_store_load_seconds: histogram('reading one host', {}),
} satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricCatalogue = typeof metricCatalogue;
