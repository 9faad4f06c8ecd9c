/** Rules about containers on a real containerd: its own containers and, through its CRI plug-in, those of pods. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Container } from '#agent/containers/container.ts';
import { CriSource } from '#agent/containers/cri.ts';
import { Containerd, containerdProblem, image, newId } from '#test/support/containerd.ts';
import { type Pod, type PodOptions, startPod } from '#test/support/cri-pod.ts';
import type { LannerProcess } from '#test/support/lanner-process.ts';
import { type ContainerAlert, rulesFile, runMany, startWatching } from './many.ts';

const ownRules = join(import.meta.dirname, '../../../deploy/rules');
const containers = 12;
/** Conditions on facts are asked once: also on a busy machine they are there two seconds after the start. */
const later = (command: string): string[] => ['sh', '-c', `sleep 2; exec ${command}`];

describe('containers of a real containerd', { skip: containerdProblem() ?? false, timeout: 180_000 }, () => {
	let engine: Containerd;
	let lanner: LannerProcess;
	let stop: () => Promise<void> = async () => {};
	const pods: Pod[] = [];
	before(async () => {
		engine = await Containerd.start();
		({ lanner, stop } = await startWatching(engine, [rulesFile, ownRules]));
	});
	after(async () => {
		for (const pod of pods) await pod.remove();
		await stop();
		await engine?.stop();
	});

	/** The alert that has the image: the first, or on a busy machine what amends it. */
	async function alert(rule: string, id: string): Promise<ContainerAlert> {
		const matches = (line: string): boolean =>
			line.includes(`"rule":"${rule}"`) &&
			line.includes(`"container_id":"${id}"`) &&
			line.includes(`"container.image.repository":"${engine.repository}"`);
		return JSON.parse(await lanner.line('stdout', matches)) as ContainerAlert;
	}

	async function start(options: Partial<PodOptions>): Promise<Pod> {
		const pod = await startPod({
			...{ socket: engine.socket, image, container: 'server', podLabels: { app: 'web' } },
			...{ pod: { name: 'web-1', namespace: 'shop', uid: 'u-1' }, command: ['sleep', '300'] },
			...options,
		});
		pods.push(pod);
		return pod;
	}

	test('an alert has id, image, label and mounts of the container', async () => {
		const id = newId();
		const mount = ['--mount', 'type=bind,src=/proc,dst=/host/proc,options=rbind:ro'];
		await engine.run(id, ['--label', 'app=web', ...mount], ...later('cat /etc/shadow /host/proc/version'));
		const { output_fields: found } = await alert('Read in a container', id);
		const { 'evt.time': _, ...fields } = found;
		assert.deepEqual(fields, {
			'container.full_id': id,
			'container.image.repository': 'docker.io/lab/busybox',
			'container.image.tag': '1.0',
			'container.label.app': 'web',
			'container.name': id,
			'proc.cmdline': 'cat /etc/shadow /host/proc/version',
		});
		const sensitive = await alert('File opened in a privileged container or one with sensitive mounts', id);
		assert.match(String(sensitive.output_fields['container.mounts']), /\/proc:\/host\/proc/);
	});

	test('a privileged container is known to be privileged', async () => {
		const id = newId();
		await engine.run(id, ['--privileged'], ...later('cat /etc/passwd'));
		await alert('File opened in a privileged container or one with sensitive mounts', id);
	});

	test('a container of a pod has its name, and name, namespace, uid and labels of the pod', async () => {
		const { containerId } = await start({ command: later('cat /etc/shadow') });
		const { output_fields: fields } = await alert('Read in a pod', containerId);
		assert.deepEqual(
			{ ...fields, 'evt.time': undefined },
			{
				'evt.time': undefined,
				'container.name': 'server',
				'container.image.repository': 'docker.io/lab/busybox',
				'k8s.pod.name': 'web-1',
				'k8s.ns.name': 'shop',
				'k8s.pod.uid': 'u-1',
				'k8s.pod.label.app': 'web',
			},
		);
	});

	test('the same pod through the Container Runtime Interface, as CRI-O offers it', async () => {
		const stopping = new AbortController();
		const reported = new Map<string, Container>();
		const source = new CriSource({
			socketPath: engine.socket,
			signal: stopping.signal,
			pollMs: 50,
			onContainer: (change, container) => {
				if (change === 'ENDED') reported.delete(container.id);
				else reported.set(container.id, container);
			},
			onProblem: (error) => assert.fail(error),
		});
		const running = source.run();
		await source.listed;
		const uid = 'u-2';
		const pod = await start({
			pod: { name: 'db-0', namespace: 'shop', uid },
			privileged: true,
			mount: { from: '/etc', to: '/host/etc' },
		});
		const until = async (met: () => boolean): Promise<void> => {
			for (let i = 0; !met() && i < 100; i++) await new Promise((resolve) => setTimeout(resolve, 50));
			assert.ok(met(), JSON.stringify([...reported.values()]));
		};
		await until(() => reported.has(pod.containerId));
		const found = reported.get(pod.containerId)!;
		assert.deepEqual(
			[found.name, found.image, found.privileged, found.hostNetwork, found.podName, found.podNamespace],
			['server', image, true, true, 'db-0', 'shop'],
		);
		assert.deepEqual([found.podUid, found.podSandboxId], [uid, pod.sandboxId]);
		assert.deepEqual(found.podLabels, [{ key: 'app', value: 'web' }]);
		const mount = { source: '/etc', destination: '/host/etc', mode: 'ro', writable: false };
		assert.deepEqual(found.mounts, [{ ...mount, propagation: 'private' }]);
		await pods.pop()?.remove();
		await until(() => !reported.has(pod.containerId) && !reported.has(pod.sandboxId));
		stopping.abort();
		await running;
	});

	test('of many short containers none stays without its image', async () => {
		const result = await runMany(engine, lanner, containers);
		assert.deepEqual(result.withoutImage, []);
		assert.equal(result.silent, 0);
		assert.ok(result.alerts >= containers);
	});
});
