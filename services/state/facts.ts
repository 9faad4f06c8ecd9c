/** Copies facts out of the event reader's views, which are void at the next event, into the state's own objects. */

import type { RecordList } from '#schemas/cursor.ts';
import type {
	ContainerView,
	CredentialsView,
	FdView,
	LabelView,
	ProcessView,
} from '#schemas/generated/event-reader.ts';
import type { Text } from '#schemas/text.ts';
import type { ContainerFacts } from './container.ts';
import { type Credentials, type Descriptor, type ProcessNode, Program } from './process.ts';

export function copyCredentials(view: CredentialsView): Credentials {
	return {
		uid: view.uid,
		euid: view.euid,
		suid: view.suid,
		fsuid: view.fsuid,
		gid: view.gid,
		egid: view.egid,
		sgid: view.sgid,
		fsgid: view.fsgid,
		capInheritable: view.capInheritable,
		capPermitted: view.capPermitted,
		capEffective: view.capEffective,
	};
}

export function sameCredentials(a: Credentials, b: CredentialsView): boolean {
	return (
		a.uid === b.uid &&
		a.euid === b.euid &&
		a.suid === b.suid &&
		a.fsuid === b.fsuid &&
		a.gid === b.gid &&
		a.egid === b.egid &&
		a.sgid === b.sgid &&
		a.fsgid === b.fsgid &&
		a.capInheritable === b.capInheritable &&
		a.capPermitted === b.capPermitted &&
		a.capEffective === b.capEffective
	);
}

export function copyDescriptor(view: FdView | null): Descriptor | null {
	if (view === null) return null;
	const { number, mode, path, device, inode, openFlags, layer, socket } = view;
	return {
		number,
		mode,
		path,
		device,
		inode,
		openFlags,
		layer,
		socket:
			socket === null
				? null
				: {
						family: socket.family,
						type: socket.type,
						protocol: socket.protocol,
						state: socket.state,
						localAddress: socket.localAddress,
						localPort: socket.localPort,
						remoteAddress: socket.remoteAddress,
						remotePort: socket.remotePort,
					},
	};
}

export function copyProgram(view: ProcessView): Program {
	return new Program({
		exePath: view.exePath,
		exeInode: view.exeInode,
		exeDevice: view.exeDevice,
		exeChangeTimeS: view.exeChangeTime.s,
		exeChangeTimeNs: view.exeChangeTime.ns,
		exeModifyTimeS: view.exeModifyTime.s,
		exeModifyTimeNs: view.exeModifyTime.ns,
		exeFlags: view.exeFlags,
		args: view.args.toArray(),
		argsCount: view.argsCount,
		environment: view.environment.toArray(),
	});
}

/** Everything that a Process record says, but lineage and container. */
export function fillProcess(node: ProcessNode, view: ProcessView): void {
	node.startTimeS = view.startTimeS;
	node.startTimeNs = view.startTimeNs;
	node.parentPid = view.parentPid;
	node.parentStart = view.parentStart;
	node.vpid = view.vpid;
	node.pgid = view.pgid;
	node.sid = view.sid;
	node.vpgid = view.vpgid;
	node.vsid = view.vsid;
	node.pidNamespace = view.pidNamespace;
	node.mountNamespace = view.mountNamespace;
	node.userNamespace = view.userNamespace;
	node.networkNamespace = view.networkNamespace;
	node.namespaceInitStart = view.namespaceInitStart;
	node.comm = view.comm;
	node.program = copyProgram(view);
	node.cwd = view.cwd;
	node.root = view.root;
	node.credentials = copyCredentials(view.credentials);
	node.loginUid = view.loginUid;
	node.sessionId = view.sessionId;
	node.tty = view.tty;
	node.cgroup = view.cgroup;
	node.seccomp = view.seccomp;
	node.noNewPrivileges = view.noNewPrivileges;
	node.threads = view.threads;
	node.vmSize = view.vmSize;
	node.vmRss = view.vmRss;
	node.vmSwap = view.vmSwap;
	node.fdLimit = view.fdLimit;
	node.majorFaults = view.majorFaults;
	node.minorFaults = view.minorFaults;
	node.stdin = copyDescriptor(view.stdin);
	node.stdout = copyDescriptor(view.stdout);
	node.stderr = copyDescriptor(view.stderr);
}

function copyLabels(list: RecordList<LabelView>): ReadonlyMap<string, Text> {
	const labels = new Map<string, Text>();
	for (let i = 0; i < list.count; i++) {
		const label = list.at(i);
		labels.set(label.key.value, label.value);
	}
	return labels;
}

export function copyContainer(view: ContainerView): ContainerFacts {
	const { mounts } = view;
	return {
		runtime: view.runtime,
		name: view.name,
		image: view.image,
		imageId: view.imageId,
		imageRepository: view.imageRepository,
		imageTag: view.imageTag,
		imageDigest: view.imageDigest,
		privileged: view.privileged,
		hostPid: view.hostPid,
		hostNetwork: view.hostNetwork,
		hostIpc: view.hostIpc,
		user: view.user,
		ip: view.ip,
		createdS: view.createdS,
		createdNs: view.createdNs,
		mounts: Array.from({ length: mounts.count }, (_, i) => {
			const { source, destination, mode, writable, propagation } = mounts.at(i);
			return { source, destination, mode, writable, propagation };
		}),
		labels: copyLabels(view.labels),
		ports: view.ports.toArray(),
		cpuShares: view.cpuShares,
		memoryLimit: view.memoryLimit,
		podName: view.podName,
		podNamespace: view.podNamespace,
		podUid: view.podUid,
		podSandboxId: view.podSandboxId,
		podLabels: copyLabels(view.podLabels),
		podOwners: Array.from({ length: view.podOwners.count }, (_, i) => {
			const { kind, name, uid, labels } = view.podOwners.at(i);
			return { kind, name, uid, labels: copyLabels(labels) };
		}),
		complete: view.complete,
	};
}
