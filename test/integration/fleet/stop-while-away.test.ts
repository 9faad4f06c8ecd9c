/** A role that waits for Kafka or Redis ends when it is asked to, whatever it is waiting for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { freePorts } from '#test/fleet/ports.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { ask } from '#test/support/console.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened } from '#test/support/events.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-stop-'));
/** The suites share two cores. */
const waitMs = 60_000;
/** Of the role: 7 s for a last commit; of kafkajs: 10 s for one operation. */
const stopMsMax = 20_000;
let kafka: KafkaCluster;
let redis: RedisServer;
/** Nobody listens there. */
let away: number;
let opsPort: number;

before(async () => {
	[kafka, redis] = await Promise.all([
		startKafka({ folder: join(folder, 'kafka') }),
		startRedis({ folder: join(folder, 'redis') }),
	]);
	[away = 0, opsPort = 0] = await freePorts(2);
});
after(async () => {
	await Promise.all([kafka?.stop(), redis?.stop()]);
	rmSync(folder, { recursive: true, force: true });
});

function start(t: TestContext, role: readonly string[], lines: string): LannerProcess {
	const file = join(folder, `${role.join('-')}.yaml`);
	writeFileSync(file, lines);
	const started = new LannerProcess([...role, '--config', file]);
	t.after(() => started.stop('SIGKILL'));
	return started;
}

async function endsWhenAsked(role: LannerProcess): Promise<void> {
	const askedMs = Date.now();
	assert.deepEqual(await role.stop(), { code: 0, signal: null }, role.stderr.join('\n'));
	assert.ok(Date.now() - askedMs < stopMsMax, `${Date.now() - askedMs} ms\n${role.stderr.join('\n')}`);
}

const kafkaAt = (port: number | string): string => `kafka: { brokers: ["127.0.0.1:${port}"] }\n`;
const redisAt = (port: number): string => `redis: { addresses: ["127.0.0.1:${port}"] }\n`;
const isWaiting = (line: string): boolean => line.includes('Kafka is away; joining is tried again');

test('Kafka is away at the start', { timeout: 240_000 }, async (t) => {
	const output = 'outputs: [{ name: out, kind: stdout }]\n';
	const roles = [
		start(t, ['evaluator'], `${kafkaAt(away)}${redisAt(redis.port)}`),
		start(t, ['sink'], `${kafkaAt(away)}${output}`),
		start(t, ['alerts', 'tail'], kafkaAt(away)),
	];
	await Promise.all(roles.map((role) => role.line('stderr', isWaiting, { waitMs })));
	await Promise.all(roles.map(endsWhenAsked));
});

test('Redis is away at the start', { timeout: 120_000 }, async (t) => {
	const evaluator = start(t, ['evaluator'], `${kafkaAt(away)}${redisAt(away)}`);
	await evaluator.line('stderr', (line) => line.includes('waiting for it'), { waitMs });
	await endsWhenAsked(evaluator);
});

test('Redis goes away while a host is loaded from it', { timeout: 240_000 }, async (t) => {
	const options = { brokers: kafka.bootstrap, clientId: 'test', logger: silentLogger };
	const sizes = { partitions: 1, replication: 1, minInSync: 1 };
	const ages = { eventsRetentionMs: 86_400_000, alertsRetentionMs: 86_400_000 };
	await ensureTopics(planTopics({ ...sizes, ...ages }), options, { create: true });
	const log = openKafkaLog(options);
	t.after(() => log.close());
	const lines = `kafka: { brokers: ["${kafka.bootstrap[0]}"] }\n${redisAt(redis.port)}ops: { evaluatorPort: ${opsPort} }\n`;
	const evaluator = start(t, ['evaluator'], lines);
	await evaluator.ready();
	await hasPartition();
	await redis.kill();
	const value = batch([fileOpened({ pid: 1, start: 1 })], { hostId: 'never-seen' });
	await log.append('lanner.events', [{ key: 'never-seen', value }]);
	await evaluator.line('stderr', (line) => line.includes('load host never-seen'), { waitMs });
	await endsWhenAsked(evaluator);
	assert.ok(
		evaluator.stderr.some((line) => line.includes('left before the last commit')),
		evaluator.stderr.join('\n'),
	);
});

async function hasPartition(): Promise<void> {
	for (const end = Date.now() + waitMs; Date.now() < end; )
		if (/^lanner_evaluator_partitions 1$/m.test((await ask(`http://127.0.0.1:${opsPort}/metrics`)).text))
			return;
	throw new Error('no partition in time');
}
