/**
 * Alerts that show facts of a container which the runtime has not told yet: kept with the container, in the state (so that
 * another evaluator, or a replay, amends the same ones), with the values that their output was made of.
 */
import type { FieldValue, Scalar } from '#rules/field.ts';
import type { CapturedOutput, RuleOutput } from '#rules/format/rule-output.ts';
import type { EventSubject } from '#rules/subject.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { Text } from '#schemas/text.ts';
import type { ContainerNode, HostState } from '#state/index.ts';

/** Whether facts that the output shows may still come: the runtime's, or the owners of the pod, of which the API server is asked. */
export function mayComeLate(output: RuleOutput<EventSubject>, { facts }: ContainerNode): boolean {
	if (!output.showsLateFacts) return false;
	return !facts.complete || (output.showsOwners && facts.podUid.value !== '' && facts.podOwners.length === 0);
}

/** Bound: `StateLimits.pendingAlertsMax` per container. */
export function keepForAmendment(
	alert: Alert,
	captured: CapturedOutput,
	container: ContainerNode,
	host: HostState,
): void {
	host.containers.keepAlert(container, {
		alert: alertCodec.encode(alert),
		captured: JSON.stringify(captured.map((values) => values.map(toJson))),
	});
}

type Saved = null | boolean | number | { t: string } | { n: string } | readonly Saved[];

/** Texts as { t }, with a character for each byte; what JSON has no number for as { n }. */
function toJson(value: FieldValue): Saved {
	if (value === null || typeof value === 'boolean') return value;
	if (typeof value === 'number') return Number.isFinite(value) ? value : { n: String(value) };
	if (typeof value === 'bigint') return { n: String(value) };
	return value instanceof Text ? { t: value.value } : value.map(toJson);
}

function fromJson(saved: Saved): FieldValue {
	if (saved === null || typeof saved !== 'object') return saved;
	if ('t' in saved) return new Text(saved.t);
	if ('n' in saved) return /^-?\d+$/.test(saved.n) ? BigInt(saved.n) : Number(saved.n);
	return saved.map((element) => fromJson(element) as Scalar);
}

export function capturedOf(saved: string): CapturedOutput {
	return (JSON.parse(saved) as readonly (readonly Saved[])[]).map((values) => values.map(fromJson));
}
