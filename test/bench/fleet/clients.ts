/**
 * `node --import tsx test/bench/fleet/clients.ts [--records 20000] [--size 32768]`: our producer and consumer beside Kafka's own perf tools (of the broker's jars), in
 * one run against one broker: MB of payload per second of the client's CPU, no compression, acks of all, 3 partitions. Start-up is taken out: each
 * runs twice, with a tenth of the records and with all, and the difference counts.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import { scriptOptions } from '#test/support/script-options.ts';

const values = scriptOptions(import.meta.filename, {
	records: { type: 'string', default: '20000' },
	size: { type: 'string', default: '32768' },
	/** Set by this script for its own client processes. */
	as: { type: 'string' },
	broker: { type: 'string' },
	prefix: { type: 'string', default: '' },
});
const size = Number(values.size);
const records = Number(values.records);
const dayMs = 86_400_000;
/** About what an agent hands over at once under load. */
const appendBytes = 512 << 10;
const keys = 64;

async function produce(): Promise<void> {
	const log = openLog();
	const value = randomBytes(size);
	const perAppend = Math.max(1, Math.floor(appendBytes / size));
	const partitions = 3;
	let sent = 0;
	const send = async (): Promise<void> => {
		while (sent < records) {
			const from = sent;
			sent += perAppend;
			const count = Math.min(perAppend, records - from);
			// One key an append: one batch of one partition, as of a host.
			const key = `host-${Math.floor(from / perAppend) % keys}`;
			await log.append(
				'lanner.events',
				Array.from({ length: count }, () => ({ key, value })),
			);
		}
	};
	await Promise.all(Array.from({ length: 2 * partitions }, send));
	await log.close();
}

async function consume(): Promise<void> {
	const log = openLog();
	const consumer = await log.consume({ topic: 'lanner.events', group: 'bench' });
	let read = 0;
	const following: Promise<void>[] = [];
	for await (const assignment of consumer.assignments()) {
		following.push(
			(async () => {
				await assignment.seek('earliest');
				while (read < records && !assignment.revoked.aborted) {
					// Not `read += (await …).length`: that adds to what it was before the wait, and the partitions share it.
					const { length } = await assignment.read({ maxBytes: 1 << 20, waitMs: 200 });
					read += length;
				}
				if (read >= records) void consumer.close();
			})(),
		);
	}
	await Promise.all(following);
	await log.close();
}

function openLog() {
	const { broker, prefix } = values;
	const options = { brokers: [broker!], prefix, compression: 'none' as const, readAheadBytes: 16 << 20 };
	return openKafkaLog({ ...options, clientId: 'bench', logger: silentLogger });
}

/** CPU seconds (user and system) of a program, by bash's own clock. */
function cpuOf(program: string, args: readonly string[]): number {
	const script = 'TIMEFORMAT="cpu %U %S"; time "$@" >/dev/null 2>&1';
	const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', program, ...args], {
		encoding: 'utf8',
	});
	const found = /cpu ([\d.]+) ([\d.]+)/.exec(stderr);
	if (found === null || status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
	return Number(found[1]) + Number(found[2]);
}

async function compare(): Promise<void> {
	const root = join(import.meta.dirname, '../../..');
	const folder = mkdtempSync(join(tmpdir(), 'lanner-bench-'));
	const kafka = await startKafka({ folder: join(folder, 'kafka') });
	const broker = kafka.bootstrap[0]!;
	const jars = join(
		root,
		'dist',
		readdirSync(join(root, 'dist')).find((name) => /^kafka-[\d.]+$/.test(name))!,
		'*',
	);
	const java = (mainClass: string, args: readonly string[]): number =>
		cpuOf('java', ['-Xmx512m', '-cp', jars, mainClass, ...args]);
	const ours = (as: string, prefix: string, count: number): number =>
		cpuOf(process.execPath, [
			...['--import', 'tsx', join(import.meta.dirname, 'clients.ts'), '--as', as, '--broker', broker],
			...['--prefix', prefix, '--records', String(count), '--size', String(size)],
		]);
	const install = async (prefix: string): Promise<string> => {
		const retention = { eventsRetentionMs: dayMs, alertsRetentionMs: dayMs };
		await ensureTopics(
			planTopics({ partitions: 3, replication: 1, minInSync: 1, ...retention }),
			{ brokers: [broker], prefix, clientId: 'bench', logger: silentLogger },
			{ create: true },
		);
		return `${prefix}lanner.events`;
	};
	const perfProducer = (topic: string, count: number): number =>
		java('org.apache.kafka.tools.ProducerPerformance', [
			...['--bootstrap-server', broker, '--topic', topic, '--num-records', String(count)],
			...['--record-size', String(size), '--throughput', '-1', '--command-property', 'acks=all'],
			...['batch.size=524288', 'linger.ms=5', 'max.request.size=2097152'],
		]);
	const perfConsumer = (topic: string, count: number): number =>
		java('org.apache.kafka.tools.ConsumerPerformance', [
			...[
				'--bootstrap-server',
				broker,
				'--topic',
				topic,
				'--num-records',
				String(count),
				'--timeout',
				'20000',
			],
		]);
	try {
		const few = Math.ceil(records / 10);
		const megabytes = ((records - few) * size) / 1e6;
		const rate = async (what: string, run: (prefix: string, topic: string, count: number) => number) => {
			const [small, all] = [await install(`${what}-few-`), await install(`${what}-all-`)];
			const cpuS = -run(`${what}-few-`, small, few) + run(`${what}-all-`, all, records);
			return megabytes / cpuS;
		};
		const producer = await rate('ours', (prefix, _, count) => ours('producer', prefix, count));
		const javaProducer = await rate('java', (_, topic, count) => perfProducer(topic, count));
		// Both read what was written before: other groups, the same topics.
		const readRate = (run: (count: number, kind: string) => number): number =>
			megabytes / (run(records, 'all') - run(few, 'few'));
		const consumer = readRate((count, kind) => ours('consumer', `ours-${kind}-`, count));
		const javaConsumer = readRate((count, kind) => perfConsumer(`java-${kind}-lanner.events`, count));
		const line = (what: string, own: number, java: number): void =>
			console.log(
				`${what.padEnd(9)} ours ${own.toFixed(0)} MB per CPU-second, Kafka's perf tool ${java.toFixed(0)} (${((100 * own) / java).toFixed(0)} %)`,
			);
		console.log(`${records} records of ${size} bytes, 3 partitions, one broker, no compression`);
		line('producer', producer, javaProducer);
		line('consumer', consumer, javaConsumer);
	} finally {
		await kafka.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

await (values.as === 'producer' ? produce() : values.as === 'consumer' ? consume() : compare());
