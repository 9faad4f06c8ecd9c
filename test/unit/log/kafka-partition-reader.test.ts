import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FetchedBatch, type Fetching, PartitionReader } from '#log/kafka/partition-reader.ts';
import { LogTruncatedError } from '#log/log.ts';

function createReader({ low = 0n, commit = (_: bigint): void => {} } = {}): {
	reader: PartitionReader;
	sought: bigint[];
	holes: bigint[][];
} {
	const sought: bigint[] = [];
	const holes: bigint[][] = [];
	const fetching = {
		seek: (_partition: number, offset: bigint) => void sought.push(offset),
		pause: () => {},
		resume: () => {},
		offsets: async () => ({ low, high: 100n }),
		tellHole: (_: number, from: bigint, to: bigint) => void holes.push([from, to]),
		commit: async (_partition: number, next: bigint) => {
			commit(next);
			return true;
		},
	} as unknown as Fetching;
	const options = { topic: 'lanner.events', partition: 0, framing: null, readAheadBytes: 1 << 20 } as const;
	return { reader: new PartitionReader({ ...options, fetching }), sought, holes };
}

function batchOf(...offsets: number[]): FetchedBatch {
	return answerTo(offsets[0] ?? 0, ...offsets);
}

function answerTo(fetchedOffset: number, ...offsets: number[]): FetchedBatch {
	const messages = offsets.map((offset) => ({
		offset: String(offset),
		timestamp: '0',
		key: Buffer.from('k'),
		value: Buffer.from(String(offset)),
	}));
	return { fetchedOffset: String(fetchedOffset), messages: messages as never };
}

const everything = { maxBytes: 1 << 20, waitMs: 0 };

async function offsetsOf(reader: PartitionReader): Promise<bigint[]> {
	return (await reader.read(everything)).map(({ offset }) => offset);
}

test('what a push leaves out is fetched again, and nothing behind it is given before', async () => {
	const { reader, sought } = createReader();
	await reader.seek(0n);
	reader.push(batchOf(0, 1, 2));
	reader.push(batchOf(5, 6));
	assert.deepEqual(await offsetsOf(reader), [0n, 1n, 2n]);
	assert.deepEqual(sought, [0n, 3n]);
	reader.push(batchOf(3, 4, 5, 6));
	assert.deepEqual(await offsetsOf(reader), [3n, 4n, 5n, 6n]);
});

test('a hole inside a batch is asked for once and then believed, at the begin of a read, and told', async () => {
	const { reader, sought, holes } = createReader();
	await reader.seek(0n);
	reader.push(batchOf(0, 3));
	reader.push(answerTo(1, 3, 4));
	assert.deepEqual(sought, [0n, 1n]);
	assert.deepEqual(await offsetsOf(reader), [0n]);
	assert.deepEqual(await offsetsOf(reader), [3n, 4n]);
	assert.deepEqual(holes, [[1n, 3n]]);
});

test('answers to later questions prove no hole, however many come first', async () => {
	const { reader, sought, holes } = createReader();
	await reader.seek(0n);
	reader.push(batchOf(0));
	for (let late = 0; late < 3; late++) reader.push(answerTo(3, 3, 4));
	assert.deepEqual(sought, [0n, 1n, 1n, 1n]);
	reader.push(answerTo(1, 1, 2, 3, 4));
	assert.deepEqual(await offsetsOf(reader), [0n, 1n, 2n, 3n, 4n]);
	assert.deepEqual(holes, []);
});

test('a hole that retention made is told', async () => {
	const { reader } = createReader({ low: 3n });
	await reader.seek(3n);
	reader.push(batchOf(3));
	assert.deepEqual(await offsetsOf(reader), [3n]);
	const later = createReader({ low: 9n });
	await later.reader.seek(9n);
	assert.equal(later.sought.length, 1);
	const behind = createReader({ low: 9n });
	await behind.reader.seek(2n);
	await assert.rejects(behind.reader.read(everything), LogTruncatedError);
});

test('what is revoked gives no records, tells progress until its reader has ended, and is gone then', async () => {
	const told: bigint[] = [];
	const { reader } = createReader({ commit: (next) => void told.push(next) });
	await reader.seek(0n);
	reader.push(batchOf(0, 1));
	reader.revoke();
	assert.deepEqual(await offsetsOf(reader), []);
	assert.equal(await reader.reportProgress(1n), true);
	assert.equal(reader.lost.aborted, false);
	reader.release();
	await reader.gone;
	assert.equal(await reader.reportProgress(2n), false);
	assert.deepEqual(told, [1n]);
});

test('a reader that ended by itself is not waited for when its partition is revoked', async () => {
	const { reader } = createReader();
	reader.release();
	assert.equal(reader.lost.aborted, false);
	reader.revoke();
	await reader.gone;
});
