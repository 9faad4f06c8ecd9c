// Generated from schemas/container-state/v3.avsc by `npm run schemas:generate`. Do not edit.

/** A mount of a container. */
export type Mount = {
	/** Path on the host (or volume name). */
	source: string;
	/** Path in the container. */
	destination: string;
	/** Mode text as the runtime gives it. */
	mode: string;
	/** Whether it is writable. */
	writable: boolean;
	/** Propagation, for example rprivate. */
	propagation: string;
};

/** A label. */
export type Label = {
	/** Name. */
	key: string;
	/** Value. */
	value: string;
};

/** An object of Kubernetes that a pod belongs to. */
export type PodOwner = {
	/** Kind of the object: ReplicaSet, Deployment, StatefulSet, DaemonSet, Job, CronJob, ReplicationController, Service, or another one that controls pods. */
	kind: string;
	/** Its name; the namespace is the pod's. */
	name: string;
	/** Its uid. */
	uid: string;
	/** Its labels, where they were asked for. */
	labels: readonly Label[];
};

/** Facts of a container, from the cgroup at once and from the runtime's API when it answers. */
export type Container = {
	/** Full container id, as in Process.containerId. */
	id: string;
	/** Who runs it: docker, containerd, cri-o, podman, or empty when unknown. */
	runtime: string;
	/** Name given by the runtime; empty = not known (yet). */
	name: string;
	/** Image as it was asked for; empty = not known. */
	image: string;
	/** Image id without algorithm prefix; empty = not known. */
	imageId: string;
	/** Image repository; empty = not known. */
	imageRepository: string;
	/** Image tag; empty = not known. */
	imageTag: string;
	/** Image digest (sha256:…); empty = not known. */
	imageDigest: string;
	/** Whether the container is privileged; null = not known. */
	privileged: { 'boolean': boolean } | null;
	/** Whether it shares the host's pid namespace; null = not known. */
	hostPid: { 'boolean': boolean } | null;
	/** Whether it shares the host's network namespace; null = not known. */
	hostNetwork: { 'boolean': boolean } | null;
	/** Whether it shares the host's ipc namespace; null = not known. */
	hostIpc: { 'boolean': boolean } | null;
	/** User the first process runs as; empty = not known. */
	user: string;
	/** First IP address; empty = none or not known. */
	ip: string;
	/** Creation, seconds since the epoch; 0 = not known. */
	createdS: number;
	/** Nanoseconds within createdS. */
	createdNs: number;
	/** Mounts given by the runtime. */
	mounts: readonly Mount[];
	/** Labels. */
	labels: readonly Label[];
	/** Published ports as 'ip:hostPort->port/proto'. */
	ports: readonly string[];
	/** CPU shares; 0 = not set. */
	cpuShares: number;
	/** Memory limit in bytes; 0 = none. */
	memoryLimit: number;
	/** Kubernetes pod; empty = none. */
	podName: string;
	/** Kubernetes namespace; empty = none. */
	podNamespace: string;
	/** Kubernetes pod uid; empty = none. */
	podUid: string;
	/** Id of the pod's sandbox container; empty = none. */
	podSandboxId: string;
	/** Labels of the pod. */
	podLabels: readonly Label[];
	/** True when the runtime has answered; false = only the id is known. */
	complete: boolean;
	/** Owners of the pod by the API server, where that is configured: the chain of controllers, the nearest first, then services that select it. Empty = none, or not known (yet). */
	podOwners: readonly PodOwner[];
};

/** An alert that was raised before the runtime had answered, and shows facts of the container. */
export type PendingAlert = {
	/** The alert as it is in lanner.alerts. */
	alert: Buffer;
	/** Values that its output was made of, as JSON (services/evaluator/amend.ts). */
	captured: string;
};

/** A container in the state store. */
export type ContainerState = {
	/** Its facts. */
	container: Container;
	/** True when the runtime said it ended. */
	ended: boolean;
	/** Event time of the last process seen in it, seconds since the epoch. */
	lastSeenS: number;
	/** Alerts to be amended when the runtime answers, oldest first; bounded. */
	pendingAlerts: readonly PendingAlert[];
};
