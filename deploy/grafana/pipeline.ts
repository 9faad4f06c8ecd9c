/** From captured event to alert in the log: does it keep up, is anything lost, how long does it take, what costs how much. */
import type { Dashboard, Panel } from './dashboard.ts';

const quantiles = (metric: string, by = ''): Panel['queries'] =>
	['0.5', '0.99'].map((quantile) => ({
		expr: `histogram_quantile(${quantile}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket[5m])))`,
		legend: `p${Number(quantile) * 100}${by === '' ? '' : ` {{${by}}}`}`,
	}));

export const pipeline: Dashboard = {
	uid: 'lanner-pipeline',
	title: 'Lanner / Pipeline',
	about: 'Events from the probes to alerts in the log: lag, loss, latency, cost.',
	rows: [
		{
			title: 'Now',
			panels: [
				{
					title: 'Lag',
					about: 'Batches in lanner.events that no commit covers yet, all partitions. A few are normal.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1_000, 10_000],
					queries: [{ expr: 'sum(lanner_evaluator_lag_records >= 0)' }],
				},
				{
					title: 'Behind by',
					about: 'Time that the evaluators would take for what waits, at their present speed.',
					kind: 'stat',
					unit: 's',
					width: 4,
					warnAt: [60, 600],
					queries: [
						{
							expr: 'sum(lanner_evaluator_lag_records >= 0) / sum(rate(lanner_evaluator_batches_total[5m]))',
						},
					],
				},
				{
					title: 'Partitions without evaluator',
					about: 'Their events wait in the log.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1, 1],
					queries: [{ expr: 'max(lanner_evaluator_topic_partitions) - sum(lanner_evaluator_partitions)' }],
				},
				{
					title: 'Events lost, last hour',
					about:
						'Told by gap events, all reasons. 0 is the aim; alerts of the hosts concerned say that they are incomplete.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1, 10_000],
					queries: [{ expr: 'sum(increase(lanner_evaluator_events_lost_total[1h]))' }],
				},
				{
					title: 'Batches that do not decode, last hour',
					about: 'They are in lanner.events.dead with their bytes.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1, 10],
					queries: [{ expr: 'sum(increase(lanner_evaluator_batches_total{result="dead"}[1h]))' }],
				},
				{
					title: 'Rules refused',
					about: 'Processes whose rules files on disk have an error: the rules from before stay in force.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1, 1],
					queries: [{ expr: 'count(lanner_rules_last_reload_successful == 0) or vector(0)' }],
				},
			],
		},
		{
			title: 'Flow and lag',
			panels: [
				{
					title: 'Events',
					about:
						'Made by agents, evaluated by evaluators. The lines lie on each other when evaluators keep up.',
					unit: 'ops',
					queries: [
						{ expr: 'sum(rate(lanner_agent_events_total[5m]))', legend: 'made by agents' },
						{ expr: 'sum(rate(lanner_evaluator_events_total[5m]))', legend: 'evaluated' },
					],
				},
				{
					title: 'Lag by partition',
					about:
						'One partition alone: a busy host, or a slow evaluator. All at once: too few evaluators, or Redis or Kafka are slow.',
					unit: 'short',
					queries: [
						{ expr: 'sum by (partition) (lanner_evaluator_lag_records)', legend: 'partition {{partition}}' },
					],
				},
				{
					title: 'Batches',
					about: 'Repeated: sent or read again after a crash, dropped by sequence. Dead: undecodable.',
					unit: 'ops',
					queries: [
						{ expr: 'sum by (result) (rate(lanner_evaluator_batches_total[5m]))', legend: '{{result}}' },
					],
				},
				{
					title: 'Bytes in the log',
					about: 'Values of the records before compression, by topic.',
					unit: 'Bps',
					queries: [
						{ expr: 'sum by (topic) (rate(lanner_log_bytes_appended_total[5m]))', legend: 'to {{topic}}' },
						{ expr: 'sum by (topic) (rate(lanner_log_bytes_read_total[5m]))', legend: 'from {{topic}}' },
					],
				},
			],
		},
		{
			title: 'Loss',
			panels: [
				{
					title: 'Events lost by reason',
					about:
						'ring-full, reserve-full: the host was too busy for its rings. spool-*: the brokers were away too long.',
					unit: 'ops',
					stacked: true,
					queries: [
						{
							expr: 'sum by (reason) (rate(lanner_evaluator_events_lost_total[5m]))',
							legend: '{{reason}}',
						},
					],
				},
				{
					title: 'Gaps by reason',
					about: 'How often a loss was told, whatever its size.',
					unit: 'ops',
					queries: [
						{ expr: 'sum by (reason) (rate(lanner_evaluator_gaps_total[5m]))', legend: '{{reason}}' },
					],
				},
				{
					title: 'Appends that failed',
					about: 'unavailable: tried again, nothing is lost. refused: rights or credentials.',
					unit: 'ops',
					queries: [
						{
							expr: 'sum by (topic, reason) (rate(lanner_log_append_failures_total[5m]))',
							legend: '{{topic}} {{reason}}',
						},
					],
				},
				{
					title: 'Alerts that are too large; ownership lost',
					about: 'fenced: another evaluator took the partition. lost: Redis was emptied or went back.',
					unit: 'ops',
					queries: [
						{
							expr: 'sum by (reason) (rate(lanner_evaluator_records_dropped_total[5m]))',
							legend: 'alert {{reason}}',
						},
						{
							expr: 'sum by (reason) (rate(lanner_evaluator_ownership_lost_total[5m]))',
							legend: 'partition {{reason}}',
						},
					],
				},
			],
		},
		{
			title: 'Latency',
			panels: [
				{
					title: 'Evaluation of one read',
					about: 'At most readBytesMax (128 KiB) of events in one go.',
					unit: 's',
					width: 8,
					queries: quantiles('lanner_evaluator_evaluation_seconds'),
				},
				{
					title: 'Alerts acknowledged',
					about: 'From an append to the answer of all in-sync replicas, by topic.',
					unit: 's',
					width: 8,
					queries: quantiles('lanner_log_append_seconds', 'topic'),
				},
				{
					title: 'Commits',
					about: 'From the state taken to its commit in Redis; beside it the call of Redis alone.',
					unit: 's',
					width: 8,
					queries: [
						...quantiles('lanner_evaluator_commit_seconds'),
						{
							expr: 'histogram_quantile(0.99, sum by (le) (rate(lanner_store_commit_seconds_bucket[5m])))',
							legend: 'p99 Redis',
						},
					],
				},
			],
		},
		{
			title: 'Cost',
			panels: [
				{
					title: 'CPU per event',
					about: 'Of evaluators, everything included. See deploy/docs/sizing.md for what to expect.',
					unit: 's',
					queries: [
						{
							expr: 'sum(rate(process_cpu_seconds_total[5m]) and on (job, instance) lanner_evaluator_partitions) / sum(rate(lanner_evaluator_events_total[5m]))',
							legend: 'evaluator',
						},
					],
				},
				{
					title: 'Rules asked most',
					about:
						'How often the condition of each rule was asked in a second. A rule far above the others is worth a look: lanner rules explain RULE.',
					kind: 'table',
					unit: 'ops',
					queries: [{ expr: 'topk(20, sum by (rule) (rate(lanner_evaluator_rule_evaluations_total[15m])))' }],
				},
				{
					title: 'Rules that alert most',
					about: 'Alerts in the last hour. What is expected on your hosts belongs into an exception.',
					kind: 'table',
					unit: 'short',
					queries: [{ expr: 'topk(20, sum by (rule) (increase(lanner_evaluator_rule_matches_total[1h])))' }],
				},
				{
					title: 'Redis: bytes and values written',
					about: 'By commits.',
					unit: 'short',
					queries: [
						{ expr: 'sum(rate(lanner_store_bytes_written_total[5m]))', legend: 'bytes/s' },
						{ expr: 'sum(rate(lanner_store_entries_written_total[5m]))', legend: 'values/s' },
					],
				},
				{
					title: 'Event loop',
					about: 'Share of the time that each process works. Above 0.9 for long: it has no room left.',
					unit: 'percentunit',
					queries: [
						{
							expr: 'nodejs_eventloop_busy_ratio and on (job, instance) lanner_build_info',
							legend: '{{instance}}',
						},
					],
				},
				{
					title: 'Memory',
					about: 'Of each process.',
					unit: 'bytes',
					queries: [
						{
							expr: 'process_resident_memory_bytes and on (job, instance) lanner_build_info',
							legend: '{{instance}}',
						},
					],
				},
			],
		},
	],
};
