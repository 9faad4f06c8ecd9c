/** deploy/acl/redis.acl on a real Redis: each user works with exactly its rights, each right is needed, and nothing else is allowed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { metaKey } from '#state/index.ts';
import {
	examineRedis,
	openRedisHosts,
	openRedisStore,
	type RedisOptions,
	setLayout,
} from '#store/redis/index.ts';
import { change } from '#test/contract/store.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-acl-redis-'));
const aclFile = join(folder, 'users.acl');
const shipped = readFileSync(join(import.meta.dirname, '../../../deploy/acl/redis.acl'), 'utf8');
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let redis: RedisServer;

before(async () => {
	const users = `${shipped.replaceAll('-PASSWORD', '-password')}user root on >root ~* &* +@all\n`;
	writeFileSync(aclFile, users);
	redis = await startRedis({ folder, args: ['--aclfile', aclFile] });
});
after(async () => {
	await redis?.stop();
	rmSync(folder, { recursive: true, force: true });
});

function root(...args: string[]): string {
	return execFileSync(
		'redis-cli',
		['-p', String(redis.port), '--user', 'root', '--pass', 'root', '--no-auth-warning', ...args],
		{
			encoding: 'utf8',
		},
	).trim();
}

type User = 'evaluator' | 'console' | 'operator' | 'admin';

function optionsOf(user: User, more: Partial<RedisOptions> = {}): RedisOptions {
	return {
		...{ mode: 'single', addresses: [{ host: '127.0.0.1', port: redis.port }], logger: quiet },
		...{ username: `lanner-${user}`, password: `${user.toUpperCase()}-password`, ...more },
	};
}

let rounds = 0;

/** Claims, commits (also one that is staged), loads, and asks whether it still holds. */
async function evaluate(more: Partial<RedisOptions> = {}): Promise<void> {
	const store = await openRedisStore(optionsOf('evaluator', more));
	try {
		const partition = rounds++;
		const { epoch } = await store.claim(partition, { partitions: 4 });
		const puts = { a: '1', b: '2' };
		await store.commit(partition, { epoch, cursor: 1n, hosts: [change('h', puts, { deletes: ['c'] })] });
		const large = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`p:${i}:1`, 'x']));
		await store.commit(partition, { epoch, cursor: 2n, hosts: [change('h', large, { clear: true })] });
		await store.loadHost(partition, 'h');
		await store.hosts(partition);
		await store.holds(partition, { epoch, cursors: [2n] });
	} finally {
		await store.close();
	}
}

const work: Readonly<Record<User, () => Promise<unknown>>> = {
	evaluator: evaluate,
	console: async () => {
		// Something to look at, which only an evaluator may put there.
		await evaluate();
		const hosts = openRedisHosts(optionsOf('console'), metaKey);
		await hosts.metas().finally(() => hosts.close());
	},
	operator: () => examineRedis(optionsOf('operator')),
	admin: async () => {
		await examineRedis(optionsOf('admin'));
		await setLayout(4, optionsOf('admin'));
	},
};

function rightsOf(user: User): string[] {
	const line = shipped.split('\n').find((one) => one.startsWith(`user lanner-${user} `)) ?? '';
	return line.split(' ').filter((word) => word.startsWith('+'));
}

for (const user of Object.keys(work) as User[])
	test(`lanner-${user} works, and needs each of its rights`, async () => {
		await work[user]();
		const superfluous: string[] = [];
		for (const right of rightsOf(user)) {
			// Without it the client does not wait for a Redis that is still loading; the others ask for it themselves.
			if (right === '+info' && (user === 'evaluator' || user === 'console')) continue;
			root('ACL', 'SETUSER', `lanner-${user}`, right.replace('+', '-'));
			const works = await work[user]().then(
				() => true,
				() => false,
			);
			root('ACL', 'SETUSER', `lanner-${user}`, right);
			if (works) superfluous.push(right);
		}
		assert.deepEqual(superfluous, []);
		await work[user]();
	});

test('other keys, dangerous commands and the default user are refused', async () => {
	await assert.rejects(evaluate({ prefix: 'other' }), { code: 'store-refused' } as object);
	const as = (user: User, ...args: string[]): string =>
		execFileSync(
			'redis-cli',
			[
				'-p',
				String(redis.port),
				'--user',
				`lanner-${user}`,
				'--pass',
				`${user.toUpperCase()}-password`,
				'--no-auth-warning',
				...args,
			],
			{ encoding: 'utf8' },
		);
	for (const user of Object.keys(work) as User[])
		for (const command of [
			'FLUSHALL',
			'CONFIG GET *',
			'KEYS *',
			'ACL LIST',
			'SHUTDOWN NOSAVE',
			'PUBLISH c m',
		])
			assert.match(as(user, ...command.split(' ')), /NOPERM/, `${user} may ${command}`);
	assert.match(as('operator', 'HSET', 'lanner:{events:0}:cursor', 'a', '1'), /NOPERM/);
	assert.match(as('operator', 'GET', 'somebody:else'), /NOPERM/);
	for (const command of [
		'HSET lanner:{events:0}:cursor a 1',
		'HGETALL lanner:{events:0}:host:h',
		'DEL lanner:{events:0}:hosts',
	])
		assert.match(as('console', ...command.split(' ')), /NOPERM/, command);
	const stranger = execFileSync(
		'redis-cli',
		['-p', String(redis.port), 'GET', 'lanner:{events}:partitions'],
		{ encoding: 'utf8' },
	);
	assert.match(stranger, /NOAUTH/);
});
