/** From the alert in the log to people and systems, by output. */
import type { Dashboard, Panel } from './dashboard.ts';

const rateByOutput = (metric: string): Panel['queries'] => [
	{ expr: `sum by (output) (rate(${metric}[5m]))`, legend: '{{output}}' },
];
const increaseByOutput = (metric: string): Panel['queries'] => [
	{ expr: `sum by (output) (increase(${metric}[15m]))`, legend: '{{output}}' },
];

export const sinks: Dashboard = {
	uid: 'lanner-sinks',
	title: 'Lanner / Sinks',
	about: 'Alerts from the log to the outputs: delivered, tried again, dead, held back, waiting.',
	rows: [
		{
			title: 'Now',
			panels: [
				{
					title: 'Oldest undelivered alert',
					about: 'Of the output that is furthest behind. 0 = nothing waits.',
					kind: 'stat',
					unit: 's',
					width: 6,
					warnAt: [300, 3600],
					queries: [{ expr: 'max by (output) (lanner_sink_oldest_undelivered_age_seconds)' }],
				},
				{
					title: 'Breakers that are not closed',
					about: 'Their target does not answer, or refuses us; one alert at a time is tried.',
					kind: 'stat',
					unit: 'short',
					width: 6,
					warnAt: [1, 1],
					queries: [{ expr: 'sum(lanner_sink_breaker_state{state!="closed"}) or vector(0)' }],
				},
				{
					title: 'Dead, last 24 h',
					about: 'Given up and kept in lanner.alerts.dead: lanner alerts redrive sends them again.',
					kind: 'stat',
					unit: 'short',
					width: 6,
					warnAt: [1, 100],
					queries: [{ expr: 'sum(increase(lanner_sink_alerts_dead_total[24h]))' }],
				},
				{
					title: 'Lost to retention, last 24 h',
					about: 'An output was away longer than the log keeps alerts.',
					kind: 'stat',
					unit: 'short',
					width: 6,
					warnAt: [1, 1],
					queries: [{ expr: 'sum(increase(lanner_sink_retention_losses_total[24h]))' }],
				},
			],
		},
		{
			title: 'Delivery',
			panels: [
				{
					title: 'Delivered',
					about: 'Alerts that each output took.',
					unit: 'ops',
					queries: rateByOutput('lanner_sink_alerts_delivered_total'),
				},
				{
					title: 'Oldest undelivered',
					about: 'Grows while a target is away.',
					unit: 's',
					queries: [
						{
							expr: 'max by (output) (lanner_sink_oldest_undelivered_age_seconds)',
							legend: '{{output}}',
						},
					],
				},
				{
					title: 'Tried again',
					about: 'Deliveries that failed for now.',
					unit: 'ops',
					queries: rateByOutput('lanner_sink_attempts_failed_total'),
				},
				{
					title: 'Circuit breakers',
					about: '1 = open or half-open.',
					unit: 'short',
					queries: [
						{
							expr: 'max by (output, state) (lanner_sink_breaker_state{state!="closed"})',
							legend: '{{output}} {{state}}',
						},
					],
				},
				{
					title: 'Dead letters',
					about: 'In each quarter of an hour.',
					unit: 'short',
					queries: increaseByOutput('lanner_sink_alerts_dead_total'),
				},
				{
					title: 'Held back',
					about: 'By the rate limit of the output, and summed up in one alert.',
					unit: 'short',
					queries: increaseByOutput('lanner_sink_alerts_held_back_total'),
				},
				{
					title: 'Left out and repeated',
					about: 'Below the minimum priority or not what `when` asks for; and what the output had before.',
					unit: 'ops',
					queries: [
						{
							expr: 'sum by (output) (rate(lanner_sink_alerts_filtered_total[5m]))',
							legend: 'filtered {{output}}',
						},
						{
							expr: 'sum by (output) (rate(lanner_sink_alerts_repeated_total[5m]))',
							legend: 'repeated {{output}}',
						},
					],
				},
				{
					title: 'In hand',
					about: 'Read and not settled.',
					unit: 'short',
					queries: [{ expr: 'sum by (output) (lanner_sink_alerts_in_flight)', legend: '{{output}}' }],
				},
			],
		},
		{
			title: 'Time',
			panels: [
				{
					title: 'From alert to delivery, p99',
					about: 'From the alert in the log to the output’s answer.',
					unit: 's',
					queries: [
						{
							expr: 'histogram_quantile(0.99, sum by (le, output) (rate(lanner_sink_alert_latency_seconds_bucket[5m])))',
							legend: '{{output}}',
						},
					],
				},
				{
					title: 'One call of an output, p99',
					about: 'The target itself.',
					unit: 's',
					queries: [
						{
							expr: 'histogram_quantile(0.99, sum by (le, output) (rate(lanner_sink_delivery_seconds_bucket[5m])))',
							legend: '{{output}}',
						},
					],
				},
				{
					title: 'Received = settled + in hand',
					about: 'Difference of what was read and what became of it; anything but 0 is a bug.',
					unit: 'short',
					queries: [
						{
							expr: [
								'sum by (output) (lanner_sink_alerts_received_total)',
								...['delivered', 'filtered', 'repeated', 'dead', 'held_back', 'left'].map(
									(name) => `sum by (output) (lanner_sink_alerts_${name}_total)`,
								),
								'sum by (output) (lanner_sink_alerts_in_flight)',
							].join(' - '),
							legend: '{{output}}',
						},
					],
				},
				{
					title: 'Partitions followed',
					about: '0 = nobody delivers for this output.',
					unit: 'short',
					queries: [{ expr: 'sum by (output) (lanner_sink_partitions)', legend: '{{output}}' }],
				},
			],
		},
	],
};
