/**
 * `node --import tsx test/bench/fleet/scale.ts [--events 1000000] [--warm 1200000] [--evaluators 1,2,4] [--hosts 1,100,10000] [--batch 100] [--profile DIR]`: how
 * the cost of an event grows with evaluators (12 partitions, 100 hosts) and with hosts, for the same number of events in batches of the same
 * size; at most 15 % more is the aim. Also: memory of a host, operations and bytes of Redis an event, bytes in Kafka, and the time from a kill -9 of the
 * evaluator to the last host of its successor (with 10,000 hosts in one partition). CPU time of evaluator processes alone. `--warm` events an evaluator come
 * before those that count: every host is known by then, and every process has compiled its code (each takes seconds of CPU for that, which are
 * no cost of an event). Rounds are interleaved; the best counts.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openKafkaLog } from '#log/kafka/index.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { startRedis } from '#test/fleet/redis.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { scriptOptions } from '#test/support/script-options.ts';
import { type Cost, evaluatorCost, feed, Measured } from './measured.ts';
import { type Traffic, trafficOf } from './traffic.ts';

const values = scriptOptions(import.meta.filename, {
	events: { type: 'string', default: '1000000' },
	warm: { type: 'string', default: '1200000' },
	evaluators: { type: 'string', default: '1,2,4' },
	hosts: { type: 'string', default: '1,100,10000' },
	batch: { type: 'string', default: '100' },
	processes: { type: 'string', default: '20' },
	rounds: { type: 'string', default: '2' },
	takeover: { type: 'string', default: '10000' },
	profile: { type: 'string' },
});
const numbers = (list: string): number[] => list.split(',').filter(Boolean).map(Number);
const partitions = 12;
const folder = mkdtempSync(join(tmpdir(), 'lanner-bench-'));
const kafka = await startKafka({ folder: join(folder, 'kafka') });
const redis = await startRedis({ folder: join(folder, 'redis') });
const fleet = { brokers: kafka.bootstrap, redisPort: redis.port };
const admin = new Redis(redis.port, '127.0.0.1');
let installations = 0;

function trafficFor(hosts: number, events: number): Promise<Traffic> {
	return trafficOf({ events, hosts, batchEvents: Number(values.batch), processes: Number(values.processes) });
}

async function redisFact(section: string, name: string): Promise<number> {
	return Number(new RegExp(`${name}:(\\d+)`).exec(await admin.info(section))?.[1] ?? 0);
}

function kafkaBytes(prefix: string): number {
	const data = join(folder, 'kafka', 'data-1');
	return readdirSync(data)
		.filter((name) => name.startsWith(`${prefix}lanner.events-`))
		.flatMap((name) => readdirSync(join(data, name)).map((file) => join(data, name, file)))
		.filter((file) => file.endsWith('.log'))
		.reduce((sum, file) => sum + statSync(file).size, 0);
}

type Measurement = Cost & {
	readonly commands: number;
	readonly redisBytes: number;
	readonly storedBytes: number;
	readonly kafkaBytes: number;
};

async function measure(what: string, traffic: Traffic, evaluators: number): Promise<Measurement> {
	const prefix = `s${installations++}-`;
	await feed(fleet, traffic, { prefix, partitions });
	const before = await Promise.all([
		redisFact('stats', 'total_commands_processed'),
		redisFact('stats', 'total_net_input_bytes'),
		redisFact('memory', 'used_memory'),
	]);
	const { events } = traffic;
	const { profile } = values;
	const cost = await evaluatorCost(fleet, {
		...{ prefix, evaluators, events, warmEvents: evaluators * Number(values.warm) },
		nodeArgs: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profile, what)}`],
	});
	return {
		...cost,
		commands: ((await redisFact('stats', 'total_commands_processed')) - before[0]) / events,
		redisBytes: ((await redisFact('stats', 'total_net_input_bytes')) - before[1]) / events,
		storedBytes: (await redisFact('memory', 'used_memory')) - before[2],
		kafkaBytes: kafkaBytes(prefix) / events,
	};
}

type Case = { readonly what: string; readonly hosts: number; readonly evaluators: number };

/** Each case against the first, the best of the rounds. */
async function compare(cases: readonly Case[]): Promise<void> {
	const least = new Map<Case, Measurement>();
	for (let round = 0; round < Number(values.rounds); round++)
		for (const one of cases) {
			const traffic = await trafficFor(
				one.hosts,
				Number(values.events) + one.evaluators * Number(values.warm),
			);
			const measured = await measure(one.what, traffic, one.evaluators);
			console.error(`round ${round + 1}: ${one.what.padEnd(26)} ${measured.usPerEvent.toFixed(2)} µs/event`);
			if (measured.usPerEvent < (least.get(one)?.usPerEvent ?? Number.POSITIVE_INFINITY))
				least.set(one, measured);
		}
	for (const one of cases) show(one.what, least.get(one)!, least.get(cases[0]!)!, one.hosts);
}

