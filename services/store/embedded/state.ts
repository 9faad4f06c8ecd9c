/** What the journal's entries add up to. */
import type { HostEntries } from '../store.ts';
import type { JournalEntry } from './entry.ts';

type PartitionState = {
	epoch: bigint;
	cursor: bigint | null;
	readonly hosts: Map<string, Map<string, Uint8Array>>;
};

const noEntries: HostEntries = new Map();
/** Entries of a snapshot hold about so many bytes of values each. */
const snapshotEntryBytes = 1024 * 1024;
/** What an entry, a host or a value takes in the journal beside its key and value; close enough to decide by. */
const overheadBytes = 16;

export class State {
	readonly #partitions = new Map<number, PartitionState>();
	/** About what a snapshot would take. */
	liveBytes = 0;

	epoch(partition: number): bigint {
		return this.#partitions.get(partition)?.epoch ?? 0n;
	}

	cursor(partition: number): bigint | null {
		return this.#partitions.get(partition)?.cursor ?? null;
	}

	host(partition: number, hostId: string): HostEntries {
		return this.#partitions.get(partition)?.hosts.get(hostId) ?? noEntries;
	}

	hosts(partition: number): readonly string[] {
		return [...(this.#partitions.get(partition)?.hosts.keys() ?? [])];
	}

	/** Takes the entry's values over. */
	apply(entry: JournalEntry): void {
		const known = this.#partitions.get(entry.partition);
		const state: PartitionState = known ?? { epoch: 0n, cursor: null, hosts: new Map() };
		if (known === undefined) this.#partitions.set(entry.partition, state);
		state.epoch = entry.epoch;
		state.cursor = entry.cursor;
		for (const change of entry.hosts) {
			const host = state.hosts.get(change.hostId) ?? new Map<string, Uint8Array>();
			state.hosts.set(change.hostId, host);
			if (change.clear) for (const key of [...host.keys()]) this.#remove(host, key);
			for (const key of change.deletes) this.#remove(host, key);
			for (const [key, value] of change.puts) {
				this.#remove(host, key);
				host.set(key, value);
				this.liveBytes += key.length + value.length + overheadBytes;
			}
			if (host.size === 0) state.hosts.delete(change.hostId);
		}
	}

	/** Entries that make the same state from nothing. */
	*snapshot(): Iterable<JournalEntry> {
		for (const [partition, { epoch, cursor, hosts }] of this.#partitions) {
			yield { partition, epoch, cursor, hosts: [] };
			for (const [hostId, host] of hosts) {
				for (const puts of pieces(host))
					yield { partition, epoch, cursor, hosts: [{ hostId, clear: false, puts, deletes: [] }] };
			}
		}
	}

	#remove(host: Map<string, Uint8Array>, key: string): void {
		const value = host.get(key);
		if (value === undefined) return;
		this.liveBytes -= key.length + value.length + overheadBytes;
		host.delete(key);
	}
}

function* pieces(host: HostEntries): Iterable<Map<string, Uint8Array>> {
	let piece = new Map<string, Uint8Array>();
	let bytes = 0;
	for (const [key, value] of host) {
		piece.set(key, value);
		bytes += value.length;
		if (bytes < snapshotEntryBytes) continue;
		yield piece;
		piece = new Map();
		bytes = 0;
	}
	if (piece.size > 0) yield piece;
}
