/**
 * `role.ts OPTIONS` (bundled by the harness, so that it is up at once): what `lanner run` is to its outputs, as a process that can be killed: the embedded log, alerts that come at
 * a steady rate, and the sink on the outputs of lanner.yaml. Ids are `HOST-NUMBER`, numbers go on where the log ends. Alerts begin once
 * every output follows the log; a line on standard output says so. SIGUSR2: no new ones from now on.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import { readConfig } from '#platform/config/index.ts';
import { createLogger } from '#platform/logger.ts';
import { Metrics } from '#platform/metrics.ts';
import { alertCodec } from '#schemas/codec.ts';
import { runSink } from '#sink/sink.ts';
import { alertOf } from '#test/support/sink.ts';
import { lastNumber } from './truth.ts';

export type RoleOptions = {
	/** Of the checkout. */
	readonly root: string;
	readonly folder: string;
	readonly configFile: string;
	readonly alertsPerS: number;
	readonly hosts: number;
};

const tickMs = 20;

const options = JSON.parse(process.argv[2] ?? '') as RoleOptions;
const { root, folder, configFile, alertsPerS, hosts } = options;
const stop = new AbortController();
let isResting = false;
process.once('SIGTERM', () => stop.abort());
process.once('SIGUSR2', () => {
	isResting = true;
});
const log = await openEmbeddedLog({ folder });
const metrics = new Metrics();
const logger = createLogger({ level: 'info', stream: process.stderr });
const { outputs } = readConfig({
	...{ file: configFile, text: readFileSync(configFile, 'utf8'), env: {} },
	readFile: (path) => readFileSync(path, 'utf8'),
});
const sinking = runSink(
	{
		...{ log, outputs, logger, metrics, stdout: process.stdout, env: process.env },
		...{ now: Date.now, random: Math.random, datagramProgram: join(root, 'probe/build/datagram') },
	},
	stop.signal,
);
sinking.catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
let next = (await lastNumber(log)) + 1;
while (outputs.some(({ name }) => metrics.get('lanner_sink_partitions', { output: name }) === 0))
	await sleep(tickMs);
console.log('follows');
const startMs = performance.now();
const first = next;
while (!stop.signal.aborted && !isResting) {
	const due = first + Math.floor(((performance.now() - startMs) * alertsPerS) / 1000);
	for (; next < due; next++) {
		const host = `h${next % hosts}`;
		const nowMs = Date.now();
		const alert = alertOf({
			...{ id: `${host}-${next}`, hostId: host, hostName: host, sequence: next },
			...{ timeS: Math.floor(nowMs / 1000), timeNs: (nowMs % 1000) * 1_000_000 },
		});
		await log.append('lanner.alerts', [{ key: host, value: alertCodec.encode(alert) }]);
	}
	await sleep(tickMs);
}
if (isResting) console.log(`rests ${next}`);
await sinking;
await log.close();
