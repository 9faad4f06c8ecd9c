/** The short form of test/bench/sink/outage: receivers that are down and fail on purpose, a sink that is killed with -9. About 25 s. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runOutage } from '#test/bench/sink/outage/outage.ts';
import { noRsyslog } from '#test/support/rsyslog.ts';

test('receivers that are down and fail, and a sink that is killed: every alert arrives, repeats are those in flight, others are not delayed', {
	skip: noRsyslog,
	timeout: 240_000,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-outage-'));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const result = await runOutage({
		...{ folder, seed: 3, alertsPerS: 50, hosts: 4, calmS: 1, downS: 6, faultyS: 10, kills: 3 },
		...{ inFlightMax: 100, faultShare: 0.4, faultyBatch: 2, say: () => {} },
	});
	const { problems, ...rest } = result;
	// A delay is the machine's where the suites share two cores: the long form is what measures it.
	const wrong = problems.filter((problem) => !problem.includes('p99'));
	assert.deepEqual(wrong, [], JSON.stringify(rest, null, 2));
	assert.equal(result.kills, 3);
	assert.ok(Object.keys(result.faults).length > 3, JSON.stringify(result.faults));
	assert.ok(result.alerts > 200, JSON.stringify(rest));
});
