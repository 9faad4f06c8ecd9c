/** The probe against an independent witness: strace watches the same run of a random workload; every call of both is compared. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { captureProblem } from '#test/support/capture.ts';
import { compareRun } from './compare.ts';

const strace = spawnSync('strace', ['-V']).status === 0 ? null : 'needs strace';
const skip = captureProblem() ?? strace ?? false;
/** A short form of main.ts, which compares 100,000. */
const calls = 3000;
const kindsMin = 60;

test('Capture reports the calls, results, arguments and paths that strace sees', { skip }, async () => {
	for (const seed of [1]) {
		const { differences, kinds, failed, lost, ...figures } = await compareRun(seed, calls);
		assert.deepEqual(differences, [], `seed ${seed}`);
		assert.equal(lost, 0);
		assert.ok(kinds >= kindsMin, `${kinds} kinds of calls`);
		assert.ok(figures.calls >= calls && failed > calls / 10, JSON.stringify(figures));
	}
});
