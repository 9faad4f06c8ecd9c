import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
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
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let installations = 0;

async function openFixture(partitions: number) {
	// Topics of its own: nothing of another test is in the way.
	const options = {
		brokers: kafka.bootstrap,
		clientId: 'test',
		prefix: `t${installations++}-`,
		logger: quiet,
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
