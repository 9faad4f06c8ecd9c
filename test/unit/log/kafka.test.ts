import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mock, test } from 'node:test';
import { compressionTypes } from '#log/kafka/codecs.ts';
import { translate } from '#log/kafka/errors.ts';
import '#log/kafka/kafkajs.ts';
import { assignable, type Member, share } from '#log/kafka/sticky-assigner.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const member = (memberId: string, held: readonly number[] = []): Member => ({
	memberId,
	held,
	isStale: false,
});

test('shares differ by one at most, and every partition is given once', () => {
	for (const members of range(6).map((i) => i + 1)) {
		for (const partitions of [0, 1, 5, 12, 13]) {
			const shares = share(
				range(members).map((i) => ({ ...member(`m${i}`), held: i === 0 ? range(20) : [] })),
				range(partitions),
			);
			const given = [...shares.values()];
			assert.deepEqual(
				given.flat().sort((a, b) => a - b),
				range(partitions),
			);
			const sizes = given.map((one) => one.length);
			assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${members} members: ${sizes}`);
		}
	}
});

test('a member that comes takes no more than its share, one that leaves moves only its own', () => {
	const before = share(
		['a', 'b'].map((memberId) => member(memberId)),
		range(12),
	);
	const members = [...before].map(([memberId, held]) => member(memberId, held));
	const three = share([...members, member('c')], range(12));
	for (const { memberId, held } of members) {
		const now = new Set(three.get(memberId));
		assert.equal(held.filter((partition) => now.has(partition)).length, 4);
	}
	const one = share([members[0]!], range(12));
	assert.deepEqual(one.get('a')!.slice(0, 6), before.get('a'));
});

test('two members that claim the same partition get it once', () => {
	const shares = share(
		['a', 'b'].map((memberId) => member(memberId, range(4))),
		range(4),
	);
	assert.deepEqual([...shares.values()].flat().sort(), range(4));
});

test("what is to move is nobody's until its holder has finished it", () => {
	const sizes = (shares: Map<string, number[]>) => [...shares.values()].map((own) => own.length);
	const first = assignable([member('a', range(4)), member('b')], range(4));
	assert.deepEqual(sizes(first), [2, 0]);
	// Another rebalance comes before it has.
	assert.deepEqual(assignable([member('a', range(4)), member('b')], range(4)), first);
	const second = assignable([member('a', first.get('a')), member('b')], range(4));
	assert.deepEqual(sizes(second), [2, 2]);
	assert.deepEqual(second.get('a'), first.get('a'));
});

test('what a member held before the group forgot it is waited for by nobody, and kept where nobody else has it', () => {
	const forgotten = { ...member('a', range(4)), isStale: true };
	assert.deepEqual(assignable([forgotten, member('b', [0, 1])], range(4)).get('b'), [0, 1]);
	assert.deepEqual(assignable([forgotten, member('b', range(4))], range(4)).get('a'), []);
	assert.deepEqual(assignable([forgotten], range(4)).get('a'), range(4));
});

test('errors are told apart by what the caller does', () => {
	const error = (name: string, more: object = {}): Error => Object.assign(new Error('m'), { name, ...more });
	const code = (one: Error): unknown => (translate(one, 'append') as { code?: unknown }).code;
	assert.equal(code(error('KafkaJSConnectionError')), 'log-unavailable');
	assert.equal(code(error('KafkaJSNumberOfRetriesExceeded')), 'log-unavailable');
	assert.equal(code(error('KafkaJSSASLAuthenticationError')), 'log-refused');
	assert.equal(code(error('KafkaJSProtocolError', { type: 'UNKNOWN_TOPIC_OR_PARTITION' })), 'log-refused');
	assert.equal(code(error('KafkaJSProtocolError', { type: 'MESSAGE_TOO_LARGE' })), 'record-too-large');
	const wrongCa = Object.assign(new Error('Connection error: self-signed certificate'), {
		name: 'KafkaJSConnectionError',
	});
	assert.equal(code(wrongCa), 'log-refused');
	const bug = new TypeError('x is not a function');
	assert.equal(translate(bug, 'append'), bug);
});

const require = createRequire(import.meta.url);

test('the functions of kafkajs that we replace are those we know', () => {
	const known = {
		'consumer/consumerGroup.js': 'f3e461738585a8dc6574c647123a18afc732f81cdee4f9f7bb62e4aa1dffbfbb',
		'network/requestQueue/index.js': 'b55986089c14f8f7bfc377922e2e65b3e4c1e7c7af2752d3b10a75dfe9e9260c',
		'protocol/request.js': '2270900ca6474026c11957fe71ac586881985460ed2554db22ad8870dcaff634',
		'protocol/requests/produce/v3/request.js':
			'993a3db997827088f5acb08cacf3c67a99ec2886303ff465d244329b8a1c7f99',
		'protocol/recordBatch/v0/index.js': '6d6b63a8959ff0b9ea1198b2d4ec0af940a4c92d5c793bb592310ab46f99df30',
		'protocol/recordBatch/crc32C/crc32C.js':
			'1c09c7a44e7a207f2dabb920e6bf9f6b1b3fd9cc023e959a9e91ba83e5b6f61a',
		'protocol/recordBatch/crc32C/index.js':
			'0826ea7387f25400b1a24bacdbba85db9c1f2e932f168874728a9ecaf1eb2379',
	};
	for (const [file, digest] of Object.entries(known)) {
		const source = readFileSync(require.resolve(`kafkajs/src/${file}`));
		const found = createHash('sha256').update(source).digest('hex');
		assert.equal(found, digest, `kafkajs has changed ${file}: see services/log/kafka/kafkajs.ts`);
	}
});

test('the checksum of batches is the native one, and right', () => {
	const checksum = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: unknown) => number;
	assert.equal(checksum(Buffer.from('123456789')), 0xe3069283);
	assert.equal(checksum(Buffer.alloc(0)), 0);
	// kafkajs' own takes anything that has a length; the native one does not.
	assert.throws(() => checksum({ length: 1, 0: 1 }));
});

test('every codec gives back what it was given', async () => {
	const { lookupCodec } = require('kafkajs/src/protocol/message/compression') as {
		lookupCodec(type: number): {
			compress(encoder: { buffer: Buffer }): Promise<Buffer>;
			decompress(bytes: Buffer): Promise<Buffer>;
		} | null;
	};
	const texts = ['', 'x', 'event '.repeat(300_000)].map((one) => Buffer.from(one));
	for (const name of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
		const codec = lookupCodec(compressionTypes[name])!;
		for (const buffer of texts) {
			const packed = await codec.compress({ buffer });
			assert.ok((await codec.decompress(packed)).equals(buffer), `${name}, ${buffer.length} bytes`);
			if (buffer.length > 1000) assert.ok(packed.length < buffer.length / 5, `${name} does not compress`);
		}
	}
});

test('a snappy block that claims to unfold without bound is refused before it is unfolded', async () => {
	const claim = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]);
	const { lookupCodec } = require('kafkajs/src/protocol/message/compression');
	await assert.rejects(lookupCodec(compressionTypes.snappy).decompress(claim), /more than 268435456 bytes/);
});

test('a request of a connection ends at its time limit, looked at as often as the limit needs', () => {
	const { prototype } = require('kafkajs/src/network/requestQueue') as {
		prototype: { scheduleRequestTimeoutCheck(): void };
	};
	mock.timers.enable({ apis: ['setInterval', 'Date'] });
	try {
		let ended = 0;
		let looks = 0;
		const request = { sentAt: Date.now(), requestTimeout: 6_000, timeoutRequest: () => ended++ };
		const queue = Object.assign(Object.create(prototype), {
			...{ enforceRequestTimeout: true, requestTimeout: 6_000, destroy: () => {} },
			...{ inflight: new Map([[1, request]]), isConnected: () => ++looks > 0 },
		});
		queue.scheduleRequestTimeoutCheck();
		mock.timers.tick(6_000);
		assert.equal(ended, 0);
		assert.equal(looks, 30);
		mock.timers.tick(200);
		assert.equal(ended, 1);
	} finally {
		mock.timers.reset();
	}
});
