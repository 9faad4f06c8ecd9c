/**
 * Amendments: when the runtime tells the facts of a container, alerts that were raised before and show such facts are said again
 * with them. An amendment is an alert with an id of its own and the first one's id in `amends`; all else but its
 * output is the first one's. It comes with the first complete facts, and if it shows owners of the pod that are not known by then, again
 * with those; each time only if it says anything new and its rule is still in force.
 */
import { createHash } from 'node:crypto';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import { EventSubject } from '#rules/subject.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import { type ContainerNode, type HostState, ProcessNode } from '#state/index.ts';
import { outputFieldsOf } from './alert.ts';
import { capturedOf, keepForAmendment, mayComeLate } from './pending.ts';

const idDigits = 32;

/** To be called when the reader stands on a ContainerReported and the state has seen it. */
export function pushAmendments(
	reader: EventReader,
	state: HostState,
	ruleSet: RuleSet<EventSubject>,
	alerts: Alert[],
): void {
	const container = state.containers.find(reader.containerReported.container.id.value);
	if (container === undefined || !container.facts.complete || container.pendingAlerts.length === 0) return;
	const subject = insideOf(container, state, reader);
	for (const pending of state.containers.takeAlerts(container)) {
		// The alert, or what was last said of it.
		const told = alertCodec.decode(pending.alert);
		const output = outputOf(ruleSet, told.ruleDigest);
		if (output === null) continue;
		const captured = output.recapture(capturedOf(pending.captured), subject);
		const amendment = {
			...told,
			id: amendmentId(told.id),
			output: output.text(captured),
			outputFields: outputFieldsOf(output, captured),
			amends: { string: told.amends?.string ?? told.id },
		};
		const isNews = amendment.output !== told.output || !sameFields(amendment.outputFields, told.outputFields);
		if (isNews) alerts.push(amendment);
		if (mayComeLate(output, container))
			keepForAmendment(isNews ? amendment : told, captured, container, state);
	}
}

/** What is said next has one id, so it needs no more than the id of what was said before. */
function amendmentId(before: string): string {
	return createHash('sha256').update(`amends ${before}`).digest('hex').slice(0, idDigits);
}

/** A subject whose process is in the container: fields of containers look at nothing else. */
function insideOf(container: ContainerNode, state: HostState, reader: EventReader): EventSubject {
	const subject = new EventSubject(state, reader);
	subject.process = new ProcessNode(0, 0);
	subject.process.container = container;
	return subject;
}

function outputOf(ruleSet: RuleSet<EventSubject>, digest: string) {
	const index = ruleSet.rules.findIndex((_, i) => ruleSet.digest(i) === digest);
	return index < 0 ? null : ruleSet.outputs[index]!;
}

function sameFields(a: Alert['outputFields'], b: Alert['outputFields']): boolean {
	const text = (fields: Alert['outputFields']): string =>
		JSON.stringify(fields, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
	return text(a) === text(b);
}
