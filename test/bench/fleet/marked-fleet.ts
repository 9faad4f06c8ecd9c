/** Kafka, Redis and a configuration of roles whose rule `Mark` alerts on opens, for benches that time them. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKafkaLog } from '#log/kafka/index.ts';
import type { EventLog } from '#log/log.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { startRedis } from '#test/fleet/redis.ts';
import { lanner } from '#test/support/cli.ts';
import { silentLogger } from '#test/support/evaluation.ts';

const partitions = 12;

export type MarkedFleet = {
	/** Path of lanner.yaml. */
	readonly config: string;
	readonly log: EventLog;
	/** Makes the topics; throws what `lanner topics create` says. */
	createTopics(): Promise<void>;
	/** After the roles have ended. */
	stop(): Promise<void>;
};

/** In `folder`, which `stop` removes. `below`: only opens below this folder; `rules`: rules files in force beside the mark; `more`: further lines of lanner.yaml. */
export async function markedFleet(
	folder: string,
	{ below, rules = [], more = '' }: { below?: string; rules?: readonly string[]; more?: string } = {},
): Promise<MarkedFleet> {
	const mark = join(folder, 'mark.yaml');
	writeFileSync(
		mark,
		`- rule: Mark
  desc: an open that is timed
  condition: evt.type in (open, openat)${below === undefined ? '' : ` and fd.name startswith ${below}/`}
  output: '%fd.name'
  priority: NOTICE
`,
	);
	const kafka = await startKafka({ folder: join(folder, 'kafka') });
	const redis = await startRedis({ folder: join(folder, 'redis'), durable: true });
	const config = join(folder, 'lanner.yaml');
	writeFileSync(
		config,
		`dataFolder: ${join(folder, 'data')}
kafka: { brokers: [${kafka.bootstrap.join(', ')}], partitions: ${partitions}, replication: 1, minInSync: 1 }
redis: { addresses: ["127.0.0.1:${redis.port}"] }
rules: { files: [${[...rules, mark].join(', ')}] }
${more}`,
	);
	const log = openKafkaLog({ brokers: kafka.bootstrap, clientId: 'bench', logger: silentLogger });
	return {
		config,
		log,
		async createTopics() {
			const created = await lanner('topics', 'create', '--config', config);
			if (created.code !== 0) throw new Error(created.err);
		},
		async stop() {
			await log.close();
			await Promise.all([kafka.stop(), redis.stop()]);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
