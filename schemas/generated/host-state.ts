// Generated from schemas/host-state/v3.avsc by `npm run schemas:generate`. Do not edit.

/** Whether the probe talks. */
export type ProbeState =
	| 'UNKNOWN'
	| 'RUNNING'
	| 'STOPPED';

/** A boot of which batches came before those of the present one. */
export type Boot = {
	/** Boot id of the kernel. */
	bootId: string;
	/** Name that its last batch gave. */
	hostName: string;
};

/** What is known of a host besides its processes and containers: value under the entry 'meta'. */
export type HostState = {
	/** Boot id of the last batch; another one voids the state. Empty = nothing seen. */
	bootId: string;
	/** Name of the host in the last batch. */
	hostName: string;
	/** True when process events were lost and no snapshot has ended since. */
	incomplete: boolean;
	/** Why, as in Gap.reason, or no-snapshot, probe-started, sequence-jump; empty when complete. */
	incompleteReason: string;
	/** Number of snapshots begun; processes carry the number of the one that mentioned them. */
	snapshot: number;
	/** True between the begin and the end of a snapshot. */
	snapshotOpen: boolean;
	/** True when process events were lost after the open snapshot began. */
	lostInSnapshot: boolean;
	/** STOPPED after the probe said so; its silence is then no detection. */
	probe: ProbeState;
	/** Sequence that the next capture batch should begin with; -1 = not known. */
	captureSequence: number;
	/** Sequence that the next agent batch should begin with; -1 = not known. */
	agentSequence: number;
	/** Time of the first event seen of this boot, seconds since the epoch; evt.reltime counts from it. */
	firstTimeS: number;
	/** Nanoseconds within firstTimeS; -1 = no event seen. */
	firstTimeNs: number;
	/** Event time of the last alert about lost events, seconds since the epoch; 0 = none. They are limited in rate. */
	lossAlertS: number;
	/** The same for restarts of capture. */
	restartAlertS: number;
	/** Events lost (where the number is known) since the last alert about losses. */
	lostUnreported: number;
	/** True after an evaluator said that the probe is silent (ProbeSilent), until capture is heard again; kept over a boot. */
	silent: boolean;
	/** Sequence that the next batch of evaluators should have at least; earlier ones are repeats. -1 = none seen. */
	silenceSequence: number;
	/** Base time of the last batch of capture, seconds since the epoch; 0 = none seen. */
	heardS: number;
	/** Nanoseconds within heardS. */
	heardNs: number;
	/** Boots before the present one, the latest first, at most 8. One of them that is heard again means that two hosts have this id. */
	boots: readonly Boot[];
	/** How often a batch of capture was behind the sequence and yet newer than what was heard, with a batch in order between each: another capture that uses this host id and boot id. */
	strays: number;
	/** True: the last batch of capture was such a stray. */
	strayLast: boolean;
	/** Base time of the stray counted last, seconds since the epoch; 0 = none. */
	strayS: number;
	/** Time of the last alert that two hosts have this id, seconds since the epoch; 0 = none. Kept over a boot. */
	sharedAlertS: number;
};
