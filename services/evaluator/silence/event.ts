/**
 * The records by which an evaluator says that a host is silent, and later that it is gone for good. What follows from one happens when it is
 * evaluated, like any other: so replays and other evaluators agree.
 *
 * Everything in it follows from what the log holds (the last batch heard) and from options: the decision of two evaluators
 * about the same silence has the same bytes, and the second is a repeat by its sequence, which is that of the event missed (gone: one more).
 */
import { encodeEventBatch } from '#schemas/event-batch.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { HostState } from '#state/index.ts';
import type { HeardFacts } from './watch.ts';

const nsPerS = 1_000_000_000;
const goneReason = 'host-gone';

export function silenceBatch(hostId: string, facts: HeardFacts, probeSilenceS: number): Buffer {
	return recordOf(hostId, facts, {
		...{ reason: 'probe-silent', sequence: facts.captureSequence, silenceS: probeSilenceS },
	});
}

export function goneBatch(hostId: string, facts: HeardFacts, forgetS: number): Buffer {
	return recordOf(hostId, facts, {
		...{ reason: goneReason, sequence: facts.captureSequence + 1, silenceS: forgetS },
	});
}

/** To be asked when the reader stands on a Gap of an evaluator. */
export function saysGone(reader: EventReader): boolean {
	return reader.gap.reason.toString() === goneReason;
}

/** False = capture was heard between the decision and its record: void. */
export function isGone(reader: EventReader, { meta }: HostState): boolean {
	return reader.sequence === meta.captureSequence + 1 && (meta.silent || meta.probe === 'STOPPED');
}

function recordOf(
	hostId: string,
	{ hostName, bootId, heardS, heardNs }: HeardFacts,
	{ reason, sequence, silenceS }: { reason: string; sequence: number; silenceS: number },
): Buffer {
	return encodeEventBatch({
		hostId,
		hostName,
		bootId,
		producer: 'EVALUATOR',
		firstSequence: sequence,
		baseTimeS: heardS + silenceS,
		baseTimeNs: heardNs,
		utcOffsetS: 0,
		machine: '',
		probeVersion: '',
		events: [
			{
				'lanner.events.Gap': {
					header: { time: 0, type: 'gap', flags: 0, cpu: -1, tid: 0, pid: 0, start: 0, result: 0 },
					stage: 'UNKNOWN',
					reason,
					lost: -1,
					// What happens meanwhile is not lost yet: capture, when it goes on, tells what is.
					processes: false,
					cpus: [],
					sinceNs: silenceS * nsPerS,
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
