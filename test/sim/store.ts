/**
 * The state store in memory: epochs, fencing and `lost` as the port says, and what can go wrong: times when it does not answer,
 * commits whose answer is lost and which are sent again, a store that was emptied, one that has lost its last commits.
 */
import type { CommitResult, HostEntries, PartitionClaim, StateCommit, StateStore } from '#store/store.ts';
import type { SimProcess } from './process.ts';
import type { Random } from './random.ts';

type PartitionState = {
	owner: string;
	epoch: bigint;
	cursor: bigint | null;
	hosts: Map<string, Map<string, Uint8Array>>;
};

export class SimStore {
	/** Chance of a commit to be done, its answer lost, and sent again. */
	answerLost = 0;
	/** What went wrong in a way that must not happen. */
	readonly problems: string[] = [];
	readonly #random: Random;
	readonly #partitions = new Map<number, PartitionState>();
	#claims = 0;
	#back: Promise<void> | null = null;
	#comeBack: (() => void) | null = null;

	constructor(random: Random) {
		this.#random = random;
	}

	cursor(partition: number): bigint | null {
		return this.#partitions.get(partition)?.cursor ?? null;
	}

	entries(partition: number, hostId: string): HostEntries {
		return this.#partitions.get(partition)?.hosts.get(hostId) ?? new Map();
	}

	hostsOf(partition: number): string[] {
		return [...(this.#partitions.get(partition)?.hosts.keys() ?? [])];
	}

	empty(): void {
		this.#partitions.clear();
	}

	/** What a failover to an older copy finds. */
	snapshot(): () => void {
		const copy = [...this.#partitions].map(
			([partition, state]) => [partition, { ...state, hosts: copyHosts(state.hosts) }] as const,
		);
		return () => {
			this.#partitions.clear();
			for (const [partition, state] of copy) this.#partitions.set(partition, state);
		};
	}

	goAway(): void {
		this.#back ??= new Promise((resolve) => {
			this.#comeBack = resolve;
		});
	}

	comeBack(): void {
		this.#back = null;
		this.#comeBack?.();
	}

	async #there(): Promise<void> {
		while (this.#back !== null) await this.#back;
	}

	client(process: SimProcess): StateStore {
		const owners = new Map<string, string>();
		return {
			claim: async (partition) => {
				await this.#arrive(process);
				const owner = `${process.name} ${this.#claims++}`;
				const claim = this.#claim(partition, owner);
				owners.set(`${partition} ${claim.epoch}`, owner);
				await process.hop();
				return claim;
			},
			loadHost: async (partition, hostId) => {
				await this.#arrive(process);
				const entries = new Map(this.entries(partition, hostId));
				await process.hop();
				return entries;
			},
			holds: async (partition, { epoch, cursors }) => {
				await this.#arrive(process);
				const state = this.#partitions.get(partition);
				const result =
					state === undefined
						? 'lost'
						: state.owner !== owners.get(`${partition} ${epoch}`)
							? 'fenced'
							: cursors.includes(state.cursor)
								? 'held'
								: 'lost';
				await process.hop();
				return result;
			},
			hosts: async (partition) => {
				await this.#arrive(process);
				return this.hostsOf(partition);
			},
			commit: async (partition, commit) => {
				const owner = owners.get(`${partition} ${commit.epoch}`) ?? '';
				while (true) {
					await this.#arrive(process);
					const result = this.#commit(partition, owner, commit);
					await process.hop();
					if (!this.#random.chance(this.answerLost)) return result;
				}
			},
			close: async () => {},
		};
	}

	async #arrive(process: SimProcess): Promise<void> {
		await process.hop();
		await this.#there();
		await process.alive();
	}

	#claim(partition: number, owner: string): PartitionClaim {
		const known = this.#partitions.get(partition);
		const state = known ?? { owner, epoch: 0n, cursor: null, hosts: new Map() };
		state.epoch++;
		state.owner = owner;
		this.#partitions.set(partition, state);
		return { epoch: state.epoch, cursor: state.cursor };
	}

	#commit(partition: number, owner: string, { cursor, after, hosts }: StateCommit): CommitResult {
		const state = this.#partitions.get(partition);
		if (state === undefined) return 'lost';
		if (state.owner !== owner) return 'fenced';
		if (state.cursor !== null && cursor < state.cursor) {
			this.problems.push(
				`the cursor of partition ${partition} would go back from ${state.cursor} to ${cursor}`,
			);
			return 'committed';
		}
		if (after !== undefined && after !== state.cursor && cursor !== state.cursor) return 'lost';
		state.cursor = cursor;
		for (const { hostId, clear, puts, deletes } of hosts) {
			const entries = clear ? new Map<string, Uint8Array>() : (state.hosts.get(hostId) ?? new Map());
			for (const key of deletes) entries.delete(key);
			for (const [key, value] of puts) entries.set(key, Uint8Array.from(value));
			if (entries.size > 0) state.hosts.set(hostId, entries);
			else state.hosts.delete(hostId);
		}
		return 'committed';
	}
}

function copyHosts(hosts: PartitionState['hosts']): PartitionState['hosts'] {
	return new Map([...hosts].map(([hostId, entries]) => [hostId, new Map(entries)]));
}