/** One partition with the state of `hosts`: its owner is killed, its successor takes over and evaluates a batch of each. */
async function takeOver(hosts: number): Promise<string> {
	const prefix = `s${installations++}-`;
	const all = await trafficFor(hosts, 2 * hosts * Number(values.batch));
	const first = all.messages.slice(0, hosts);
	const second = all.messages.slice(hosts, 2 * hosts);
	await feed(fleet, { messages: first }, { prefix, partitions: 1 });
	const owner = new Measured({ kind: 'evaluator', ...fleet, prefix });
	await owner.until('ready');
	owner.tell('go');
	const firstEvents = hosts * Number(values.processes);
	while ((await owner.look()).events < firstEvents) await new Promise((resolve) => setTimeout(resolve, 100));
	// Committed: the last commit is at most 200 ms behind.
	await new Promise((resolve) => setTimeout(resolve, 1_000));
	const successor = new Measured({ kind: 'evaluator', ...fleet, prefix });
	await successor.until('ready');
	successor.tell('go');
	await new Promise((resolve) => setTimeout(resolve, 2_000));
	await owner.kill();
	const killedMs = performance.now();
	const { cpuUs: cpuUsBefore } = await successor.look();
	const log = openKafkaLog({ ...fleet, prefix, clientId: 'feed', logger: silentLogger });
	for (let i = 0; i < second.length; i += 500) await log.append('lanner.events', second.slice(i, i + 500));
	await log.close();
	let claimedS: number | null = null;
	for (;;) {
		const { partitions: owned, events, cpuUs } = await successor.look();
		const atS = (performance.now() - killedMs) / 1000;
		if (owned === 1) claimedS ??= atS;
		if (events >= second.length * Number(values.batch)) {
			const { heapBytes } = await successor.look({ collected: true });
			await successor.kill();
			return (
				`${hosts} hosts of ${values.processes} processes in one partition: kill -9 to claimed ${claimedS!.toFixed(1)} s, ` +
				`to a batch of every host evaluated ${atS.toFixed(1)} s (${(atS - claimedS!).toFixed(1)} s, of which ${((cpuUs - cpuUsBefore) / 1e6).toFixed(1)} s CPU, for loading and evaluating); heap ${(heapBytes / hosts / 1024).toFixed(1)} KiB a host`
			);
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

function show(what: string, m: Measurement, first: Measurement, hosts: number): void {
	console.log(
		`${what.padEnd(26)} ${m.usPerEvent.toFixed(2)} µs/event ${`${(100 * (m.usPerEvent / first.usPerEvent - 1)).toFixed(0)} %`.padStart(6)}   ` +
			`Redis ${m.commands.toFixed(4)} commands, ${m.redisBytes.toFixed(1)} B/event, ${(m.storedBytes / hosts / 1024).toFixed(1)} KiB kept a host   ` +
			`Kafka ${m.kafkaBytes.toFixed(1)} B/event   heap ${(m.heapBytes / 1e6).toFixed(0)} MB   ${m.commits} commits, ${m.wallS.toFixed(1)} s`,
	);
}

try {
	const named = (hosts: number, evaluators: number): Case => ({
		...{ hosts, evaluators },
		what: `${hosts} hosts, ${evaluators} evaluators`,
	});
	await compare(numbers(values.evaluators).map((evaluators) => named(100, evaluators)));
	await compare(numbers(values.hosts).map((hosts) => named(hosts, 1)));
	if (Number(values.takeover) > 0) console.log(await takeOver(Number(values.takeover)));
} finally {
	admin.disconnect();
	await Promise.all([kafka.stop(), redis.stop()]);
	rmSync(folder, { recursive: true, force: true });
}
