/** Container and Kubernetes fields: facts of the runtime for the container that the process is in. */
import { Text } from '#schemas/text.ts';
import type { ContainerFacts, ContainerMount, ContainerNode } from '#state/container.ts';
import type { FieldValue } from '../field.ts';
import { compileGlob } from '../operators/glob.ts';
import { bound, type Field, type FieldOptions, field, missing, type Read } from './define.ts';
import { podOwnerFields } from './pod-owners.ts';
import { namespaceStart } from './process.ts';
import { nanoseconds } from './time.ts';

const dec: FieldOptions = { print: 'DEC' };
const suggested: FieldOptions = { print: 'DEC', flags: ['SUGGESTED_OUTPUT'] };
const hostText = new Text('host');
const emptyText = new Text('');

/** A text of the container: `onHost` outside of containers, missing while the runtime has not answered. */
function text(pick: (facts: ContainerFacts) => Text, onHost: Text | null): Read {
	return (subject) => {
		const node = subject.process;
		if (node === null) return null;
		if (node.container === null) return onHost;
		const value = pick(node.container.facts);
		return value.value === '' && !node.container.facts.complete ? null : value;
	};
}

/** A text that only containers (or pods) have; missing when empty. */
function onlyInside(pick: (facts: ContainerFacts) => Text): Read {
	return (subject) => {
		const container = subject.process?.container ?? null;
		if (container === null) return null;
		const value = pick(container.facts);
		return value.value === '' ? null : value;
	};
}

function inside(read: (container: ContainerNode) => FieldValue): Read {
	return (subject) => {
		const container = subject.process?.container ?? null;
		return container === null ? null : read(container);
	};
}

/** What rules see of a mount that is not there, in containers whose facts are known. */
const noMount = new Text('N/A');

export function mountText(mount: ContainerMount): string {
	const { source, destination, mode, writable, propagation } = mount;
	return `${source.value}:${destination.value}:${mode.value}:${writable}:${propagation.value}`;
}

type PickMount = (mount: ContainerMount) => Text;

/** `[n]` = the n-th mount; otherwise a glob on its source or destination. */
function bindMount(by: 'source' | 'destination', pick: PickMount): (argument: string | null) => Read {
	return (argument) => {
		if (argument === null) return () => null;
		const index = /^\d{1,9}$/.test(argument) ? Number(argument) : -1;
		const matches = index < 0 ? compileGlob(argument, false) : null;
		return inside(({ facts }) => {
			if (!facts.complete) return null;
			const mount =
				matches === null ? facts.mounts[index] : facts.mounts.find((one) => matches(one[by].value));
			return mount === undefined ? noMount : pick(mount);
		});
	};
}

function label(
	pick: (facts: ContainerFacts) => ReadonlyMap<string, Text>,
): (argument: string | null) => Read {
	return (argument) => inside(({ facts }) => pick(facts).get(argument ?? '') ?? null);
}

/** Labels that a runtime adds for itself are not people's labels. */
function isOwnLabel(key: string): boolean {
	return !key.startsWith('io.kubernetes.') && !key.startsWith('annotation.');
}

const labelTexts = new WeakMap<ReadonlyMap<string, Text>, Text>();

function labelsText(labels: ReadonlyMap<string, Text>): Text {
	let found = labelTexts.get(labels);
	if (found === undefined) {
		const parts = [...labels]
			.filter(([key]) => isOwnLabel(key))
			.map(([key, value]) => `${key}:${value.value}`);
		found = new Text(parts.join(', '));
		labelTexts.set(labels, found);
	}
	return found;
}

const mountTexts = new WeakMap<ContainerFacts, Text>();

function mountsText(facts: ContainerFacts): Text {
	let found = mountTexts.get(facts);
	if (found === undefined) {
		found = new Text(facts.mounts.map(mountText).join(','));
		mountTexts.set(facts, found);
	}
	return found;
}

