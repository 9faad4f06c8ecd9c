/** Redrive on a real log: in order, each once, and what happens to what is not taken. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type DeliveryResult, delivered } from '#sink/output.ts';
import { redrive } from '#sink/redrive.ts';
import {
	appendAlerts,
	deadLetters,
	type LogFixture,
	logFixture,
	scriptedOutput,
	startWorker,
	until,
} from '#test/support/sink.ts';

const never = new AbortController().signal;
const refused: DeliveryResult = { kind: 'refused', code: 'no', reason: 'never' };
let fixture: LogFixture;
beforeEach(async () => {
	fixture = await logFixture();
	await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'end' });
	for (const name of ['out', 'other']) {
		const { output, taken } = scriptedOutput(({ id }) => (id === 'end' ? delivered : refused));
		const worker = startWorker(fixture.log, output, { name });
		await until(() => taken.length === 1);
		await worker.drain();
	}
});
afterEach(() => fixture.cleanUp());

test('dead letters of the output alone are sent, in order, once; a dry run sends none', async () => {
	const { output, taken } = scriptedOutput();
	const run = async (given: typeof output | null) =>
		(await redrive({ log: fixture.log, name: 'out', output: given, sinceMs: null }, never)).delivered;
	assert.equal(await run(null), 3);
	assert.equal(await run(output), 3);
	await fixture.reopen();
	assert.equal(await run(output), 0);
	assert.deepEqual(taken, ['a', 'b', 'c']);
});

test('what fails ends it there and is first the next time; what is refused again is named and passed over', async () => {
	let away = true;
	const { output, taken } = scriptedOutput(({ id }) =>
		id === 'a' ? refused : id === 'c' && away ? { kind: 'retry', code: 'x', reason: 'away' } : delivered,
	);
	const options = { log: fixture.log, name: 'out', output, sinceMs: null };
	assert.deepEqual(await redrive(options, never), { delivered: 1, refused: ['a: never'], stopped: 'away' });
	away = false;
	assert.deepEqual(await redrive(options, never), { delivered: 1, refused: [], stopped: null });
	assert.deepEqual(taken, ['b', 'c']);
});

test('with a time only those that died then or later are sent, also again, and none is passed over by a redrive without', async () => {
	const { output, taken } = scriptedOutput();
	const dead = await deadLetters(fixture.log);
	const midMs = Date.now() + 1;
	await until(() => Date.now() > midMs);
	await appendAlerts(fixture.log, { id: 'late' }, { id: 'end-2' });
	const { output: refusing, taken: reached } = scriptedOutput(({ id }) =>
		id === 'end-2' ? delivered : refused,
	);
	const worker = startWorker(fixture.log, refusing);
	await until(() => reached.length === 1);
	await worker.drain();
	assert.equal((await deadLetters(fixture.log)).length, dead.length + 1);
	const run = async (sinceMs: number | null) =>
		(await redrive({ log: fixture.log, name: 'out', output, sinceMs }, never)).delivered;
	assert.deepEqual([await run(midMs), await run(midMs), await run(null), await run(null)], [1, 1, 4, 0]);
	assert.deepEqual(taken, ['late', 'late', 'a', 'b', 'c', 'late']);
});
