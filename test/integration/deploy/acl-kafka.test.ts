/**
 * deploy/acl/kafka.sh on a real broker with an authorizer and a user for each role: the roles work with these rights, and nothing else is
 * allowed.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { type AclEntry, type Admin, Kafka, logLevel } from 'kafkajs';
import { groupPrefix } from '#console/console.ts';
import {
	addPartitions,
	ensureTopics,
	type KafkaOptions,
	openKafkaLog,
	planTopics,
} from '#log/kafka/index.ts';
import type { Topic } from '#log/log.ts';
import { Role } from '#test/chaos/role.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened } from '#test/support/events.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'lanner-acl-'));
const prefix = 'x.';
const roles = ['probe', 'evaluator', 'sink', 'console', 'operator', 'admin'] as const;
type User = (typeof roles)[number] | 'root';
const topics: readonly Topic[] = [
	'lanner.events',
	'lanner.alerts',
	'lanner.alerts.dead',
	'lanner.events.dead',
	'lanner.control',
];
const hourMs = 3_600_000;
const plans = planTopics({
	...{ partitions: 2, replication: 1, minInSync: 1 },
	...{ eventsRetentionMs: hourMs, alertsRetentionMs: hourMs },
});
let kafka: KafkaCluster;
let redis: RedisServer;
let superuser: Admin;

before(async () => {
	const users = [...roles, 'root'].map((name) => `user_${name}="${name}-secret"`).join(' ');
	const jaas = 'org.apache.kafka.common.security';
	kafka = await startKafka({
		folder: join(folder, 'kafka'),
		listener: {
			protocol: 'SASL_PLAINTEXT',
			properties: {
				'listener.name.client.sasl.enabled.mechanisms': 'PLAIN',
				'listener.name.client.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required ${users};`,
			},
		},
		properties: {
			'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
			'super.users': 'User:ANONYMOUS;User:root',
			'allow.everyone.if.no.acl.found': 'false',
		},
	});
	redis = await startRedis({ folder: join(folder, 'redis') });
	superuser = new Kafka({
		...{ brokers: [...kafka.bootstrap], clientId: 'root', logLevel: logLevel.NOTHING },
		sasl: { mechanism: 'plain', username: 'root', password: 'root-secret' },
	}).admin();
	await superuser.connect();
	await grantWithTheScript();
});
after(async () => {
	await superuser?.disconnect();
	await Promise.all([kafka?.stop(), redis?.stop()]);
	rmSync(folder, { recursive: true, force: true });
});

/**
 * What the script tells Kafka's own tool to do, is done: for `admin` by that tool itself (kafka-acls.sh is a script around this class), for
 * the others by its options, because each start of the tool takes seconds.
 */
async function grantWithTheScript(): Promise<void> {
	const dist = join(root, 'dist');
	const libs = readdirSync(dist).find((name) => /^kafka-[\d.]+$/.test(name));
	const file = join(folder, 'admin.properties');
	const login =
		'org.apache.kafka.common.security.plain.PlainLoginModule required username="root" password="root-secret";';
	writeFileSync(file, `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=${login}\n`);
	const java = `java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp ${dist}/${libs}/*`;
	const tool = `${java} org.apache.kafka.tools.AclCommand --bootstrap-server ${kafka.bootstrap[0]} --command-config ${file}`;
	for (const role of roles) {
		const said = await script(role, role === 'admin' ? tool : 'echo');
		if (role === 'admin') continue;
		for (const line of said.trim().split('\n')) await superuser.createAcls({ acl: entriesOf(line) });
	}
}

async function script(role: string, KAFKA_ACLS: string): Promise<string> {
	const file = join(root, 'deploy/acl/kafka.sh');
	const env = { ...process.env, KAFKA_ACLS };
	const { stdout } = await promisify(execFile)(file, [role, `User:${role}`, prefix], { env });
	return stdout;
}

const operations: Readonly<Record<string, number>> = { Read: 3, Write: 4, Describe: 8, DescribeConfigs: 10 };
const resources: Readonly<Record<string, number>> = { topic: 2, group: 3 };
const patterns: Readonly<Record<string, number>> = { literal: 3, prefixed: 4 };
const allow = 3;

