import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownContainer } from '#agent/containers/container.ts';
import { hostIdOf } from '#agent/identity.ts';
import { captureCalls } from '#agent/interest.ts';
import { bootSequence, OwnStream } from '#agent/own-stream.ts';
import { decodeEventBatch } from '#schemas/event-batch.ts';

const identity = { hostId: 'h', hostName: 'box', bootId: 'b', machine: 'x86_64' };
const stream = () =>
	new OwnStream({ identity, probeVersion: '1', firstSequence: 70, now: () => new Date(1_700_000_000_123) });

test('own events have the agent as producer, a growing sequence and the time they were made', () => {
	const own = stream();
	const first = decodeEventBatch(
		own.usersReported({
			users: [{ uid: 0, gid: 0, name: 'root', home: '/root', shell: '/bin/sh' }],
			groups: [{ gid: 4, name: 'adm' }],
		}).value,
	);
	const second = decodeEventBatch(
		own.containerReported('RUNNING', { ...unknownContainer('c1', 'docker'), privileged: true }).value,
	);
	const third = decodeEventBatch(own.captureGap(5).value);
	assert.deepEqual(
		[first, second, third].map(({ producer, firstSequence, baseTimeS, baseTimeNs }) => [
			producer,
			firstSequence,
			baseTimeS,
			baseTimeNs,
		]),
		[
			['AGENT', 70, 1_700_000_000, 123_000_000],
			['AGENT', 71, 1_700_000_000, 123_000_000],
			['AGENT', 72, 1_700_000_000, 123_000_000],
		],
	);
	// As JSON, for records of the codec are instances of its classes.
	const [users] = JSON.parse(JSON.stringify(first.events)) as {
		'lanner.events.UsersReported': { users: unknown; groups: unknown };
	}[];
	assert.deepEqual(users?.['lanner.events.UsersReported'].users, [
		{ uid: 0, name: 'root', home: '/root', shell: '/bin/sh' },
	]);
	assert.deepEqual(users?.['lanner.events.UsersReported'].groups, [{ gid: 4, name: 'adm' }]);
	const [report] = JSON.parse(JSON.stringify(second.events)) as {
		'lanner.events.ContainerReported': { state: string; container: Record<string, unknown> };
	}[];
	const { state, container } = report!['lanner.events.ContainerReported'];
	assert.equal(state, 'RUNNING');
	assert.deepEqual([container.id, container.privileged, container.hostPid], ['c1', { boolean: true }, null]);
});

test('the sequence of a later start is ahead of what an earlier one can have used', () => {
	assert.equal(bootSequence('100.00 50.00\n'), 390_625_000);
	assert.ok(bootSequence('100.01 50.00\n') - bootSequence('100.00 50.00\n') > 39_000);
	assert.throws(() => bootSequence('soon'), /not a time/);
});

test('the host id hides the machine id and is the same every time', () => {
	const id = hostIdOf('0123456789abcdef0123456789abcdef');
	assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
	assert.equal(id, hostIdOf('0123456789abcdef0123456789abcdef'));
	assert.ok(!id.includes('0123456789ab'));
});

test('capture is asked for what rules and state need, and for no more', () => {
	const calls = captureCalls([
		['openat', 'open'],
		['procexit', 'gap'],
	]).split(',');
	assert.ok(
		calls.includes('?openat') &&
			calls.includes('?open') &&
			calls.includes('?setuid') &&
			calls.includes('?chdir'),
	);
	for (const absent of ['?connect', '?read', '?procexit', '?gap', 'default'])
		assert.ok(!calls.includes(absent), absent);
});

test('a rule for nearly every event gets what is captured by default, not every call there is', () => {
	const everything = Array.from({ length: 400 }, (_, i) => `call${i}`);
	const calls = captureCalls([everything]).split(',');
	assert.ok(calls.includes('default') && !calls.includes('?call1'));
});

test('losses on the way become a Gap each, with the stream and the range that is missing', () => {
	const own = stream();
	const range = { batches: 2, events: 30, firstSequence: 100, lastSequence: 129 };
	const capture = { stage: 'SPOOL', reason: 'spool-full', producer: 'CAPTURE', ...range } as const;
	const batch = own.losses([capture, { ...capture, producer: 'AGENT' }]);
	assert.deepEqual([batch.events, batch.firstSequence, batch.reportsLoss], [2, 70, true]);
	assert.equal(own.captureGap(1).firstSequence, 72, 'each Gap takes a number');
	const gaps = decodeEventBatch(batch.value).events.map(
		(event) => (event as { 'lanner.events.Gap': Record<string, unknown> })['lanner.events.Gap'],
	);
	assert.deepEqual(
		gaps.map((gap) => [
			gap.producer,
			gap.batches,
			gap.lost,
			gap.firstSequence,
			gap.lastSequence,
			gap.processes,
		]),
		[
			['CAPTURE', 2, 30, 100, 129, true],
			['AGENT', 2, 30, 100, 129, false],
		],
	);
});
