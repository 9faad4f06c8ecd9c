/**
 * Goal: the constants of `lanner size` (services/cli/size/constants.ts) that follow from our encodings, from a recording of a real host: bytes of a batch
 * in Kafka by its number of events and codec, entries and bytes of a host's state, memory of a host in an evaluator. Non-goal: CPU (test/bench/fleet).
 * The bytes are exact, so the small form measures the same and holds the constants to what is measured here, within `tolerance`.
 */
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measured } from '#cli/size/constants.ts';
import { compressionTypes, type KafkaCompression } from '#log/kafka/codecs.ts';
import '#log/kafka/kafkajs.ts';
import { openRecording } from '#log/recording/index.ts';
import { decodeEventBatch, encodeEventBatch } from '#schemas/event-batch.ts';
import type { EventBatch } from '#schemas/generated/event-batch.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { TextTable } from '#schemas/text-table.ts';
import { HostState, loadHost, takeChanges } from '#state/index.ts';

const recording = join(import.meta.dirname, '../../deploy/demo/recorded-host.avro');
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies readonly KafkaCompression[];
const tolerance = 0.25;
/** Events of the batches that are compared. */
const [few, many] = [10, 400];

type Codec = { compress(encoder: { buffer: Buffer }): Promise<Buffer> };
const { lookupCodec } = createRequire(import.meta.url)('kafkajs/src/protocol/message/compression') as {
	lookupCodec(type: number): Codec;
};

async function recorded(): Promise<EventBatch[]> {
	const batches: EventBatch[] = [];
	const source = await openRecording(createReadStream(recording) as AsyncIterable<Uint8Array>);
	for await (const { message } of source.batches()) batches.push(decodeEventBatch(message));
	return batches;
}

/** Mean bytes of batches of `count` events, beginning anywhere in the recording behind the snapshot. */
async function bytesOfBatch(
	batches: readonly EventBatch[],
	count: number,
	codec: KafkaCompression,
): Promise<number> {
	const [header] = batches;
	const events = batches.flatMap((batch) => batch.events);
	const behindSnapshot = events.findLastIndex((event) => 'lanner.events.SnapshotMarked' in event) + 1;
	events.splice(0, behindSnapshot);
	let bytes = 0;
	let made = 0;
	for (let at = 0; at + count <= events.length; at += Math.max(count, Math.floor(events.length / 20))) {
		const buffer = encodeEventBatch({ ...header!, events: events.slice(at, at + count) });
		bytes +=
			codec === 'none'
				? buffer.length
				: (await lookupCodec(compressionTypes[codec]).compress({ buffer })).length;
		made++;
	}
	assert.ok(made > 0, `the recording has no ${count} events`);
	return bytes / made;
}

/** What differs too much, as text. */
function differs(name: string, found: number, constant: number): string[] {
	if (Math.abs(found - constant) <= tolerance * found) return [];
	return [`${name}: measured ${found.toFixed(1)}, services/cli/size/constants.ts has ${constant}`];
}

test('bytes of a batch in Kafka by codec: a part for the batch, a part for each event', async () => {
	const batches = await recorded();
	const problems: string[] = [];
	for (const codec of codecs) {
		const small = await bytesOfBatch(batches, few, codec);
		const large = await bytesOfBatch(batches, many, codec);
		const ofEvent = (large - small) / (many - few);
		const ofBatch = small - few * ofEvent;
		console.log(
			JSON.stringify({
				bench: 'sizing-batch',
				codec,
				ofBatch: Math.round(ofBatch),
				ofEvent: Number(ofEvent.toFixed(1)),
			}),
		);
		const constant = measured.batchBytes[codec];
		problems.push(...differs(`${codec}, batch of ${few}`, small, constant.ofBatch + few * constant.ofEvent));
		problems.push(
			...differs(`${codec}, batch of ${many}`, large, constant.ofBatch + many * constant.ofEvent),
		);
	}
	assert.deepEqual(problems, []);
});

test('state of a host: entries, their bytes, and memory in an evaluator', async () => {
	const batches = await recorded();
	const host = new HostState('host');
	const reader = new EventReader(new TextTable());
	for (const batch of batches) {
		// Everybody stays: the recording ends with its processes.
		const events = batch.events.filter(
			(event) => !('lanner.events.ProcessExited' in event || 'lanner.events.ProbeStopped' in event),
		);
		reader.open(encodeEventBatch({ ...batch, events }));
		host.enterBatch(reader.batch);
		while (reader.next()) {
			host.apply(reader);
			host.settle(reader);
		}
	}
	const changes = takeChanges(host)!;
	const processes = [...changes.puts.keys()].filter((key) => key.startsWith('p:'));
	const bytes =
		processes.reduce((sum, key) => sum + key.length + changes.puts.get(key)!.length, 0) / processes.length;
	const others = [...changes.puts].filter(([key]) => !key.startsWith('p:'));
	const ofHost = others.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const copies = 200;
	collect();
	const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
	const kept = Array.from({ length: copies }, (_, i) => loadHost(`host-${i}`, changes.puts));
	collect();
	const memory =
		(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before) /
		copies /
		processes.length;
	assert.equal(kept.length, copies);
	console.log(
		JSON.stringify({
			bench: 'sizing-state',
			processes: processes.length,
			bytesOfProcess: Math.round(bytes),
			bytesOfHost: ofHost,
			memoryOfProcess: Math.round(memory),
		}),
	);
	assert.deepEqual(
		[
			...differs('bytes of a process in the store', bytes, measured.stateBytesOfProcess),
			...differs('other bytes of a host in the store', ofHost, measured.stateBytesOfHost),
			...differs('memory of a process in an evaluator', memory, measured.evaluatorBytesOfProcess),
		],
		[],
	);
});
