/** Owners of pods from an API server over HTTPS: followed, kept true through everything that a server does to its readers. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Container, unknownContainer } from '#agent/containers/container.ts';
import type { OnContainer } from '#agent/containers/source.ts';
import { followOwners } from '#agent/kubernetes/index.ts';
import { createAuthority } from '#test/fleet/certificates.ts';
import { FakeApiServer, type KubernetesObject } from '#test/support/kubernetes-api.ts';

const waitMsMax = 10_000;
const controller = (kind: string, name: string, uid: string) => ({ kind, name, uid, controller: true });

type Given = Partial<KubernetesObject['metadata']> & { readonly spec?: KubernetesObject['spec'] };

function object(name: string, { spec, ...metadata }: Given = {}): KubernetesObject {
	return {
		metadata: { name, namespace: 'shop', uid: `${name}-uid`, ...metadata },
		...(spec === undefined ? {} : { spec }),
	};
}

const pod = (name: string, given: Given = {}): KubernetesObject =>
	object(name, { labels: { app: 'web' }, ...given, spec: { nodeName: 'node-1' } });

const replicaSet = object('web-5d9', {
	labels: { 'pod-template-hash': '5d9' },
	ownerReferences: [controller('Deployment', 'web', 'web-uid')],
});
const deployment = object('web', { labels: { team: 'shop' } });
const service = object('front', { labels: { tier: 'edge' }, spec: { selector: { app: 'web' } } });

describe('owners of pods', { timeout: 60_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-kubernetes-'));
	const tokenFile = join(folder, 'token');
	let tls: { key: Buffer; cert: Buffer };
	let caFile = '';
	before(() => {
		const authority = createAuthority(join(folder, 'authority'));
		const { key, cert } = authority.issue('api');
		caFile = authority.ca;
		tls = { key: readFileSync(key), cert: readFileSync(cert) };
	});
	after(() => rmSync(folder, { recursive: true }));

	let server: FakeApiServer;
	let abort: AbortController;
	let report: OnContainer;
	let reported: { change: string; container: Container }[];
	let problems: string[];
	beforeEach(async () => {
		writeFileSync(tokenFile, 'first\n');
		server = await FakeApiServer.start(tls);
		abort = new AbortController();
		reported = [];
		problems = [];
	});

	async function using(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} finally {
			abort.abort();
			await server.close();
		}
	}

	function follow(): void {
		report = followOwners({
			...{ url: server.url, nodeName: 'node-1', tokenFile, caFile, signal: abort.signal },
			onContainer: (change, container) => reported.push({ change, container }),
			onProblem: (error) => problems.push(error.message),
			random: () => 0,
			backOffMs: { firstMs: 10, maxMs: 50 },
		});
	}

	async function until(what: string, look: () => boolean): Promise<void> {
		const end = Date.now() + waitMsMax;
		while (!look()) {
			assert.ok(
				Date.now() < end,
				`${what}; ${JSON.stringify({ reported, problems, asked: server.asked.slice(-8) })}`,
			);
			await sleep(5);
		}
	}

	const owners = (id: string): string[] =>
		(reported.filter(({ container }) => container.id === id).at(-1)?.container.podOwners ?? []).map(
			({ kind, name }) => `${kind}/${name}`,
		);
	const container = (id: string, podUid: string): Container => ({
		...unknownContainer(id, 'containerd'),
		podUid,
		complete: true,
	});
	const shows = (id: string, ...wanted: string[]) =>
		until(`${id} belongs to ${wanted}`, () => owners(id).join() === wanted.join());

	function fill(): void {
		server.put('replicasets', replicaSet);
		server.put('deployments', deployment);
		server.put(
			'pods',
			pod('web-a', { ownerReferences: [controller('ReplicaSet', 'web-5d9', 'web-5d9-uid')] }),
		);
		server.put('services', service);
	}

	test('a pod of a Deployment has its chain, its labels, and the services that select it', () =>
		using(async () => {
			fill();
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web', 'Service/front');
			const [first, second, third] = reported.at(-1)!.container.podOwners;
			assert.deepEqual(first, {
				kind: 'ReplicaSet',
				name: 'web-5d9',
				uid: 'web-5d9-uid',
				labels: [{ key: 'pod-template-hash', value: '5d9' }],
			});
			assert.deepEqual(second?.labels, [{ key: 'team', value: 'shop' }]);
			assert.deepEqual(third?.labels, [{ key: 'tier', value: 'edge' }]);
			assert.deepEqual(problems, []);
		}));

	test('only pods of this node are asked for, and nothing is written', () =>
		using(async () => {
			fill();
			server.put('pods', { ...pod('elsewhere'), spec: { nodeName: 'node-2' } });
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web', 'Service/front');
			assert.ok(server.asked.every((line) => line.startsWith('GET ')));
			const pods = server.asked.filter((line) => line.includes('/pods'));
			assert.ok(
				pods.length > 0 && pods.every((line) => line.includes('fieldSelector=spec.nodeName%3Dnode-1')),
				pods.join(),
			);
		}));

	for (const { kind, chain } of [
		{ kind: 'StatefulSet', chain: ['StatefulSet/db'] },
		{ kind: 'DaemonSet', chain: ['DaemonSet/db'] },
		{ kind: 'Job', chain: ['Job/db', 'CronJob/nightly'] },
	])
		test(`a pod of a ${kind} has ${chain.join(' and ')}`, () =>
			using(async () => {
				server.put(
					'jobs',
					object('db', { uid: 'db-uid', ownerReferences: [controller('CronJob', 'nightly', 'nightly-uid')] }),
				);
				server.put('pods', pod('db-0', { labels: {}, ownerReferences: [controller(kind, 'db', 'db-uid')] }));
				follow();
				report('RUNNING', container('c1', 'db-0-uid'));
				await shows('c1', ...chain);
			}));

	test('what comes after the container is reported again: a service, its new selector, its end', () =>
		using(async () => {
			server.put('pods', pod('web-a'));
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await until('both are watched', () => server.watching === 2);
			server.splitNext = true;
			server.put('services', service);
			await shows('c1', 'Service/front');
			assert.equal(reported.at(-1)?.change, 'CHANGED');
			server.put('services', { ...service, spec: { selector: { app: 'other' } } });
			await shows('c1');
			server.put('services', service);
			await shows('c1', 'Service/front');
			server.remove('services', 'front-uid');
			await shows('c1');
		}));

	test('a static pod is found by the uid that its containers carry', () =>
		using(async () => {
			server.put('pods', pod('etcd', { annotations: { 'kubernetes.io/config.mirror': 'file-hash' } }));
			server.put('services', service);
			follow();
			report('RUNNING', container('c1', 'file-hash'));
			await shows('c1', 'Service/front');
		}));

	test('a watch that is cut in the middle of a line goes on where it was', () =>
		using(async () => {
			fill();
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web', 'Service/front');
			await until('both are watched', () => server.watching === 2);
			server.cut();
			server.remove('services', 'front-uid');
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web');
			assert.equal(server.asked.filter((line) => /services\?limit/.test(line)).length, 1, 'no list anew');
		}));

	test('a version that is too old (410) means a list anew, and what it lacks is gone', () =>
		using(async () => {
			fill();
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web', 'Service/front');
			await until('both are watched', () => server.watching === 2);
			server.cut();
			await until('nobody watches', () => server.watching === 0);
			server.remove('services', 'front-uid');
			server.compact();
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web');
		}));

	test('a bookmark moves the place from which a watch goes on', () =>
		using(async () => {
			fill();
			follow();
			await until('both are watched', () => server.watching === 2);
			server.compact();
			server.bookmark();
			await sleep(50);
			const lists = () => server.asked.filter((line) => line.includes('limit=')).length;
			const before = lists();
			server.cut();
			await until('both are watched again', () => server.watching === 2 && server.asked.length >= before + 4);
			assert.equal(lists(), before);
		}));

	test('a list in pages is read to its end', () =>
		using(async () => {
			server.pageSize = 2;
			for (let i = 0; i < 7; i++)
				server.put('services', object(`service-${i}`, { spec: { selector: { app: 'web' } } }));
			server.put('pods', pod('web-a'));
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await until('all services', () => owners('c1').length === 7);
		}));

	test('a rotated token is read anew; until then what is known stays, and the refusal is told', () =>
		using(async () => {
			fill();
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web', 'Service/front');
			server.token = 'second';
			server.cut();
			await until('the refusal is told', () =>
				problems.some((problem) => problem.includes('HTTP 401: Unauthorized')),
			);
			assert.deepEqual(owners('c1'), ['ReplicaSet/web-5d9', 'Deployment/web', 'Service/front']);
			writeFileSync(tokenFile, 'second\n');
			server.remove('services', 'front-uid');
			await shows('c1', 'ReplicaSet/web-5d9', 'Deployment/web');
			assert.ok(!problems.join().includes('second'), 'no token in messages');
		}));

	test('a server that another authority vouches for is not believed', () =>
		using(async () => {
			caFile = createAuthority(join(folder, 'stranger'), 'stranger').ca;
			fill();
			follow();
			report('RUNNING', container('c1', 'web-a-uid'));
			await until('it is told', () => problems.some((problem) => /certificate|self.signed/i.test(problem)));
			assert.deepEqual(server.asked, [], 'no token was sent');
			assert.deepEqual(owners('c1'), []);
		}));
});
