/** The state store with what goes through it counted, whichever adapter it is. */
import type { Metrics } from '#platform/metrics.ts';
import type { HostChange, StateStore } from '#store/store.ts';

export function measuredStore(store: StateStore, metrics: Metrics): StateStore {
	return {
		claim: (partition, layout) => store.claim(partition, layout),
		hosts: (partition) => store.hosts(partition),
		holds: (partition, writer) => store.holds(partition, writer),
		async loadHost(partition, hostId) {
			const startMs = performance.now();
			const entries = await store.loadHost(partition, hostId);
			metrics.observe('lanner_store_load_seconds', (performance.now() - startMs) / 1000);
			metrics.add('lanner_store_hosts_loaded_total');
			return entries;
		},
		async commit(partition, commit) {
			const startMs = performance.now();
			const result = await store.commit(partition, commit);
			metrics.observe('lanner_store_commit_seconds', (performance.now() - startMs) / 1000);
			metrics.add('lanner_store_commits_total', { result });
			if (result === 'committed') countWritten(commit.hosts, metrics);
			return result;
		},
		close: () => store.close(),
	};
}

function countWritten(hosts: readonly HostChange[], metrics: Metrics): void {
	let entries = 0;
	let bytes = 0;
	for (const { puts, deletes } of hosts) {
		entries += puts.size + deletes.length;
		for (const value of puts.values()) bytes += value.length;
	}
	metrics.add('lanner_store_entries_written_total', {}, entries);
	metrics.add('lanner_store_bytes_written_total', {}, bytes);
}
