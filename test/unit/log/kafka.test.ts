import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { translate } from '#log/kafka/errors.ts';
import { share } from '#log/kafka/sticky-assigner.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('shares differ by one at most, and every partition is given once', () => {
	for (const members of range(6).map((i) => i + 1)) {
		for (const partitions of [0, 1, 5, 12, 13]) {
			const shares = share(
				range(members).map((i) => ({ memberId: `m${i}`, held: i === 0 ? range(20) : [] })),
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
		['a', 'b'].map((memberId) => ({ memberId, held: [] })),
		range(12),
	);
	const members = [...before].map(([memberId, held]) => ({ memberId, held }));
	const three = share([...members, { memberId: 'c', held: [] }], range(12));
	for (const { memberId, held } of members) {
		const now = new Set(three.get(memberId));
		assert.equal(held.filter((partition) => now.has(partition)).length, 4);
	}
	const one = share([members[0]!], range(12));
	assert.deepEqual(one.get('a')!.slice(0, 6), before.get('a'));
});

test('two members that claim the same partition get it once', () => {
	const shares = share(
		['a', 'b'].map((memberId) => ({ memberId, held: [0, 1, 2, 3] })),
		range(4),
	);
	assert.deepEqual([...shares.values()].flat().sort(), range(4));
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

test('the function of kafkajs that we replace is the one we know', () => {
	const require = createRequire(import.meta.url);
	const fresh = require('node:fs').readFileSync(
		require.resolve('kafkajs/src/network/requestQueue/index.js'),
		'utf8',
	) as string;
	assert.equal(
		createHash('sha256').update(fresh).digest('hex'),
		'b55986089c14f8f7bfc377922e2e65b3e4c1e7c7af2752d3b10a75dfe9e9260c',
		'kafkajs has changed: see services/log/kafka/idle-connections.ts',
	);
});
