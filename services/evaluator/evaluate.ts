/**
 * The core of evaluation: one batch, the state of its host and the rules in force → alerts. Pure but for the state, which
 * it moves on; no clock, no I/O. The live worker, `lanner replay` and the tests all run this.
 */
import type { RuleSet } from '#rules/compile/rule-set.ts';
import { EventSubject } from '#rules/subject.ts';
import { DecodeError } from '#schemas/decode-error.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { familyIndex } from '#schemas/generated/event-names.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { HostState } from '#state/index.ts';
import { alertOfMatch } from './alert.ts';
import { pushAmendments } from './amend.ts';
import { alertOfGap } from './loss.ts';
import { alertOfSharedId } from './shared-id.ts';
import { alertOfReturn, alertOfSilence } from './silence/alerts.ts';
import { isGone, saysGone } from './silence/event.ts';

export type Evaluation = {
	/** Events of the batch that were looked at. */
	events: number;
	/** True: a producer sent it again, and all of it was evaluated before; or it is a stray. */
	repeated: boolean;
	/** True: newer than what was heard, and yet behind the sequence: another probe's that has this host id. None of it was evaluated. */
	stray: boolean;
	/** What ended it early: the bytes after the last good event do not decode. Null = whole. */
	fault: DecodeError | null;
	/** Losses that the batch tells of; `lost` is -1 where the number is not known. */
	gaps: Gap[];
};

export type Gap = { readonly reason: string; readonly lost: number };

const noGaps: Gap[] = [];
const captureProducer = 1;
const evaluatorProducer = 3;

/** A host as the evaluator holds it: its state, and the subject that points rules at its events. */
export class HostView {
	readonly state: HostState;
	readonly subject: EventSubject;

	constructor(state: HostState, reader: EventReader) {
		this.state = state;
		this.subject = new EventSubject(state, reader);
	}
}

/** Of a batch of which nothing was looked at yet. */
export function nothingEvaluated(): Evaluation {
	return { events: 0, repeated: false, stray: false, fault: null, gaps: noGaps };
}

/**
 * Evaluates the batch that `reader` has opened (`reader.open` throws for one whose header is unreadable) and pushes its alerts
 * to `alerts`, in order. A batch that turns out broken in its middle keeps the alerts found so far; the rest is a loss of
 * its host.
 */
export function evaluateBatch(
	reader: EventReader,
	{ state, subject }: HostView,
	ruleSet: RuleSet<EventSubject>,
	alerts: Alert[],
): Evaluation {
	const evaluation = nothingEvaluated();
	if (state.enterBatch(reader.batch) === 'repeated') {
		evaluation.repeated = true;
		evaluation.stray = state.sharedWith !== null;
		if (evaluation.stray) pushStray(reader, state, alerts);
		return evaluation;
	}
	const matches: number[] = [];
	let returned = state.meta.silent && reader.batch.producer === captureProducer;
	try {
		while (reader.next()) {
			evaluation.events++;
			state.apply(reader);
			if (state.sharedWith !== null && evaluation.events === 1)
				pushAlert(alertOfSharedId(reader, state), alerts);
			if (returned) {
				pushAlert(alertOfReturn(reader, state), alerts);
				returned = false;
			}
			subject.enter(reader);
			const count = ruleSet.match(subject, reader.header.type, matches);
			for (let i = 0; i < count; i++) alerts.push(alertOfMatch(ruleSet, matches[i]!, subject));
			if (reader.family === familyIndex.Gap) enterGap(reader, state, { alerts, evaluation });
			else if (reader.family === familyIndex.ContainerReported)
				pushAmendments(reader, state, ruleSet, alerts);
			state.settle(reader);
		}
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		state.lose('undecodable');
		evaluation.fault = error;
	}
	return evaluation;
}

function enterGap(
	reader: EventReader,
	state: HostState,
	{ alerts, evaluation }: { alerts: Alert[]; evaluation: Evaluation },
): void {
	if (reader.batch.producer === evaluatorProducer) {
		if (!saysGone(reader)) pushAlert(alertOfSilence(reader, state), alerts);
		else if (isGone(reader, state)) state.forget();
		return;
	}
	if (evaluation.gaps === noGaps) evaluation.gaps = [];
	evaluation.gaps.push({ reason: reader.gap.reason.toString(), lost: reader.gap.lost });
	pushAlert(alertOfGap(reader, state), alerts);
}

function pushStray(reader: EventReader, state: HostState, alerts: Alert[]): void {
	try {
		if (reader.next()) pushAlert(alertOfSharedId(reader, state), alerts);
	} catch (error) {
		// It is not evaluated: what cannot be read of it is nobody's loss. The next one tells.
		if (!(error instanceof DecodeError)) throw error;
	}
}

function pushAlert(alert: Alert | null, alerts: Alert[]): void {
	if (alert !== null) alerts.push(alert);
}
