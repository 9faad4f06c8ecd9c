/** Progress is told seldom, told again when it was not taken, and the last of it is told although nothing more comes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ToldProgress } from '#evaluator/told-progress.ts';

function progressOver(takes: () => boolean) {
	const told: bigint[] = [];
	const errors: unknown[] = [];
	const clock = { ms: 0, nowMs: () => clock.ms };
	const reportProgress = async (offset: bigint): Promise<boolean> => {
		told.push(offset);
		return takes();
	};
	const progress = new ToldProgress({ reportProgress }, clock, (error) => errors.push(error));
	/** A look, and what it asked for is answered. */
	const look = async (committed: bigint | null): Promise<void> => {
		progress.look(committed);
		await new Promise((resolve) => setImmediate(resolve));
	};
	return { told, errors, clock, look, progress };
}

test('at most once a second, however many commits there are', async () => {
	const { told, clock, look } = progressOver(() => true);
	await look(null);
	for (let i = 1n; i <= 30n; i++, clock.ms += 100) await look(i);
	assert.deepEqual(told, [1n, 11n, 21n]);
	await look(30n);
	await look(30n);
	assert.deepEqual(told, [1n, 11n, 21n, 30n], 'the last one, once');
	clock.ms += 10_000;
	await look(30n);
	assert.deepEqual(told.length, 4, 'what the log has is not told again');
});

test('what the log did not take is told again', async () => {
	let takes = false;
	const { told, clock, look } = progressOver(() => takes);
	await look(5n);
	clock.ms += 1_000;
	takes = true;
	await look(5n);
	clock.ms += 1_000;
	await look(5n);
	assert.deepEqual(told, [5n, 5n]);
});

test('a log that fails ends the partition', async () => {
	const { errors, look } = progressOver(() => {
		throw new Error('refused');
	});
	await look(1n);
	assert.match(String(errors[0]), /refused/);
});