/** Options of kafka-acls.sh → entries; one that is not known here fails. */
function entriesOf(line: string): AclEntry[] {
	const { values } = parseArgs({
		args: line.split(' '),
		options: {
			add: { type: 'boolean' },
			'allow-principal': { type: 'string' },
			operation: { type: 'string', multiple: true, default: [] },
			topic: { type: 'string', multiple: true, default: [] },
			group: { type: 'string', multiple: true, default: [] },
			'resource-pattern-type': { type: 'string', default: 'literal' },
		},
	});
	const named = [
		...values.topic.map((resourceName) => ({ resourceName, resourceType: resources.topic! })),
		...values.group.map((resourceName) => ({ resourceName, resourceType: resources.group! })),
	];
	return named.flatMap((resource) =>
		values.operation.map((operation) => ({
			...resource,
			resourcePatternType: patterns[values['resource-pattern-type']]!,
			operation: operations[operation]!,
			principal: values['allow-principal']!,
			permissionType: allow,
			host: '*',
		})),
	);
}

function optionsOf(username: User): KafkaOptions {
	return {
		brokers: kafka.bootstrap,
		clientId: username,
		sasl: { mechanism: 'plain', username, password: `${username}-secret` },
		prefix,
		appendTimeoutMs: 0,
		logger: silentLogger,
	};
}

async function append(
	user: User,
	topic: Topic,
	key = 'h',
	value: Uint8Array = Buffer.from('x'),
): Promise<void> {
	const log = openKafkaLog(optionsOf(user));
	try {
		await log.append(topic, [{ key, value }]);
	} finally {
		await log.close();
	}
}

/** For a first assignment; only where the rights are in question. */
const assignedMsMax = 5_000;

/**
 * Joins, asks where it is, and reads a record. kafkajs does not say that a group is denied, only that it finds no coordinator, again and again:
 * that, told for `assignedMsMax`, counts as refused; being slow does not.
 */
async function follow(user: User, topic: Topic, group: string): Promise<void> {
	const told: string[] = [];
	const warn = (fields: object): void => void told.push(String((fields as { err?: Error }).err?.message));
	const log = openKafkaLog({ ...optionsOf(user), logger: { ...silentLogger, warn } });
	const timer = setTimeout(() => {
		if (told.some((message) => message.includes('group coordinator'))) void log.close();
	}, assignedMsMax);
	try {
		const consumer = await log.consume({ topic, group });
		for await (const assignment of consumer.assignments()) {
			clearTimeout(timer);
			await assignment.progress();
			await assignment.seek('earliest');
			const records = await assignment.read({ maxBytes: 1 << 20, waitMs: 1_000 });
			// The other partition has the record; or reading is denied, which the consumer then tells.
			if (records.length > 0) return;
		}
		throw Object.assign(new Error(`${user} finds no coordinator of ${group}`), { code: 'log-refused' });
	} finally {
		clearTimeout(timer);
		await log.close();
	}
}

async function look(user: User): Promise<void> {
	const findings = await ensureTopics(plans, optionsOf(user), { create: false });
	const absent = findings.filter(({ state }) => state === 'absent');
	if (absent.length > 0) throw Object.assign(new Error('absent'), { code: 'log-refused' });
}

/** What each role does in Kafka. */
const work: Readonly<Record<(typeof roles)[number], Readonly<Record<string, () => Promise<void>>>>> = {
	probe: { 'writes events': () => append('probe', 'lanner.events') },
	evaluator: {
		'follows events': () => follow('evaluator', 'lanner.events', 'lanner-evaluator'),
		'tells silence': () => append('evaluator', 'lanner.events'),
		'writes alerts': () => append('evaluator', 'lanner.alerts'),
		'writes dead letters': () => append('evaluator', 'lanner.events.dead'),
	},
	sink: {
		'follows alerts': () => follow('sink', 'lanner.alerts', 'sink.siem'),
		'writes dead letters': () => append('sink', 'lanner.alerts.dead'),
	},
	console: { 'follows alerts': () => follow('console', 'lanner.alerts', `${groupPrefix}1`) },
	operator: {
		'follows alerts': () => follow('operator', 'lanner.alerts', 'tail.1'),
		'follows dead letters': () => follow('operator', 'lanner.alerts.dead', 'redrive.siem'),
		'looks at the topics': () => look('operator'),
	},
	admin: {
		'creates topics': async () => {
			await ensureTopics(plans, optionsOf('admin'), { create: true });
		},
		'looks at the topics': () => look('admin'),
		'adds partitions': grow,
	},
};

let controlPartitions = 1;

async function grow(): Promise<void> {
	await addPartitions('lanner.control', ++controlPartitions, optionsOf('admin'));
}

test('an administrator with the rights of the script creates the topics, and each role works', async () => {
	for (const role of ['admin', 'probe', 'evaluator', 'sink', 'console', 'operator'] as const)
		for (const [what, run] of Object.entries(work[role]))
			await run().catch((error: unknown) => assert.fail(`${role} ${what}: ${(error as Error).message}`));
});

