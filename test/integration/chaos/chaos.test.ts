/** The short form of test/chaos: real Kafka and Redis, two evaluators that are killed, stopped and replaced while hosts talk. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runChaos } from '#test/chaos/chaos.ts';

test('evaluators that are killed, stopped and replaced on real Kafka and Redis lose and change nothing', {
	timeout: 240_000,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-chaos-'));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const result = await runChaos({
		...{
			folder,
			seed: 7,
			seconds: 25,
			brokers: 1,
			hosts: 6,
			feeders: 1,
			evaluators: 2,
			partitions: 4,
			pauseMs: 100,
		},
		...{ faultEveryS: [2, 5], stopS: [3, 12], say: () => {} },
		faults: ['kill evaluator', 'stop evaluator', 'add evaluator', 'remove evaluator', 'kill redis'],
	});
	assert.deepEqual(result.problems, []);
	assert.equal(result.outputRepeats, 0);
	assert.ok(result.golden > 100, `only ${result.golden} alerts`);
});
