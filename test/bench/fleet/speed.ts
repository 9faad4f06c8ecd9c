/**
 * `node --import tsx test/bench/fleet/speed.ts [--events 2000000] [--hosts 20] [--recording FILE] [--codecs gzip,zstd] [--rounds 2] [--profile DIR]`: the
 * whole path (consume → decode → evaluate → state → alerts → commit) of one evaluator on real Kafka and Redis, beside the same messages
 * replayed without them. Both are processes of their own, CPU time of the process alone, counted after the first half
 * (warm-up: with fewer events the replay, which is over in a second, is not compiled yet and the comparison flatters). The aim is 70 % of replay's events per CPU-second. Best of the rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaCompression } from '#log/kafka/index.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { startRedis } from '#test/fleet/redis.ts';
import { scriptOptions } from '#test/support/script-options.ts';
import { type Cost, evaluatorCost, feed, replayCost } from './measured.ts';
import { trafficOf } from './traffic.ts';

const values = scriptOptions(import.meta.filename, {
	events: { type: 'string', default: '2000000' },
	hosts: { type: 'string', default: '20' },
	partitions: { type: 'string', default: '12' },
	recording: { type: 'string' },
	codecs: { type: 'string', default: 'gzip' },
	rounds: { type: 'string', default: '2' },
	profile: { type: 'string' },
});
const { recording, profile } = values;
const traffic = await trafficOf({
	...{ events: Number(values.events), hosts: Number(values.hosts) },
	...(recording === undefined ? {} : { recording }),
});
const { events } = traffic;
const warmEvents = Math.floor(events / 2);
const profiling = (name: string): string[] =>
	profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profile, name)}`];
const best = (costs: readonly Cost[]): Cost => costs.reduce((a, b) => (b.usPerEvent < a.usPerEvent ? b : a));

const folder = mkdtempSync(join(tmpdir(), 'lanner-bench-'));
const kafka = await startKafka({ folder: join(folder, 'kafka') });
const redis = await startRedis({ folder: join(folder, 'redis') });
const fleet = { brokers: kafka.bootstrap, redisPort: redis.port };
try {
	const replays: Cost[] = [];
	const codecs = values.codecs.split(',') as KafkaCompression[];
	const costs = new Map<KafkaCompression, Cost[]>(codecs.map((codec) => [codec, []]));
	for (let round = 0; round < Number(values.rounds); round++) {
		replays.push(await replayCost(join(folder, 'messages'), traffic, warmEvents, profiling('replay')));
		for (const compression of codecs) {
			const prefix = `${compression}-${round}-`;
			await feed(fleet, traffic, { prefix, partitions: Number(values.partitions), compression });
			const own = {
				prefix,
				evaluators: 1,
				events,
				warmEvents,
				compression,
				nodeArgs: profiling(compression),
			};
			costs.get(compression)!.push(await evaluatorCost(fleet, own));
		}
	}
	const replay = best(replays);
	const bytes = traffic.messages.reduce((total, { value }) => total + value.length, 0);
	console.log(
		`${events} events of ${values.hosts} hosts, ${(bytes / events).toFixed(0)} B/event, ${(events / traffic.messages.length).toFixed(0)} events/batch`,
	);
	console.log(`replay             ${replay.usPerEvent.toFixed(2)} µs/event`);
	for (const [codec, own] of costs) {
		const { usPerEvent, commits, wallS, rssBytes } = best(own);
		console.log(
			`evaluator ${codec.padEnd(8)} ${usPerEvent.toFixed(2)} µs/event  ${((100 * replay.usPerEvent) / usPerEvent).toFixed(0)} % of replay's events per CPU-second  ` +
				`(${commits} commits, ${wallS.toFixed(1)} s, rss ${(rssBytes / 1e6).toFixed(0)} MB)`,
		);
	}
} finally {
	await Promise.all([kafka.stop(), redis.stop()]);
	rmSync(folder, { recursive: true, force: true });
}
