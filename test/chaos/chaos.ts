/**
 * Chaos on a real fleet: Kafka, Redis with a synced append-only file, evaluators, a sink and feeders as processes; faults at random
 * from a seed; then quiet until everything is evaluated and delivered; then the comparison with one evaluator in one process.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';
import { openKafkaLog } from '#log/kafka/index.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { Random } from '#test/sim/random.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { type ChaosVerdict, judge, readTopic } from './check.ts';
import type { FeederOptions } from './feeder.ts';
import { Role } from './role.ts';

const root = join(import.meta.dirname, '../..');

export type ChaosOptions = {
	readonly folder: string;
	readonly seed: number;
	/** With faults. */
	readonly seconds: number;
	readonly brokers: 1 | 3;
	readonly hosts: number;
	readonly feeders: number;
	readonly evaluators: number;
	readonly partitions: number;
	/** Of each host between two batches. */
	readonly pauseMs: number;
	/** Pause between two faults, seconds. */
	readonly faultEveryS: readonly [number, number];
	readonly stopS: readonly [number, number];
	readonly faults: readonly FaultName[];
	readonly say: (text: string) => void;
};

export const faultNames = [
	'kill evaluator',
	'stop evaluator',
	'add evaluator',
	'remove evaluator',
	'kill feeder',
	'kill sink',
	'kill broker',
	'kill redis',
] as const;
export type FaultName = (typeof faultNames)[number];

export type ChaosResult = ChaosVerdict & {
	readonly faults: Readonly<Record<string, number>>;
	readonly settledS: number;
	/** SIGTERM to the end of an evaluator, milliseconds; null = it had to be killed. */
	readonly leaveMs: readonly (number | null)[];
};

/** Kafka's own defaults: with the short session of other tests a broker on a busy machine is fenced again before it is up. */
const brokerProperties = { 'broker.session.timeout.ms': '9000', 'broker.heartbeat.interval.ms': '2000' };
const settleMsMax = 180_000;
const quietMs = 5_000;
const startAttemptsMax = 3;

export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
	const fleet = await Fleet.start(options);
	try {
		await fleet.faulty();
		return await fleet.settle();
	} finally {
		await fleet.end();
	}
}

class Fleet {
	readonly #options: ChaosOptions;
	readonly #random: Random;
	readonly #kafka: KafkaCluster;
	readonly #redis: RedisServer;
	readonly #config: string;
	readonly #outputFile: string;
	readonly #evaluators: Role[] = [];
	readonly #removed: Role[] = [];
	readonly #feeders: Role[] = [];
	readonly #sink: Role;
	readonly #counts: Record<string, number> = {};
	readonly #leaveMs: (number | null)[] = [];
	#names = 0;
	/** Faults that end later. */
	#pending = new Set<Promise<unknown>>();

