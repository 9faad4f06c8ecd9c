/**
 * `lanner console` as a process on a real Kafka and Redis: partitions merged by time, a group of its own, states of hosts with
 * a user that may only read; and what it refuses.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import type { EventLog } from '#log/log.ts';
import { alertCodec, hostStateCodec } from '#schemas/codec.ts';
import { emptyMeta } from '#state/meta.ts';
import { openRedisStore } from '#store/redis/index.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { freePorts } from '#test/fleet/ports.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { lanner } from '#test/support/cli.ts';
import { ask, openStream } from '#test/support/console.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';
import { alertOf, until } from '#test/support/sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-console-'));
const configFile = join(folder, 'lanner.yaml');
const token = 'a-token-of-enough-characters';
const bearer = { authorization: `Bearer ${token}` };
const dayMs = 86_400_000;
const partitions = 3;
/** The suites share two cores. */
const waitMs = 60_000;
let kafka: KafkaCluster;
let redis: RedisServer;
let log: EventLog;
let port: number;
let opsPort: number;

before(async () => {
	[kafka, redis] = await Promise.all([
		startKafka({ folder: join(folder, 'kafka') }),
		startRedis({ folder: join(folder, 'redis') }),
	]);
	[port = 0, opsPort = 0] = await freePorts(2);
	const options = { brokers: kafka.bootstrap, clientId: 'test', logger: silentLogger };
	const sizes = { partitions, replication: 1, minInSync: 1 };
	await ensureTopics(planTopics({ ...sizes, eventsRetentionMs: dayMs, alertsRetentionMs: dayMs }), options, {
		create: true,
	});
	log = openKafkaLog(options);
	writeFileSync(join(folder, 'token'), `${token}\n`);
	writeFileSync(
		configFile,
		`kafka: { brokers: ["${kafka.bootstrap[0]}"] }
redis: { addresses: ["127.0.0.1:${redis.port}"] }
ops: { consolePort: ${opsPort} }
console: { port: ${port}, token: "\${file:token}", historyAlerts: 60 }
`,
	);
});
after(async () => {
	await log?.close();
	await Promise.all([kafka?.stop(), redis?.stop()]);
	rmSync(folder, { recursive: true, force: true });
});

/** Alerts of several hosts, so in every partition, one after the other. */
async function append(from: number, to: number): Promise<void> {
	for (let i = from; i < to; i++) {
		const hostId = `host-${i % 7}`;
		const value = alertCodec.encode(alertOf({ id: `k${i}`, hostId, sequence: i }));
		await log.append('lanner.alerts', [{ key: hostId, value }]);
	}
}

const idsOf = (from: number, to: number): string[] =>
	Array.from({ length: to - from }, (_, i) => `k${from + i}`);
const idsIn = (text: string): string[] => (JSON.parse(text).alerts as { id: string }[]).map(({ id }) => id);
const ofHost = (ids: readonly string[], host: number): string[] =>
	ids.filter((id) => Number(id.slice(1)) % 7 === host);

test('history and stream of a fleet, in order, over a restart of the console, and nothing is left in Kafka', {
	timeout: 240_000,
}, async (t) => {
	const url = `http://127.0.0.1:${port}`;
	await append(0, 100);
	const start = async (): Promise<LannerProcess> => {
		const started = new LannerProcess(['console', '--fleet', '--config', configFile]);
		t.after(() => started.stop('SIGKILL'));
		const ready = await started.line('stderr', (line) => line.includes('"msg":"ready"'), { waitMs });
		assert.equal(JSON.parse(ready).console, `${url}/`);
		for (const end = Date.now() + waitMs; Date.now() < end; )
			if ((await ask(`http://127.0.0.1:${opsPort}/readyz`)).status === 200) return started;
		throw new Error(`not ready in time:\n${started.stderr.join('\n')}`);
	};
	const first = await start();
	const history = idsIn((await ask(`${url}/api/alerts?limit=1000`, { headers: bearer })).text);
	assert.deepEqual(history.toReversed(), idsOf(40, 100), 'the newest of all partitions, merged by time');
	const stream = await openStream(`${url}/api/stream`, bearer);
	await append(100, 160);
	await until(() => stream.alertIds().length === 60, waitMs);
	for (let host = 0; host < 7; host++)
		assert.deepEqual(ofHost(stream.alertIds(), host), ofHost(idsOf(100, 160), host), `host ${host}`);
	const cursor = stream.events[39]?.id ?? '';
	stream.close();
	const again = await openStream(`${url}/api/stream`, { ...bearer, 'last-event-id': cursor });
	await until(() => again.alertIds().length === 20, waitMs);
	assert.deepEqual([...stream.alertIds().slice(0, 40), ...again.alertIds()].sort(), idsOf(100, 160).sort());
	assert.deepEqual(await first.stop(), { code: 0, signal: null });
	await again.ended;
	const second = await start();
	const third = await openStream(`${url}/api/stream`, { ...bearer, 'last-event-id': cursor });
	t.after(async () => third.close());
	await until(() => third.alertIds().length === 60, waitMs);
	assert.deepEqual(third.events[0]?.event, 'reset', 'another process cannot know what this client has');
	assert.deepEqual(third.alertIds(), idsOf(100, 160));
	const metrics = (await ask(`http://127.0.0.1:${opsPort}/metrics`)).text;
	assert.match(metrics, /^lanner_console_alerts_kept 60$/m);
	assert.match(metrics, /^lanner_console_streams 1$/m);
	assert.equal((await second.stop()).code, 0);
	await nothingIsLeft();
});

