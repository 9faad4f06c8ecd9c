import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Publisher } from '#agent/publisher.ts';

/** A log whose appends end when the test says so. */
function makePublisher(inFlightBytesMax: number) {
	const appends: { values: string[]; end: (error?: Error) => void }[] = [];
	const pressure: boolean[] = [];
	const errors: Error[] = [];
	const publisher = new Publisher({
		log: {
			append: (_topic, records) =>
				new Promise((resolve, reject) => {
					const values = records.map(({ value }) => Buffer.from(value).toString());
					appends.push({ values, end: (error) => (error === undefined ? resolve() : reject(error)) });
				}),
		},
		key: 'host',
		inFlightBytesMax,
		onPressure: (paused) => pressure.push(paused),
		onError: (error) => errors.push(error),
	});
	return { publisher, appends, pressure, errors };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('batches are appended in order, one append at a time, those that waited together', async () => {
	const { publisher, appends } = makePublisher(1000);
	for (const text of ['a', 'b', 'c']) publisher.publish(Buffer.from(text));
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
	const { publisher, appends, pressure } = makePublisher(10);
	publisher.publish(Buffer.alloc(6));
	assert.deepEqual(pressure, []);
	publisher.publish(Buffer.alloc(6));
	assert.deepEqual(pressure, [true]);
	appends[0]?.end();
	await settle();
	assert.deepEqual(pressure, [true], 'six bytes are more than half of ten');
	appends[1]?.end();
	await publisher.flush();
	assert.deepEqual(pressure, [true, false]);
});

test('an append that fails ends publishing and is told once', async () => {
	const { publisher, appends, errors } = makePublisher(1000);
	publisher.publish(Buffer.from('a'));
	publisher.publish(Buffer.from('b'));
	appends[0]?.end(new Error('disk full'));
	await publisher.flush();
	publisher.publish(Buffer.from('c'));
	assert.equal(appends.length, 1);
	assert.deepEqual(
		errors.map(({ message }) => message),
		['disk full'],
	);
});
