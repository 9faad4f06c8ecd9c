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
	readonly hosts: readonly HostChange[];
};

export type StateStore = {
	claim(partition: number): Promise<PartitionClaim>;
	/** Everything known of a host; empty map when nothing is. */
	loadHost(partition: number, hostId: string): Promise<HostEntries>;
	/** 'fenced': a newer epoch exists, nothing was written, the writer must stop. */
	commit(partition: number, commit: StateCommit): Promise<'committed' | 'fenced'>;
	close(): Promise<void>;
};
