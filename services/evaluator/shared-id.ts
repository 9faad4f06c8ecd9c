/**
 * The alert of Lanner's own that two hosts have one id (how that is seen: services/state/shared-id.ts): one of them is not watched, or both
 * void each other's state. At most once in `pauseS` a host id, by the time of batches, whichever of the two clocks they are of.
 */
import { createHash } from 'node:crypto';
import type { Alert } from '#schemas/generated/alert.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { HostState } from '#state/index.ts';
import { alertOfEvent } from './alert.ts';

export const sharedIdRule = 'Lanner internal: host id shared';
const sharedIdDigest = createHash('sha256').update(`1 ${sharedIdRule}`).digest('hex');
const pauseS = 600;

/** To be called when the reader stands on the first event of a batch. Null = no sign of another host, or it was said not long ago. */
export function alertOfSharedId(reader: EventReader, host: HostState): Alert | null {
	const { sharedWith, meta } = host;
	const { hostId, hostName, baseTimeS, baseTimeNs } = reader.batch;
	if (sharedWith === null || sharedWith === '') return null;
	if (meta.sharedAlertS !== 0 && Math.abs(baseTimeS - meta.sharedAlertS) < pauseS) return null;
	meta.sharedAlertS = baseTimeS;
	host.metaDirty = true;
	const alert = alertOfEvent(reader, host, {
		rule: sharedIdRule,
		ruleDigest: sharedIdDigest,
		priority: 'Critical',
		source: 'internal',
		tags: ['lanner'],
		output: `Two probes speak under one host id, so one of their hosts is not watched, or neither is rightly (hosts=${hostName},${sharedWith} host_id=${hostId}): give each its own /etc/machine-id (cloned images share it) or host.id in lanner.yaml, and run one probe a host`,
		outputFields: [
			{ name: 'host.id', value: { string: hostId } },
			{ name: 'host.name', value: { string: hostName } },
			{ name: 'host.other_name', value: { string: sharedWith } },
		],
	});
	// The state may be the other host's: nothing of its time and processes is said.
	return { ...alert, timeS: baseTimeS, timeNs: baseTimeNs, pid: 0, start: 0, containerId: '' };
}
