/** The store on Redis as fleets run it: Sentinel with a failover, a cluster of three with a node that dies, TLS with an ACL user of least rights. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { openRedisStore, type RedisOptions } from '#store/redis/index.ts';
import type { StateStore } from '#store/store.ts';
import { change, plain, storeContract } from '#test/contract/store.ts';
import { createAuthority } from '#test/fleet/certificates.ts';
import { freePorts } from '#test/fleet/ports.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-store-topologies-'));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const twelve = { partitions: 12 };
const running: RedisServer[] = [];
let installations = 0;

after(async () => {
	await Promise.all(running.map((server) => server.stop()));
	rmSync(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startRedis>[0]): Promise<RedisServer> {
	const server = await startRedis(options);
	running.push(server);
	return server;
}

function cli(port: number, ...args: string[]): string {
	return execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' }).trim();
}

async function until(condition: () => boolean, what: string, waitMs = 20_000): Promise<void> {
	const end = Date.now() + waitMs;
	while (!condition()) {
		if (Date.now() > end) throw new Error(`not in ${waitMs} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

const at = (port: number) => ({ host: '127.0.0.1', port });

async function open(t: TestContext, options: Omit<RedisOptions, 'logger'>): Promise<StateStore> {
	const store = await openRedisStore({ prefix: `t${installations++}`, ...options, logger: quiet });
	t.after(() => store.close());
	return store;
}

// --- Cluster

let cluster: Promise<readonly RedisServer[]> | null = null;

function startCluster(): Promise<readonly RedisServer[]> {
	cluster ??= (async () => {
		// The bus of a node is on its own port, so that it does not depend on what is free 10,000 above.
		const ports = await freePorts(6);
		const nodes = await Promise.all(
			[0, 1, 2].map((i) =>
				start({
					folder: join(folder, `node-${i}`),
					port: ports[i]!,
					durable: true,
					args: [
						...['--cluster-enabled', 'yes', '--cluster-port', String(ports[i + 3]!)],
						...['--cluster-node-timeout', '2000', '--cluster-config-file', 'nodes.conf'],
					],
				}),
			),
		);
		const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
		const replicas = ['--cluster-replicas', '0', '--cluster-yes'];
		execFileSync('redis-cli', ['--cluster', 'create', ...addresses, ...replicas]);
		await until(
			() => nodes.every(({ port }) => cli(port, 'CLUSTER', 'INFO').includes('cluster_state:ok')),
			'the cluster is whole',
		);
		return nodes;
	})();
	return cluster;
}

storeContract('redis cluster', async () => {
	const nodes = await startCluster();
	const options: RedisOptions = {
		mode: 'cluster',
		// One seed: the others must be found.
		addresses: [at(nodes[0]!.port)],
		prefix: `t${installations++}`,
		logger: quiet,
	};
	const stores = [await openRedisStore(options)];
	return {
		store: stores[0]!,
		reopen: async () => {
			await stores.at(-1)!.close();
			stores.push(await openRedisStore(options));
			return stores.at(-1)!;
		},
		cleanUp: async () => {
			await Promise.all(stores.map((store) => store.close()));
		},
	};
});

test('cluster: a node that is killed makes commits of its partitions wait, and they go on when it is back', async (t) => {
	const nodes = await startCluster();
	const store = await open(t, { mode: 'cluster', addresses: nodes.map(({ port }) => at(port)) });
	const claims = await Promise.all(
		Array.from({ length: 12 }, (_, partition) => store.claim(partition, twelve)),
	);
	const commitAll = (cursor: bigint, after: bigint | null) =>
		Promise.all(
			claims.map(({ epoch }, partition) =>
				store.commit(partition, { epoch, cursor, after, hosts: [change('h', { a: String(cursor) })] }),
			),
		);
	assert.deepEqual(new Set(await commitAll(1n, null)), new Set(['committed']));
	const keys = nodes.map(({ port }) => Number(cli(port, 'DBSIZE')));
	assert.ok(
		keys.every((count) => count > 0),
		`partitions are spread over the nodes: ${keys.join(' ')}`,
	);
	await nodes[1]!.kill();
	const waiting = commitAll(2n, 1n);
	await nodes[1]!.start();
	assert.deepEqual(new Set(await waiting), new Set(['committed']));
	for (let partition = 0; partition < 12; partition++)
		assert.deepEqual(plain(await store.loadHost(partition, 'h')), { a: '2' });
});

// --- Sentinel

type Replicated = { primary: RedisServer; replica: RedisServer; sentinels: number[] };

async function startReplicated(): Promise<Replicated> {
	const primary = await start({ folder: join(folder, 'primary') });
	const replica = await start({
		folder: join(folder, 'replica'),
		args: ['--replicaof', '127.0.0.1', String(primary.port), '--repl-diskless-sync-delay', '0'],
	});
	await until(
		() => cli(replica.port, 'INFO', 'replication').includes('master_link_status:up'),
		'the replica follows',
	);
	const sentinels: number[] = [];
	for (let i = 0; i < 3; i++) {
		const own = join(folder, `sentinel-${i}`);
		mkdirSync(own, { recursive: true });
		const configFile = join(own, 'sentinel.conf');
		writeFileSync(
			configFile,
			[
				`sentinel monitor lanner 127.0.0.1 ${primary.port} 2`,
				'sentinel down-after-milliseconds lanner 1000',
				'sentinel failover-timeout lanner 5000',
				'',
			].join('\n'),
		);
		sentinels.push((await start({ folder: own, sentinel: true, configFile })).port);
	}
	const facts = (port: number): string => cli(port, 'SENTINEL', 'MASTER', 'lanner');
	await until(
		() =>
			sentinels.every(
				(port) => /num-other-sentinels\n2/.test(facts(port)) && /num-slaves\n1/.test(facts(port)),
			),
		'the sentinels know each other',
	);
	return { primary, replica, sentinels };
}

test('sentinel: a failover keeps what was replicated; what was not is told as lost, never built upon', async (t) => {
	const { primary, replica, sentinels } = await startReplicated();
	const addresses = sentinels.map(at);
	const store = await open(t, { mode: 'sentinel', addresses, primaryName: 'lanner' });
	const [zero, one] = [await store.claim(0, twelve), await store.claim(1, twelve)];
	for (const [partition, { epoch }] of [zero, one].entries())
		await store.commit(partition, { epoch, cursor: 1n, after: null, hosts: [change('h', { a: '1' })] });
	assert.equal(cli(primary.port, 'WAIT', '1', '5000'), '1');
	// Acknowledged by the primary, and never seen by the replica.
	replica.pause();
	cli(primary.port, 'CLIENT', 'KILL', 'TYPE', 'replica');
	const unseen = { epoch: one.epoch, cursor: 2n, after: 1n, hosts: [change('h', { a: '2' })] };
	assert.equal(await store.commit(1, unseen), 'committed');
	await primary.kill();
	replica.resume();
	const next = (epoch: bigint, after: bigint) => ({
		epoch,
		after,
		cursor: 3n,
		hosts: [change('h', { b: '3' })],
	});
	assert.equal(await store.commit(0, next(zero.epoch, 1n)), 'committed');
	assert.deepEqual(plain(await store.loadHost(0, 'h')), { a: '1', b: '3' });
	assert.equal(await store.commit(1, next(one.epoch, 2n)), 'lost');
	assert.deepEqual(plain(await store.loadHost(1, 'h')), { a: '1' });
	assert.equal((await store.claim(1, twelve)).cursor, 1n);
	assert.match(cli(replica.port, 'ROLE'), /^master/);
});

// --- TLS and ACL

/** What deploy/acl gives the evaluators. */
function documentedRights(): string[] {
	const users = readFileSync(join(import.meta.dirname, '../../../deploy/acl/redis.acl'), 'utf8');
	const rights = /^user lanner-evaluator on >\S+ (.+)$/m.exec(users)?.[1];
	assert.ok(rights, 'deploy/acl/redis.acl has the user of the evaluators');
	return rights.split(' ');
}

