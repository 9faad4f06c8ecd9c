/**
 * A small fleet at work for the tests of day two: Kafka, Redis, hosts that replay a recording, evaluators and a sink as processes. At
 * the end what the hosts sent, the alert topic and the output are compared with one evaluator in one process, as in test/chaos.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';
import { openKafkaLog } from '#log/kafka/index.ts';
import { type ChaosVerdict, judge, readTopic } from '#test/chaos/check.ts';
import type { FeederOptions } from '#test/chaos/feeder.ts';
import { Role } from '#test/chaos/role.ts';
import { type KafkaCluster, type KafkaOptions, startKafka } from '#test/fleet/kafka.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { silentLogger } from '#test/support/evaluation.ts';

const root = join(import.meta.dirname, '../..');
const settleMsMax = 90_000;
const hosts = 8;
const hostPauseMs = 150;
/** Nobody is killed here, and a process that this machine starves is not to be taken for one that was. */
const sessionTimeoutMs = 30_000;

/** Of a test: what is done when it is over. */
type Scope = { after(work: () => Promise<void>): void };

export type DayTwoOptions = {
	readonly partitions?: number;
	readonly evaluators?: number;
	readonly kafka?: Pick<KafkaOptions, 'listener' | 'properties' | 'formatArgs'>;
	readonly redisArgs?: readonly string[];
	/** Lines of the sections kafka and redis of lanner.yaml, in flow style: `sasl: { … }`. */
	readonly kafkaConfig?: string;
	readonly redisConfig?: string;
	/** Of the hosts, and of the tests' own questions. */
	readonly sasl?: FeederOptions['sasl'];
};

export class DayTwoFleet {
	readonly folder: string;
	readonly kafka: KafkaCluster;
	readonly evaluators: Role[] = [];
	readonly config: string;
	redis: RedisServer;
	readonly #options: DayTwoOptions;
	readonly #sink: Role;
	readonly #feeder: Role;
	readonly #output: string;
	#config: { kafka: string; redis: string };

