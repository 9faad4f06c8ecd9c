/**
 * A real evaluator, on real Kafka and Redis, that cannot work as it was set up: each mistake ends it at once, with what is wrong and what to do in
 * its last lines. A supervisor may start it again; it says so again.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { ensureTopics, planTopics } from '#log/kafka/index.ts';
import { openRedisStore } from '#store/redis/index.ts';
import { createAuthority } from '#test/fleet/certificates.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';

const dayMs = 86_400_000;
const endMsMax = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'lanner-bad-input-'));
let kafka: KafkaCluster;
let redis: RedisServer;
let secureRedis: RedisServer;
let otherAuthority: string;

before(async () => {
	const authority = createAuthority(join(folder, 'authority'));
	otherAuthority = createAuthority(join(folder, 'other'), 'another authority').ca;
	[kafka, redis, secureRedis] = await Promise.all([
		startKafka({ folder: join(folder, 'kafka') }),
		startRedis({ folder: join(folder, 'redis') }),
		startRedis({ folder: join(folder, 'secure'), tls: { ...authority.issue('redis'), ca: authority.ca } }),
	]);
	const plans = planTopics({
		...{ partitions: 3, replication: 1, minInSync: 1 },
		...{ eventsRetentionMs: dayMs, alertsRetentionMs: dayMs },
	});
	const options = { brokers: kafka.bootstrap, clientId: 'test', logger: silentLogger };
	await ensureTopics(plans, options, { create: true });
	const admin = new Redis(redis.port, '127.0.0.1');
	await admin.call('ACL', 'SETUSER', 'lanner', 'on', '>right', '~*', '+@all');
	admin.disconnect();
	const address = { host: '127.0.0.1', port: redis.port };
	const store = await openRedisStore({
		...{ mode: 'single', addresses: [address], prefix: 'of-five', logger: silentLogger },
	});
	await store.claim(0, { partitions: 5 });
	await store.close();
});
after(async () => {
	await Promise.all([kafka.stop(), redis.stop(), secureRedis.stop()]);
	rmSync(folder, { recursive: true, force: true });
});

type Mistake = {
	readonly kafka?: object;
	readonly redis?: () => object;
	readonly says: RegExp;
	readonly advises: RegExp;
};

const mistakes: Readonly<Record<string, Mistake>> = {
	'topics that were not created': {
		kafka: { prefix: 'absent-' },
		says: /topic does not exist/,
		advises: /lanner topics create/,
	},
	'a wrong password of Redis': {
		redis: () => ({ username: 'lanner', password: 'wrong-word' }),
		says: /WRONGPASS|password/,
		advises: /redis\.password/,
	},
	'another authority of Redis': {
		redis: () => ({
			addresses: [`127.0.0.1:${secureRedis.port}`],
			tls: { enabled: true, caFile: otherAuthority },
		}),
		says: /certificate/,
		advises: /caFile/,
	},
	'state of another number of partitions': {
		redis: () => ({ prefix: 'of-five' }),
		says: /belongs to 5 partitions of lanner\.events, but the topic has 3/,
		advises: /lanner topics grow|another redis\.prefix/,
	},
};

describe('an evaluator that cannot work as it was set up', { concurrency: 2 }, () => {
	for (const [name, mistake] of Object.entries(mistakes))
		test(`${name}: ends with what is wrong and what to do`, async (t) => {
			const config = join(mkdtempSync(join(folder, 'config-')), 'lanner.yaml');
			const given = {
				kafka: { brokers: kafka.bootstrap, ...mistake.kafka },
				redis: { addresses: [`127.0.0.1:${redis.port}`], ...mistake.redis?.() },
			};
			writeFileSync(config, JSON.stringify(given), { mode: 0o600 });
			const role = new LannerProcess(['evaluator', '--config', config]);
			t.after(() => role.child.kill('SIGKILL'));
			const late = setTimeout(() => role.child.kill('SIGKILL'), endMsMax);
			const { code } = await role.exited;
			clearTimeout(late);
			const said = role.stderr.join('\n');
			assert.equal(code, 3, said);
			assert.match(said, mistake.says);
			assert.match(role.stderr.slice(-3).join('\n'), mistake.advises);
			assert.doesNotMatch(said, /wrong-word/);
			assert.doesNotMatch(said, /^ {4}at /m, 'a person is told, not a debugger');
		});
});
