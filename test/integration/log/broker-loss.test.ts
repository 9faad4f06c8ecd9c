/**
 * Three brokers, replication 3, one killed (kill -9) while appends go on: nothing acknowledged is lost, and records of a key keep their
 * order. `LANNER_KILLS=20 node test/run.mjs integration -- log/broker-loss` is the long form.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureTopics, type KafkaOptions, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-broker-loss-'));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const kills = Number(process.env.LANNER_KILLS ?? 1);
const keys = 5;
const dayMs = 86_400_000;
let kafka: KafkaCluster;

before(async () => {
	kafka = await startKafka({ folder, brokers: 3 });
});
after(async () => {
	await kafka?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** Numbers of each key in the order of their first appearance, and how many came again. */
async function readAll(options: KafkaOptions, partitions: number) {
	const log = openKafkaLog(options);
	const consumer = await log.consume({ topic: 'lanner.events', group: 'checker' });
	const seen = new Map<string, number[]>();
	let repeats = 0;
	let left = partitions;
	const following: Promise<void>[] = [];
	for await (const assignment of consumer.assignments()) {
		following.push(
			(async () => {
				await assignment.seek('earliest');
				const end = await assignment.endOffset();
				for (let next = 0n; next < end; ) {
					for (const { key, value, offset } of await assignment.read({ maxBytes: 1 << 20, waitMs: 1_000 })) {
						next = offset + 1n;
						const numbers = seen.get(key) ?? [];
						const number = Number(Buffer.from(value).toString());
						if (numbers.includes(number)) repeats++;
						else numbers.push(number);
						seen.set(key, numbers);
					}
				}
				if (--left === 0) void consumer.close();
			})(),
		);
	}
	await Promise.all(following);
	await log.close();
	return { seen, repeats };
}

test('a broker that is killed under load takes nothing with it that was acknowledged', async (t) => {
	const options = { brokers: kafka.bootstrap, clientId: 'test', logger: quiet };
	const plans = planTopics({
		partitions: 3,
		replication: 3,
		minInSync: 2,
		eventsRetentionMs: dayMs,
		alertsRetentionMs: dayMs,
	});
	await ensureTopics(plans, options, { create: true });
	const log = openKafkaLog(options);
	const acknowledged = Array.from({ length: keys }, () => 0);
	const stop = new AbortController();
	const producing = Array.from({ length: keys }, async (_, i) => {
		while (!stop.signal.aborted) {
			await log.append('lanner.events', [{ key: `host-${i}`, value: Buffer.from(String(acknowledged[i]!)) }]);
			acknowledged[i]!++;
		}
	});
	const more = async (count: number): Promise<void> => {
		const wanted = acknowledged.map((one) => one + count);
		const end = Date.now() + 60_000;
		while (acknowledged.some((one, i) => one < wanted[i]!)) {
			assert.ok(Date.now() < end, `appends stand still: ${acknowledged} of ${wanted}`);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	};
	await more(50);
	for (let kill = 0; kill < kills; kill++) {
		const broker = kafka.brokers[kill % 3]!;
		await broker.kill();
		await more(50);
		await broker.start();
		await more(50);
	}
	stop.abort();
	await Promise.all(producing);
	await log.close();
	const { seen, repeats } = await readAll(options, 3);
	for (let i = 0; i < keys; i++) {
		const numbers = seen.get(`host-${i}`)!;
		assert.deepEqual(
			numbers,
			Array.from({ length: acknowledged[i]! }, (_, n) => n),
			`host-${i}`,
		);
	}
	t.diagnostic(
		`${acknowledged.reduce((a, b) => a + b)} records acknowledged, ${kills} kills, ${repeats} repeats`,
	);
});