test('TLS and an ACL user with the documented rights are enough; anything less is refused with what to do', async (t) => {
	const authority = createAuthority(join(folder, 'tls'));
	const other = createAuthority(join(folder, 'other'), 'another authority');
	const server = await start({
		folder: join(folder, 'secure'),
		tls: { ...authority.issue('redis'), ca: authority.ca },
	});
	const client = authority.issue('lanner');
	const pem = {
		ca: readFileSync(authority.ca, 'utf8'),
		cert: readFileSync(client.cert, 'utf8'),
		key: readFileSync(client.key, 'utf8'),
	};
	const secureCli = (...args: string[]): string =>
		cli(server.port, '--tls', '--cacert', authority.ca, '--cert', client.cert, '--key', client.key, ...args);
	secureCli('ACL', 'SETUSER', 'lanner', 'on', '>secret word', ...documentedRights());
	const options = { mode: 'single' as const, addresses: [at(server.port)], prefix: 'lanner', tls: pem };
	const user = { username: 'lanner', password: 'secret word' };
	const store = await open(t, { ...options, ...user });
	const { epoch } = await store.claim(0, twelve);
	const commit = (cursor: bigint, puts: Record<string, string>, deletes: string[] = [], clear = false) =>
		store.commit(0, { epoch, cursor, hosts: [change('h', puts, { deletes, clear })] });
	assert.equal(await commit(1n, { a: '1', b: '2' }), 'committed');
	assert.equal(await commit(2n, {}, ['a']), 'committed');
	assert.equal(await commit(3n, { c: '3' }, [], true), 'committed');
	assert.deepEqual(plain(await store.loadHost(0, 'h')), { c: '3' });
	assert.deepEqual(await store.hosts(0), ['h']);
	assert.equal(await store.holds(0, { epoch, cursors: [3n] }), 'held');
	const refusals: readonly [string, Partial<RedisOptions>, RegExp][] = [
		['another prefix', { ...user, prefix: 'other' }, /deploy\/acl/],
		['wrong password', { ...user, password: 'wrong' }, /redis\.password/],
		['wrong authority', { ...user, tls: { ...pem, ca: readFileSync(other.ca, 'utf8') } }, /caFile/],
		['another name', { ...user, tls: { ...pem, serverName: 'redis.example.com' } }, /serverName/],
	];
	for (const [what, more, remedy] of refusals)
		await assert.rejects(
			openRedisStore({ ...options, ...more, logger: quiet }),
			(error: Error & { code?: string; remedy?: string }) => {
				assert.equal(error.code, 'store-refused', `${what}: ${error.message}`);
				assert.match(error.remedy ?? '', remedy, what);
				assert.doesNotMatch(`${error.message} ${error.remedy} ${error.stack}`, /secret word/, what);
				return true;
			},
		);
	// A right that lacks is found before the first claim, not half way through a commit.
	for (const right of documentedRights().filter((word) =>
		/^\+(?:hdel|srem|unlink|hincrby|smembers)$/.test(word),
	)) {
		secureCli('ACL', 'SETUSER', 'lanner', right.replace('+', '-'));
		await assert.rejects(openRedisStore({ ...options, ...user, logger: quiet }), {
			code: 'store-refused',
		} as object);
		secureCli('ACL', 'SETUSER', 'lanner', right);
	}
	secureCli('ACL', 'SETUSER', 'lanner', '-hset');
	await assert.rejects(commit(4n, { d: '4' }), (error: Error & { code?: string; remedy?: string }) => {
		assert.equal(error.code, 'store-refused', error.message);
		assert.match(error.remedy ?? '', /deploy\/acl/);
		return true;
	});
});
