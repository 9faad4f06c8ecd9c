/** `lanner topics grow` on a fleet at work: no alert lost, none twice, and hosts use the new partitions after their probes were restarted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assertWhole, DayTwoFleet } from '../../day-two/fleet.ts';

const root = join(import.meta.dirname, '../../..');

test('partitions are added while hosts talk; evaluators and probes are restarted: nothing is lost and nothing told twice', {
	timeout: 400_000,
}, async (t) => {
	const fleet = await DayTwoFleet.start(t, { partitions: 2 });
	await fleet.moreAlerts(10);
	assert.match(fleet.lanner('topics', 'grow', '--partitions', '5'), /5 partitions \(before: 2\)/);
	// Nothing was restarted yet, and all goes on.
	await fleet.moreAlerts(5);
	for (const evaluator of fleet.evaluators) {
		await evaluator.stop();
		evaluator.start();
	}
	await fleet.moreAlerts(5);
	await fleet.restartHosts();
	// Not by alerts alone: those that come may be of before.
	const hostsOf = (): number[] =>
		[0, 1, 2, 3, 4].map((partition) => Number(fleet.redisCli('SCARD', `lanner:{events:${partition}}:hosts`)));
	const isMoved = (): boolean =>
		hostsOf()
			.slice(2)
			.some((count) => count > 0);
	for (let tries = 0; !isMoved() && tries < 600; tries++) await setTimeout(100);
	assert.ok(isMoved(), `no host is in a new partition: ${hostsOf()}`);
	await fleet.moreAlerts(10);
	// Run again it changes nothing; fewer is refused.
	assert.match(fleet.lanner('topics', 'grow', '--partitions', '5'), /before: 5/);
	const fewer = spawnSync(
		join(root, 'lanner'),
		['topics', 'grow', '--partitions', '3', '--config', fleet.config],
		{ encoding: 'utf8' },
	);
	assert.equal(fewer.status, 3);
	assert.match(fewer.stderr, /never taken away/);
	const verdict = await fleet.settle();
	assertWhole(verdict, 20);
	assert.equal(verdict.repeats, 0);
	assert.equal(fleet.redisCli('GET', 'lanner:{events}:partitions'), '5');
});
