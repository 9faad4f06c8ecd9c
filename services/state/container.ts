/**
 * What is known of a container. A node is made when its id is first seen (a process in its cgroup) and filled when the
 * runtime answers; processes keep a pointer to it, so that facts that come late are seen by every process inside.
 */
import { Text } from '#schemas/text.ts';
import { emptyText } from './process.ts';

export type ContainerMount = {
	readonly source: Text;
	readonly destination: Text;
	readonly mode: Text;
	readonly writable: boolean;
	readonly propagation: Text;
};

/** An object of Kubernetes that the pod belongs to (Deployment, Service …), by its API server. */
export type PodOwner = {
	readonly kind: Text;
	readonly name: Text;
	readonly uid: Text;
	readonly labels: ReadonlyMap<string, Text>;
};

/** Facts as reported by the runtime; empty texts and nulls mean "not known". Never changed once made. */
export type ContainerFacts = {
	readonly runtime: Text;
	readonly name: Text;
	readonly image: Text;
	readonly imageId: Text;
	readonly imageRepository: Text;
	readonly imageTag: Text;
	readonly imageDigest: Text;
	readonly privileged: boolean | null;
	readonly hostPid: boolean | null;
	readonly hostNetwork: boolean | null;
	readonly hostIpc: boolean | null;
	readonly user: Text;
	readonly ip: Text;
	readonly createdS: number;
	readonly createdNs: number;
	readonly mounts: readonly ContainerMount[];
	readonly labels: ReadonlyMap<string, Text>;
	readonly ports: readonly Text[];
	readonly cpuShares: number;
	readonly memoryLimit: number;
	readonly podName: Text;
	readonly podNamespace: Text;
	readonly podUid: Text;
	readonly podSandboxId: Text;
	readonly podLabels: ReadonlyMap<string, Text>;
	/** Controllers, the nearest first, then services. */
	readonly podOwners: readonly PodOwner[];
	readonly complete: boolean;
};

/** An alert that shows facts of the container and was raised before they were known; opaque here. */
export type PendingAlert = { readonly alert: Uint8Array; readonly captured: string };

const noPending: readonly PendingAlert[] = [];
const noLabels: ReadonlyMap<string, Text> = new Map();

export const unknownContainerFacts: ContainerFacts = Object.freeze({
	runtime: emptyText,
	name: emptyText,
	image: emptyText,
	imageId: emptyText,
	imageRepository: emptyText,
	imageTag: emptyText,
	imageDigest: emptyText,
	privileged: null,
	hostPid: null,
	hostNetwork: null,
	hostIpc: null,
	user: emptyText,
	ip: emptyText,
	createdS: 0,
	createdNs: 0,
	mounts: [],
	labels: noLabels,
	ports: [],
	cpuShares: 0,
	memoryLimit: 0,
	podName: emptyText,
	podNamespace: emptyText,
	podUid: emptyText,
	podSandboxId: emptyText,
	podLabels: noLabels,
	podOwners: [],
	complete: false,
});

/** Characters of a container id that people (and container.id) use. */
const shortIdLength = 12;

export class ContainerNode {
	readonly id: string;
	readonly idText: Text;
	readonly shortIdText: Text;
	facts: ContainerFacts = unknownContainerFacts;
	/** The runtime said it ended; kept while a process is inside. */
	ended = false;
	/** Event time of the last report of it, seconds since the epoch. */
	lastSeenS = 0;
	/** To be amended when the runtime answers, oldest first; see `Containers.keepAlert`. */
	pendingAlerts: readonly PendingAlert[] = noPending;
	dirty = false;
	/** Number of the host's change that last concerned it (see `ProcessTree.changes`). Not saved. */
	changed = 0;

	constructor(id: string) {
		this.id = id;
		this.idText = new Text(id);
		this.shortIdText = id.length > shortIdLength ? new Text(id.slice(0, shortIdLength)) : this.idText;
	}
}
