import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mock, test } from 'node:test';
import { compressionTypes } from '#log/kafka/codecs.ts';
import '#log/kafka/kafkajs.ts';
import { encodeProduce, type ProduceOptions, withHead } from '#log/kafka/produce-request.ts';

const require = createRequire(import.meta.url);
type Payload = { readonly buffer: Buffer; size(): number };
type Codec = { compress(encoder: { buffer: Buffer }): Promise<Buffer> };
const { lookupCodec } = require('kafkajs/src/protocol/message/compression') as {
	lookupCodec(type: number): Codec;
};
const checksum = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
const compress = (type: number, buffer: Buffer): Promise<Buffer> => lookupCodec(type).compress({ buffer });

/** kafkajs' own, which ours has taken the place of. */
function original<T>(module: string): T {
	const path = require.resolve(module);
	const ours = require.cache[path];
	delete require.cache[path];
	try {
		return require(module) as T;
	} finally {
		require.cache[path] = ours;
	}
}

const encodeOriginal = original<(options: ProduceOptions) => { encode(): Promise<Payload> }>(
	'kafkajs/src/protocol/requests/produce/v3/request.js',
);

function optionsOf(values: readonly Buffer[], compression: number): ProduceOptions {
	const messages = values.map((value, i) => ({ key: i === 1 ? null : 'höst', value }));
	return {
		...{ acks: -1, timeout: 30_000, producerId: '9007199254740993', producerEpoch: 3, compression },
		topicData: [
			{ topic: 'lanner.events', partitions: [{ partition: 7, firstSequence: 70_000, messages }] },
			{ topic: 'other', partitions: [{ partition: 0, firstSequence: 0, messages: messages.slice(0, 1) }] },
		],
	};
}

const sizes = [0, 1, 63, 64, 8191, 8192, 70_000, 1_500_000];
const values = sizes.map((size) => Buffer.alloc(size, 'event '));

test('a Produce request is byte for byte what kafkajs writes, with and without compression', async () => {
	mock.timers.enable({ apis: ['Date'], now: 1_795_000_000_123 });
	try {
		for (const type of Object.values(compressionTypes))
			for (const some of [values, values.slice(0, 1), Array(300).fill(Buffer.from('x'))]) {
				const options = optionsOf(some, type);
				const wanted = await encodeOriginal(options).encode();
				const found = await encodeProduce(options, compress, checksum);
				assert.ok(found.buffer.equals(wanted.buffer), `codec ${type}, ${some.length} records`);
				assert.equal(found.size(), wanted.size());
			}
	} finally {
		mock.timers.reset();
	}
});

test('requests that are made side by side do not share a buffer', async () => {
	const texts = ['a', 'b', 'c'].map((letter) => Buffer.alloc(200_000, letter));
	const made = await Promise.all(
		texts.map((text) => encodeProduce(optionsOf([text], compressionTypes.gzip), compress, checksum)),
	);
	for (const [i, text] of texts.entries()) {
		const alone = await encodeProduce(optionsOf([text], compressionTypes.gzip), compress, checksum);
		// But for the times, which the checksum is of.
		assert.ok(made[i]!.buffer.subarray(-100).equals(alone.buffer.subarray(-100)));
	}
});

test('the head of a request is what kafkajs writes, in the room of the body and without it', async () => {
	type Framed = {
		correlationId: number;
		clientId: string;
		request: { apiKey: number; apiVersion: number; encode(): Promise<unknown> };
	};
	const frame = original<(framed: Framed) => Promise<Payload>>('kafkajs/src/protocol/request.js');
	const Encoder = require('kafkajs/src/protocol/encoder');
	const body = await encodeProduce(optionsOf(values, compressionTypes.none), compress, checksum);
	for (const clientId of ['lanner', 'ü'.repeat(100), 'x'.repeat(300)]) {
		const head = { apiKey: 0, apiVersion: 7, correlationId: 123_456, clientId };
		const encode = async (): Promise<unknown> => new Encoder().writeBuffer(body.buffer);
		const wanted = await frame({ ...head, request: { apiKey: 0, apiVersion: 7, encode } });
		// Where kafkajs was loaded before us, its own head is put before our body.
		const mixed = await frame({ ...head, request: { apiKey: 0, apiVersion: 7, encode: async () => body } });
		assert.ok(mixed.buffer.equals(wanted.buffer));
		assert.ok(withHead(head, body).buffer.equals(wanted.buffer));
		assert.ok(withHead(head, { ...body, room: 0 }).buffer.equals(wanted.buffer));
	}
});

test('what is not written is refused', async () => {
	const options = optionsOf([Buffer.from('x')], compressionTypes.none);
	await assert.rejects(
		encodeProduce({ ...options, transactionalId: 't' }, compress, checksum),
		/transactions/,
	);
	const message = { key: 'k', value: Buffer.from('v'), headers: { a: 'b' } };
	const topicData = [{ topic: 't', partitions: [{ partition: 0, firstSequence: 0, messages: [message] }] }];
	await assert.rejects(encodeProduce({ ...options, topicData }, compress, checksum), /headers/);
});
