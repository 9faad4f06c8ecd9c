import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ensureTopics, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import type { EventLog } from '#log/log.ts';
import { logContract } from '#test/contract/log.ts';
import { partitionsContract } from '#test/contract/log-partitions.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-log-kafka-'));
let kafka: KafkaCluster;
before(async () => {
	kafka = await startKafka({ folder });
});
after(async () => {
	await kafka.stop();
	rmSync(folder, { recursive: true, force: true });
});

const dayMs = 86_400_000;
const warnings: string[] = [];
const logger = {
	debug() {},
	info() {},
	warn: (fields: { err?: Error }) => void warnings.push(fields.err?.message ?? ''),
	error() {},
};
let installations = 0;

async function openFixture(partitions: number) {
	// Topics of its own: nothing of another test is in the way.
	const options = {
		brokers: kafka.bootstrap,
		clientId: 'test',
		prefix: `t${installations++}-`,
		logger,
	};
	const plans = planTopics({
		partitions,
		replication: 1,
		minInSync: 1,
		eventsRetentionMs: dayMs,
		alertsRetentionMs: dayMs,
	});
	await ensureTopics(plans, options, { create: true });
	const open: EventLog[] = [openKafkaLog(options)];
	return {
		log: open[0]!,
		reopen: async () => {
			await open.at(-1)!.close();
			open.push(openKafkaLog(options));
			return open.at(-1)!;
		},
		another: async () => {
			open.push(openKafkaLog(options));
			return open.at(-1)!;
		},
		cleanUp: async () => {
			await Promise.all(open.map((log) => log.close()));
		},
	};
}

logContract('kafka', () => openFixture(1));
partitionsContract('kafka', openFixture);

test('offsets are found while the partitions of another topic are asked for', async () => {
	const { log, cleanUp } = await openFixture(3);
	const consumer = await log.consume({ topic: 'lanner.events', group: 'g' });
	const before = warnings.length;
	for await (const assignment of consumer.assignments()) {
		await assignment.seek('earliest');
		const topics = ['lanner.alerts', 'lanner.alerts.dead', 'lanner.events.dead', 'lanner.control'] as const;
		let asks = true;
		const asking = Array.from({ length: 8 }, async () => {
			while (asks) await assignment.endOffset();
		});
		// The first append to a topic asks for its partitions.
		for (const topic of topics) await log.append(topic, [{ key: 'k', value: Buffer.from('v') }]);
		asks = false;
		await Promise.all(asking);
		break;
	}
	await consumer.close();
	await cleanUp();
	// Others may come on a busy machine.
	const ofUs = warnings.slice(before).filter((warning) => warning.includes('does not know'));
	assert.deepEqual(ofUs, []);
});
