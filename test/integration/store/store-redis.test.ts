import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRedisStore, type RedisOptions } from '#store/redis/index.ts';
import type { StateStore } from '#store/store.ts';
import { change, plain, storeContract } from '#test/contract/store.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-store-redis-'));
let redis: RedisServer;
let installations = 0;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

before(async () => {
	redis = await startRedis({ folder, durable: true });
});
after(async () => {
	await redis.stop();
	rmSync(folder, { recursive: true, force: true });
});

function optionsOf(more: Partial<RedisOptions> = {}): RedisOptions {
	const addresses = [{ host: '127.0.0.1', port: redis.port }];
	return { mode: 'single', addresses, prefix: `t${installations++}`, logger: quiet, ...more };
}

function cli(...args: string[]): string {
	return execFileSync('redis-cli', ['-p', String(redis.port), ...args], { encoding: 'utf8' }).trim();
}

storeContract('redis', async () => {
	const options = optionsOf();
	const open: StateStore[] = [await openRedisStore(options)];
	return {
		store: open[0]!,
		reopen: async () => {
			await open.at(-1)!.close();
			open.push(await openRedisStore(options));
			return open.at(-1)!;
		},
		cleanUp: async () => {
			await Promise.all(open.map((store) => store.close()));
		},
	};
});

const twelve = { partitions: 12 };

test('an emptied Redis is told as lost, also when another claim has come since', async (t) => {
	const options = optionsOf();
	const [store, other] = [await openRedisStore(options), await openRedisStore(options)];
	t.after(() => Promise.all([store.close(), other.close()]));
	const { epoch } = await store.claim(3, twelve);
	await store.commit(3, { epoch, cursor: 5n, hosts: [change('h', { a: '1' })] });
	cli('FLUSHALL');
	assert.equal(await store.commit(3, { epoch, cursor: 6n, hosts: [change('h', { b: '2' })] }), 'lost');
	assert.deepEqual(plain(await store.loadHost(3, 'h')), {});
	// The numbers begin anew, so a later claim has the very epoch of the first: the owner tells them apart.
	const next = await other.claim(3, twelve);
	assert.equal(next.epoch, epoch);
	assert.equal(await store.commit(3, { epoch, cursor: 7n, hosts: [] }), 'fenced');
});

test('state of another number of partitions is refused, and the error says what to do', async (t) => {
	const store = await openRedisStore(optionsOf());
	t.after(() => store.close());
	await store.claim(0, twelve);
	await assert.rejects(store.claim(0, { partitions: 24 }), (error: Error & { remedy: string }) => {
		assert.match(error.message, /belongs to 12 partitions .* the topic has 24/);
		assert.match(error.remedy, /redis\.prefix/);
		return true;
	});
});

test('a commit waits for a Redis that was killed, and what was committed is there', async (t) => {
	const store = await openRedisStore(optionsOf());
	t.after(() => store.close());
	const { epoch } = await store.claim(0, twelve);
	await store.commit(0, { epoch, cursor: 1n, hosts: [change('h', { a: '1' })] });
	await redis.kill();
	const waiting = store.commit(0, { epoch, cursor: 2n, hosts: [change('h', { b: '2' })] });
	await redis.start();
	assert.equal(await waiting, 'committed');
	assert.deepEqual(plain(await store.loadHost(0, 'h')), { a: '1', b: '2' });
});

test('a large host is written and read whole', async (t) => {
	const store = await openRedisStore(optionsOf());
	t.after(() => store.close());
	const { epoch } = await store.claim(0, twelve);
	const puts = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`p:${i}:1`, `value ${i}`]));
	await store.commit(0, { epoch, cursor: 1n, hosts: [change('h', puts)] });
	const deletes = Object.keys(puts).slice(0, 15_001);
	await store.commit(0, { epoch, cursor: 2n, hosts: [change('h', {}, { deletes })] });
	assert.equal((await store.loadHost(0, 'h')).size, 4_999);
});

test('a commit larger than one call is staged, and written whole or not at all', async (t) => {
	const options = optionsOf();
	const store = await openRedisStore(options);
	t.after(() => store.close());
	const { epoch } = await store.claim(0, twelve);
	const hosts = (text: string) =>
		['h1', 'h2', 'h3'].map((hostId) =>
			change(
				hostId,
				Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`p:${i}:1`, `${text} ${i}`])),
				{ clear: true },
			),
		);
	assert.equal(await store.commit(0, { epoch, cursor: 1n, after: null, hosts: hosts('one') }), 'committed');
	for (const hostId of ['h1', 'h2', 'h3']) {
		const entries = plain(await store.loadHost(0, hostId));
		assert.equal(Object.keys(entries).length, 20_000);
		assert.equal(entries['p:19999:1'], 'one 19999');
	}
	const large = { epoch, cursor: 2n, after: 1n, hosts: hosts('two') };
	assert.equal(await store.commit(0, large), 'committed');
	assert.equal(await store.commit(0, large), 'committed', 'repeated');
	const other = await openRedisStore(options);
	t.after(() => other.close());
	await other.claim(0, twelve);
	assert.equal(await store.commit(0, { ...large, cursor: 3n, after: 2n, hosts: hosts('three') }), 'fenced');
	assert.equal(plain(await store.loadHost(0, 'h3'))['p:19999:1'], 'two 19999');
	const left = cli('--scan', '--pattern', `${options.prefix}:*staged*`).split('\n').filter(Boolean);
	assert.equal(left.length, 1, 'of the fenced commit alone');
	assert.ok(Number(cli('TTL', left[0]!)) > 0, 'and it expires');
});

test('a staged commit whose values are gone is told as lost', async (t) => {
	const store = await openRedisStore(optionsOf());
	t.after(() => store.close());
	const { epoch } = await store.claim(0, twelve);
	const puts = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`p:${i}:1`, 'v']));
	const commit = store.commit(0, { epoch, cursor: 1n, after: null, hosts: [change('h', puts)] });
	// Redis runs one call at a time: between two of ours everything is taken away.
	const end = Date.now() + 10_000;
	while (cli('--scan', '--pattern', '*staged*') === '') {
		assert.ok(Date.now() < end, 'nothing was seen to be staged');
		await new Promise((resolve) => setImmediate(resolve));
	}
	cli('FLUSHALL');
	assert.equal(await commit, 'lost');
	assert.deepEqual(plain(await store.loadHost(0, 'h')), {});
});

test('wrong passwords, full memory and replicas are told apart', async (t) => {
	const lines: { reason: string; remedy: string }[] = [];
	const logger = { ...quiet, warn: (fields: object) => void lines.push(fields as (typeof lines)[0]) };
	cli('ACL', 'SETUSER', 'lanner', 'on', '>right', '~*', '+@all');
	await assert.rejects(openRedisStore(optionsOf({ username: 'lanner', password: 'wrong' })), {
		code: 'store-refused',
		remedy: /redis\.password/,
	} as object);
	const store = await openRedisStore(optionsOf({ username: 'lanner', password: 'right', logger }));
	t.after(() => store.close());
	const { epoch } = await store.claim(0, twelve);
	for (const [on, off, word] of [
		[['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /maxmemory/],
		[['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], /replica/],
	] as const) {
		cli(...on);
		const waiting = store.commit(0, { epoch, cursor: 3n, hosts: [change('h', { a: 'x'.repeat(1000) })] });
		const told = lines.length;
		await new Promise((resolve) => setTimeout(resolve, 300));
		cli(...off);
		assert.equal(await waiting, 'committed');
		if (lines.length > told) assert.match(lines.at(-1)!.remedy, word);
	}
	assert.ok(lines.length > 0);
});
