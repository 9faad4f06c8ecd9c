/**
 * The container of a process, by its cgroup: each form of path that a runtime makes (Docker, containerd, CRI-O, Podman; with systemd and without),
 * and what looks like one, in the hierarchies that the machine has: v2, and v1's memory where v2 says nothing (hybrid). Needs root.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureProblem, capturing, type Fields, run } from '#test/support/capture.ts';
import { cgroupMount } from '#test/support/cgroup.ts';

const problem = captureProblem();
const newId = (): string => randomBytes(32).toString('hex');

/** Where v1's memory controller is mounted; null = it is not. */
function memoryMount(): string | null {
	const mounts = readFileSync('/proc/mounts', 'utf8')
		.split('\n')
		.map((line) => line.split(' '));
	const found = mounts.find(
		([, , type, options]) => type === 'cgroup' && options!.split(',').includes('memory'),
	);
	return found?.[1] ?? null;
}

/** A process in each of these cgroups: what its start says of cgroup and container. */
async function startIn(mount: string, paths: readonly string[]): Promise<[string, string][]> {
	const top = join(mount, `lanner-${randomBytes(4).toString('hex')}`);
	const script = paths.map((path, i) => `(echo 0 > ${top}/${path}/cgroup.procs; exec /bin/true place-${i})`);
	for (const path of paths) mkdirSync(join(top, path), { recursive: true });
	let pid = 0;
	try {
		const events = await capturing(['--no-snapshot'], async () => {
			pid = (await run('/bin/sh', ['-c', script.join('\n')])).pid;
		});
		const started = events
			.filter(({ family }) => family === 'ProcessExecuted')
			.map(({ fields }) => fields.process as Fields | null)
			.filter(
				(process) => process?.parentPid === pid && /^place-/.test(String((process.args as string[])[1])),
			);
		return started.map((process) => [
			String(process!.cgroup).replace(/^\/lanner-[0-9a-f]{8}\//, ''),
			String(process!.containerId),
		]);
	} finally {
		await run('/usr/bin/find', [top, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
	}
}

const [outer, id] = [newId(), newId()];
const kubernetes = 'kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice';
const containers = [
	`docker/${id}`,
	`system.slice/docker-${id}.scope`,
	`${kubernetes}/docker-${id}.scope`,
	`${kubernetes}/cri-containerd-${id}.scope`,
	`${kubernetes}/crio-${id}.scope`,
	`${kubernetes}/crio-${id}.scope/container`,
	`kubepods/besteffort/pod1-2/${id}`,
	`default/${id}`,
	`k8s.io/${id}`,
	`system.slice/nerdctl-${id}.scope`,
	`kubepods-pod1.slice:cri-containerd:${id}`,
	`machine.slice/libpod-${id}.scope/container`,
	`user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`,
	`libpod_parent/libpod-${id}`,
	`docker/${outer}/docker/${id}`,
];
const others = [
	id,
	`ci/job/${id}`,
	`machine.slice/libpod-conmon-${id}.scope`,
	`${kubernetes}/crio-conmon-${id}.scope`,
	`docker/${id.slice(1)}`,
	`docker/${id.toUpperCase().replace(/^./, 'F')}`,
	'system.slice/docker.service',
];
const expected = [
	...containers.map((path): [string, string] => [path, id]),
	...others.map((path): [string, string] => [path, '']),
];

for (const [hierarchy, mount] of [
	['v2', cgroupMount()],
	["v1's memory", memoryMount()],
] as const)
	test(`A container is known by each runtime's form of cgroup, and nothing else is taken for one (${hierarchy})`, {
		skip: problem ?? (mount === null ? 'this machine does not have that hierarchy' : false),
	}, async () => {
		assert.deepEqual(await startIn(mount!, [...containers, ...others]), expected);
	});
