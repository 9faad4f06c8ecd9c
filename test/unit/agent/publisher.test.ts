import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OwnStream } from '#agent/own-stream.ts';
import { type OutgoingBatch, Publisher, type PublisherOptions } from '#agent/publisher.ts';
import type { Loss } from '#agent/spool/losses.ts';
import { Spool } from '#agent/spool/spool.ts';
import { LogUnavailableError, RecordTooLargeError } from '#log/log.ts';
import { decodeEventBatch } from '#schemas/event-batch.ts';
import type { Gap } from '#schemas/generated/event-batch.ts';

let sequence = 0;

function batchOf(text: string): OutgoingBatch {
	const value = Buffer.from(text);
	return { value, producer: 'CAPTURE', events: 1, firstSequence: ++sequence, reportsLoss: false };
}

/** A log whose appends end when the test says so. */
function makePublisher(options: Partial<PublisherOptions> = {}) {
	const appends: { values: string[]; raw: Uint8Array[]; end: (error?: Error) => void }[] = [];
	const pressure: boolean[] = [];
	const errors: Error[] = [];
	const states: string[] = [];
	const losses: Loss[] = [];
	const own = new OwnStream({
		identity: { hostId: 'h', hostName: 'n', bootId: 'b', machine: 'x86_64' },
		probeVersion: '1',
		firstSequence: 0,
		now: () => new Date(0),
	});
	const publisher = new Publisher({
		log: {
			append: (_topic, records) =>
				new Promise((resolve, reject) => {
					const raw = records.map(({ value }) => value);
					const values = raw.map((value) => Buffer.from(value).toString());
					appends.push({ values, raw, end: (error) => (error === undefined ? resolve() : reject(error)) });
				}),
		},
		key: 'host',
		spool: null,
		onPressure: (paused) => pressure.push(paused),
		onLosses: (found) => {
			losses.push(...found);
			return own.losses(found);
		},
		onState: (state) => states.push(state),
		onProblem: () => {},
		onError: (error) => errors.push(error),
		random: () => 0,
		...options,
	});
	return { publisher, appends, pressure, errors, states, losses };
}

async function makeSpool(context: TestContext): Promise<Spool> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-publisher-'));
	const spool = await Spool.open({
		folder,
		bytesMax: 1 << 20,
		ageMaxMs: 3_600_000,
		syncMs: 0,
		now: () => 0,
		nowMs: () => 0,
		onProblem: (error) => assert.fail(error),
	});
	context.after(async () => {
		await spool.close();
		rmSync(folder, { recursive: true, force: true });
	});
	return spool;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The disk answers when it likes; bounded by the runner's own time limit. */
async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await settle();
}

test('batches are appended in order, one append at a time, those that waited together', async () => {
	const { publisher, appends } = makePublisher();
	for (const text of ['a', 'b', 'c']) publisher.publish(batchOf(text));
	assert.deepEqual(
		appends.map(({ values }) => values),
		[['a']],
	);
	appends[0]?.end();
	await settle();
	assert.deepEqual(
		appends.map(({ values }) => values),
		[['a'], ['b', 'c']],
	);
	appends[1]?.end();
	await publisher.flush();
	assert.equal(publisher.inFlightBytes, 0);
});

test('a slow log stops the source above the bound and lets it go on below half of it', async () => {
	const { publisher, appends, pressure } = makePublisher({ inFlightBytesMax: 10 });
	publisher.publish(batchOf('six by'));
	assert.deepEqual(pressure, []);
	publisher.publish(batchOf('six by'));
	assert.deepEqual(pressure, [true]);
	appends[0]?.end();
	await settle();
	assert.deepEqual(pressure, [true], 'six bytes are more than half of ten');
	appends[1]?.end();
	await publisher.flush();
	assert.deepEqual(pressure, [true, false]);
});

test('without a spool an append that fails ends publishing and is told once', async () => {
	const { publisher, appends, errors } = makePublisher();
	publisher.publish(batchOf('a'));
	publisher.publish(batchOf('b'));
	appends[0]?.end(new Error('disk full'));
	await publisher.flush();
	publisher.publish(batchOf('c'));
	assert.equal(appends.length, 1);
	assert.deepEqual(
		errors.map(({ message }) => message),
		['disk full'],
	);
});

test('while the log is away batches go through the spool, in order, live ones behind them', async (context) => {
	const spool = await makeSpool(context);
	const { publisher, appends, states } = makePublisher({ spool });
	publisher.publish(batchOf('a'));
	publisher.publish(batchOf('b'));
	appends[0]?.end(new LogUnavailableError('away'));
	await until(() => appends.length === 2);
	assert.deepEqual(appends[1]?.values, ['a', 'b']);
	assert.equal(publisher.inFlightBytes, 0, 'what is in the spool does not wait in memory');
	publisher.publish(batchOf('c'));
	appends[1]?.end(new LogUnavailableError('still away'));
	await until(() => appends.length === 3);
	assert.deepEqual(appends[2]?.values, ['a', 'b', 'c']);
	publisher.publish(batchOf('d'));
	appends[2]?.end();
	await until(() => appends.length === 4);
	assert.deepEqual(appends[3]?.values, ['d']);
	appends[3]?.end();
	await until(() => publisher.state === 'live');
	publisher.publish(batchOf('e'));
	appends[4]?.end();
	await publisher.flush();
	assert.deepEqual(appends[4]?.values, ['e']);
	assert.deepEqual(states, ['spooled', 'live']);
	assert.ok(spool.isEmpty);
});