test('nothing else is allowed: other topics, other groups, other settings', async () => {
	const writes: Readonly<Record<User, readonly Topic[]>> = {
		probe: ['lanner.events'],
		evaluator: ['lanner.events', 'lanner.alerts', 'lanner.events.dead'],
		sink: ['lanner.alerts.dead'],
		console: [],
		operator: [],
		admin: [],
		root: topics,
	};
	const reads: Readonly<Record<(typeof roles)[number], readonly [Topic, string] | null>> = {
		probe: null,
		evaluator: ['lanner.events', 'lanner-evaluator'],
		sink: ['lanner.alerts', 'sink.siem'],
		console: ['lanner.alerts', `${groupPrefix}1`],
		operator: ['lanner.alerts', 'tail.1'],
		admin: null,
	};
	const refused = { code: 'log-refused' };
	for (const role of roles) {
		for (const topic of topics)
			if (!writes[role].includes(topic))
				await assert.rejects(append(role, topic), refused, `${role} may write ${topic}`);
		for (const topic of topics) {
			const mayRead = topic === reads[role]?.[0] || (role === 'operator' && topic === 'lanner.alerts.dead');
			const group = reads[role]?.[1] ?? 'lanner-evaluator';
			if (!mayRead) await assert.rejects(follow(role, topic, group), refused, `${role} may read ${topic}`);
		}
		const own = reads[role];
		if (own !== null)
			await assert.rejects(follow(role, own[0], 'somebody-else'), refused, `${role} may use any group`);
		// The administrator may create topics of its installation, and of no other.
		const create = ensureTopics(plans, { ...optionsOf(role), prefix: 'other.' }, { create: true });
		await assert.rejects(create, refused, `${role} may create topics of others`);
	}
});

test('what Kafka cannot restrict: a probe can write in the name of another host', () =>
	// Keys and contents are not looked at by the brokers: see deploy/docs/threat-model.md.
	append('probe', 'lanner.events', 'another-host', batch([fileOpened({})], { hostId: 'another-host' })));

test('evaluator and sink, each with its own user, carry an event of a probe to an output', async () => {
	const configOf = (username: User, more: string): string => {
		const file = join(folder, `${username}.yaml`);
		writeFileSync(
			file,
			`kafka: { brokers: ["${kafka.bootstrap[0]}"], prefix: "${prefix}", partitions: 2, replication: 1, minInSync: 1,
  sasl: { mechanism: plain, username: ${username}, password: ${username}-secret } }
redis: { addresses: ["127.0.0.1:${redis.port}"] }
${more}`,
		);
		return file;
	};
	const alerts = join(folder, 'alerts.jsonl');
	const rules = join(folder, 'rules.yaml');
	writeFileSync(
		rules,
		'- { rule: Shadow, desc: d, condition: evt.type = openat and fd.name = /etc/shadow, output: read, priority: WARNING }\n',
	);
	const evaluatorConfig = configOf('evaluator', `rules: { files: ["${rules}"] }\n`);
	const sinkConfig = configOf('sink', `outputs: [{ kind: file, name: f, path: "${alerts}" }]\n`);
	const running = [
		Role.lanner('evaluator', ['evaluator', '--config', evaluatorConfig], folder),
		Role.lanner('sink', ['sink', '--config', sinkConfig], folder),
	];
	try {
		for (const role of running) role.start();
		const open = fileOpened({
			pid: 11,
			tid: 11,
			start: 6,
			name: '/etc/shadow',
			path: '/etc/shadow',
			result: 3,
		});
		await append('probe', 'lanner.events', 'web1', batch([open], { hostId: 'web1', producer: 'CAPTURE' }));
		for (let i = 0; !readOrNothing(alerts).includes('"Shadow"'); i++) {
			assert.ok(i < 600, `no alert: ${readOrNothing(join(folder, 'evaluator.log')).slice(-2000)}`);
			await sleep(100);
		}
	} finally {
		await Promise.all(running.map((role) => role.stop()));
	}
	const said = ['evaluator', 'sink']
		.map((name) => readFileSync(join(folder, `${name}.log`), 'utf8'))
		.join('');
	assert.doesNotMatch(said, /-secret|AUTHORIZATION/);
});

test('a role that is not there is refused with how to call the script', () => {
	const call = (...args: string[]): void => {
		execFileSync(join(root, 'deploy/acl/kafka.sh'), args, { stdio: 'pipe' });
	};
	assert.throws(() => call('everything', 'User:x'), /Command failed/);
	assert.throws(() => call('probe', 'lanner'), /Command failed/);
});

function readOrNothing(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
		throw error;
	}
}
