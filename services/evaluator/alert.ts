/** Alerts of matches. Pure: everything in an alert comes from the event, the state of its host and the rule. */
import { createHash } from 'node:crypto';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import type { JsonValue } from '#rules/format/render.ts';
import type { CapturedOutput, RuleOutput } from '#rules/format/rule-output.ts';
import type { EventSubject } from '#rules/subject.ts';
import type { Alert, OutputField } from '#schemas/generated/alert.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { HostState } from '#state/index.ts';
import { keepForAmendment, mayComeLate } from './pending.ts';

const captureProducer = 1;
const evaluatorProducer = 3;
const idDigits = 32;

/** Which stream of the host the event is from, as alerts name it. */
export function producerName(producer: number): 'capture' | 'agent' | 'evaluator' {
	if (producer === captureProducer) return 'capture';
	return producer === evaluatorProducer ? 'evaluator' : 'agent';
}

/** The same event and rule always give the same id: what an output has seen twice is a repeat. */
export function alertId(
	ruleDigest: string,
	{ batch, sequence }: Pick<EventReader, 'batch' | 'sequence'>,
): string {
	const form = [ruleDigest, batch.hostId, batch.bootId, producerName(batch.producer), sequence];
	return createHash('sha256').update(JSON.stringify(form)).digest('hex').slice(0, idDigits);
}

/** What alerts of every source have in common: the event, its host and its process. */
export function alertOfEvent(
	reader: EventReader,
	host: HostState,
	rule: Pick<Alert, 'rule' | 'ruleDigest' | 'priority' | 'source' | 'tags' | 'output' | 'outputFields'>,
): Alert {
	const { header, batch } = reader;
	return {
		id: alertId(rule.ruleDigest, reader),
		timeS: host.timeS,
		timeNs: host.timeNs,
		utcOffsetS: batch.utcOffsetS,
		hostId: batch.hostId,
		hostName: batch.hostName,
		bootId: batch.bootId,
		producer: producerName(batch.producer),
		sequence: reader.sequence,
		...rule,
		eventType: eventTypes[header.type] ?? 'unknown',
		pid: header.pid,
		start: header.start,
		containerId: host.current?.container?.id ?? '',
		incomplete: host.incomplete,
		amends: null,
	};
}

/** The alert of rule `index` for the event on which `subject` stands. */
export function alertOfMatch(ruleSet: RuleSet<EventSubject>, index: number, subject: EventSubject): Alert {
	const rule = ruleSet.rules[index]!;
	const output = ruleSet.outputs[index]!;
	const captured = output.capture(subject, subject.reader.header.type);
	const alert = alertOfEvent(subject.reader, subject.host, {
		rule: rule.name,
		ruleDigest: ruleSet.digest(index),
		priority: rule.priority,
		source: rule.source,
		tags: [...rule.tags].sort(),
		output: output.text(captured),
		outputFields: outputFieldsOf(output, captured),
	});
	const container = subject.process?.container ?? null;
	if (container !== null && mayComeLate(output, container))
		keepForAmendment(alert, captured, container, subject.host);
	return alert;
}

export function outputFieldsOf(output: RuleOutput<EventSubject>, captured: CapturedOutput): OutputField[] {
	return [...output.fields(captured)].map(([name, value]) => ({ name, value: fieldValue(value) }));
}

function fieldValue(value: JsonValue): OutputField['value'] {
	return isList(value) ? { array: value.map(scalarValue) } : scalarValue(value);
}

function scalarValue(value: JsonValue): Exclude<OutputField['value'], { array: unknown }> {
	switch (typeof value) {
		case 'boolean':
			return { boolean: value };
		case 'bigint':
			return { long: value };
		case 'number':
			return Number.isSafeInteger(value) ? { long: value } : { double: value };
		case 'string':
			return { string: value };
		default:
			return null;
	}
}

function isList(value: JsonValue): value is readonly JsonValue[] {
	return Array.isArray(value);
}
