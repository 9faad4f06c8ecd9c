/**
 * A probe that is stopped (SIGSTOP), starved of CPU or killed (-9): evaluator, Kafka and Redis elsewhere say so, and say when it is
 * heard again. Real capture, real processes. Needs root.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { heardRule, silentRule } from '#evaluator/silence/alerts.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { capturesOf, LannerProcess } from '#test/support/lanner-process.ts';

const probeSilenceS = 10;
/** The time that the alert needs to come to the output is not the evaluator's. */
const waitMs = probeSilenceS * 1000 + 5_000;
/** Three processes from the sources, on a busy machine. */
const startMs = 90_000;
const cpuGroups = '/sys/fs/cgroup/cpu';
const noCpuGroups = existsSync(join(cpuGroups, 'cpu.cfs_quota_us'))
	? false
	: 'no cpu controller of cgroup v1 here';

describe('a probe that falls silent', { timeout: 240_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-silence-'));
	const group = join(cpuGroups, `lanner-silence-${process.pid}`);
	const config = join(folder, 'lanner.yaml');
	const started: LannerProcess[] = [];
	let kafka: KafkaCluster;
	let redis: RedisServer;
	let probe: LannerProcess;
	let sink: LannerProcess;

	const lanner = (...args: string[]): LannerProcess => {
		const role = new LannerProcess([...args, '--config', config]);
		started.push(role);
		return role;
	};

	before(async () => {
		[kafka, redis] = await Promise.all([
			startKafka({ folder: join(folder, 'kafka') }),
			startRedis({ folder: join(folder, 'redis') }),
		]);
		writeFileSync(
			config,
			`dataFolder: ${join(folder, 'data')}
kafka: { brokers: ["${kafka.bootstrap[0]}"], partitions: 2, replication: 1, minInSync: 1 }
redis: { addresses: ["127.0.0.1:${redis.port}"] }
evaluator: { probeSilenceS: ${probeSilenceS} }
outputs: [{ kind: stdout, name: stdout, format: json }]
`,
		);
		assert.equal((await lanner('topics', 'create').exited).code, 0);
		probe = lanner('probe');
		const evaluator = lanner('evaluator');
		sink = lanner('sink');
		await Promise.all(
			[probe, evaluator, sink].map((role) =>
				role.line('stderr', (line) => line.includes('"msg":"ready"'), { waitMs: startMs }),
			),
		);
	});
	after(async () => {
		for (const role of started) role.child.kill('SIGKILL');
		await Promise.all(started.map((role) => role.exited));
		await Promise.all([kafka.stop(), redis.stop()]);
		rmSync(folder, { recursive: true, force: true });
		if (existsSync(group)) rmdirSync(group);
	});

	const told = (rule: string, from: number): Promise<string> =>
		sink.line('stdout', (line) => line.includes(`"rule":"${rule}"`), { from, waitMs });

	/** Silence and return, each told once. */
	async function silences(begin: (capture: number) => void, end: (capture: number) => void): Promise<void> {
		const from = sink.stdout.length;
		const [capture] = capturesOf(probe.child.pid!) as [number];
		begin(capture);
		try {
			await told(silentRule, from);
		} finally {
			end(capture);
		}
		await told(heardRule, from);
		const rules = sink.stdout.slice(from).map((line) => (JSON.parse(line) as { rule: string }).rule);
		assert.deepEqual(
			rules.filter((rule) => rule === silentRule || rule === heardRule),
			[silentRule, heardRule],
		);
	}

	test('SIGSTOP of capture is told, and its return', async () => {
		await silences(
			(capture) => process.kill(capture, 'SIGSTOP'),
			(capture) => process.kill(capture, 'SIGCONT'),
		);
	});

	/** A group with a thousandth of a processor, in which others are always first. */
	test('capture that is starved of CPU time is told, and its return', { skip: noCpuGroups }, async () => {
		mkdirSync(group, { recursive: true });
		writeFileSync(join(group, 'cpu.cfs_period_us'), '1000000');
		writeFileSync(join(group, 'cpu.cfs_quota_us'), '1000');
		const enter = (folderOfGroup: string, pid: number): void =>
			writeFileSync(join(folderOfGroup, 'cgroup.procs'), String(pid));
		const greedy = Array.from({ length: 4 }, () =>
			spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
		);
		try {
			for (const { pid } of greedy) {
				setPriority(pid!, -20);
				enter(group, pid!);
			}
			await silences(
				(capture) => {
					setPriority(capture, 19);
					enter(group, capture);
				},
				(capture) => {
					enter(cpuGroups, capture);
					setPriority(capture, 0);
				},
			);
		} finally {
			for (const { pid } of greedy) enter(cpuGroups, pid!);
			await Promise.all(
				greedy.map((child) => {
					const ended = once(child, 'close');
					child.kill('SIGKILL');
					return ended;
				}),
			);
		}
	});

	test('kill -9 of the probe is told', async () => {
		const from = sink.stdout.length;
		probe.child.kill('SIGKILL');
		const alert = JSON.parse(await told(silentRule, from)) as { priority: string; output: string };
		assert.equal(alert.priority, 'Critical');
		assert.match(alert.output, /silence=10s last_heard=/);
	});
});
