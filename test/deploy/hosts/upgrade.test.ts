/**
 * From version N to N+1, role by role, under load: real Kafka and Redis, a live probe of this host, feeders that stand for six others (test/chaos),
 * two evaluators, a sink, all from the archive N; each in turn is ended and started from the archive N+1. Then everything that is in the topic
 * goes through one evaluator in this process: the alerts must be the same, byte for byte, and each must have reached the output once.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';
import { openKafkaLog } from '#log/kafka/index.ts';
import { decodeEventBatch } from '#schemas/event-batch.ts';
import { type ChaosVerdict, judge, readTopic } from '#test/chaos/check.ts';
import { Role } from '#test/chaos/role.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { startRedis } from '#test/fleet/redis.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { release } from './release.ts';

const root = join(import.meta.dirname, '../../..');
const versions = ['7.0.0', '7.0.1'] as const;
/** Of the load, before and after each change. */
const betweenMs = 4_000;
const settleMsMax = 120_000;
const settleStepMs = 4_000;
const noRoot = process.getuid?.() !== 0 || !existsSync('/sys/kernel/btf/vmlinux');

type RoleName = 'probe' | 'evaluator-0' | 'evaluator-1' | 'sink';

test('every role rolled from N to N+1 under load: alerts as one evaluator makes them, none lost, none twice', {
	skip: noRoot ? 'the probe needs root and BTF' : false,
	timeout: 600_000,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-upgrade-'));
	const programs = versions.map((version) => unpack(version, folder));
	const kafka = await startKafka({ folder: join(folder, 'kafka') });
	const redis = await startRedis({ folder: join(folder, 'redis'), durable: true });
	const outputFile = join(folder, 'alerts.jsonl');
	const config = join(folder, 'lanner.yaml');
	writeFileSync(
		config,
		`dataFolder: ${join(folder, 'data')}
probe: { user: no-such-user }
kafka: { brokers: [${kafka.bootstrap.join(', ')}], partitions: 4, replication: 1, minInSync: 1 }
redis: { addresses: ["127.0.0.1:${redis.port}"] }
outputs:
  - { kind: stdout, name: stdout, enabled: false }
  - { kind: file, name: upgrade, path: ${outputFile} }
`,
	);
	const running = new Map<RoleName | 'feeder', Role>();
	t.after(async () => {
		await Promise.all([...running.values()].map((role) => role.kill()));
		await Promise.all([kafka.stop(), redis.stop()]);
		rmSync(folder, { recursive: true, force: true });
	});
	const start = async (name: RoleName, version: 0 | 1): Promise<void> => {
		const verb = name.replace(/-\d$/, '');
		const role = new Role(
			`${name}-${versions[version]}`,
			[programs[version]!, verb, '--config', config],
			folder,
		);
		running.set(name, role);
		role.start();
		await role.said('"ready"');
	};

	execFileSync(process.execPath, [programs[0]!, 'topics', 'create', '--config', config], { stdio: 'pipe' });
	const roles: readonly RoleName[] = ['evaluator-0', 'evaluator-1', 'sink', 'probe'];
	for (const name of roles) await start(name, 0);
	const feeder = new Role('feeder', feederArguments(kafka.bootstrap, folder), folder);
	running.set('feeder', feeder);
	feeder.start();
	await sleep(betweenMs);
	for (const name of roles) {
		const tookMs = await running.get(name)!.stop();
		assert.notEqual(tookMs, null, `${name} had to be killed`);
		await start(name, 1);
		await sleep(betweenMs);
	}
	await feeder.stop();
	assert.notEqual(await running.get('probe')!.stop(), null, 'the new probe had to be killed');

	const log = openKafkaLog({ brokers: kafka.bootstrap, clientId: 'check', logger: silentLogger });
	try {
		const { verdict, probeVersions } = await settled(log, outputFile);
		assert.deepEqual(verdict.problems, []);
		assert.equal(verdict.outputRepeats, 0);
		assert.ok(verdict.golden > 50, `only ${verdict.golden} alerts`);
		assert.deepEqual([...probeVersions].filter((version) => version.startsWith('7.')).sort(), versions);
		t.diagnostic(
			`${verdict.events} events, ${verdict.golden} alerts, ${verdict.repeats} repeated in the topic`,
		);
	} finally {
		await log.close();
	}
});

/** The archive of a version, unpacked; path of its launcher. */
function unpack(version: string, folder: string): string {
	const target = join(folder, version);
	mkdirSync(target);
	execFileSync('tar', ['-xf', release(version).archive, '-C', target, '--strip-components=1']);
	return join(target, 'lib/lanner/lanner');
}

function feederArguments(brokers: readonly string[], folder: string): string[] {
	const options = {
		...{ brokers, recording: join(root, 'deploy/demo/recorded-host.avro'), pauseMs: 150 },
		...{ hosts: [0, 1, 2, 3, 4, 5].map((i) => `host-${i}`), placeFile: join(folder, 'feeder.json') },
	};
	return ['--import', 'tsx', join(root, 'test/chaos/feeder.ts'), JSON.stringify(options)];
}

/** The comparison, once all that was fed has been evaluated and delivered; what is lost is still not there after a long quiet. */
async function settled(
	log: ReturnType<typeof openKafkaLog>,
	outputFile: string,
): Promise<{ verdict: ChaosVerdict; probeVersions: Set<string> }> {
	const { ruleSet } = loadRulesInForce({ paths: [] }, { stderr: { write: () => {} }, root, env: {} });
	const end = Date.now() + settleMsMax;
	for (let round = 0; ; round++) {
		const events = await readTopic(log, 'lanner.events', `check-events-${round}`);
		const alerts = await readTopic(log, 'lanner.alerts', `check-alerts-${round}`);
		const verdict = judge({ events, alerts, outputFile, ruleSet });
		if (verdict.problems.length > 0 && Date.now() < end) {
			await sleep(settleStepMs);
			continue;
		}
		const batches = [...events.values()].flat();
		return { verdict, probeVersions: new Set(batches.map((value) => decodeEventBatch(value).probeVersion)) };
	}
}
