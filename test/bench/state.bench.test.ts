/**
 * Goal: `HostState.apply` on a mixed stream, apart from decoding. Non-goal: rules. Prints events per second; small
 * unless LANNER_BENCH=full.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import * as make from '#test/support/events.ts';

const rounds = process.env.LANNER_BENCH === 'full' ? 20_000 : 40;
const processes = 200;

const snapshot = Array.from({ length: processes }, (_, i) =>
	make.processSnapshotted({
		pid: i + 1,
		start: 1000,
		process: { pid: i + 1, start: 1000, comm: `p${i}`, exePath: '/bin/p' },
	} as never),
);
const events = Array.from({ length: 500 }, (_, i) => {
	const owner = { pid: 1 + ((i * 7) % processes), start: 1000 };
	if (i % 3 === 0) return make.fileOpened({ ...owner, path: '/etc/passwd', result: 3 });
	if (i % 3 === 1) return make.socketConnected({ ...owner, fd: { number: 3 } });
	return make.fdChanged({ ...owner, fd: { number: 3, path: '/tmp/x' } });
});

const reader = new EventReader();
const host = new HostState('bench');
reader.open(make.batch(snapshot));
host.enterBatch(reader.batch);
while (reader.next()) host.apply(reader);
host.processes.takeChanges();

const message = make.batch(events, { firstSequence: 1_000 });

function run(applies: boolean): number {
	const begin = process.hrtime.bigint();
	for (let round = 0; round < rounds; round++) {
		reader.open(message);
		while (reader.next()) {
			if (!applies) continue;
			host.apply(reader);
			host.settle(reader);
		}
	}
	return Number(process.hrtime.bigint() - begin);
}

test('events that change nothing are applied, and change nothing', () => {
	run(true);
	run(false);
	const decode = run(false);
	const both = run(true);
	const count = rounds * events.length;
	const perEvent = Math.max(0.1, (both - decode) / count);
	console.log(
		JSON.stringify({
			bench: 'state-apply',
			events: count,
			decodeNsPerEvent: Math.round((decode / count) * 10) / 10,
			applyNsPerEvent: Math.round(perEvent * 10) / 10,
			applyEventsPerSecond: Math.round(1e9 / perEvent),
		}),
	);
	assert.deepEqual(host.processes.takeChanges(), { changed: [], deleted: [] });
});
