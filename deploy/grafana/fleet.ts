/** The hosts: which talk, which do not, whose state is not whole; and what their agents do. */
import type { Dashboard } from './dashboard.ts';

export const fleet: Dashboard = {
	uid: 'lanner-fleet',
	title: 'Lanner / Fleet',
	about: 'Hosts by state as the evaluators see them, and the agents on them.',
	rows: [
		{
			title: 'Now',
			panels: [
				{
					title: 'Hosts heard',
					about: 'Their probe talks.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					queries: [{ expr: 'sum(lanner_evaluator_hosts{state="heard"})' }],
				},
				{
					title: 'Silent',
					about: 'Killed, stopped, starved, or the host is away; each raised the alert Probe silent.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1, 10],
					queries: [{ expr: 'sum(lanner_evaluator_hosts{state="silent"})' }],
				},
				{
					title: 'Stopped',
					about: 'Their probe said that it stops: maintenance, or somebody with rights.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					queries: [{ expr: 'sum(lanner_evaluator_hosts{state="stopped"})' }],
				},
				{
					title: 'Incomplete',
					about: 'Process events were lost and no snapshot has ended since; their alerts say so.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1, 10],
					queries: [{ expr: 'sum(lanner_evaluator_hosts_incomplete)' }],
				},
				{
					title: 'Not yet known',
					about: 'After evaluators took partitions over, for some seconds.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					queries: [{ expr: 'sum(lanner_evaluator_hosts{state="unknown"})' }],
				},
				{
					title: 'Spooling',
					about: 'Agents that keep events on disk because the brokers do not take them.',
					kind: 'stat',
					unit: 'short',
					width: 4,
					warnAt: [1, 10],
					queries: [{ expr: 'count(lanner_agent_spool_bytes > 0) or vector(0)' }],
				},
			],
		},
		{
			title: 'Hosts',
			panels: [
				{
					title: 'Hosts by state',
					about: 'As the evaluators saw them last.',
					unit: 'short',
					stacked: true,
					queries: [{ expr: 'sum by (state) (lanner_evaluator_hosts)', legend: '{{state}}' }],
				},
				{
					title: 'Incomplete hosts',
					about: 'By partition.',
					unit: 'short',
					queries: [
						{
							expr: 'sum by (partition) (lanner_evaluator_hosts_incomplete) > 0',
							legend: 'partition {{partition}}',
						},
					],
				},
				{
					title: 'Probes that fell silent',
					about: 'In each quarter of an hour.',
					unit: 'short',
					queries: [{ expr: 'sum(increase(lanner_evaluator_probes_silent_total[15m]))', legend: 'silent' }],
				},
				{
					title: 'Hosts by partition',
					about:
						'Expected to talk, and kept in memory. Uneven numbers are chance: a host’s id chooses its partition.',
					unit: 'short',
					queries: [
						{
							expr: 'sum by (partition) (lanner_evaluator_probes_expected)',
							legend: 'expected {{partition}}',
						},
						{
							expr: 'sum by (partition) (lanner_evaluator_hosts_in_memory)',
							legend: 'in memory {{partition}}',
						},
					],
				},
			],
		},
		{
			title: 'Agents',
			panels: [
				{
					title: 'Busiest hosts',
					about: 'Events in a second.',
					unit: 'ops',
					queries: [{ expr: 'topk(10, rate(lanner_agent_events_total[5m]))', legend: '{{instance}}' }],
				},
				{
					title: 'CPU of capture and agent',
					about: 'Cores, the ten highest.',
					unit: 'short',
					queries: [
						{
							expr: 'topk(10, rate(lanner_agent_capture_cpu_seconds_total[5m]))',
							legend: 'capture {{instance}}',
						},
						{
							expr: 'topk(10, rate(process_cpu_seconds_total[5m]) and on (job, instance) lanner_agent_events_total)',
							legend: 'agent {{instance}}',
						},
					],
				},
				{
					title: 'Lost in the kernel',
					about: 'Rings were full: the host was too busy. Process events have a reserve of their own.',
					unit: 'ops',
					queries: [
						{ expr: 'topk(10, rate(lanner_agent_events_lost_total[5m]) > 0)', legend: '{{instance}}' },
					],
				},
				{
					title: 'Lost on the way',
					about: 'Evicted from the spool, or never taken by the log.',
					unit: 'ops',
					queries: [
						{
							expr: 'topk(10, rate(lanner_agent_events_lost_on_the_way_total[5m]) > 0)',
							legend: '{{instance}}',
						},
					],
				},
				{
					title: 'Spool',
					about: 'Bytes that wait on disk while the brokers are away.',
					unit: 'bytes',
					queries: [{ expr: 'topk(10, lanner_agent_spool_bytes > 0)', legend: '{{instance}}' }],
				},
				{
					title: 'Waits for the log in memory',
					about: 'Batches sent and not acknowledged.',
					unit: 'bytes',
					queries: [{ expr: 'topk(10, lanner_agent_in_flight_bytes)', legend: '{{instance}}' }],
				},
				{
					title: 'Outages of the log; restarts of capture',
					about: 'In each quarter of an hour, all agents.',
					unit: 'short',
					queries: [
						{ expr: 'sum(increase(lanner_agent_log_outages_total[15m]))', legend: 'log away' },
						{ expr: 'sum(increase(lanner_agent_restarts_total[15m]))', legend: 'capture restarted' },
					],
				},
				{
					title: 'Bytes sent',
					about: 'Of batches, before compression; all agents.',
					unit: 'Bps',
					queries: [{ expr: 'sum(rate(lanner_agent_bytes_total[5m]))', legend: 'bytes' }],
				},
				{
					title: 'Versions',
					about: 'Processes by version: a rolling upgrade is over when one is left.',
					unit: 'short',
					queries: [{ expr: 'count by (version) (lanner_build_info)', legend: '{{version}}' }],
				},
			],
		},
	],
};
