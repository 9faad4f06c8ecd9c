/**
 * `node --import tsx test/bench/fleet/codecs.ts [--recording FILE] [--events 100000]`: bytes of an event in Kafka and CPU time (all threads of the
 * process; best of the rounds) by codec, for batches of events as an agent sends them one at a time, and together up to 512 KiB.
 */
import { createRequire } from 'node:module';
import { compressionTypes, type KafkaCompression } from '#log/kafka/codecs.ts';
import { scriptOptions } from '#test/support/script-options.ts';
import '#log/kafka/kafkajs.ts';
import { trafficOf } from './traffic.ts';

type Codec = {
	compress(encoder: { buffer: Buffer }): Promise<Buffer>;
	decompress(bytes: Buffer): Promise<Buffer>;
};

const values = scriptOptions(import.meta.filename, {
	events: { type: 'string', default: '100000' },
	rounds: { type: 'string', default: '5' },
	recording: { type: 'string' },
});
const require = createRequire(import.meta.url);
const { lookupCodec } = require('kafkajs/src/protocol/message/compression') as {
	lookupCodec(type: number): Codec;
};
const togetherBytes = 512 << 10;
const { recording } = values;
const { messages, events } = await trafficOf({
	...{ events: Number(values.events), hosts: 1 },
	...(recording === undefined ? {} : { recording }),
});
const single = messages.map(({ value }) => value);

function together(): Buffer[] {
	const groups: Buffer[][] = [[]];
	let bytes = 0;
	for (const value of single) {
		if (bytes + value.length > togetherBytes) {
			groups.push([]);
			bytes = 0;
		}
		groups.at(-1)!.push(value);
		bytes += value.length;
	}
	return groups.map((group) => Buffer.concat(group));
}

async function cpuUs(work: () => Promise<unknown>): Promise<number> {
	const before = process.cpuUsage();
	await work();
	const { user, system } = process.cpuUsage(before);
	return user + system;
}

async function best(inputs: readonly Buffer[], work: (input: Buffer) => Promise<unknown>): Promise<number> {
	let least = Number.POSITIVE_INFINITY;
	for (let round = 0; round < Number(values.rounds); round++)
		least = Math.min(
			least,
			await cpuUs(async () => {
				for (const input of inputs) await work(input);
			}),
		);
	return least / events;
}

for (const [what, inputs] of [
	['a batch at a time', single],
	['together', together()],
] as const) {
	const raw = inputs.reduce((sum, { length }) => sum + length, 0);
	console.log(
		`${what}: ${(raw / inputs.length / 1024).toFixed(0)} KiB each, ${(raw / events).toFixed(1)} B/event without compression`,
	);
	for (const name of ['gzip', 'snappy', 'lz4', 'zstd'] satisfies KafkaCompression[]) {
		const codec = lookupCodec(compressionTypes[name]);
		const packed: Buffer[] = [];
		for (const buffer of inputs) packed.push(await codec.compress({ buffer }));
		const size = packed.reduce((sum, { length }) => sum + length, 0);
		const compressUs = await best(inputs, (buffer) => codec.compress({ buffer }));
		const decompressUs = await best(packed, (bytes) => codec.decompress(bytes));
		console.log(
			`  ${name.padEnd(7)} ${(size / events).toFixed(1).padStart(5)} B/event   compress ${compressUs.toFixed(2)}   decompress ${decompressUs.toFixed(2)} µs/event`,
		);
	}
}
