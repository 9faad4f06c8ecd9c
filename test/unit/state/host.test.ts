/** Decisions of the fold: given events, the host knows… */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchEvent } from '#schemas/event-batch.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { type ProcessNode, takeChanges } from '#state/index.ts';
import * as make from '#test/support/events.ts';
import { feed, fold } from '#test/support/host-events.ts';

const init = { pid: 1, start: 1 };
const shell = { pid: 10, start: 5 };
const facts = (owner: object, more: object = {}): object => ({
	...owner,
	vpid: (owner as { pid: number }).pid,
	threads: 1,
	...more,
});

function snapshotOf(owner: object, more: object = {}): BatchEvent {
	return make.processSnapshotted({ ...owner, process: facts(owner, more) } as never);
}
function exec(owner: object, more: object = {}): BatchEvent {
	return make.processExecuted({ ...owner, process: facts(owner, more) } as never);
}
function fork(parent: { pid: number; start: number }, pid: number, start: number, comm = 'x'): BatchEvent {
	const child = { childTid: pid, childPid: pid, childStart: start, childVpid: pid };
	return make.processCloned({ ...parent, ...child, parentPid: parent.pid, parentStart: parent.start, comm });
}
const begin = make.snapshotMarked({ phase: 'BEGIN' });
const end = make.snapshotMarked({ phase: 'END' });
const whole = [
	begin,
	snapshotOf(init, { comm: 'init' }),
	snapshotOf(shell, { comm: 'bash', parentPid: 1, parentStart: 1 }),
	end,
];

function names(node: ProcessNode | undefined): string[] {
	const found: string[] = [];
	for (let at = node ?? null; at !== null; at = at.parent) found.push(at.comm.value);
	return found;
}

test('ancestors stay known after they exit, as long as a descendant lives', () => {
	const host = fold([
		...whole,
		fork(shell, 20, 9),
		exec({ pid: 20, start: 9 }, { comm: 'sh', parentPid: 10, parentStart: 5 }),
		fork({ pid: 20, start: 9 }, 30, 11),
		exec({ pid: 30, start: 11 }, { comm: 'id', parentPid: 20, parentStart: 9 }),
		make.processExited({ pid: 20, start: 9, lastThread: true }),
		make.processExited({ ...shell, lastThread: true }),
	]);
	assert.deepEqual(names(host.processes.byPid(30)), ['id', 'sh', 'bash', 'init']);
	assert.equal(host.processes.endedCount, 2);
	feed(host, [make.processExited({ pid: 30, start: 11, lastThread: true })], 100);
	assert.equal(host.processes.endedCount, 0, 'nobody needs them any more');
});

test('a child has the facts of its parent until it executes something', () => {
	const host = fold([
		...whole,
		exec(shell, { comm: 'bash', exePath: '/bin/bash', args: ['bash', '-l'] }),
		fork(shell, 20, 9, 'bash'),
	]);
	assert.equal(host.processes.byPid(20)?.commandLine.value, 'bash -l');
	assert.equal(host.processes.byPid(20)?.program, host.processes.byPid(10)?.program, 'shared, not copied');
});

test('a reused pid is another process', () => {
	const host = fold([...whole, fork(init, 10, 77, 'new')]);
	const node = host.processes.byPid(10);
	assert.equal(node?.start, 77);
	assert.deepEqual(names(node), ['new', 'init']);
});

test('a process that ended is not born again by a clone told late: one key is one process', () => {
	const child = { pid: 20, start: 9 };
	const exit = make.processExited({ ...shell, lastThread: true } as never);
	const { processes } = fold([...whole, fork(shell, 20, 9), exit, fork(child, shell.pid, shell.start)]);
	assert.equal(processes.byPid(shell.pid), undefined);
	assert.equal(processes.find(shell.pid, shell.start)?.exited, true);
});

test('an exit is seen by rules before it is settled', () => {
	const host = fold(whole);
	const reader = new EventReader();
	reader.open(make.batch([make.processExited({ ...shell, lastThread: true })], { firstSequence: 50 }));
	host.enterBatch(reader.batch);
	reader.next();
	host.apply(reader);
	assert.equal(host.current?.comm.value, 'bash');
	assert.equal(host.processes.byPid(10), host.current ?? undefined);
	host.settle(reader);
	assert.equal(host.processes.byPid(10), undefined);
});

test('a thread counts and leaves the process as it is', () => {
	const thread = make.processCloned({ ...shell, childTid: 11, childPid: 10, childStart: 5 });
	const host = fold([...whole, thread]);
	assert.equal(host.processes.byPid(10)?.threads, 2);
	assert.equal(host.processes.runningCount, 2);
});

test('processes that a snapshot does not mention have ended', () => {
	const host = fold([
		...whole,
		fork(shell, 20, 9),
		begin,
		snapshotOf(init),
		snapshotOf({ pid: 20, start: 9 }),
		end,
	]);
	assert.equal(host.processes.byPid(10), undefined);
	assert.ok(host.processes.byPid(20));
});

