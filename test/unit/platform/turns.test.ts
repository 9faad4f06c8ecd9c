/** Calls that come at once: one after another, or one for all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shared, Turns } from '#platform/turns.ts';

test('calls are made one after another, in order; one that fails is told to its caller and holds up nobody', async () => {
	const turns = new Turns();
	const seen: string[] = [];
	const call = (name: string, fails: boolean) => async () => {
		seen.push(`${name} begins`);
		await Promise.resolve();
		seen.push(`${name} ends`);
		if (fails) throw new Error(name);
		return name;
	};
	const first = turns.take(call('a', true));
	const second = turns.take(call('b', false));
	await assert.rejects(first, /^Error: a$/);
	assert.equal(await second, 'b');
	assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends']);
});

test('idle waits for all that were asked for, failed ones as well', async () => {
	const turns = new Turns();
	let over = 0;
	for (const fails of [true, false])
		turns
			.take(async () => {
				await Promise.resolve();
				over++;
				if (fails) throw new Error('no');
			})
			.catch(() => undefined);
	await turns.idle();
	assert.equal(over, 2);
});

test('whoever asks while a call is under way gets what it comes to; the next one is made anew, after a failure too', async () => {
	let calls = 0;
	const ask = shared(async () => {
		calls++;
		await Promise.resolve();
		if (calls === 2) throw new Error('second');
		return calls;
	});
	assert.deepEqual(await Promise.all([ask(), ask()]), [1, 1]);
	await Promise.all([ask(), ask()].map((one) => assert.rejects(one, /second/)));
	assert.equal(await ask(), 3);
});
