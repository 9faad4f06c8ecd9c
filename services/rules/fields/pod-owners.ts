/**
 * Fields of the Kubernetes objects that a pod belongs to. The language has deprecated them because nothing set them any more; here they are set
 * where the probe may ask the API server (probe.kubernetes), and missing elsewhere.
 */
import { Text } from '#schemas/text.ts';
import type { PodOwner } from '#state/container.ts';
import type { FieldValue } from '../field.ts';
import { bound, type Field, type FieldOptions, field, type Read } from './define.ts';

/** Names of the language, and the kinds of the API. */
const objects = {
	rc: 'ReplicationController',
	svc: 'Service',
	rs: 'ReplicaSet',
	deployment: 'Deployment',
} as const;

/** Of several (services) the first. */
function ofOwner(kind: string, read: (owner: PodOwner) => FieldValue): Read {
	return (subject) => {
		const owners = subject.process?.container?.facts.podOwners;
		const owner = owners?.find((one) => one.kind.value === kind);
		return owner === undefined ? null : read(owner);
	};
}

function labelsText({ labels }: PodOwner): FieldValue {
	if (labels.size === 0) return null;
	return new Text([...labels].map(([key, value]) => `${key}:${value.value}`).join(', '));
}

const options: FieldOptions = { print: 'DEC', flags: ['DEPRECATED'] };

export const podOwnerFields: readonly Field[] = Object.entries(objects).flatMap(([object, kind]) => [
	field(
		`k8s.${object}.name`,
		'CHARBUF',
		`${kind} of the pod: name.`,
		ofOwner(kind, ({ name }) => name),
		options,
	),
	field(
		`k8s.${object}.id`,
		'CHARBUF',
		`${kind} of the pod: uid.`,
		ofOwner(kind, ({ uid }) => uid),
		options,
	),
	bound(
		`k8s.${object}.label`,
		'CHARBUF',
		`${kind} of the pod: one label.`,
		(argument) => ofOwner(kind, ({ labels }) => labels.get(argument ?? '') ?? null),
		{ ...options, argument: 'required' },
	),
	field(`k8s.${object}.labels`, 'CHARBUF', `${kind} of the pod: labels.`, ofOwner(kind, labelsText), options),
]);