/** Start of the container: the begin of its pid namespace, else its creation. */
function startedNs(subject: Parameters<Read>[0]): bigint | null {
	const node = subject.process;
	if (node === null || node.container === null) return null;
	const begin = namespaceStart(node);
	if (begin !== null) return begin;
	const { createdS, createdNs } = node.container.facts;
	return createdS === 0 ? null : nanoseconds(createdS, createdNs);
}

const typeOnHost = hostText;
const unknownType = new Text('unknown');

const identity: readonly Field[] = [
	field(
		'container.id',
		'CHARBUF',
		'First 12 characters of the container id; "host" outside of containers.',
		(subject) => {
			const node = subject.process;
			if (node === null) return null;
			return node.container === null ? hostText : node.container.shortIdText;
		},
		suggested,
	),
	field(
		'container.full_id',
		'CHARBUF',
		'Container id.',
		inside((container) => container.idText),
		dec,
	),
	field(
		'container.name',
		'CHARBUF',
		'Container name; "host" outside of containers.',
		text((f) => f.name, hostText),
		suggested,
	),
	field(
		'container.image',
		'CHARBUF',
		'Image as it was asked for.',
		text((f) => f.image, emptyText),
		dec,
	),
	field(
		'container.image.id',
		'CHARBUF',
		'Image id.',
		text((f) => f.imageId, emptyText),
		dec,
	),
	field(
		'container.type',
		'CHARBUF',
		'Runtime of the container (docker, containerd, cri-o, podman); "host" outside of containers.',
		(subject) => {
			const node = subject.process;
			if (node === null) return null;
			if (node.container === null) return typeOnHost;
			const { runtime } = node.container.facts;
			return runtime.value === '' ? unknownType : runtime;
		},
		dec,
	),
	field(
		'container.image.repository',
		'CHARBUF',
		'Image repository.',
		text((f) => f.imageRepository, emptyText),
		suggested,
	),
	field(
		'container.image.tag',
		'CHARBUF',
		'Image tag.',
		text((f) => f.imageTag, emptyText),
		suggested,
	),
	field(
		'container.image.digest',
		'CHARBUF',
		'Image digest.',
		text((f) => f.imageDigest, emptyText),
		dec,
	),
];

const never = 'deprecated in the rule language, never set';

const settings: readonly Field[] = [
	field(
		'container.privileged',
		'BOOL',
		'It is privileged.',
		inside(({ facts }) => facts.privileged),
		dec,
	),
	field(
		'container.mounts',
		'CHARBUF',
		'Mounts as source:destination:mode:writable:propagation, joined by commas.',
		inside(({ facts }) => (facts.complete ? mountsText(facts) : null)),
		dec,
	),
	...(
		[
			['container.mount', 'source', 'One mount, by number or source.', (m) => new Text(mountText(m))],
			[
				'container.mount.source',
				'destination',
				'Source of a mount, by number or destination.',
				(m) => m.source,
			],
			[
				'container.mount.dest',
				'source',
				'Destination of a mount, by number or source.',
				(m) => m.destination,
			],
			['container.mount.mode', 'source', 'Mode of a mount.', (m) => m.mode],
			['container.mount.rdwr', 'source', 'Whether a mount is writable.', (m) => new Text(String(m.writable))],
			['container.mount.propagation', 'source', 'Propagation of a mount.', (m) => m.propagation],
		] satisfies [string, 'source' | 'destination', string, PickMount][]
	).map(([name, by, meaning, pick]) =>
		bound(name, 'CHARBUF', meaning, bindMount(by, pick), { print: 'DEC', argument: 'required' }),
	),
	missing('container.healthcheck', 'CHARBUF', 'Health check of the container.', never, {
		...dec,
		flags: ['DEPRECATED'],
	}),
	missing('container.liveness_probe', 'CHARBUF', 'Liveness probe.', never, { ...dec, flags: ['DEPRECATED'] }),
	missing('container.readiness_probe', 'CHARBUF', 'Readiness probe.', never, {
		...dec,
		flags: ['DEPRECATED'],
	}),
	field(
		'container.start_ts',
		'ABSTIME',
		'Start of the container, nanoseconds since the epoch.',
		startedNs,
		dec,
	),
	field(
		'container.duration',
		'RELTIME',
		'Nanoseconds since the container started.',
		(subject) => {
			const start = startedNs(subject);
			return start === null ? null : subject.host.eventTime() - start;
		},
		dec,
	),
	field(
		'container.ip',
		'CHARBUF',
		'First IP address.',
		onlyInside((facts) => facts.ip),
		dec,
	),
	missing(
		'container.cni.json',
		'CHARBUF',
		'Result of the CNI plug-in.',
		'the runtime is not asked for it',
		dec,
	),
	field(
		'container.host_pid',
		'BOOL',
		"It shares the host's pid namespace.",
		inside(({ facts }) => facts.hostPid),
		dec,
	),
	field(
		'container.host_network',
		'BOOL',
		"It shares the host's network.",
		inside(({ facts }) => facts.hostNetwork),
		dec,
	),
	field(
		'container.host_ipc',
		'BOOL',
		"It shares the host's ipc namespace.",
		inside(({ facts }) => facts.hostIpc),
		dec,
	),
	bound(
		'container.label',
		'CHARBUF',
		'One label.',
		label((facts) => facts.labels),
		{ print: 'DEC', argument: 'required' },
	),
	field(
		'container.labels',
		'CHARBUF',
		'Labels as key:value, joined.',
		inside(({ facts }) => labelsText(facts.labels)),
		dec,
	),
	...['healthcheck', 'liveness_probe', 'readiness_probe'].map((which) =>
		missing(`proc.is_container_${which}`, 'BOOL', `It is a ${which.replace('_', ' ')}.`, never, {
			...dec,
			flags: ['DEPRECATED'],
		}),
	),
];

