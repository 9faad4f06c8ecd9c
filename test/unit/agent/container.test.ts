import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerOfInspection, parseImageName, unknownContainer } from '#agent/containers/container.ts';

test('an image name is cut where Docker cuts it', () => {
	assert.deepEqual(parseImageName('busybox'), { repository: 'busybox', tag: 'latest', digest: '' });
	assert.deepEqual(parseImageName('host:5000/a/b'), {
		repository: 'host:5000/a/b',
		tag: 'latest',
		digest: '',
	});
	assert.deepEqual(parseImageName('host:5000/a/b:1.2'), {
		repository: 'host:5000/a/b',
		tag: '1.2',
		digest: '',
	});
	assert.deepEqual(parseImageName('a@sha256:00ff'), { repository: 'a', tag: '', digest: 'sha256:00ff' });
	assert.deepEqual(parseImageName(''), { repository: '', tag: '', digest: '' });
});

test('an inspection gives the facts that rules ask for', () => {
	const container = containerOfInspection({
		Id: 'c'.repeat(64),
		Name: '/web',
		Created: '2026-01-02T03:04:05.123456789Z',
		Image: `sha256:${'1'.repeat(64)}`,
		Config: { Image: 'lab/web:1.0', User: '1000', Labels: { app: 'web', 'io.kubernetes.pod.name': 'web-1' } },
		HostConfig: {
			Privileged: true,
			PidMode: 'host',
			NetworkMode: 'default',
			IpcMode: 'private',
			CpuShares: 512,
			Memory: 1024,
		},
		NetworkSettings: {
			Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '81/tcp': null },
			Networks: { b: { IPAddress: '172.17.0.2' } },
		},
		Mounts: [{ Source: '/proc', Destination: '/host/proc', Mode: 'ro', RW: false, Propagation: 'rprivate' }],
	});
	assert.deepEqual(container, {
		...unknownContainer('c'.repeat(64), 'docker'),
		name: 'web',
		image: 'lab/web:1.0',
		imageId: '1'.repeat(64),
		imageRepository: 'lab/web',
		imageTag: '1.0',
		privileged: true,
		hostPid: true,
		hostNetwork: false,
		hostIpc: false,
		user: '1000',
		ip: '172.17.0.2',
		createdS: Date.parse('2026-01-02T03:04:05Z') / 1000,
		createdNs: 123456789,
		mounts: [
			{ source: '/proc', destination: '/host/proc', mode: 'ro', writable: false, propagation: 'rprivate' },
		],
		labels: [
			{ key: 'app', value: 'web' },
			{ key: 'io.kubernetes.pod.name', value: 'web-1' },
		],
		ports: ['0.0.0.0:8080->80/tcp'],
		cpuShares: 512,
		memoryLimit: 1024,
		podName: 'web-1',
		complete: true,
	});
});

test('an answer of another shape is no container, or one of which little is known', () => {
	for (const answer of [null, 'x', [], { Id: 7 }]) assert.equal(containerOfInspection(answer), null);
	const bare = containerOfInspection({ Id: 'a', Config: 7, Mounts: 'x', HostConfig: { Privileged: 'yes' } });
	assert.equal(bare?.privileged, null);
	assert.deepEqual(bare?.mounts, []);
});