/** Groups without members, and without progress that somebody told. */
async function nothingIsLeft(): Promise<void> {
	const admin = new Kafka({ brokers: [...kafka.bootstrap], logLevel: logLevel.NOTHING }).admin();
	await admin.connect();
	try {
		const { groups } = await admin.listGroups();
		for (const { groupId } of groups.filter((group) => group.groupId.startsWith('console.'))) {
			const offsets = await admin.fetchOffsets({ groupId });
			assert.ok(
				offsets.every((topic) => topic.partitions.every(({ offset }) => offset === '-1')),
				`${groupId} told progress`,
			);
		}
	} finally {
		await admin.disconnect();
	}
}

test('hosts are those of Redis, and a Redis that is away is told while alerts go on', {
	timeout: 240_000,
}, async (t) => {
	const store = await openRedisStore({
		...{ mode: 'single', addresses: [{ host: '127.0.0.1', port: redis.port }], logger: silentLogger },
	});
	const heardS = Math.floor(Date.now() / 1000);
	for (const [partition, hostId, given] of [
		[0, 'r1', { hostName: 'web1', heardS }],
		[2, 'r2', { hostName: 'web2', heardS: heardS - 600, silent: true, incomplete: true }],
		[2, 'r3', { hostName: 'gone', bootId: '' }],
	] as const) {
		const { epoch } = await store.claim(partition, { partitions });
		const meta = hostStateCodec.encode({ ...emptyMeta('boot'), incomplete: false, ...given });
		const puts = new Map([['meta', meta]]);
		await store.commit(partition, {
			...{ epoch, cursor: 1n, hosts: [{ hostId, clear: false, puts, deletes: [] }] },
		});
	}
	await store.close();
	const process = new LannerProcess(['console', '--config', configFile]);
	t.after(() => process.stop('SIGKILL'));
	await process.line('stderr', (line) => line.includes('"msg":"ready"'), { waitMs });
	const hosts = async () =>
		JSON.parse((await ask(`http://127.0.0.1:${port}/api/hosts`, { headers: bearer })).text);
	const list = await hosts();
	assert.deepEqual([list.source, list.problem], ['store', null]);
	const states = list.hosts.flatMap(
		({ id, state, incomplete }: { id: string; state: string; incomplete: boolean }) =>
			id.startsWith('r') ? [[id, state, incomplete]] : [],
	);
	assert.deepEqual(states, [
		['r2', 'silent', true],
		['r1', 'alive', false],
	]);
	await redis.stop();
	let told = await hosts();
	for (const end = Date.now() + waitMs; told.problem === null && Date.now() < end; told = await hosts());
	assert.match(told.problem, /^Redis: /);
	assert.equal(told.source, 'alerts');
	assert.equal((await process.stop()).code, 0);
});

test('while Kafka is away the page is there and says so, and the console stops when it is asked to', {
	timeout: 120_000,
}, async (t) => {
	const file = join(folder, 'away.yaml');
	const [away = 0, page = 0] = await freePorts(2);
	writeFileSync(file, `kafka: { brokers: ["127.0.0.1:${away}"] }\nconsole: { port: ${page} }\n`);
	const process = new LannerProcess(['console', '--fleet', '--config', file]);
	t.after(() => process.stop('SIGKILL'));
	await process.line('stderr', (line) => line.includes('"msg":"ready"'), { waitMs });
	const about = JSON.parse((await ask(`http://127.0.0.1:${page}/api/about`)).text);
	assert.deepEqual(about.missing, ['no partition of lanner.alerts is assigned yet']);
	assert.equal((await ask(`http://127.0.0.1:${page}/`)).status, 200);
	const startedMs = Date.now();
	assert.deepEqual(await process.stop(), { code: 0, signal: null });
	assert.ok(Date.now() - startedMs < 15_000, `${Date.now() - startedMs} ms`);
});

test('without Kafka, a free port, or a safe configuration it does not start, and says which line', async () => {
	const refused = async (text: string, ...args: string[]) => {
		const file = join(folder, 'refused.yaml');
		writeFileSync(file, text);
		const { code, err } = await lanner('console', '--config', file, '--data', join(folder, 'data'), ...args);
		assert.equal(code, 3, err);
		return err;
	};
	assert.match(
		await refused('console: { port: 9480 }\n', '--fleet'),
		/kafka\.brokers: is empty; console --fleet works on Kafka/,
	);
	assert.match(
		await refused('console:\n  host: 0.0.0.0\n'),
		/refused\.yaml:2:9: console\.host: is 0\.0\.0\.0, where others would see/,
	);
	const [taken = 0] = await freePorts(1);
	const server = createServer().listen(taken, '127.0.0.1');
	try {
		assert.match(
			await refused(`console: { port: ${taken} }\n`),
			/the console cannot be served on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
		);
	} finally {
		server.close();
	}
	assert.match(
		await refused('console:\n  tls: { certFile: no.pem, keyFile: no.pem }\n'),
		/refused\.yaml:2:\d+: console\.tls\.certFile: cannot be read: ENOENT/,
	);
});
