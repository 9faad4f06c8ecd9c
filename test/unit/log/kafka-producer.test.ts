import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kafka, ProducerRecord } from 'kafkajs';
import { compressionTypes } from '#log/kafka/codecs.ts';
import type { KafkaOptions } from '#log/kafka/options.ts';
import { KafkaProducer } from '#log/kafka/producer.ts';
import { LogRefusedError } from '#log/log.ts';
import { silentLogger } from '#test/support/evaluation.ts';

type Send = {
	readonly partition: number;
	readonly values: string[];
	readonly compression: number | undefined;
	ack(): void;
	fail(error: Error): void;
};

/** A cluster that acknowledges what it is sent when the test says so. */
function producerOf(
	partitions: number,
	more: Partial<KafkaOptions> = {},
): { producer: KafkaProducer; sends: Send[] } {
	const sends: Send[] = [];
	const kafka = {
		producer: () => ({
			connect: async () => {},
			disconnect: async () => {},
			send: ({ messages, compression }: ProducerRecord) =>
				new Promise<void>((resolve, reject) => {
					sends.push({
						partition: messages[0]!.partition!,
						values: messages.map(({ value }) => String(value)),
						compression,
						ack: resolve,
						fail: reject,
					});
				}),
		}),
	} as unknown as Kafka;
	const options = { brokers: [], clientId: 'test', logger: silentLogger, ...more };
	return { sends, producer: new KafkaProducer(kafka, options, async () => partitions) };
}

const turns = async (): Promise<void> => {
	for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};
const record = (key: string, value: string) => ({ key, value: Buffer.from(value) });
/** Of two partitions, by Kafka's hash. */
const [zero, one] = ['host-0', 'host-1'];

test('partitions do not wait for each other; each has one send at a time, and what waits goes out together', async () => {
	const { producer, sends } = producerOf(2);
	const done: string[] = [];
	const append = (key: string, value: string): void =>
		void producer.append('lanner.events', [record(key, value)]).then(() => done.push(value));
	append(zero, 'a0');
	append(one, 'b0');
	append(zero, 'a1');
	append(zero, 'a2');
	await turns();
	assert.equal(sends.length, 2, 'both partitions are under way');
	assert.notEqual(sends[0]!.partition, sends[1]!.partition);
	const [first, second] = sends as [Send, Send];
	// Everything that came before the first send is in it, in order.
	assert.deepEqual(first.values, ['a0']);
	second.ack();
	await turns();
	assert.deepEqual(done, ['b0']);
	append(one, 'b1');
	await turns();
	assert.equal(sends.length, 3, 'the other partition goes on');
	first.ack();
	await turns();
	assert.deepEqual(sends[3]!.values, ['a1', 'a2']);
	sends[2]!.ack();
	sends[3]!.ack();
	await turns();
	assert.deepEqual(done.sort(), ['a0', 'a1', 'a2', 'b0', 'b1']);
});

test('events are packed by lz4 and what others read by gzip, unless one codec is asked for', async () => {
	for (const [more, events, alerts] of [
		[{}, 'lz4', 'gzip'],
		[{ compression: 'auto' }, 'lz4', 'gzip'],
		[{ compression: 'zstd' }, 'zstd', 'zstd'],
	] as const) {
		const { producer, sends } = producerOf(1, more);
		for (const topic of ['lanner.events', 'lanner.alerts'] as const)
			void producer.append(topic, [record(zero, 'a')]);
		await turns();
		assert.deepEqual(
			sends.map(({ compression }) => compression),
			[compressionTypes[events], compressionTypes[alerts]],
		);
	}
});

test('a refusal is told to the appends concerned alone', async () => {
	const { producer, sends } = producerOf(2);
	const refused = producer.append('lanner.alerts', [record(zero, 'a')]);
	const taken = producer.append('lanner.alerts', [record(one, 'b')]);
	await turns();
	const refusal = Object.assign(new Error('no'), {
		name: 'KafkaJSProtocolError',
		type: 'TOPIC_AUTHORIZATION_FAILED',
	});
	for (const send of sends) send.values[0] === 'a' ? send.fail(refusal) : send.ack();
	await assert.rejects(refused, LogRefusedError);
	await taken;
});

test('an append of several partitions is done when all are, and the order of a key is that of the calls', async () => {
	const { producer, sends } = producerOf(2);
	let done = false;
	const all = producer
		.append('lanner.events', [record(zero, 'a0'), record(one, 'b0'), record(zero, 'a1')])
		.then(() => {
			done = true;
		});
	const after = producer.append('lanner.events', [record(zero, 'a2')]);
	await turns();
	const [first, second] = sends as [Send, Send];
	assert.deepEqual([first.values, second.values], [['a0', 'a1'], ['b0']]);
	first.ack();
	await turns();
	assert.equal(done, false);
	assert.deepEqual(sends[2]!.values, ['a2']);
	second.ack();
	sends[2]!.ack();
	await Promise.all([all, after]);
});

test('an append in the very turn in which a lane has become empty is sent', async () => {
	const { producer, sends } = producerOf(1);
	const values = ['0', '1', '2', '3', '4'];
	const chain = (async () => {
		for (const value of values) await producer.append('lanner.events', [record('h', value)]);
	})();
	for (let i = 0; i < values.length; i++) {
		await turns();
		sends[i]!.ack();
	}
	await chain;
	assert.deepEqual(
		sends.map((send) => send.values),
		values.map((value) => [value]),
	);
});
