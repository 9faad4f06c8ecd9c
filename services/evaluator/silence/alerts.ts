/** The alerts of a probe that fell silent and of its return. Pure; which event each belongs to is decided by the log's order. */
import { createHash } from 'node:crypto';
import type { Alert } from '#schemas/generated/alert.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { HostState } from '#state/index.ts';
import { alertOfEvent } from '../alert.ts';

export const silentRule = 'Probe silent';
export const heardRule = 'Probe heard again';
const nsPerS = 1_000_000_000;
const digestOf = (rule: string): string => createHash('sha256').update(`1 ${rule}`).digest('hex');
const silentDigest = digestOf(silentRule);
const heardDigest = digestOf(heardRule);

/** To be called when the reader stands on a Gap of an evaluator and the state has seen it. Null = capture was heard before it: void. */
export function alertOfSilence(reader: EventReader, host: HostState): Alert | null {
	const { silent, heardS } = host.meta;
	if (!silent) return null;
	const silenceS = Math.round(reader.gap.sinceNs / nsPerS);
	return alertOfEvent(reader, host, {
		rule: silentRule,
		ruleDigest: silentDigest,
		priority: 'Critical',
		source: 'internal',
		tags: ['lanner'],
		output: `The probe of this host is silent: killed, stopped, starved, or the host is away (silence=${silenceS}s last_heard=${isoTime(heardS)})`,
		outputFields: [
			{ name: 'probe.silence_s', value: { long: silenceS } },
			{ name: 'probe.last_heard', value: { string: isoTime(heardS) } },
			{ name: 'probe.missing_sequence', value: { long: reader.sequence } },
		],
	});
}

/** To be called at the first event of a batch of capture. Null = the host was not silent. */
export function alertOfReturn(reader: EventReader, host: HostState): Alert | null {
	if (!host.meta.silent) return null;
	host.meta.silent = false;
	host.metaDirty = true;
	return alertOfEvent(reader, host, {
		rule: heardRule,
		ruleDigest: heardDigest,
		priority: 'Notice',
		source: 'internal',
		tags: ['lanner'],
		output:
			'The probe of this host is heard again; what happened meanwhile was kept by it, or is told as lost',
		outputFields: [],
	});
}

function isoTime(seconds: number): string {
	return new Date(seconds * 1000).toISOString();
}
