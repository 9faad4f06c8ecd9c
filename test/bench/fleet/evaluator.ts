/**
 * `node --import tsx test/bench/fleet/evaluator.ts [--events N] [--hosts 1,100,10000] [--evaluators 1,2,4]`: what evaluation costs on Kafka
 * and Redis. All clients are in this process, so its CPU time is theirs; brokers and Redis are not counted. Everything is put
 * beside the same batches through `Replay` (no Kafka, no Redis, no store) in the same process: look at the ratios.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';
import { Replay } from '#evaluator/replay.ts';
import { runEvaluator } from '#evaluator/worker.ts';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import { openRecording } from '#log/recording/index.ts';
import { Metrics } from '#platform/metrics.ts';
import { decodeEventBatch, encodeEventBatch } from '#schemas/event-batch.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { EventBatch } from '#schemas/generated/event-batch.ts';
import { openRedisStore } from '#store/redis/index.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { startRedis } from '#test/fleet/redis.ts';
import { silentLogger } from '#test/support/evaluation.ts';

const root = join(import.meta.dirname, '../../..');
const { values } = parseArgs({
	options: {
		events: { type: 'string', default: '300000' },
		hosts: { type: 'string', default: '1,100,10000' },
		evaluators: { type: 'string', default: '1,2,4' },
		recording: { type: 'string', default: join(root, 'deploy/demo/recorded-host.avro') },
	},
});
const eventsMin = Number(values.events);
const numbers = (list: string): number[] => list.split(',').map(Number);
const partitions = 12;
const dayMs = 86_400_000;

const recorded: EventBatch[] = [];
const file = await openRecording(createReadStream(values.recording) as AsyncIterable<Uint8Array>);
for await (const { message } of file.batches()) recorded.push(decodeEventBatch(message));

type Message = { readonly key: string; readonly value: Buffer };

/** The recording as each host in turn, a batch at a time, each time round with another boot; the same events for any number of hosts. */
function messagesOf(hosts: number): { messages: Message[]; events: number } {
	const messages: Message[] = [];
	let events = 0;
	for (let place = 0; events < eventsMin; place++) {
		for (let host = 0; host < hosts && events < eventsMin; host++) {
			const batch = recorded[place % recorded.length]!;
			const hostId = `host-${host}`;
			const bootId = `${hostId}-${Math.floor(place / recorded.length)}`;
			messages.push({ key: hostId, value: encodeEventBatch({ ...batch, hostId, hostName: hostId, bootId }) });
			events += batch.events.length;
		}
	}
	return { messages, events };
}

function cpuUs(): number {
	const { user, system } = process.cpuUsage();
	return user + system;
}

const { ruleSet } = loadRulesInForce({ paths: [] }, { stderr: { write: () => {} }, root, env: {} });

function replayUs(messages: readonly Message[]): number {
	const startUs = cpuUs();
	const replay = new Replay(ruleSet);
	const alerts: Alert[] = [];
	for (const { value } of messages) {
		replay.evaluate(value, alerts);
		alerts.length = 0;
	}
	return cpuUs() - startUs;
}

const folder = mkdtempSync(join(tmpdir(), 'lanner-bench-'));
const kafka = await startKafka({ folder: join(folder, 'kafka') });
const redis = await startRedis({ folder: join(folder, 'redis') });
const admin = new Redis(redis.port, '127.0.0.1');
let installations = 0;

async function info(section: string, name: string): Promise<number> {
	return Number(new RegExp(`${name}:(\\d+)`).exec(await admin.info(section))?.[1] ?? 0);
}

type Measured = {
	readonly usPerEvent: number;
	readonly ratio: number;
	readonly wallS: number;
	readonly redisCommands: number;
	readonly redisBytes: number;
	readonly kafkaBytes: number;
	readonly rssMb: number;
};

