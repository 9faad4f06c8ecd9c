/**
 * Goal: what a commit costs in Redis beside the embedded store (CPU of this process, bytes of values), how long taking over a
 * partition of many hosts takes, and what a host takes in Redis. Non-goal: the network (Redis is on loopback), Redis' own CPU.
 * A commit changes `changed` processes of `busy` hosts, about what 200 ms of a busy partition do; a value is 300 bytes.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { openRedisStore } from '#store/redis/index.ts';
import type { HostChange, StateStore } from '#store/store.ts';
import { startRedis } from '#test/fleet/redis.ts';

const full = process.env.LANNER_BENCH === 'full';
const commits = full ? 300 : 5;
const rounds = full ? 5 : 1;
const hosts = full ? 10_000 : 50;
const busy = 20;
const changed = 10;
const processesOfHost = 50;
const valueBytes = 300;
const eventsOfCommit = 2_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function hostChange(host: number, processes: number, from = 0): HostChange {
	const puts = new Map<string, Uint8Array>();
	for (let i = 0; i < processes; i++)
		puts.set(`p:${from + i}:1000`, Buffer.alloc(valueBytes, (host + i) % 251));
	return { hostId: `host-${host}`, clear: false, puts, deletes: [] };
}

/** µs of CPU of this process a commit: the best of several rounds. */
async function commitCost(store: StateStore): Promise<number> {
	const { epoch } = await store.claim(0, { partitions: 2 });
	let cursor = 0n;
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < rounds; round++) {
		const all = Array.from({ length: commits }, (_, i) =>
			Array.from({ length: busy }, (_, host) => hostChange(host, changed, i % 5)),
		);
		const before = process.cpuUsage();
		for (const changes of all) {
			cursor++;
			assert.equal(await store.commit(0, { epoch, cursor, hosts: changes }), 'committed');
		}
		const { user, system } = process.cpuUsage(before);
		best = Math.min(best, (user + system) / commits);
	}
	return best;
}

test('cost of commits, take-over and memory', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-store-bench-'));
	const server = await startRedis({ folder: join(folder, 'redis') });
	const addresses = [{ host: '127.0.0.1', port: server.port }];
	const redis = await openRedisStore({ mode: 'single', addresses, logger: quiet });
	const embedded = await openEmbeddedStore({ folder: join(folder, 'embedded') });
	try {
		const embeddedUs = await commitCost(embedded);
		const redisUs = await commitCost(redis);
		const bytes = busy * changed * (valueBytes + 'p:1:1000'.length);
		const round = (value: number): number => Math.round(value * 100) / 100;
		console.log(
			JSON.stringify({
				bench: 'store-commit',
				entries: busy * changed,
				bytesOfCommit: bytes,
				bytesOfEvent: round(bytes / eventsOfCommit),
				redisCpuUs: Math.round(redisUs),
				embeddedCpuUs: Math.round(embeddedUs),
				ratio: round(redisUs / embeddedUs),
				redisCpuUsOfEntry: round(redisUs / (busy * changed)),
				redisCpuUsOfEvent: round(redisUs / eventsOfCommit),
			}),
		);
		await takeOver(redis, server.port);
	} finally {
		await redis.close();
		await embedded.close();
		await server.stop();
		rmSync(folder, { recursive: true });
	}
});

/** Claim, list, and read every host, as an evaluator does when events of all of them come. */
async function takeOver(redis: StateStore, port: number): Promise<void> {
	const used = (): number =>
		Number(
			/used_memory:(\d+)/.exec(
				execFileSync('redis-cli', ['-p', String(port), 'INFO', 'memory'], { encoding: 'utf8' }),
			)?.[1],
		);
	const before = used();
	const { epoch } = await redis.claim(1, { partitions: 2 });
	for (let at = 0; at < hosts; at += 100) {
		const changes = Array.from({ length: Math.min(100, hosts - at) }, (_, i) =>
			hostChange(at + i, processesOfHost),
		);
		await redis.commit(1, { epoch, cursor: BigInt(at + 1), hosts: changes });
	}
	const memory = (used() - before) / hosts;
	const startMs = performance.now();
	const cpu = process.cpuUsage();
	await redis.claim(1, { partitions: 2 });
	const known = await redis.hosts(1);
	assert.equal(known.length, hosts);
	for (let at = 0; at < known.length; at += 100) {
		const loaded = await Promise.all(known.slice(at, at + 100).map((host) => redis.loadHost(1, host)));
		assert.ok(loaded.every((entries) => entries.size === processesOfHost));
	}
	const { user, system } = process.cpuUsage(cpu);
	console.log(
		JSON.stringify({
			bench: 'store-take-over',
			hosts,
			processesOfHost,
			seconds: Math.round(performance.now() - startMs) / 1000,
			cpuUsOfHost: Math.round((user + system) / hosts),
			redisBytesOfHost: Math.round(memory),
			redisBytesOfProcess: Math.round(memory / processesOfHost),
			bytesOfValues: processesOfHost * valueBytes,
		}),
	);
}
