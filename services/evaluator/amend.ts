/**
 * Amendments: when the runtime tells the facts of a container, alerts that were raised before and show such facts are said again
 * with them. An amendment is an alert with an id of its own and the first one's id in `amends`; all else but its
 * output is the first one's. It comes once, with the first complete facts, if it says anything new and its rule is still in force.
 */
import { createHash } from 'node:crypto';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import { EventSubject } from '#rules/subject.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import { type ContainerNode, type HostState, ProcessNode } from '#state/index.ts';
import { outputFieldsOf } from './alert.ts';
import { capturedOf } from './pending.ts';

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
		const first = alertCodec.decode(pending.alert);
		const output = outputOf(ruleSet, first.ruleDigest);
		if (output === null) continue;
		const captured = output.recapture(capturedOf(pending.captured), subject);
		const text = output.text(captured);
		const outputFields = outputFieldsOf(output, captured);
		if (text === first.output && sameFields(outputFields, first.outputFields)) continue;
		alerts.push({
			...first,
			id: amendmentId(first.id),
			output: text,
			outputFields,
			amends: { string: first.id },
		});
	}
}

/** There is one amendment of an alert, so its id needs no more than the first one's. */
function amendmentId(first: string): string {
	return createHash('sha256').update(`amends ${first}`).digest('hex').slice(0, idDigits);
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