	static async start(t: Scope, options: DayTwoOptions = {}): Promise<DayTwoFleet> {
		const folder = mkdtempSync(join(tmpdir(), 'lanner-day-two-'));
		const kafka = await startKafka({ folder: join(folder, 'kafka'), ...options.kafka });
		const redis = await startRedis({
			folder: join(folder, 'redis'),
			durable: true,
			args: options.redisArgs ?? [],
		});
		const fleet = new DayTwoFleet(folder, kafka, redis, options);
		t.after(() => fleet.#end());
		fleet.lanner('topics', 'create');
		for (let i = 0; i < (options.evaluators ?? 2); i++)
			fleet.evaluators.push(Role.lanner(`evaluator-${i}`, ['evaluator', '--config', fleet.config], folder));
		await fleet.startEvaluators();
		fleet.#sink.start();
		fleet.#feeder.start();
		return fleet;
	}

	private constructor(folder: string, kafka: KafkaCluster, redis: RedisServer, options: DayTwoOptions) {
		this.folder = folder;
		this.kafka = kafka;
		this.redis = redis;
		this.#options = options;
		this.config = join(folder, 'lanner.yaml');
		this.#output = join(folder, 'alerts.jsonl');
		this.#config = { kafka: options.kafkaConfig ?? '', redis: options.redisConfig ?? '' };
		this.configure({});
		this.#sink = Role.lanner('sink', ['sink', '--config', this.config], folder);
		const feeder: FeederOptions = {
			brokers: kafka.bootstrap,
			recording: join(root, 'deploy/demo/recorded-host.avro'),
			hosts: Array.from({ length: hosts }, (_, i) => `host-${i}`),
			placeFile: join(folder, 'feeder.json'),
			pauseMs: hostPauseMs,
			beginsAnew: true,
			...(options.sasl === undefined ? {} : { sasl: options.sasl }),
		};
		const script = join(root, 'test/chaos/feeder.ts');
		this.#feeder = new Role('feeder', ['--import', 'tsx', script, JSON.stringify(feeder)], folder);
	}

	/** Writes lanner.yaml anew; roles read it when they start. */
	configure(changed: { readonly kafka?: string; readonly redis?: string }): void {
		this.#config = { ...this.#config, ...changed };
		const { kafka, redis } = this.#config;
		writeFileSync(
			this.config,
			`dataFolder: ${join(this.folder, 'data')}
kafka: { brokers: [${this.kafka.bootstrap.join(', ')}], partitions: ${this.#options.partitions ?? 4}, replication: 1, minInSync: 1, sessionTimeoutMs: ${sessionTimeoutMs}, ${kafka} }
redis: { addresses: ["127.0.0.1:${this.redis.port}"], ${redis} }
outputs:
  - { kind: stdout, name: stdout, enabled: false }
  - { kind: file, name: out, path: ${this.#output}, attemptsMax: 1000 }
`,
		);
	}

	lanner(...args: string[]): string {
		return execFileSync(join(root, 'lanner'), [...args, '--config', this.config], {
			encoding: 'utf8',
			stdio: 'pipe',
		});
	}

	redisCli(...args: string[]): string {
		return execFileSync('redis-cli', ['-p', String(this.redis.port), '--no-auth-warning', ...args], {
			encoding: 'utf8',
		}).trim();
	}

	async startEvaluators(): Promise<void> {
		for (const evaluator of this.evaluators) evaluator.start();
		for (const evaluator of this.evaluators) await evaluator.said('"ready"');
	}

	async stopEvaluators(): Promise<void> {
		await Promise.all(this.evaluators.map((evaluator) => evaluator.stop()));
	}

	/** As an upgrade of the probes does. */
	async restartHosts(): Promise<void> {
		await this.#feeder.stop();
		this.#feeder.start();
	}

	async restartSink(): Promise<void> {
		await this.#sink.stop();
		this.#sink.start();
	}

	/** Until the output has so many alerts more than now. */
	async moreAlerts(count: number): Promise<void> {
		const wanted = this.#lines() + count;
		for (let i = 0; this.#lines() < wanted; i++) {
			assert.ok(i < 600, `no ${count} more alerts in a minute; logs in ${this.folder}`);
			await sleep(100);
		}
	}

	#lines(): number {
		try {
			return readFileSync(this.#output, 'utf8').split('\n').length - 1;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
			throw error;
		}
	}

	/** The hosts fall quiet; when everything has arrived, or nothing more comes, the comparison. */
	async settle(): Promise<ChaosVerdict> {
		await this.#feeder.stop();
		const { sasl } = this.#options;
		const log = openKafkaLog({
			...{ brokers: this.kafka.bootstrap, clientId: 'check', logger: silentLogger },
			...(sasl === undefined ? {} : { sasl }),
		});
		try {
			const quiet = { stderr: { write: () => undefined }, root, env: {} };
			const { ruleSet } = loadRulesInForce({ paths: [] }, quiet);
			const end = Date.now() + settleMsMax;
			for (let round = 0; ; round++) {
				const events = await readTopic(log, 'lanner.events', `events-${round}`);
				const alerts = await readTopic(log, 'lanner.alerts', `alerts-${round}`);
				const verdict = judge({ events, alerts, outputFile: this.#output, ruleSet });
				if (verdict.problems.length === 0 || Date.now() > end) return verdict;
				await sleep(1_000);
			}
		} finally {
			await log.close();
		}
	}

	async #end(): Promise<void> {
		await Promise.all([...this.evaluators, this.#feeder, this.#sink].map((role) => role.kill()));
		await Promise.all([this.kafka.stop(), this.redis.stop()]);
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Nothing lost, changed, or twice at the output. */
export function assertWhole(verdict: ChaosVerdict, alertsMin: number): void {
	assert.deepEqual(verdict.problems, []);
	assert.equal(verdict.outputRepeats, 0, 'an alert reached the output twice');
	assert.ok(verdict.golden > alertsMin, `only ${verdict.golden} alerts`);
}