async function measure(
	hosts: number,
	evaluators: number,
): Promise<Measured & { prefix: string; events: number }> {
	const prefix = `b${installations++}-`;
	const options = { brokers: kafka.bootstrap, clientId: 'bench', prefix, logger: silentLogger };
	const plans = planTopics({
		...{ partitions, replication: 1, minInSync: 1, eventsRetentionMs: dayMs, alertsRetentionMs: dayMs },
	});
	await ensureTopics(plans, options, { create: true });
	const { messages, events } = messagesOf(hosts);
	const feed = openKafkaLog(options);
	for (let i = 0; i < messages.length; i += 200)
		await feed.append('lanner.events', messages.slice(i, i + 200));
	await feed.close();
	const kafkaBytes = Number(
		execFileSync('sh', [
			'-c',
			`du -cb ${join(folder, 'kafka')}/data-1/${prefix}lanner.events-*/*.log | tail -1 | cut -f1`,
		]),
	);
	replayUs(messages);
	const alone = Math.min(replayUs(messages), replayUs(messages));
	const [commands, bytes] = [
		await info('stats', 'total_commands_processed'),
		await info('stats', 'total_net_input_bytes'),
	];
	const startMs = performance.now();
	const { us, rssMb } = await evaluate(prefix, evaluators, options, events);
	return {
		...{
			prefix,
			events,
			usPerEvent: us / events,
			ratio: alone / us,
			wallS: (performance.now() - startMs) / 1000,
		},
		redisCommands: ((await info('stats', 'total_commands_processed')) - commands) / events,
		redisBytes: ((await info('stats', 'total_net_input_bytes')) - bytes) / events,
		kafkaBytes: kafkaBytes / events,
		rssMb,
	};
}

/** Until every event is evaluated and committed. */
async function evaluate(
	prefix: string,
	evaluators: number,
	options: Parameters<typeof openKafkaLog>[0],
	events: number,
): Promise<{ us: number; rssMb: number }> {
	const metrics = new Metrics();
	const stop = new AbortController();
	const parts = await Promise.all(
		Array.from({ length: evaluators }, async () => ({
			log: openKafkaLog(options),
			store: await openRedisStore({
				...{ mode: 'single' as const, addresses: [{ host: '127.0.0.1', port: redis.port }], prefix },
				logger: silentLogger,
			}),
		})),
	);
	const startUs = cpuUs();
	const running = parts.map((part) =>
		runEvaluator({ ...part, metrics, logger: silentLogger, ruleSet: () => ruleSet }, stop.signal),
	);
	while (metrics.get('lanner_evaluator_events_total') < events)
		await new Promise((resolve) => setTimeout(resolve, 50));
	stop.abort();
	await Promise.all(running);
	const us = cpuUs() - startUs;
	const rssMb = process.memoryUsage().rss / 1e6;
	for (const { log, store } of parts) {
		await log.close();
		await store.close();
	}
	return { us, rssMb };
}

/** Claim to the first evaluated batch of each host, in a process that knows nothing yet. */
async function takeOver(prefix: string, hosts: number): Promise<number> {
	const options = { brokers: kafka.bootstrap, clientId: 'bench', prefix, logger: silentLogger };
	const feed = openKafkaLog(options);
	const batch = recorded.at(-1)!;
	const messages: Message[] = [];
	let events = 0;
	for (let host = 0; host < hosts; host++) {
		const hostId = `host-${host}`;
		messages.push({
			key: hostId,
			value: encodeEventBatch({ ...batch, hostId, hostName: hostId, bootId: 'next', firstSequence: 1 }),
		});
		events += batch.events.length;
	}
	for (let i = 0; i < messages.length; i += 500)
		await feed.append('lanner.events', messages.slice(i, i + 500));
	await feed.close();
	const startMs = performance.now();
	await evaluate(prefix, 1, options, events);
	return (performance.now() - startMs) / 1000;
}

const show = (what: string, m: Measured): void =>
	console.log(
		`${what.padEnd(28)} ${m.usPerEvent.toFixed(2)} µs/event  ${(100 * m.ratio).toFixed(0)} % of replay's events per CPU-second  ` +
			`Redis ${m.redisCommands.toFixed(4)} commands, ${m.redisBytes.toFixed(1)} B/event  Kafka ${m.kafkaBytes.toFixed(1)} B/event  rss ${m.rssMb.toFixed(0)} MB  ${m.wallS.toFixed(1)} s`,
	);
try {
	await measure(10, 1);
	for (const evaluators of numbers(values.evaluators))
		show(`100 hosts, ${evaluators} evaluators`, await measure(100, evaluators));
	for (const hosts of numbers(values.hosts)) {
		const measured = await measure(hosts, 1);
		show(`${hosts} hosts, 1 evaluator`, measured);
		console.log(
			`  taking all ${hosts} hosts over and evaluating a batch of each: ${(await takeOver(measured.prefix, hosts)).toFixed(1)} s`,
		);
	}
} finally {
	admin.disconnect();
	await Promise.all([kafka.stop(), redis.stop()]);
	rmSync(folder, { recursive: true, force: true });
}
