import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerOfContainerd } from '#agent/containers/containerd.ts';
import { containerOfCri } from '#agent/containers/cri.ts';
import { Json } from '#agent/containers/json.ts';
import { factsOfSpec } from '#agent/containers/oci-spec.ts';

const every = ['CAP_SYS_ADMIN', 'CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_SYS_PTRACE', 'CAP_CHOWN'];

function spec({
	masked = [] as string[],
	capabilities = every,
	namespaces = ['pid', 'network', 'ipc'],
} = {}) {
	return new Json({
		process: { user: { uid: 1000, gid: 50 }, capabilities: { bounding: capabilities } },
		mounts: [
			{ destination: '/proc', type: 'proc', source: 'proc' },
			{ destination: '/host', type: 'bind', source: '/', options: ['rbind', 'ro', 'rslave'] },
			{ destination: '/data', source: '/srv', options: ['bind'] },
			{
				destination: '/etc/hosts',
				type: 'bind',
				source: '/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/x/hosts',
			},
		],
		linux: {
			maskedPaths: masked,
			namespaces: namespaces.map((type) => ({ type })),
			resources: { cpu: { shares: 512 }, memory: { limit: 1 << 20 } },
		},
	});
}

test("bind mounts are the container's, what the runtime makes for a pod is not; read only and propagation are told", () => {
	assert.deepEqual(factsOfSpec(spec()).mounts, [
		{ source: '/', destination: '/host', mode: 'ro', writable: false, propagation: 'rslave' },
		{ source: '/srv', destination: '/data', mode: '', writable: true, propagation: '' },
	]);
});

test('privileged is: every capability and nothing hidden', () => {
	assert.equal(factsOfSpec(spec()).privileged, true);
	assert.equal(factsOfSpec(spec({ masked: ['/proc/kcore'] })).privileged, false);
	assert.equal(factsOfSpec(spec({ capabilities: every.slice(1) })).privileged, false);
});

test("a namespace that the specification does not have is the host's; user and limits", () => {
	const { hostPid, hostNetwork, hostIpc, user, cpuShares, memoryLimit } = factsOfSpec(
		spec({ namespaces: ['pid'] }),
	);
	assert.deepEqual([hostPid, hostNetwork, hostIpc], [false, true, true]);
	assert.deepEqual([user, cpuShares, memoryLimit], ['1000:50', 512, 1 << 20]);
});

const made = { spec: new Uint8Array(0), createdS: 1, createdNs: 2, image: 'docker.io/lab/app:1' };

test('names: of Kubernetes the container, of a sandbox its pod, of nerdctl the given name, else the id', () => {
	const name = (labels: Record<string, string>): string =>
		containerOfContainerd({ ...made, id: 'c1', labels: new Map(Object.entries(labels)) }, spec(), made.image)
			.name;
	assert.equal(
		name({ 'io.kubernetes.container.name': 'server', 'io.kubernetes.pod.name': 'web-1' }),
		'server',
	);
	assert.equal(name({ 'io.cri-containerd.kind': 'sandbox', 'io.kubernetes.pod.name': 'web-1' }), 'web-1');
	assert.equal(name({ 'nerdctl/name': 'given' }), 'given');
	assert.equal(name({}), 'c1');
});

test("a sandbox is its own sandbox, and its labels without Kubernetes' own are the pod's", () => {
	const labels = { 'io.cri-containerd.kind': 'sandbox', 'io.kubernetes.pod.uid': 'u', app: 'web' };
	const facts = containerOfContainerd(
		{ ...made, id: 's1', labels: new Map(Object.entries(labels)) },
		spec(),
		'',
	);
	assert.deepEqual([facts.podSandboxId, facts.podUid], ['s1', 'u']);
	assert.deepEqual(facts.podLabels, [{ key: 'app', value: 'web' }]);
});

const ofCri = {
	...{ id: 'c1', sandboxId: 's1', name: 'server', image: 'quay.io/lab/app:2', createdNs: 3_000_000_004 },
	labels: new Map([['io.kubernetes.pod.namespace', 'shop']]),
};

test('CRI-O: a reference with a name has the digest, one without is the id of the image', () => {
	const hex = 'a'.repeat(64);
	const facts = (imageRef: string) =>
		containerOfCri({ ...ofCri, imageRef }, { mounts: [], info: new Json({}) }, undefined);
	assert.equal(facts(`quay.io/lab/app@sha256:${hex}`).imageDigest, `sha256:${hex}`);
	assert.deepEqual([facts(`sha256:${hex}`).imageDigest, facts(`sha256:${hex}`).imageId], ['', hex]);
	assert.deepEqual([facts('').createdS, facts('').createdNs, facts('').podNamespace], [3, 4, 'shop']);
});

test('CRI-O: what a runtime does not show is unknown, not "no"; its own word on privileged counts', () => {
	const facts = (info: unknown) =>
		containerOfCri({ ...ofCri, imageRef: '' }, { mounts: [], info: new Json(info) }, undefined);
	assert.deepEqual([facts({}).privileged, facts({}).hostPid], [null, null]);
	assert.equal(facts({ privileged: true }).privileged, true);
	assert.equal(facts({ runtimeSpec: { process: {}, linux: { maskedPaths: ['/x'] } } }).privileged, false);
});
