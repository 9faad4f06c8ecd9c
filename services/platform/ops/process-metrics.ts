/** What is known of the process itself, asked for at each scrape only. Names are those that Prometheus' clients use. */
import { performance } from 'node:perf_hooks';
import type { Metrics } from '../metrics.ts';

export function collectProcessMetrics(metrics: Metrics, version: string): void {
	const startedS = Date.now() / 1000 - process.uptime();
	let before = performance.eventLoopUtilization();
	metrics.set('lanner_build_info', 1, { version });
	metrics.set('process_start_time_seconds', startedS);
	metrics.onCollect(() => {
		const { user, system } = process.cpuUsage();
		const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
		const now = performance.eventLoopUtilization();
		metrics.follow('process_cpu_seconds_total', (user + system) / 1e6);
		metrics.set('process_resident_memory_bytes', rss);
		metrics.set('nodejs_heap_total_bytes', heapTotal);
		metrics.set('nodejs_heap_used_bytes', heapUsed);
		metrics.set('nodejs_external_memory_bytes', external);
		metrics.set('nodejs_eventloop_busy_ratio', performance.eventLoopUtilization(now, before).utilization);
		before = now;
	});
}
