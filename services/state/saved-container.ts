/** Containers as entries of the store, and back. */
import type { Container, ContainerState, Label } from '#schemas/generated/container-state.ts';
import { decodeUtf8, encodeUtf8, type Text } from '#schemas/text.ts';
import { type ContainerFacts, ContainerNode } from './container.ts';
import type { SavedTexts } from './saved-texts.ts';

function encodeLabels(labels: ReadonlyMap<string, Text>): Label[] {
	return [...labels].map(([key, value]) => ({ key: decodeUtf8(key), value: value.toString() }));
}

function encodeBoolean(value: boolean | null): { boolean: boolean } | null {
	return value === null ? null : { boolean: value };
}

export function encodeContainer(node: ContainerNode): ContainerState {
	const { facts } = node;
	const container: Container = {
		id: decodeUtf8(node.id),
		runtime: facts.runtime.toString(),
		name: facts.name.toString(),
		image: facts.image.toString(),
		imageId: facts.imageId.toString(),
		imageRepository: facts.imageRepository.toString(),
		imageTag: facts.imageTag.toString(),
		imageDigest: facts.imageDigest.toString(),
		privileged: encodeBoolean(facts.privileged),
		hostPid: encodeBoolean(facts.hostPid),
		hostNetwork: encodeBoolean(facts.hostNetwork),
		hostIpc: encodeBoolean(facts.hostIpc),
		user: facts.user.toString(),
		ip: facts.ip.toString(),
		createdS: facts.createdS,
		createdNs: facts.createdNs,
		mounts: facts.mounts.map((mount) => ({
			source: mount.source.toString(),
			destination: mount.destination.toString(),
			mode: mount.mode.toString(),
			writable: mount.writable,
			propagation: mount.propagation.toString(),
		})),
		labels: encodeLabels(facts.labels),
		ports: facts.ports.map((port) => port.toString()),
		cpuShares: facts.cpuShares,
		memoryLimit: facts.memoryLimit,
		podName: facts.podName.toString(),
		podNamespace: facts.podNamespace.toString(),
		podUid: facts.podUid.toString(),
		podSandboxId: facts.podSandboxId.toString(),
		podLabels: encodeLabels(facts.podLabels),
		podOwners: facts.podOwners.map(({ kind, name, uid, labels }) => ({
			kind: kind.toString(),
			name: name.toString(),
			uid: uid.toString(),
			labels: encodeLabels(labels),
		})),
		complete: facts.complete,
	};
	const pendingAlerts = node.pendingAlerts.map(({ alert, captured }) => ({
		alert: Buffer.from(alert),
		captured,
	}));
	return { container, ended: node.ended, lastSeenS: node.lastSeenS, pendingAlerts };
}

export function decodeContainer(saved: ContainerState, texts: SavedTexts): ContainerNode {
	const { container } = saved;
	const node = new ContainerNode(encodeUtf8(container.id));
	node.ended = saved.ended;
	node.lastSeenS = saved.lastSeenS;
	node.pendingAlerts = saved.pendingAlerts.map(({ alert, captured }) => ({ alert, captured }));
	node.facts = decodeContainerFacts(container, texts);
	return node;
}

function decodeContainerFacts(container: Container, texts: SavedTexts): ContainerFacts {
	const labels = (list: readonly Label[]) =>
		new Map(list.map(({ key, value }) => [encodeUtf8(key), texts.ofUtf8(value)]));
	return {
		runtime: texts.ofUtf8(container.runtime),
		name: texts.ofUtf8(container.name),
		image: texts.ofUtf8(container.image),
		imageId: texts.ofUtf8(container.imageId),
		imageRepository: texts.ofUtf8(container.imageRepository),
		imageTag: texts.ofUtf8(container.imageTag),
		imageDigest: texts.ofUtf8(container.imageDigest),
		privileged: container.privileged?.boolean ?? null,
		hostPid: container.hostPid?.boolean ?? null,
		hostNetwork: container.hostNetwork?.boolean ?? null,
		hostIpc: container.hostIpc?.boolean ?? null,
		user: texts.ofUtf8(container.user),
		ip: texts.ofUtf8(container.ip),
		createdS: container.createdS,
		createdNs: container.createdNs,
		mounts: container.mounts.map((mount) => ({
			source: texts.ofUtf8(mount.source),
			destination: texts.ofUtf8(mount.destination),
			mode: texts.ofUtf8(mount.mode),
			writable: mount.writable,
			propagation: texts.ofUtf8(mount.propagation),
		})),
		labels: labels(container.labels),
		ports: container.ports.map((port) => texts.ofUtf8(port)),
		cpuShares: container.cpuShares,
		memoryLimit: container.memoryLimit,
		podName: texts.ofUtf8(container.podName),
		podNamespace: texts.ofUtf8(container.podNamespace),
		podUid: texts.ofUtf8(container.podUid),
		podSandboxId: texts.ofUtf8(container.podSandboxId),
		podLabels: labels(container.podLabels),
		podOwners: container.podOwners.map((owner) => ({
			kind: texts.ofUtf8(owner.kind),
			name: texts.ofUtf8(owner.name),
			uid: texts.ofUtf8(owner.uid),
			labels: labels(owner.labels),
		})),
		complete: container.complete,
	};
}
