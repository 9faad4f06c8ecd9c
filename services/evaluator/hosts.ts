/**
 * The hosts of one partition in memory: loaded from the store when their first batch comes, all of one read at once; the
 * least recently used go first.
 *
 * A host whose changes are not in the store yet cannot be given up. Bounds, kept when a commit has arrived and none is under way:
 * `hostsMax` hosts and `processesMax` processes, above them only hosts with changes of the present interval.
 */
import { DecodeError } from '#schemas/decode-error.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import { type HostMeta, type HostState, loadHost, type StateLimits, takeChanges } from '#state/index.ts';
import type { HostChange, HostEntries } from '#store/store.ts';
import { HostView } from './evaluate.ts';
import { StateUnreadableError } from './state-unreadable.ts';

export type HostsOptions = {
	readonly reader: EventReader;
	readonly hostsMax: number;
	readonly processesMax: number;
	readonly limits?: Partial<StateLimits>;
	readonly load: (hostId: string) => Promise<HostEntries>;
};

export class Hosts {
	readonly #options: HostsOptions;
	/** In order of use, the longest unused first. */
	readonly #views = new Map<string, HostView>();
	/** Processes of each host, as of its last commit. */
	readonly #weights = new Map<string, number>();
	#processes = 0;
	readonly #changed = new Set<HostState>();

	constructor(options: HostsOptions) {
		this.#options = options;
	}

	get size(): number {
		return this.#views.size;
	}

	/** Hosts with changes that no commit has taken. */
	get changed(): number {
		return this.#changed.size;
	}

	/** Brings what is not here, in one go; how many that were. Waits while the store is away. */
	async load(hostIds: Iterable<string>): Promise<number> {
		const absent = [...new Set(hostIds)].filter((hostId) => !this.#views.has(hostId));
		await Promise.all(
			absent.map(async (hostId) => {
				const { reader } = this.#options;
				const view = new HostView(await this.#read(hostId), reader);
				this.#views.set(hostId, view);
				this.#weigh(view.state);
			}),
		);
		return absent.length;
	}

	/** A loaded host, which the caller is about to change. */
	take(hostId: string): HostView {
		const view = this.#views.get(hostId);
		if (view === undefined) throw new Error(`host ${hostId} was not loaded`);
		this.#views.delete(hostId);
		this.#views.set(hostId, view);
		this.#changed.add(view.state);
		return view;
	}

	/** What is known of a host, without keeping it. */
	async look(hostId: string): Promise<HostMeta> {
		const view = this.#views.get(hostId);
		if (view !== undefined) return view.state.meta;
		return (await this.#read(hostId)).meta;
	}

	/**
	 * What the next commit must write: the state as it is at this moment. One commit at a time: `committed` comes before
	 * the next call. When a commit fails all of this must be loaded again: throw this object away.
	 */
	takeChanges(): HostChange[] {
		const changes: HostChange[] = [];
		for (const state of this.#changed) {
			const change = takeChanges(state);
			if (change !== null) changes.push({ hostId: state.hostId, ...change });
			this.#weigh(state);
		}
		this.#changed.clear();
		return changes;
	}

	/** The commit is in the store: back to the bounds. */
	committed(): void {
		const { hostsMax, processesMax } = this.#options;
		for (const [hostId, { state }] of this.#views) {
			if (this.#views.size <= hostsMax && this.#processes <= processesMax) return;
			if (this.#changed.has(state)) continue;
			this.#views.delete(hostId);
			this.#processes -= this.#weights.get(hostId) ?? 0;
			this.#weights.delete(hostId);
		}
	}

	async #read(hostId: string): Promise<HostState> {
		const { load, limits } = this.#options;
		const entries = await load(hostId);
		try {
			return loadHost(hostId, entries, limits);
		} catch (error) {
			throw error instanceof DecodeError ? new StateUnreadableError(hostId, error) : error;
		}
	}

	#weigh({ hostId, processes }: HostState): void {
		const weight = processes.runningCount + processes.endedCount;
		this.#processes += weight - (this.#weights.get(hostId) ?? 0);
		this.#weights.set(hostId, weight);
	}
}
