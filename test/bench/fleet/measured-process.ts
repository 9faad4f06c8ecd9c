/**
 * A process that is measured: an evaluator on Kafka and Redis, or the replay of the same messages without them. Its CPU time (of all its threads) is
 * all there is to it: brokers, Redis and whoever feeds are other processes. Told what to do in its argument; told to `go` and `end`, and
 * asked to `look`, by messages of the parent.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';
import { Replay } from '#evaluator/replay.ts';
import { runEvaluator } from '#evaluator/worker.ts';
import { type KafkaCompression, openKafkaLog } from '#log/kafka/index.ts';
import type { EventLog } from '#log/log.ts';
import { Metrics } from '#platform/metrics.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { openRedisStore } from '#store/redis/index.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { readMessages } from './traffic.ts';

export type MeasuredTask =
	| {
			readonly kind: 'evaluator';
			readonly brokers: readonly string[];
			readonly redisPort: number;
			readonly prefix: string;
			readonly compression?: KafkaCompression;
	  }
	| { readonly kind: 'replay'; readonly file: string; readonly warmEvents: number };

/** Counted since the start of the process. */
export type Look = {
	readonly events: number;
	readonly cpuUs: number;
	readonly heapBytes: number;
	readonly rssBytes: number;
	/** Partitions that are claimed. */
	readonly partitions: number;
	readonly commits: number;
};

const root = join(import.meta.dirname, '../../..');
const task = JSON.parse(process.argv[2] ?? '') as MeasuredTask;
const { ruleSet } = loadRulesInForce({ paths: [] }, { stderr: { write: () => {} }, root, env: {} });
const metrics = new Metrics();
let events = 0;
let partitions = 0;

/** Memory is asked for at the end alone: it costs what is measured. */
function look(withMemory: boolean): Look {
	const { user, system } = process.cpuUsage();
	const { rss, heapUsed, external } = withMemory
		? process.memoryUsage()
		: { rss: 0, heapUsed: 0, external: 0 };
	return {
		...{ events, partitions, cpuUs: user + system, rssBytes: rss, heapBytes: heapUsed + external },
		commits: metrics.get('lanner_evaluator_commit_seconds'),
	};
}

function tell(at: string, { withMemory = false } = {}): void {
	process.send?.({ at, look: look(withMemory) });
}

function told(word: string): Promise<void> {
	return new Promise((resolve) => {
		process.on('message', (message) => {
			if (message === word) resolve();
		});
	});
}

process.on('message', (message) => {
	if (message === 'collect') globalThis.gc?.();
	if (message !== 'look' && message !== 'collect') return;
	if (task.kind === 'evaluator') events = metrics.get('lanner_evaluator_events_total');
	tell('look', { withMemory: message === 'collect' });
});
process.on('disconnect', () => process.exit(1));

/** Joins the group at once; partitions are taken up when the parent says so, so that several evaluators share them from the start. */
function gated(log: EventLog, go: Promise<void>): EventLog {
	return {
		append: (topic, records) => log.append(topic, records),
		close: () => log.close(),
		async consume(options) {
			const consumer = await log.consume(options);
			return {
				close: () => consumer.close(),
				async *assignments() {
					await go;
					yield* consumer.assignments();
				},
			};
		},
	};
}

async function evaluate(own: Extract<MeasuredTask, { kind: 'evaluator' }>): Promise<void> {
	const { brokers, prefix, redisPort, compression = 'gzip' } = own;
	const log = openKafkaLog({ brokers, prefix, compression, clientId: 'bench', logger: silentLogger });
	const store = await openRedisStore({
		...{ mode: 'single', addresses: [{ host: '127.0.0.1', port: redisPort }], prefix: `${prefix}lanner` },
		logger: silentLogger,
	});
	const stop = new AbortController();
	const running = runEvaluator(
		{
			...{ log: gated(log, told('go')), store, metrics, logger: silentLogger, ruleSet: () => ruleSet },
			onPartitions: (count) => {
				partitions = count;
			},
		},
		stop.signal,
	);
	tell('ready');
	await Promise.race([told('end'), running]);
	stop.abort();
	await running;
	events = metrics.get('lanner_evaluator_events_total');
	tell('ended', { withMemory: true });
	await store.close();
	await log.close();
}

async function replay({ file, warmEvents }: Extract<MeasuredTask, { kind: 'replay' }>): Promise<void> {
	const messages = readMessages(readFileSync(file));
	tell('ready');
	await told('go');
	const replaying = new Replay(ruleSet);
	const alerts: Alert[] = [];
	let isWarm = false;
	for (const message of messages) {
		events += replaying.evaluate(message, alerts).events;
		alerts.length = 0;
		if (isWarm || events < warmEvents) continue;
		isWarm = true;
		tell('warm');
	}
	tell('ended', { withMemory: true });
}

await (task.kind === 'evaluator' ? evaluate(task) : replay(task));
process.disconnect();
