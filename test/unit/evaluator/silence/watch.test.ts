import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SilenceWatch } from '#evaluator/silence/watch.ts';

const silenceMs = 12_000;
const freshMs = 3_000;

/** A partition whose log answers every second, and an evaluator that has read all of it, unless told otherwise. */
class World {
	readonly watch = new SilenceWatch({ silenceMs, freshMs });
	nowMs = 0;
	end = 0n;
	offset = 0n;

	second({ answers = true, delayMs = 0, behind = false } = {}): string[] {
		this.nowMs += 1000;
		const askedMs = this.nowMs;
		if (answers) this.watch.answered({ askedMs, nowMs: askedMs + delayMs, end: this.end });
		else this.watch.missed();
		if (!behind) this.offset = this.end;
		return this.watch.reached(this.offset, 10).map(({ hostId }) => hostId);
	}

	seconds(count: number, options = {}): string[] {
		return Array.from({ length: count }, () => this.second(options)).flat();
	}

	speak(hostId: string): void {
		this.end++;
		this.watch.heard(hostId, null);
	}
}

describe('silence of probes', () => {
	test('a host that stops talking while another goes on is due after the silence, once', () => {
		const world = new World();
		world.speak('a');
		world.speak('b');
		const due: string[] = [];
		for (let i = 0; i < 30; i++) {
			world.speak('b');
			for (const hostId of world.second()) due.push(`${hostId} at ${i + 1}`);
		}
		assert.deepEqual(due, ['a at 13']);
	});

	test('hosts that all stop at once are due while the log answers', () => {
		const world = new World();
		world.speak('a');
		world.speak('b');
		assert.deepEqual(world.seconds(20).sort(), ['a', 'b']);
	});

	test('a log that is away is nobody’s silence, however long', () => {
		const world = new World();
		world.speak('a');
		world.second();
		assert.deepEqual(world.seconds(120, { answers: false }), []);
		world.speak('a');
		assert.deepEqual(world.seconds(11), []);
		assert.deepEqual(world.seconds(3), ['a']);
	});

	test('answers that come late do not count either', () => {
		const world = new World();
		world.speak('a');
		assert.deepEqual(world.seconds(60, { delayMs: freshMs + 1 }), []);
	});

	test('a process that was stopped for a minute does not take that minute for silence', () => {
		const world = new World();
		world.speak('a');
		world.second();
		world.nowMs += 60_000;
		assert.deepEqual(world.seconds(11), []);
		assert.deepEqual(world.seconds(3), ['a']);
	});

	test('an evaluator that is behind decides nothing until it has read what was there', () => {
		const world = new World();
		world.speak('a');
		world.second();
		world.end += 1000n;
		assert.deepEqual(world.seconds(60, { behind: true }), []);
		world.watch.heard('a', null);
		world.second();
		assert.deepEqual(world.seconds(10), []);
		assert.deepEqual(world.seconds(4), ['a']);
	});

	test('a host that said that it stops is not expected', () => {
		const world = new World();
		world.speak('a');
		world.watch.forget('a');
		assert.deepEqual(world.seconds(60), []);
		assert.equal(world.watch.size, 0);
	});

	test('one that could not be told is due again, but not when it was heard meanwhile', () => {
		const world = new World();
		world.speak('a');
		world.speak('b');
		assert.deepEqual(world.seconds(13), ['a', 'b']);
		world.speak('b');
		for (const hostId of ['a', 'b']) world.watch.giveBack({ hostId, facts: null });
		assert.deepEqual(world.second(), ['a']);
	});

	test('a bound on one look leaves the rest for the next', () => {
		const world = new World();
		for (let i = 0; i < 25; i++) world.speak(`h${i}`);
		assert.equal(world.seconds(13).length, 10);
		assert.equal(world.second().length, 10);
		assert.equal(world.second().length, 5);
	});
});
