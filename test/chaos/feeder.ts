/**
 * A process that stands for the probes of some hosts: replays a recording as each of them, with host and boot of its own, over
 * and over (each time round is another boot), until SIGTERM. What is acknowledged is noted in a file before the next is sent, so
 * one that was killed goes on where it was and sends the batch in between again, as an agent with a spool does.
 */
import { createReadStream, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaSasl, openKafkaLog } from '#log/kafka/index.ts';
import { openRecording } from '#log/recording/index.ts';
import { decodeEventBatch, encodeEventBatch } from '#schemas/event-batch.ts';
import type { EventBatch } from '#schemas/generated/event-batch.ts';
import { silentLogger } from '#test/support/evaluation.ts';

export type FeederOptions = {
	readonly brokers: readonly string[];
	readonly sasl?: Exclude<KafkaSasl, { mechanism: 'oauthbearer' }>;
	readonly recording: string;
	readonly hosts: readonly string[];
	/** Where the place of each host is kept. */
	readonly placeFile: string;
	/** Of each host. */
	readonly pauseMs: number;
	/** After its start it begins with the next boot, and so with a snapshot. Default: it goes on in the midst. */
	readonly beginsAnew?: boolean;
};

/** Batches acknowledged; with the recording's length it gives round and batch. */
type Places = Record<string, number>;

const {
	brokers,
	sasl,
	recording,
	hosts,
	placeFile,
	pauseMs,
	beginsAnew = false,
} = JSON.parse(process.argv[2] ?? '') as FeederOptions;
const log = openKafkaLog({
	...{ brokers, clientId: `feeder-${hosts[0]}`, logger: silentLogger },
	...(sasl === undefined ? {} : { sasl }),
});
const batches: EventBatch[] = [];
const recorded = await openRecording(createReadStream(recording) as AsyncIterable<Uint8Array>);
for await (const { message } of recorded.batches()) batches.push(decodeEventBatch(message));
const places: Places = existsSync(placeFile) ? (JSON.parse(readFileSync(placeFile, 'utf8')) as Places) : {};
if (beginsAnew)
	for (const [hostId, place] of Object.entries(places))
		places[hostId] = Math.ceil(place / batches.length) * batches.length;
let ending = false;
process.on('SIGTERM', () => {
	ending = true;
});

/** The batch as this host in this round sends it. */
function batchOf(hostId: string, place: number): Buffer {
	const round = Math.floor(place / batches.length);
	const batch = batches[place % batches.length]!;
	return encodeEventBatch({
		...batch,
		...{ hostId, hostName: hostId, bootId: `${hostId}-boot-${round}` },
		baseTimeS: BigInt(batch.baseTimeS) + BigInt(round * 3600),
	});
}

function notePlaces(): void {
	writeFileSync(`${placeFile}.new`, JSON.stringify(places));
	renameSync(`${placeFile}.new`, placeFile);
}

async function feed(hostId: string): Promise<void> {
	while (!ending) {
		const startMs = performance.now();
		const place = places[hostId] ?? 0;
		await log.append('lanner.events', [{ key: hostId, value: batchOf(hostId, place) }]);
		places[hostId] = place + 1;
		notePlaces();
		await sleep(Math.max(0, pauseMs - (performance.now() - startMs)));
	}
}

await Promise.all(hosts.map(feed));
await log.close();
