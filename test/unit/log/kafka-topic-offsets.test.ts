import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Admin } from 'kafkajs';
import { createStickyAssigner } from '#log/kafka/sticky-assigner.ts';
import { TopicOffsets } from '#log/kafka/topic-offsets.ts';
import { LogRefusedError, LogUnavailableError } from '#log/log.ts';
import { silentLogger } from '#test/support/evaluation.ts';

type Answer = { partition: number; offset: string; low: string; high: string }[];

const partition = (number: number, high = '9'): Answer[number] => ({
	...{ partition: number, offset: high, low: '2', high },
});

/** Gives the answers one after another; an error is thrown. */
function offsetsThatAnswer(...answers: (Answer | Error)[]): {
	offsets: TopicOffsets;
	close: () => void;
	left: () => number;
} {
	let closed = false;
	const admin = {
		fetchTopicOffsets: async () => {
			const answer = answers.shift();
			if (answer instanceof Error) throw answer;
			return answer;
		},
	} as unknown as Admin;
	const offsets = new TopicOffsets({
		...{ kafkaTopic: 'lanner.events', admin: async () => admin, logger: silentLogger, pauseMs: 1 },
		isClosed: () => closed,
	});
	return {
		offsets,
		left: () => answers.length,
		close: () => {
			closed = true;
		},
	};
}

/** What kafkajs throws when a broker that has just come up knows no topics. */
const takenApart = new TypeError(
	"Cannot destructure property 'partitions' of 'low.pop(...)' as it is undefined.",
);

test('a broker that does not know the topic yet is asked again', async () => {
	const { offsets, left } = offsetsThatAnswer(takenApart, [], [partition(1, '5'), partition(0)]);
	assert.deepEqual(await offsets.all(), [
		{ partition: 0, low: 2n, high: 9n },
		{ partition: 1, low: 2n, high: 5n },
	]);
	assert.equal(left(), 0);
});

test('an answer that leaves out partitions is not believed', async () => {
	const { offsets, left } = offsetsThatAnswer(
		[partition(0), partition(2)],
		[partition(0), partition(1), partition(2)],
		[partition(0), partition(1)],
		[partition(0), partition(1), partition(2), partition(3)],
	);
	assert.equal((await offsets.all()).length, 3);
	assert.equal((await offsets.all()).length, 4, 'partitions can be added');
	assert.equal(left(), 0);
});

test('asking ends when the consumer is closed, and at once with a refusal', async () => {
	const closed = offsetsThatAnswer(takenApart);
	closed.close();
	await assert.rejects(closed.offsets.all(), LogUnavailableError);
	const refusal = Object.assign(new Error('no'), {
		name: 'KafkaJSProtocolError',
		type: 'TOPIC_AUTHORIZATION_FAILED',
	});
	const refused = offsetsThatAnswer(refusal, [partition(0)]);
	await assert.rejects(refused.offsets.all(), LogRefusedError);
	assert.equal(refused.left(), 1);
});

test('partitions are not dealt out by a member whose broker does not know them all', async () => {
	const assigner = (known: number[]) =>
		createStickyAssigner(() => ({ as: 'a', held: [0, 1] }))({
			cluster: { findTopicPartitionMetadata: () => known.map((partitionId) => ({ partitionId })) } as never,
		} as never);
	const topics = ['lanner.events'];
	const { metadata } = assigner([]).protocol({ topics });
	const members = [{ memberId: 'a', memberMetadata: metadata }];
	const deal = (known: number[]) => assigner(known).assign({ members, topics } as never);
	await assert.rejects(async () => deal([]), LogUnavailableError);
	await assert.rejects(async () => deal([0]), LogUnavailableError);
	assert.equal((await deal([0, 1, 2])).length, 1);
});