test('an append that takes long is as good as a log that is away, and is not repeated when it succeeds', async (context) => {
	const spool = await makeSpool(context);
	const { publisher, appends, states } = makePublisher({ spool, slowMs: 5 });
	publisher.publish(batchOf('a'));
	await until(() => states.length === 1);
	publisher.publish(batchOf('b'));
	await until(() => publisher.inFlightBytes === 0);
	assert.equal(appends.length, 1, 'one append at a time');
	appends[0]?.end();
	await until(() => appends.length === 2);
	assert.deepEqual(appends[1]?.values, ['b']);
	appends[1]?.end();
	await until(() => publisher.state === 'live');
});

test('at the end nothing waits for a log that is away: it is in the spool, and the next run sends it first', async (context) => {
	const spool = await makeSpool(context);
	const first = makePublisher({ spool, slowMs: 60_000 });
	first.publisher.publish(batchOf('a'));
	first.publisher.publish(batchOf('b'));
	await first.publisher.flush();
	first.appends[0]?.end(new LogUnavailableError('the log is closed'));
	const second = makePublisher({ spool });
	second.publisher.start();
	second.publisher.publish(batchOf('c'));
	await until(() => second.appends.length === 1);
	second.appends[0]?.end();
	await until(() => second.appends.length === 2 || second.publisher.state === 'live');
	if (second.appends.length === 2) second.appends[1]?.end();
	await until(() => second.publisher.state === 'live');
	assert.deepEqual(
		second.appends.flatMap(({ values }) => values),
		['a', 'b', 'c'],
	);
});

test('a batch that the log will never take is lost alone, once, and told', async (context) => {
	for (const spool of [null, await makeSpool(context)]) {
		const { publisher, appends, losses, errors } = makePublisher({ spool });
		for (const text of ['first', 'a', 'huge', 'b']) publisher.publish(batchOf(text));
		const hugeSequence = sequence - 1;
		appends[0]?.end();
		await settle();
		appends[1]?.end(new RecordTooLargeError('too large'));
		for (const i of [2, 3, 4]) {
			await until(() => appends.length > i);
			appends[i]?.end(appends[i]?.values[0] === 'huge' ? new RecordTooLargeError('too large') : undefined);
		}
		await until(() => appends.length === 6);
		appends[5]?.end();
		await publisher.flush();
		assert.deepEqual(
			appends.slice(2, 5).map(({ values }) => values),
			[['a'], ['huge'], ['b']],
		);
		assert.deepEqual(
			losses.map(({ reason, batches, events, firstSequence }) => [reason, batches, events, firstSequence]),
			[['record-too-large', 1, 1, hugeSequence]],
		);
		assert.deepEqual([errors, publisher.state], [[], 'live']);
	}
});

test('a log that refuses us is the end, but what waits is kept in the spool', async (context) => {
	const spool = await makeSpool(context);
	const { publisher, appends, errors } = makePublisher({ spool });
	publisher.publish(batchOf('a'));
	publisher.publish(batchOf('b'));
	appends[0]?.end(new Error('no rights on the topic'));
	await until(() => errors.length === 1);
	await publisher.flush();
	assert.match(errors[0]!.message, /no rights/);
	const taken = await spool.take(1000);
	assert.deepEqual(
		taken?.batches.map(({ value }) => Buffer.from(value).toString()),
		['a', 'b'],
	);
	await spool.release(taken!);
});

test('a full spool gives up the oldest and tells it behind what it still has', async (context) => {
	const spool = await makeSpool(context);
	const { publisher, appends } = makePublisher({ spool });
	publisher.publish(batchOf('a'));
	appends[0]?.end(new LogUnavailableError('away'));
	await until(() => appends.length === 2);
	appends[1]?.end(new LogUnavailableError('away'));
	for (let i = 0; i < 80; i++) {
		publisher.publish(batchOf('x'.repeat(50_000)));
		await until(() => publisher.inFlightBytes === 0);
	}
	for (let i = 2; publisher.state !== 'live'; i++) {
		await until(() => appends.length > i || publisher.state === 'live');
		appends[i]?.end();
	}
	const sent = appends.slice(2).flatMap(({ raw }) => raw);
	const kept = sent.filter((value) => /^(a|x+)$/.test(Buffer.from(value).toString())).length;
	const gaps = sent
		.filter((value) => value[0] === 0xc3)
		.flatMap((value) => decodeEventBatch(value).events)
		.map((event) => (event as { 'lanner.events.Gap': Gap })['lanner.events.Gap'])
		.filter(({ producer }) => producer === 'CAPTURE');
	const lost = gaps.reduce((sum, gap) => sum + Number(gap.lost), 0);
	assert.ok(lost > 0 && kept > 0);
	assert.equal(lost + kept, 81, 'each is either there or told as lost, once');
});
