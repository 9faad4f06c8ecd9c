/**
 * What deploy/docs/day-two.md tells operators to do, done on a fleet at work: real Kafka and Redis, roles as processes, hosts that talk all the
 * time. After each, nothing is lost, nothing changed, and nothing reached the output twice.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '#test/fleet/redis.ts';
import { assertWhole, DayTwoFleet } from './fleet.ts';

const timeout = 300_000;

test('rolling restart: evaluators and sink are restarted one after another, twice', {
	timeout,
}, async (t) => {
	const fleet = await DayTwoFleet.start(t, { evaluators: 3 });
	await fleet.moreAlerts(10);
	const leaveMs: (number | null)[] = [];
	for (let round = 0; round < 2; round++) {
		for (const evaluator of fleet.evaluators) {
			leaveMs.push(await evaluator.stop());
			evaluator.start();
			await fleet.moreAlerts(5);
		}
		await fleet.restartSink();
	}
	const verdict = await fleet.settle();
	assertWhole(verdict, 40);
	// An orderly leave commits everything it has told: not even the topic has a repeat.
	assert.equal(verdict.repeats, 0);
	assert.ok(
		leaveMs.every((ms) => ms !== null),
		`an evaluator had to be killed: ${leaveMs}`,
	);
});

test('another Redis: a replica is promoted while evaluators are stopped', { timeout }, async (t) => {
	const fleet = await DayTwoFleet.start(t);
	await fleet.moreAlerts(10);
	const next = await startRedis({ folder: join(fleet.folder, 'redis-next'), durable: true });
	t.after(() => next.stop());
	const cli = (...args: string[]): string => {
		const { stdout } = spawnSync('redis-cli', ['-p', String(next.port), ...args], { encoding: 'utf8' });
		return stdout.trim();
	};
	cli('REPLICAOF', '127.0.0.1', String(fleet.redis.port));
	for (let i = 0; !cli('INFO', 'replication').includes('master_link_status:up'); i++) {
		assert.ok(i < 200, 'the replica did not come up');
		await sleep(100);
	}
	await fleet.stopEvaluators();
	assert.equal(fleet.redisCli('WAIT', '1', '10000'), '1');
	cli('REPLICAOF', 'NO', 'ONE');
	const before = fleet.redis;
	fleet.redis = next;
	fleet.configure({});
	await before.stop();
	await fleet.startEvaluators();
	await fleet.moreAlerts(10);
	const verdict = await fleet.settle();
	assertWhole(verdict, 20);
	assert.equal(verdict.repeats, 0);
});

test('an empty Redis: state is rebuilt from the log, and alerts that were told are not told again', {
	timeout,
}, async (t) => {
	const fleet = await DayTwoFleet.start(t);
	await fleet.moreAlerts(10);
	await fleet.stopEvaluators();
	fleet.configure({ redis: 'prefix: fresh' });
	await fleet.startEvaluators();
	await fleet.moreAlerts(10);
	const verdict = await fleet.settle();
	assertWhole(verdict, 20);
	assert.equal(verdict.repeats, 0);
});

test('backup and restore: an older copy of Redis makes evaluators read again from there; outputs see nothing twice', {
	timeout,
}, async (t) => {
	const fleet = await DayTwoFleet.start(t);
	await fleet.moreAlerts(10);
	fleet.redisCli('SAVE');
	const copy = join(fleet.folder, 'redis-restored');
	mkdirSync(copy);
	copyFileSync(join(fleet.redis.folder, 'dump.rdb'), join(copy, 'dump.rdb'));
	await fleet.moreAlerts(10);
	await fleet.stopEvaluators();
	await fleet.redis.kill();
	// With an append-only file Redis would not look at dump.rdb: it is switched on once the copy is loaded.
	fleet.redis = await startRedis({ folder: copy });
	fleet.redisCli('CONFIG', 'SET', 'appendonly', 'yes');
	fleet.configure({});
	await fleet.startEvaluators();
	await fleet.moreAlerts(10);
	const verdict = await fleet.settle();
	assertWhole(verdict, 30);
	assert.ok(verdict.repeats > 0, 'the restored state was older than the log');
});

test('rotating credentials: Redis by a second password, Kafka by a second user, evaluators one after another', {
	timeout,
}, async (t) => {
	const users = ['old', 'new', 'root'].map((name) => `user_${name}="${name}-secret"`).join(' ');
	const sasl = { mechanism: 'plain', username: 'root', password: 'root-secret' } as const;
	const configOf = (user: string): string =>
		`sasl: { mechanism: plain, username: ${user}, password: ${user}-secret }`;
	const fleet = await DayTwoFleet.start(t, {
		sasl,
		kafka: {
			listener: {
				protocol: 'SASL_PLAINTEXT',
				properties: {
					'listener.name.client.sasl.enabled.mechanisms': 'PLAIN',
					'listener.name.client.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
				},
			},
			properties: {
				'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
				'super.users': 'User:ANONYMOUS;User:root;User:old;User:new',
			},
		},
		kafkaConfig: configOf('old'),
		redisArgs: ['--user', 'lanner', 'on', '>first', '~*', '&*', '+@all'],
		redisConfig: 'username: lanner, password: first',
	});
	await fleet.moreAlerts(10);
	fleet.redisCli('ACL', 'SETUSER', 'lanner', '>second');
	fleet.configure({ kafka: configOf('new'), redis: 'username: lanner, password: second' });
	for (const evaluator of fleet.evaluators) {
		await evaluator.stop();
		evaluator.start();
		await fleet.moreAlerts(3);
	}
	await fleet.restartSink();
	fleet.redisCli('ACL', 'SETUSER', 'lanner', '<first');
	// Who still had the old password would be refused from here on.
	assert.match(fleet.redisCli('AUTH', 'lanner', 'first'), /WRONGPASS/);
	for (const evaluator of fleet.evaluators) {
		await evaluator.stop();
		evaluator.start();
	}
	await fleet.moreAlerts(10);
	const verdict = await fleet.settle();
	assertWhole(verdict, 20);
	assert.equal(verdict.repeats, 0);
});
