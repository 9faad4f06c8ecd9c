/** Lengths of time: each unit once, the largest first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInterval } from '#platform/interval.ts';

test('units add up, with or without space between them', () => {
	const texts = ['250ms', '30s', '1h30m', ' 2d 12h ', '1y1w', '0s'];
	assert.deepEqual(texts.map(parseInterval), [250, 30_000, 5_400_000, 216_000_000, 32_140_800_000, 0]);
});

test('a unit twice, the smaller one first, no unit, signs and long numbers are no interval', () => {
	const texts = ['', ' ', '1', 's', '1s1s', '1m1h', '-1s', '1.5h', '1s,2m', '1mo', `${'9'.repeat(10)}s`];
	assert.deepEqual(
		texts.map(parseInterval),
		texts.map(() => null),
	);
});
