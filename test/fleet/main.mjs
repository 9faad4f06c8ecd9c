/**
 * `npm run fleet -- [--brokers 1|3] [--folder DIR] [--durable]`: Kafka and Redis on this machine until Ctrl-C, and a lanner.yaml that uses them.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureDebianPackages, fleetPackages } from '../../deploy/setup/debian.mjs';
import { scriptOptions } from '../support/script-options.ts';
import { startKafka } from './kafka.ts';
import { startRedis } from './redis.ts';

const values = scriptOptions(import.meta.filename, {
	brokers: { type: 'string', default: '1' },
	folder: { type: 'string' },
	durable: { type: 'boolean', default: false },
});
const folder = resolve(values.folder ?? mkdtempSync(join(tmpdir(), 'lanner-fleet-')));
if (process.getuid?.() === 0) await ensureDebianPackages('for the local fleet', fleetPackages);
const kafka = await startKafka({ folder: join(folder, 'kafka'), brokers: Number(values.brokers) });
const redis = await startRedis({ folder: join(folder, 'redis'), durable: values.durable });
const config = join(folder, 'lanner.yaml');
const copies = Math.min(3, kafka.bootstrap.length);
writeFileSync(
	config,
	`kafka:
  brokers: [${kafka.bootstrap.map((address) => `"${address}"`).join(', ')}]
  replication: ${copies}
  minInSync: ${Math.min(2, copies)}
redis:
  addresses: ["127.0.0.1:${redis.port}"]
`,
);
console.log(`Kafka ${kafka.bootstrap.join(', ')}; Redis 127.0.0.1:${redis.port}; logs and data in ${folder}`);
console.log(`./lanner topics create --config ${config}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.once(signal, () => {
		void Promise.all([kafka.stop(), redis.stop()]).then(() => process.exit(0));
	});
}