const namespaceFields: readonly Field[] = ['id', 'label', 'labels'].map((part) =>
	missing(`k8s.ns.${part}`, 'CHARBUF', `Kubernetes ns: ${part}.`, never, {
		print: 'DEC',
		flags: ['DEPRECATED'],
		argument: part === 'label' ? 'required' : 'none',
	}),
);

const kubernetes: readonly Field[] = [
	field(
		'k8s.pod.name',
		'CHARBUF',
		'Pod.',
		onlyInside((facts) => facts.podName),
		suggested,
	),
	field(
		'k8s.ns.name',
		'CHARBUF',
		'Namespace.',
		onlyInside((facts) => facts.podNamespace),
		suggested,
	),
	field(
		'k8s.pod.id',
		'CHARBUF',
		'Uid of the pod.',
		onlyInside((facts) => facts.podUid),
		dec,
	),
	field(
		'k8s.pod.uid',
		'CHARBUF',
		'Uid of the pod.',
		onlyInside((facts) => facts.podUid),
		dec,
	),
	field(
		'k8s.pod.sandbox_id',
		'CHARBUF',
		"First 12 characters of the id of the pod's sandbox.",
		onlyInside((facts) => new Text(facts.podSandboxId.value.slice(0, 12))),
		dec,
	),
	field(
		'k8s.pod.full_sandbox_id',
		'CHARBUF',
		"Id of the pod's sandbox.",
		onlyInside((f) => f.podSandboxId),
		dec,
	),
	bound(
		'k8s.pod.label',
		'CHARBUF',
		'One label of the pod.',
		label((facts) => facts.podLabels),
		{
			print: 'DEC',
			argument: 'required',
		},
	),
	field('k8s.pod.labels', 'CHARBUF', 'Labels of the pod.', inside(podLabels), dec),
	field(
		'k8s.pod.ip',
		'CHARBUF',
		'Address of the pod.',
		onlyInside((facts) => facts.ip),
		dec,
	),
	missing(
		'k8s.pod.cni.json',
		'CHARBUF',
		'Result of the CNI plug-in.',
		'the runtime is not asked for it',
		dec,
	),
	...podOwnerFields,
	...namespaceFields,
];

function podLabels({ facts }: ContainerNode): Text | null {
	return facts.podLabels.size === 0 ? null : labelsText(facts.podLabels);
}

export const containerFields: readonly Field[] = [...identity, ...settings, ...kubernetes];
