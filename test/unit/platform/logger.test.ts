import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, createRepeatLimit, type Logger, type LogLevel } from '#platform/logger.ts';

function logger({ level = 'info', isTTY = false }: { level?: LogLevel; isTTY?: boolean } = {}) {
	const lines: string[] = [];
	const clock = { ms: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
	const log: Logger = createLogger({
		level,
		stream: { isTTY, write: (text) => lines.push(text) },
		now: () => clock.ms,
	});
	return { log, lines, clock };
}

test('a line is JSON with time, level, message and fields', () => {
	const { log, lines } = logger();
	log.warn({ topic: 'lanner.events', n: 3 }, 'the log repaired itself');
	assert.deepEqual(JSON.parse(lines.join('')), {
		level: 'warn',
		time: '2026-01-02T03:04:05.678Z',
		topic: 'lanner.events',
		n: 3,
		msg: 'the log repaired itself',
	});
});

test('lines below the level are not written', () => {
	const { log, lines } = logger({ level: 'warn' });
	log.info({}, 'quiet');
	log.debug({}, 'quiet');
	log.error({}, 'loud');
	assert.equal(lines.length, 1);
});

test('on a terminal a line is for people, and no value can move the cursor or forge a line', () => {
	const { log, lines } = logger({ isTTY: true });
	log.info({ name: 'a\nb\x1b[2J\x9bx' }, 'seen');
	const [line = ''] = lines;
	assert.match(line, /^03:04:05\.678 .*info .*seen name="a\\nb\\u001b\[2J\\u009bx"\n$/);
	assert.equal(line.split('\n').length, 2);
});

test('an error is shown by its message', () => {
	const { log, lines } = logger({ isTTY: true });
	log.error({ err: new Error('disk full') }, 'cannot append');
	assert.match(lines.join(''), /cannot append error="disk full"/);
});

test('secrets in fields are redacted', () => {
	const { log, lines } = logger();
	log.info(
		{ url: 'http://x/hunter2', output: { headers: { authorization: 'hunter2' } }, password: 'hunter2' },
		'made',
	);
	assert.doesNotMatch(lines.join(''), /hunter2/);
});

test('a message repeated too often is held back and summed up once', () => {
	const { log, lines, clock } = logger();
	for (let i = 0; i < 100; i++) log.warn({ i }, 'again');
	assert.equal(lines.length, 5);
	log.warn({}, 'another');
	assert.equal(lines.length, 6);
	clock.ms += 10_000;
	log.warn({}, 'again');
	assert.equal((JSON.parse(lines.at(-1) ?? '') as { heldBackLines: number }).heldBackLines, 95);
	log.warn({}, 'again');
	assert.equal('heldBackLines' in JSON.parse(lines.at(-1) ?? ''), false);
});

test('the number of messages that are followed is bounded', () => {
	const limit = createRepeatLimit(() => 0);
	for (let i = 0; i < 6; i++) limit('first');
	assert.equal(limit('first').pass, false);
	for (let i = 0; i < 500; i++) limit(`message ${i}`);
	// Forgotten by now, so it starts anew.
	assert.equal(limit('first').pass, true);
});
