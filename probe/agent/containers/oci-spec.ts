/** What the specification of an OCI runtime (the config.json that runc is given) says of a container. */
import { type Container, listMax, type Mount } from './container.ts';
import type { Json } from './json.ts';

/** Capabilities that no runtime gives by itself; a privileged container has them all. */
const privilegedOnly = ['CAP_SYS_ADMIN', 'CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_SYS_PTRACE'];

export type SpecFacts = Pick<
	Container,
	'privileged' | 'hostPid' | 'hostNetwork' | 'hostIpc' | 'user' | 'mounts' | 'cpuShares' | 'memoryLimit'
>;

export function factsOfSpec(spec: Json): SpecFacts {
	const linux = spec.object('linux');
	const resources = linux.object('resources');
	const namespaces = new Set(linux.list('namespaces').map((namespace) => namespace.text('type')));
	const onHost = (kind: string): boolean => !namespaces.has(kind);
	return {
		privileged: isPrivileged(spec),
		hostPid: onHost('pid'),
		hostNetwork: onHost('network'),
		hostIpc: onHost('ipc'),
		user: userOf(spec.object('process').object('user')),
		mounts: spec.list('mounts').filter(isBind).slice(0, listMax).map(mountOf),
		cpuShares: resources.object('cpu').number('shares'),
		memoryLimit: resources.object('memory').number('limit'),
	};
}

/** The specification has no such word: what "privileged" comes to is every capability and nothing of /proc and /sys hidden. */
function isPrivileged(spec: Json): boolean {
	const held = new Set(spec.object('process').object('capabilities').texts('bounding'));
	const linux = spec.object('linux');
	return (
		privilegedOnly.every((capability) => held.has(capability)) &&
		linux.texts('maskedPaths').length === 0 &&
		linux.texts('readonlyPaths').length === 0
	);
}

function userOf(user: Json): string {
	const name = user.text('username');
	if (name !== '') return name;
	const gid = user.number('gid');
	return gid === 0 ? String(user.number('uid')) : `${user.number('uid')}:${gid}`;
}

/** What containerd's CRI plug-in makes for a pod: its resolv.conf, hosts, hostname and shared memory. */
const madeForPod = '/io.containerd.grpc.v1.cri/sandboxes/';

/** The others (proc, tmpfs, cgroup…) are the container's own. */
function isBind(mount: Json): boolean {
	if (mount.text('source').includes(madeForPod)) return false;
	return mount.text('type') === 'bind' || mount.texts('options').some((option) => /^r?bind$/.test(option));
}

function mountOf(mount: Json): Mount {
	const options = mount.texts('options');
	return {
		source: mount.text('source'),
		destination: mount.text('destination'),
		mode: options.filter((option) => option === 'ro' || option === 'rw').join(','),
		writable: !options.includes('ro'),
		propagation: options.find((option) => /^r?(private|shared|slave|unbindable)$/.test(option)) ?? '',
	};
}
