/** Facts of a container as `ContainerReported.container` has them, and how Docker's inspection gives them. */

import { Json } from './json.ts';

export type Mount = {
	readonly source: string;
	readonly destination: string;
	readonly mode: string;
	readonly writable: boolean;
	readonly propagation: string;
};
export type Label = { readonly key: string; readonly value: string };

/** An object of Kubernetes that a pod belongs to. */
export type PodOwner = {
	readonly kind: string;
	readonly name: string;
	readonly uid: string;
	readonly labels: readonly Label[];
};

export type Container = {
	readonly id: string;
	readonly runtime: string;
	readonly name: string;
	readonly image: string;
	readonly imageId: string;
	readonly imageRepository: string;
	readonly imageTag: string;
	readonly imageDigest: string;
	readonly privileged: boolean | null;
	readonly hostPid: boolean | null;
	readonly hostNetwork: boolean | null;
	readonly hostIpc: boolean | null;
	readonly user: string;
	readonly ip: string;
	readonly createdS: number;
	readonly createdNs: number;
	readonly mounts: readonly Mount[];
	readonly labels: readonly Label[];
	readonly ports: readonly string[];
	readonly cpuShares: number;
	readonly memoryLimit: number;
	readonly podName: string;
	readonly podNamespace: string;
	readonly podUid: string;
	readonly podSandboxId: string;
	readonly podLabels: readonly Label[];
	/** By the API server, where that is configured: see kubernetes/. */
	readonly podOwners: readonly PodOwner[];
	readonly complete: boolean;
};

export const listMax = 256;

/** A container of which only the id is known. */
export function unknownContainer(id: string, runtime: string): Container {
	return {
		id,
		runtime,
		name: '',
		image: '',
		imageId: '',
		imageRepository: '',
		imageTag: '',
		imageDigest: '',
		privileged: null,
		hostPid: null,
		hostNetwork: null,
		hostIpc: null,
		user: '',
		ip: '',
		createdS: 0,
		createdNs: 0,
		mounts: [],
		labels: [],
		ports: [],
		cpuShares: 0,
		memoryLimit: 0,
		podName: '',
		podNamespace: '',
		podUid: '',
		podSandboxId: '',
		podLabels: [],
		podOwners: [],
		complete: false,
	};
}

