/**
 * Alerts of Lanner's own about lost events: loss is data, and a person must hear of it.
 *
 * Their rate is limited per host by event time, with what was said last kept in the host's state: so replays and other
 * evaluators decide the same. Restarts of capture and other losses are limited apart, so that provoked losses cannot hide
 * that the probe was killed. That somebody tampered with the probe, and that events of one container are held back, is always said: capture itself
 * limits how often it tells.
 */
import { createHash } from 'node:crypto';
import type { Alert, OutputField } from '#schemas/generated/alert.ts';
import type { GapStage } from '#schemas/generated/event-batch.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { HostState } from '#state/index.ts';
import { alertOfEvent } from './alert.ts';

export const lossRule = 'Lanner internal: events lost';
const lossRuleDigest = createHash('sha256').update(`1 ${lossRule}`).digest('hex');
export const tamperingRule = 'Lanner internal: probe tampered with';
const tamperingRuleDigest = createHash('sha256').update(`1 ${tamperingRule}`).digest('hex');
/** Reasons as capture's integrity.c has them. */
const tamperings: ReadonlyMap<string, string> = new Map([
	['tampered-maps', 'another program changed what it reports; capture put it right'],
	['tampered-ring', 'another program took events out of its ring'],
	['tampered-programs', 'one of its programs was detached or replaced; capture is started again'],
]);
export const heldBackRule = 'Lanner internal: events of a container held back';
const heldBackRuleDigest = createHash('sha256').update(`1 ${heldBackRule}`).digest('hex');
/** Reasons as capture's cgroups.c has them. */
const heldBack: ReadonlyMap<string, string> = new Map([
	['rate-limit-began', 'A container makes more events than it may: what is too much is held back'],
	['rate-limit-ended', 'Nothing more of a container is held back'],
]);
/** As container.id has it. */
const shortIdChars = 12;
const lossPauseS = 60;
const restartPauseS = 10;
const restartReason = 'capture-restarted';
/** By index, as in the schema. */
const gapStages: readonly GapStage[] = ['UNKNOWN', 'KERNEL', 'CAPTURE', 'AGENT', 'SPOOL', 'LOG'];

/** To be called when the reader stands on a Gap and the state has seen it. Null = nothing to say (again). */
export function alertOfGap(reader: EventReader, host: HostState): Alert | null {
	const { gap } = reader;
	const { meta } = host;
	const reason = gap.reason.toString();
	const limited = heldBack.get(reason);
	if (limited !== undefined) return alertOfEvent(reader, host, describeHeldBack(reason, limited, gap));
	if (gap.lost === 0) return null;
	const tampering = tamperings.get(reason);
	if (tampering !== undefined)
		return alertOfEvent(reader, host, describeTampering(reason, tampering, gap.sinceNs));
	if (gap.lost > 0) meta.lostUnreported += gap.lost;
	host.metaDirty = true;
	if (reason === restartReason) {
		if (isRecent(meta.restartAlertS, host.timeS, restartPauseS)) return null;
		meta.restartAlertS = host.timeS;
	} else {
		if (isRecent(meta.lossAlertS, host.timeS, lossPauseS)) return null;
		meta.lossAlertS = host.timeS;
	}
	const lost = meta.lostUnreported;
	meta.lostUnreported = 0;
	return alertOfEvent(
		reader,
		host,
		describeLoss({ reason, stage: gapStages[gap.stage] ?? 'UNKNOWN', lost, gap }),
	);
}

function describeTampering(reason: string, what: string, sinceNs: number) {
	return {
		rule: tamperingRule,
		ruleDigest: tamperingRuleDigest,
		priority: 'Critical',
		source: 'internal',
		tags: ['lanner', 'mitre_defense_evasion', 'T1562.001'],
		output: `The probe of this host was tampered with: ${what} (reason=${reason})`,
		outputFields: [
			{ name: 'gap.reason', value: { string: reason } },
			{ name: 'gap.since_ns', value: sinceNs >= 0 ? { long: sinceNs } : null },
		] satisfies OutputField[],
	} as const;
}

function describeHeldBack(reason: string, what: string, { lost, containerId, sinceNs }: EventReader['gap']) {
	const id = containerId.toString().slice(0, shortIdChars);
	return {
		rule: heldBackRule,
		ruleDigest: heldBackRuleDigest,
		priority: 'Warning',
		source: 'internal',
		tags: ['lanner'],
		output: `${what} (container=${id} held=${lost})`,
		outputFields: [
			{ name: 'gap.reason', value: { string: reason } },
			{ name: 'gap.lost', value: { long: lost } },
			{ name: 'gap.since_ns', value: sinceNs >= 0 ? { long: sinceNs } : null },
			{ name: 'container.id', value: { string: id } },
		] satisfies OutputField[],
	} as const;
}

function isRecent(lastS: number, nowS: number, pauseS: number): boolean {
	return lastS !== 0 && nowS >= lastS && nowS < lastS + pauseS;
}

type Loss = {
	readonly reason: string;
	readonly stage: string;
	/** Since the last alert; 0 = not known. */
	readonly lost: number;
	readonly gap: EventReader['gap'];
};

function describeLoss({ reason, stage, lost, gap }: Loss) {
	const count = lost > 0 ? String(lost) : 'unknown';
	const processes = gap.processes ? 'yes' : 'no';
	const text = (name: string, string: string): OutputField => ({ name, value: { string } });
	return {
		rule: lossRule,
		ruleDigest: lossRuleDigest,
		priority: 'Critical',
		source: 'internal',
		tags: ['lanner'],
		output: `Events of this host were lost (reason=${reason} stage=${stage.toLowerCase()} lost=${count} processes=${processes})`,
		outputFields: [
			text('gap.reason', reason),
			text('gap.stage', stage),
			{ name: 'gap.lost', value: lost > 0 ? { long: lost } : null },
			{ name: 'gap.processes', value: { boolean: gap.processes } },
			{ name: 'gap.since_ns', value: gap.sinceNs >= 0 ? { long: gap.sinceNs } : null },
		] satisfies OutputField[],
	};
}
