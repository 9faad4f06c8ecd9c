/** The agent's own counters as metrics, read at each scrape: nothing is added to the way of the events. */
import type { Agent } from '#agent/agent.ts';
import type { Spool } from '#agent/spool/spool.ts';
import type { Ops } from './ops.ts';

export type AgentReport = {
	readonly agent: Pick<Agent, 'counters' | 'inFlightBytes'>;
	/** Where batches wait while the log is away. */
	readonly spool?: Pick<Spool, 'bytes'> | undefined;
	/** Capture is attached. */
	readonly isReady: () => boolean;
};

export function reportAgent(ops: Ops, { agent, spool, isReady }: AgentReport): void {
	const { metrics } = ops;
	ops.readiness('probe', () => (isReady() ? null : 'capture is not attached yet'));
	metrics.onCollect(() => {
		const { batches, events, bytes, restarts, lost, lostOnTheWay, outages, captureCpuUs, filtered } =
			agent.counters;
		metrics.follow('lanner_agent_batches_total', batches);
		metrics.follow('lanner_agent_events_total', events);
		metrics.follow('lanner_agent_bytes_total', bytes);
		metrics.follow('lanner_agent_restarts_total', restarts);
		metrics.follow('lanner_agent_events_lost_total', lost);
		metrics.follow('lanner_agent_events_filtered_total', filtered);
		metrics.follow('lanner_agent_capture_cpu_seconds_total', captureCpuUs / 1e6);
		metrics.follow('lanner_agent_events_lost_on_the_way_total', lostOnTheWay);
		metrics.follow('lanner_agent_log_outages_total', outages);
		metrics.set('lanner_agent_spool_bytes', spool?.bytes ?? 0);
		metrics.set('lanner_agent_in_flight_bytes', agent.inFlightBytes);
	});
}