/** Answer of `/containers/ID/json` → facts. What is absent or of another type is "not known". */
export function containerOfInspection(answer: unknown): Container | null {
	const root = new Json(answer);
	const id = root.text('Id');
	if (id === '') return null;
	const config = root.object('Config');
	const host = root.object('HostConfig');
	const labels = labelsOf(config.object('Labels'));
	const created = parseTime(root.text('Created'));
	return {
		...unknownContainer(id, 'docker'),
		name: root.text('Name').replace(/^\//, ''),
		...imageOf(config.text('Image')),
		imageId: root.text('Image').replace(/^sha256:/, ''),
		privileged: host.flag('Privileged'),
		hostPid: host.text('PidMode') === 'host',
		hostNetwork: host.text('NetworkMode') === 'host',
		hostIpc: host.text('IpcMode') === 'host',
		user: config.text('User'),
		ip: firstIp(root.object('NetworkSettings')),
		createdS: created.s,
		createdNs: created.ns,
		mounts: root.list('Mounts').slice(0, listMax).map(mountOf),
		labels,
		ports: portsOf(root.object('NetworkSettings').object('Ports')),
		cpuShares: host.number('CpuShares'),
		memoryLimit: host.number('Memory'),
		...podOf(labels),
		complete: true,
	};
}

/**
 * An item of `/containers/json` → facts. It has no word about privileged, user and limits; what it has needs no lock in the
 * engine, so it answers while the container is being started.
 */
export function containerOfListing(item: unknown): Container | null {
	const root = new Json(item);
	const id = root.text('Id');
	if (id === '') return null;
	const labels = labelsOf(root.object('Labels'));
	const names = root.texts('Names');
	const createdS = root.number('Created');
	const networkMode = root.object('HostConfig').text('NetworkMode');
	return {
		...unknownContainer(id, 'docker'),
		name: (names[0] ?? '').replace(/^\//, ''),
		...imageOf(root.text('Image')),
		imageId: root.text('ImageID').replace(/^sha256:/, ''),
		hostNetwork: networkMode === '' ? null : networkMode === 'host',
		ip: firstIp(root.object('NetworkSettings')),
		createdS,
		mounts: root.list('Mounts').slice(0, listMax).map(mountOf),
		labels,
		...podOf(labels),
		complete: true,
	};
}

/** What an event says of its container: all that is left when it was gone before anyone could ask. */
export function containerOfEvent(event: unknown): Container | null {
	const root = new Json(event);
	const id = root.text('id');
	if (id === '') return null;
	const attributes = root.object('Actor').object('Attributes');
	// Labels are among the attributes, with nothing to tell them by but their names.
	const labels = labelsOf(attributes).filter(({ key }) => key !== 'image' && key !== 'name');
	return {
		...unknownContainer(id, 'docker'),
		name: attributes.text('name'),
		...imageOf(attributes.text('image')),
		labels,
		...podOf(labels),
		complete: true,
	};
}

export function imageOf(
	image: string,
): Pick<Container, 'image' | 'imageRepository' | 'imageTag' | 'imageDigest'> {
	const { repository, tag, digest } = parseImageName(image);
	return { image, imageRepository: repository, imageTag: tag, imageDigest: digest };
}

/** `registry:5000/team/app:1.2@sha256:…` → its parts; the tag is `latest` where neither tag nor digest is given. */
export function parseImageName(image: string): { repository: string; tag: string; digest: string } {
	const at = image.indexOf('@');
	const digest = at < 0 ? '' : image.slice(at + 1);
	const name = at < 0 ? image : image.slice(0, at);
	const colon = name.lastIndexOf(':');
	// A colon before the last slash belongs to the registry's port.
	if (colon > name.lastIndexOf('/'))
		return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
	return { repository: name, tag: name === '' || digest !== '' ? '' : 'latest', digest };
}

function mountOf(mount: Json): Mount {
	return {
		source: mount.text('Source'),
		destination: mount.text('Destination'),
		mode: mount.text('Mode'),
		writable: mount.flag('RW') ?? true,
		propagation: mount.text('Propagation'),
	};
}

function labelsOf(labels: Json): Label[] {
	return labels
		.keys()
		.slice(0, listMax)
		.map((key) => ({ key, value: labels.text(key) }));
}

/** Set by the kubelet and containerd, not by whoever wrote the pod. */
const systemLabel = /^(io\.kubernetes\.|io\.cri-containerd)/;

export function labelList(labels: ReadonlyMap<string, string>): Label[] {
	return [...labels].slice(0, listMax).map(([key, value]) => ({ key, value }));
}

/** Of a sandbox's labels those that are the pod's. */
export function podLabelsOf(labels: ReadonlyMap<string, string>): Label[] {
	return labelList(labels).filter(({ key }) => !systemLabel.test(key));
}

/** Kubernetes' own labels, which the kubelet sets through any runtime. */
export function podOf(
	labels: readonly Label[],
): Pick<Container, 'podName' | 'podNamespace' | 'podUid' | 'podSandboxId'> {
	const find = (key: string): string => labels.find((label) => label.key === key)?.value ?? '';
	return {
		podName: find('io.kubernetes.pod.name'),
		podNamespace: find('io.kubernetes.pod.namespace'),
		podUid: find('io.kubernetes.pod.uid'),
		podSandboxId: find('io.kubernetes.sandbox.id'),
	};
}

function firstIp(network: Json): string {
	const networks = network.object('Networks');
	for (const name of networks.keys()) {
		const ip = networks.object(name).text('IPAddress');
		if (ip !== '') return ip;
	}
	return network.text('IPAddress');
}

function portsOf(ports: Json): string[] {
	const published: string[] = [];
	for (const inside of ports.keys()) {
		for (const binding of ports.list(inside)) {
			if (published.length < listMax)
				published.push(`${binding.text('HostIp')}:${binding.text('HostPort')}->${inside}`);
		}
	}
	return published;
}

/** RFC 3339 with nanoseconds; `Date` alone would cut them to milliseconds. */
export function parseTime(text: string): { s: number; ns: number } {
	const ms = Date.parse(text);
	if (Number.isNaN(ms) || ms < 0) return { s: 0, ns: 0 };
	const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '0';
	return { s: Math.floor(ms / 1000), ns: Number(fraction.padEnd(9, '0')) };
}
