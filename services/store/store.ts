/**
 * The state store as the evaluator sees it; adapters: embedded (one host) and redis (fleet). For each partition, state
 * changes and the input offset are written in one atomic commit, refused when a newer epoch exists (fencing).
 */

export type PartitionClaim = {
	/** This writer's epoch; every claim gets a higher one and fences all earlier ones. */
	readonly epoch: bigint;
	/** Next input offset to read; null when nothing was ever committed. */
	readonly cursor: bigint | null;
};

/** Keys are `p:<pid>:<start>` (ProcessState), `c:<id>` (ContainerState) and `meta`; values are Avro single-object bytes. */
export type HostEntries = ReadonlyMap<string, Uint8Array>;

export type HostChange = {
	readonly hostId: string;
	/** True: forget everything of the host first (a snapshot replaced it). */
	readonly clear: boolean;
	readonly puts: HostEntries;
	readonly deletes: readonly string[];
};

export type StateCommit = {
	readonly epoch: bigint;
	readonly cursor: bigint;
	/**
	 * The cursor that the changes build on. A store that has another one (an earlier one: it lost commits that it had acknowledged, as
	 * a failover may) answers `lost`. Null = the first commit of all; absent = not checked.
	 */
	readonly after?: bigint | null;
	readonly hosts: readonly HostChange[];
};

/**
 * `fenced`: a newer epoch exists. `lost`: the store no longer knows the claim (it was emptied) or the commit before. Nothing was written in
 * both cases, and what the writer holds in memory must not be built on: it stops, or claims again and starts from the new cursor.
 */
export type CommitResult = 'committed' | 'fenced' | 'lost';

/** While the store is away a call waits, and tells so; it throws `StoreRefusedError` when a person must act. */
export type StateStore = {
	/**
	 * Throws `StoreLayoutError` when the state belongs to another number of partitions: a host's state may then be in a partition where
	 * its events no longer go. The first claim of all says how many there are.
	 */
	claim(partition: number, layout: { readonly partitions: number }): Promise<PartitionClaim>;
	/** Everything known of a host; empty map when nothing is. */
	loadHost(partition: number, hostId: string): Promise<HostEntries>;
	/**
	 * Whether what was loaded before this call is the state of this writer: its claim is the newest, and the store has one of
	 * `cursors` (its last commit, or the one under way). Else a newer owner may have written it, or it is older than the writer's.
	 */
	holds(
		partition: number,
		writer: { readonly epoch: bigint; readonly cursors: readonly (bigint | null)[] },
	): Promise<'held' | Exclude<CommitResult, 'committed'>>;
	/** Hosts that have state in the partition. */
	hosts(partition: number): Promise<readonly string[]>;
	/** The cursor never goes back within an epoch: an earlier commit that arrives late changes nothing. */
	commit(partition: number, commit: StateCommit): Promise<CommitResult>;
	close(): Promise<void>;
};

/** The store refuses us for a reason that a person must mend (credentials, rights); `remedy` says how. */
export class StoreRefusedError extends Error {
	readonly code = 'store-refused';
	readonly remedy: string;
	constructor(message: string, remedy: string, options?: ErrorOptions) {
		super(message, options);
		this.remedy = remedy;
	}
}

export class StoreLayoutError extends Error {
	readonly code = 'store-layout';
	readonly remedy: string;
	constructor(known: number, found: number) {
		super(
			`the state in the store belongs to ${known} partitions of lanner.events, but the topic has ${found}`,
		);
		this.remedy =
			'partitions are added with lanner topics grow --partitions N (also when they were added by hand and no probe has been restarted since); else use a topic with that many, or start with new state: another redis.prefix, or an empty store (hosts are then incomplete until their next snapshot)';
	}
}
