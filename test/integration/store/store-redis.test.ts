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

test('a wrong password is refused with what to do', async () => {
	cli('ACL', 'SETUSER', 'lanner', 'on', '>right', '~*', '+@all');
	await assert.rejects(openRedisStore(optionsOf({ username: 'lanner', password: 'wrong' })), {
		code: 'store-refused',
		remedy: /redis\.password/,
	} as object);
});

/** What a commit meets, what mends it, and what is said meanwhile. */
const obstacles = {
	'full memory': {
		on: ['CONFIG', 'SET', 'maxmemory', '1'],
		off: ['CONFIG', 'SET', 'maxmemory', '0'],
		reason: /OOM/,
		remedy: /maxmemory/,
	},
	'a replica': {
		on: ['REPLICAOF', '127.0.0.1', '1'],
		off: ['REPLICAOF', 'NO', 'ONE'],
		reason: /READONLY/,
		remedy: /replica/,
	},
} as const;

for (const [name, { on, off, reason, remedy }] of Object.entries(obstacles))
	test(`${name}: a commit waits and says what to do, and is done when it is mended`, async (t) => {
		const lines: { reason: string; remedy: string }[] = [];
		let said: () => void = () => {};
		const saying = new Promise<void>((resolve) => {
			said = resolve;
		});
		const warn = (fields: object): void => {
			lines.push(fields as (typeof lines)[0]);
			said();
		};
		const store = await openRedisStore(optionsOf({ logger: { ...quiet, warn } }));
		t.after(() => store.close());
		const { epoch } = await store.claim(0, twelve);
		cli(...on);
		const waiting = store.commit(0, { epoch, cursor: 3n, hosts: [change('h', { a: 'x'.repeat(1000) })] });
		const first = await Promise.race([saying.then(() => 'said'), waiting]);
		cli(...off);
		assert.equal(first, 'said');
		assert.match(lines[0]!.reason, reason);
		assert.match(lines[0]!.remedy, remedy);
		assert.equal(await waiting, 'committed');
		assert.equal(lines.length, 1, 'once, not once a try');
		assert.equal(plain(await store.loadHost(0, 'h')).a, 'x'.repeat(1000));
	});
