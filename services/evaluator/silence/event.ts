/**
 * The record by which an evaluator says that a host is silent. Its alert is made when this record is evaluated, like any
 * other: so replays and other evaluators agree.
 *
 * Everything in it follows from what the log holds (the last batch heard) and from `probeSilenceS`: the decision of two evaluators
 * about the same silence has the same bytes, and the second is a repeat by its sequence, which is that of the event missed.
 */
import { encodeEventBatch } from '#schemas/event-batch.ts';
import type { HeardFacts } from './watch.ts';

const nsPerS = 1_000_000_000;

export function silenceBatch(hostId: string, facts: HeardFacts, probeSilenceS: number): Buffer {
	const { hostName, bootId, captureSequence, heardS, heardNs } = facts;
	return encodeEventBatch({
		hostId,
		hostName,
		bootId,
		producer: 'EVALUATOR',
		firstSequence: captureSequence,
		baseTimeS: heardS + probeSilenceS,
		baseTimeNs: heardNs,
		utcOffsetS: 0,
		machine: '',
		probeVersion: '',
		events: [
			{
				'lanner.events.Gap': {
					header: { time: 0, type: 'gap', flags: 0, cpu: -1, tid: 0, pid: 0, start: 0, result: 0 },
					stage: 'UNKNOWN',
					reason: 'probe-silent',
					lost: -1,
					// What happens meanwhile is not lost yet: capture, when it goes on, tells what is.
					processes: false,
					cpus: [],
					sinceNs: probeSilenceS * nsPerS,
					producer: 'CAPTURE',
					batches: 0,
					firstSequence: -1,
					lastSequence: -1,
					containerId: '',
				},
			},
		],
	});
}
