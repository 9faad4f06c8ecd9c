/**
 * The hosts of one partition in memory: loaded from the store when their first batch comes, least recently used first out.
 * Bound: `hostsMax` after each commit (a host with changes that are not committed cannot be given up).
 */
import type { EventReader } from '#schemas/generated/event-reader.ts';
import { type HostState, loadHost, type StateLimits, takeChanges } from '#state/index.ts';
import type { HostChange, HostEntries } from '#store/store.ts';
import { HostView } from './evaluate.ts';

export type HostsOptions = {
	readonly reader: EventReader;
	readonly hostsMax: number;
	readonly limits?: Partial<StateLimits>;
	readonly load: (hostId: string) => Promise<HostEntries>;
};

export class Hosts {
	readonly #options: HostsOptions;
	/** In order of use, the longest unused first. */
	readonly #views = new Map<string, HostView>();
	readonly #changed = new Set<HostState>();

	constructor(options: HostsOptions) {
		this.#options = options;
	}

	get size(): number {
		return this.#views.size;
	}

	/** The host, which the caller is about to change. */
	async take(hostId: string): Promise<HostView> {
		let view = this.#views.get(hostId);
		if (view === undefined) {
			const { load, reader, limits } = this.#options;
			view = new HostView(loadHost(hostId, await load(hostId), limits), reader);
		} else this.#views.delete(hostId);
		this.#views.set(hostId, view);
		this.#changed.add(view.state);
		return view;
	}

	/** What the next commit must write. When that commit fails these hosts must be loaded again: throw this object away. */
	takeChanges(): HostChange[] {
		const changes: HostChange[] = [];
		for (const state of this.#changed) {
			const change = takeChanges(state);
			if (change !== null) changes.push({ hostId: state.hostId, ...change });
		}
		this.#changed.clear();
		return changes;
	}

	/** After a commit: back to the bound. */
	trim(): void {
		for (const hostId of this.#views.keys()) {
			if (this.#views.size <= this.#options.hostsMax) return;
			this.#views.delete(hostId);
		}
	}
}