test('a snapshot read before an exec does not undo the exec', () => {
	const late = make.processExecuted({ ...shell, time: 500, process: facts(shell, { comm: 'new' }) } as never);
	const early = make.processSnapshotted({
		...shell,
		time: 400,
		process: facts(shell, { comm: 'old' }),
	} as never);
	const host = fold([...whole, begin, snapshotOf(init), late, early, end]);
	assert.equal(host.processes.byPid(10)?.comm.value, 'new');
});

test('a lost process event makes the host incomplete until a snapshot ends in which nothing was lost', () => {
	const lost = make.gap({ processes: true, reason: 'ring-full', lost: 3 });
	assert.equal(fold([]).incomplete, true, 'nothing is known at first');
	assert.equal(fold(whole).incomplete, false);
	assert.equal(fold([...whole, lost]).incomplete, true);
	assert.equal(fold([...whole, lost, ...whole]).incomplete, false);
	assert.equal(fold([...whole, begin, lost, snapshotOf(init), end]).incomplete, true);
	assert.equal(fold([...whole, make.gap({ processes: false, lost: 3 })]).incomplete, false);
});

test("a jump of capture's sequence is a loss, and a batch that was seen is said to be repeated", () => {
	const host = fold(whole);
	const reader = new EventReader();
	reader.open(make.batch(whole, { firstSequence: 1 }));
	assert.equal(host.enterBatch(reader.batch), 'repeated');
	reader.open(make.batch(whole, { firstSequence: whole.length + 5 }));
	assert.equal(host.enterBatch(reader.batch), 'new');
	assert.equal(host.meta.incompleteReason, 'sequence-jump');
});

test('another boot forgets everything', () => {
	const host = fold(whole);
	const reader = new EventReader();
	reader.open(make.batch([make.fileOpened({ pid: 7, start: 7 })], { bootId: 'another', firstSequence: 1 }));
	assert.equal(host.enterBatch(reader.batch), 'new');
	assert.equal(host.processes.runningCount, 0);
	assert.equal(host.cleared, true);
	assert.equal(host.incomplete, true);
});

test('a process that was never announced is there, and known to be incomplete', () => {
	const host = fold([...whole, make.fileOpened({ pid: 99, start: 3 })]);
	assert.equal(host.processes.byPid(99)?.incomplete, true);
	feed(host, [exec({ pid: 99, start: 3 }, { comm: 'late' })], 100);
	assert.equal(host.processes.byPid(99)?.incomplete, false);
});

test('credentials change by the main thread alone, and setsid makes a leader without terminal', () => {
	const asWww = { credentials: { uid: 33, euid: 33 } };
	const host = fold([...whole, make.credentialsChanged({ ...shell, tid: 11, ...asWww })]);
	assert.equal(host.processes.byPid(10)?.credentials.euid, 0);
	feed(
		host,
		[
			make.credentialsChanged({ ...shell, ...asWww }),
			make.processControlled({ ...shell, evt: 'setsid', result: 10 }),
		],
		100,
	);
	assert.equal(host.processes.byPid(10)?.credentials.euid, 33);
	assert.equal(host.processes.byPid(10)?.sid, 10);
});

test('a chain of forks longer than the greatest depth loses its far end, not its near one', () => {
	const events: BatchEvent[] = [...whole];
	let parent = shell;
	for (let i = 0; i < 20; i++) {
		const child = { pid: 100 + i, start: 100 + i };
		events.push(
			fork(parent, child.pid, child.start, `c${i}`),
			make.processExited({ ...parent, lastThread: true }),
		);
		parent = child;
	}
	const host = fold(events, { ancestorDepthMax: 5 });
	const line = names(host.processes.byPid(119));
	assert.deepEqual(line.slice(0, 3), ['c19', 'c18', 'c17']);
	assert.ok(line.length <= 6, `the line has ${line.length}`);
	assert.ok(host.processes.endedCount <= 6);
});

const again = { pid: 20, start: 9 };
const processExit = make.processExited({ ...again, lastThread: true });

test('a fork and its end write the child alone, and void nothing that is remembered of others', () => {
	const host = fold([...whole, fork(shell, 30, 7)]);
	takeChanges(host);
	const known = host.processes.byPid(10)!.changed;
	feed(host, [fork(shell, again.pid, again.start)], 100);
	const changes = takeChanges(host);
	assert.deepEqual([...changes!.puts.keys()].sort(), ['meta', 'p:20:9']);
	feed(host, [processExit], 200);
	assert.deepEqual(takeChanges(host)?.deletes, ['p:20:9']);
	assert.equal(host.processes.byPid(10)?.changed, known);
	assert.equal(host.processes.byPid(10)?.children, 1);
});

test('a process that began and ended between two commits is nothing to the store', () => {
	const host = fold(whole);
	takeChanges(host);
	feed(host, [fork(shell, again.pid, again.start), processExit], 100);
	const changes = takeChanges(host);
	assert.deepEqual([[...changes!.puts.keys()], changes!.deletes], [['meta'], []]);
});

test('a stored process that ends, is named again and ends again leaves the store', () => {
	const host = fold([...whole, fork(shell, again.pid, again.start)]);
	takeChanges(host);
	feed(host, [processExit, make.fileOpened({ ...again, path: '/x' }), processExit], 100);
	assert.deepEqual(takeChanges(host)?.deletes, ['p:20:9']);
});
