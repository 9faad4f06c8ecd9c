import type { HostState } from '#schemas/generated/host-state.ts';

/** The small facts of a host, saved as one entry. */
export type HostMeta = {
	bootId: string;
	hostName: string;
	/** Process events were lost and no snapshot has ended since. */
	incomplete: boolean;
	incompleteReason: string;
	/** Number of snapshots begun. */
	snapshot: number;
	snapshotOpen: boolean;
	lostInSnapshot: boolean;
	probe: 'UNKNOWN' | 'RUNNING' | 'STOPPED';
	/** Sequence expected next; -1 = not known. */
	captureSequence: number;
	agentSequence: number;
	firstTimeS: number;
	firstTimeNs: number;
	/** Kept for the evaluator, which limits the rate of its alerts about losses: see services/evaluator/loss.ts. */
	lossAlertS: number;
	restartAlertS: number;
	lostUnreported: number;
	/** An evaluator has said that the probe is silent, and capture was not heard since. */
	silent: boolean;
	/** Stream of the evaluators (ProbeSilent): what is below has been seen; -1 = none. */
	silenceSequence: number;
	/** Base time of the last batch of capture. */
	heardS: number;
	heardNs: number;
	/** Whether another host has this id: see shared-id.ts, and services/evaluator/shared-id.ts for the rate of the alert. */
	boots: HostState['boots'];
	strays: number;
	strayLast: boolean;
	strayS: number;
	sharedAlertS: number;
};

export function emptyMeta(bootId: string): HostMeta {
	return {
		bootId,
		hostName: '',
		incomplete: true,
		incompleteReason: 'no-snapshot',
		snapshot: 0,
		snapshotOpen: false,
		lostInSnapshot: false,
		probe: 'UNKNOWN',
		captureSequence: -1,
		agentSequence: -1,
		firstTimeS: 0,
		firstTimeNs: -1,
		lossAlertS: 0,
		restartAlertS: 0,
		lostUnreported: 0,
		silent: false,
		silenceSequence: -1,
		heardS: 0,
		heardNs: 0,
		boots: [],
		strays: 0,
		strayLast: false,
		strayS: 0,
		sharedAlertS: 0,
	};
}