	static async start(options: ChaosOptions): Promise<Fleet> {
		const { folder, brokers } = options;
		mkdirSync(folder, { recursive: true });
		const kafka = await startKafka({ folder: join(folder, 'kafka'), brokers, properties: brokerProperties });
		const redis = await startRedis({ folder: join(folder, 'redis'), durable: true });
		const fleet = new Fleet(options, kafka, redis);
		execFileSync(join(root, 'lanner'), ['topics', 'create', '--config', fleet.#config], { stdio: 'pipe' });
		for (const role of [...fleet.#evaluators, ...fleet.#feeders, fleet.#sink]) role.start();
		for (const evaluator of fleet.#evaluators) await evaluator.said('"ready"');
		return fleet;
	}

	private constructor(options: ChaosOptions, kafka: KafkaCluster, redis: RedisServer) {
		const { folder, brokers, partitions } = options;
		this.#options = options;
		this.#random = new Random(options.seed);
		this.#kafka = kafka;
		this.#redis = redis;
		this.#config = join(folder, 'lanner.yaml');
		this.#outputFile = join(folder, 'alerts.jsonl');
		writeFileSync(
			this.#config,
			`dataFolder: ${join(folder, 'data')}
kafka: { brokers: [${kafka.bootstrap.join(', ')}], partitions: ${partitions}, replication: ${brokers}, minInSync: ${Math.min(2, brokers)} }
redis: { addresses: ["127.0.0.1:${redis.port}"] }
outputs:
  - { kind: stdout, name: stdout, enabled: false }
  - { kind: file, name: chaos, path: ${this.#outputFile}, attemptsMax: 1000 }
`,
		);
		for (let i = 0; i < options.evaluators; i++) this.#evaluators.push(this.#evaluator());
		for (let i = 0; i < options.feeders; i++) this.#feeders.push(this.#feeder(i));
		this.#sink = Role.lanner('sink', ['sink', '--config', this.#config], folder);
	}

	/** Faults until the time is over, then everything that was down is up again. */
	async faulty(): Promise<void> {
		const { seconds, faultEveryS, faults, say } = this.#options;
		const end = Date.now() + seconds * 1000;
		while (Date.now() < end) {
			await sleep(1000 * this.#random.int(...faultEveryS));
			const fault = this.#random.pick(faults);
			const what = this.#fault(fault);
			if (what === null) continue;
			this.#counts[fault] = (this.#counts[fault] ?? 0) + 1;
			say(`${new Date().toISOString()} ${fault}: ${what}`);
		}
		await Promise.all(this.#pending);
	}

	/** Feeders end; when nothing comes any more, the comparison. */
	async settle(): Promise<ChaosResult> {
		const { folder, say } = this.#options;
		for (const feeder of this.#feeders) await feeder.stop();
		const startMs = Date.now();
		const log = openKafkaLog({ brokers: this.#kafka.bootstrap, clientId: 'check', logger: silentLogger });
		try {
			const { ruleSet } = loadRulesInForce({ paths: [] }, { stderr: { write: () => {} }, root, env: {} });
			for (let round = 0; ; round++) {
				const events = await readTopic(log, 'lanner.events', `check-events-${round}`);
				const alerts = await readTopic(log, 'lanner.alerts', `check-alerts-${round}`);
				const verdict = judge({ events, alerts, outputFile: this.#outputFile, ruleSet });
				const { problems } = verdict;
				const settledMs = Date.now() - startMs;
				// Lost is what is still not there after a long quiet; what is wrong stays wrong.
				if (problems.length > 0 && settledMs < settleMsMax) {
					say(`not settled after ${Math.round(settledMs / 1000)} s: ${problems.join('; ').slice(0, 200)}`);
					await sleep(quietMs);
					continue;
				}
				for (const evaluator of this.#evaluators) this.#leaveMs.push(await evaluator.stop());
				await this.#sink.stop();
				const result = {
					...{ ...verdict, problems: [...problems, ...this.#roles.flatMap(({ ownEnds }) => ownEnds)] },
					...{ faults: this.#counts, settledS: settledMs / 1000, leaveMs: this.#leaveMs },
				};
				writeFileSync(join(folder, 'result.json'), JSON.stringify(result, null, 2));
				return result;
			}
		} finally {
			await log.close();
		}
	}

	get #roles(): readonly Role[] {
		return [...this.#evaluators, ...this.#removed, ...this.#feeders, this.#sink];
	}

	async end(): Promise<void> {
		await Promise.all(this.#roles.map((role) => role.kill()));
		await Promise.all([this.#kafka.stop(), this.#redis.stop()]);
	}

	/** What was done; null = not possible now. */
	#fault(fault: FaultName): string | null {
		const running = this.#evaluators.filter((role) => role.runs && !role.paused);
		switch (fault) {
			case 'kill evaluator':
				return running.length === 0 ? null : this.#restarted(this.#random.pick(running));
			case 'stop evaluator':
				return running.length < 2 ? null : this.#stopped(this.#random.pick(running));
			case 'add evaluator': {
				if (this.#evaluators.length > this.#options.evaluators) return null;
				const added = this.#evaluator();
				this.#evaluators.push(added);
				added.start();
				return added.name;
			}
			case 'remove evaluator': {
				if (running.length < 3) return null;
				const removed = this.#random.pick(running);
				this.#evaluators.splice(this.#evaluators.indexOf(removed), 1);
				this.#removed.push(removed);
				this.#later(async () => void this.#leaveMs.push(await removed.stop()));
				return removed.name;
			}
			case 'kill feeder':
				return this.#restarted(this.#random.pick(this.#feeders));
			case 'kill sink':
				return this.#restarted(this.#sink);
			case 'kill broker': {
				const broker = this.#random.pick(this.#kafka.brokers);
				if (this.#pending.size > 0) return null;
				this.#later(() => this.#again(broker));
				return `broker ${broker.id}`;
			}
			case 'kill redis':
				if (this.#pending.size > 0) return null;
				this.#later(() => this.#again(this.#redis));
				return 'redis';
		}
	}

	async #again(server: { kill(): Promise<void>; start(): Promise<void> }): Promise<void> {
		await server.kill();
		await sleep(1000 * this.#random.int(1, 8));
		for (let attempt = 1; ; attempt++) {
			try {
				await server.start();
				return;
			} catch (error) {
				// A broker comes up only when the quorum has a leader, which a busy machine may take a minute for.
				if (attempt === startAttemptsMax) throw error;
				this.#options.say(`not up after attempt ${attempt}: ${(error as Error).message.split('\n')[0]}`);
			}
		}
	}

	#restarted(role: Role): string | null {
		if (!role.runs || role.paused) return null;
		this.#later(async () => {
			await role.kill();
			await sleep(1000 * this.#random.int(0, 4));
			role.start();
		});
		return role.name;
	}

	#stopped(role: Role): string {
		const seconds = this.#random.int(...this.#options.stopS);
		role.pause();
		this.#later(async () => {
			await sleep(seconds * 1000);
			role.resume();
		});
		return `${role.name} for ${seconds} s`;
	}

	#later(work: () => Promise<void>): void {
		const done: Promise<void> = work().finally(() => this.#pending.delete(done));
		this.#pending.add(done);
	}

	#evaluator(): Role {
		const { folder } = this.#options;
		return Role.lanner(`evaluator-${this.#names++}`, ['evaluator', '--config', this.#config], folder);
	}

	#feeder(i: number): Role {
		const { folder, hosts, feeders, pauseMs } = this.#options;
		const own: FeederOptions = {
			brokers: this.#kafka.bootstrap,
			recording: join(root, 'deploy/demo/recorded-host.avro'),
			hosts: Array.from({ length: hosts }, (_, host) => `host-${host}`).filter(
				(_, host) => host % feeders === i,
			),
			placeFile: join(folder, `feeder-${i}.json`),
			pauseMs,
		};
		const script = join(import.meta.dirname, 'feeder.ts');
		return new Role(`feeder-${i}`, ['--import', 'tsx', script, JSON.stringify(own)], folder);
	}
}
