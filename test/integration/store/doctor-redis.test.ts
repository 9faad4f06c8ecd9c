/** `lanner doctor` against real Redis servers: one as it must be, and each way of being wrong. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Finding } from '#cli/doctor/finding.ts';
import { judgeRedis, judgeTopics } from '#cli/doctor/fleet.ts';
import { examineRedis } from '#store/redis/index.ts';
import { freePorts } from '#test/fleet/ports.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { lanner } from '#test/support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-doctor-redis-'));
let redis: RedisServer;

before(async () => {
	redis = await startRedis({ folder: join(folder, 'redis'), durable: true });
});
after(async () => {
	await redis.stop();
	rmSync(folder, { recursive: true, force: true });
});

function cli(...args: string[]): string {
	return execFileSync('redis-cli', ['-p', String(redis.port), ...args], { encoding: 'utf8' }).trim();
}

async function findingsOf(lines: readonly string[]): Promise<Finding[]> {
	const file = join(folder, 'lanner.yaml');
	writeFileSync(file, `redis:\n${lines.map((line) => `  ${line}\n`).join('')}`);
	const { out } = await lanner('doctor', '--config', file, '--data', folder, '--json');
	return (JSON.parse(out) as { findings: Finding[] }).findings.filter(
		({ check }) => check.startsWith('redis') || check === 'clock offset',
	);
}

const address = (): string => `addresses: ["127.0.0.1:${redis.port}"]`;

test('a Redis as it must be is fine, with version, latency, memory and clock', async () => {
	const findings = await findingsOf([address()]);
	assert.deepEqual(
		findings.filter(({ ok }) => !ok),
		[],
	);
	assert.deepEqual(
		findings.map(({ check }) => check),
		['redis', 'redis memory', 'clock offset', 'redis state'],
	);
	assert.match(findings[0]!.detail, /^Redis \d+\.\d+\.\d+ at 127\.0\.0\.1:\d+, \d+\.\d ms$/);
	assert.match(findings[2]!.detail, /^-?\d{1,2} ms from Redis/);
});

test('each way of being wrong is a finding with what to do', async () => {
	const quiet = { debug() {}, info() {}, warn() {}, error() {} };
	const options = {
		mode: 'single' as const,
		addresses: [{ host: '127.0.0.1', port: redis.port }],
		logger: quiet,
	};
	const remedies = async (): Promise<string> =>
		judgeRedis(await examineRedis(options))
			.filter(({ ok }) => !ok)
			.map(({ remedy }) => remedy)
			.join('\n');
	assert.equal(await remedies(), '');
	cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
	assert.match(await remedies(), /noeviction/);
	cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
	cli('CONFIG', 'SET', 'maxmemory', '100kb');
	assert.match(await remedies(), /raise maxmemory/);
	cli('CONFIG', 'SET', 'maxmemory', '0');
	cli('REPLICAOF', '127.0.0.1', '1');
	assert.match(await remedies(), /primary/);
	cli('REPLICAOF', 'NO', 'ONE');
	cli('ACL', 'SETUSER', 'lanner', 'on', '>right', '~*', '+@all');
	await assert.rejects(
		examineRedis({ ...options, username: 'lanner', password: 'wrong' }),
		({ remedy }: { remedy: string }) => /redis\.password/.test(remedy),
	);
	const [port] = await freePorts(1);
	const away = await findingsOf([`addresses: ["127.0.0.1:${port}"]`]);
	assert.deepEqual([away.length, away[0]!.ok], [1, false]);
	assert.match(away[0]!.detail, /ECONNREFUSED/);
});

test('a clock that is seconds away, and a topic with other partitions than the state, are findings', () => {
	const node = {
		address: 'r:6379',
		version: '7',
		isPrimary: true,
		usedBytes: 1,
		maxBytes: 0,
		evictionPolicy: 'noeviction',
		appendOnly: true,
		latencyMs: 1,
		clockOffsetMs: -2500,
	};
	const clock = judgeRedis({ nodes: [node], partitions: 12 }).find(({ check }) => check === 'clock offset')!;
	assert.deepEqual([clock.ok, clock.detail], [false, '-2500 ms from Redis at r:6379']);
	const topic = (partitions: number) =>
		({ topic: 'lanner.events', state: 'as planned', partitions, replication: 1, differences: [] }) as const;
	assert.deepEqual(
		judgeTopics([topic(12)], 12).map(({ ok }) => ok),
		[true],
	);
	assert.match(judgeTopics([topic(24)], 12).at(-1)!.detail, /has 24, the state in Redis belongs to 12/);
});
