/** What an intruder with root can do to a running capture is noticed, told and put right; capture itself can do very little. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
	buildActor,
	type Capture,
	type CapturedEvent,
	captureProblem,
	run,
	startCapture,
} from '#test/support/capture.ts';
import { tamper, tamperProblem } from '#test/support/tamper.ts';

const skip = captureProblem() ?? tamperProblem() ?? false;
const socketCall = 41;
const execCall = 59;
/** One look a second, and some time to write. */
const noticedMs = 1600;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function eventsOf(capture: Capture): Promise<{ events: CapturedEvent[]; code: number | null }> {
	const { frames, code } = await capture.stop();
	return { events: frames.flatMap((frame) => frame.events), code };
}

function indexOfGap(events: readonly CapturedEvent[], reason: string): number {
	return events.findIndex(({ family, fields }) => family === 'Gap' && fields.reason === reason);
}

function opened(events: readonly CapturedEvent[], name: string): boolean {
	return events.some((event) => event.header.pid === process.pid && event.fields.name === name);
}

test('Tables emptied by somebody else are told, filled again, and a snapshot follows', { skip }, async () => {
	const capture = await startCapture(['--no-snapshot']);
	tamper('maps', capture.child.pid!);
	readFileSync('/etc/hostname');
	await pause(noticedMs);
	readFileSync('/etc/passwd');
	await pause(noticedMs);
	const { events, code } = await eventsOf(capture);
	const gap = indexOfGap(events, 'tampered-maps');
	assert.equal(code, 0);
	assert.deepEqual(
		[events[gap]?.fields.stage, events[gap]?.fields.lost, events[gap]?.fields.processes],
		['CAPTURE', -1, true],
	);
	assert.equal(opened(events, '/etc/hostname'), false, 'the tables were not empty');
	assert.ok(opened(events.slice(gap), '/etc/passwd'));
	assert.ok(events.slice(gap).some(({ family }) => family === 'ProcessSnapshotted'));
	assert.match(capture.errors(), /"code":"tampered-maps"/);
	// Counters that went back to 0 are no loss.
	assert.equal(events.filter(({ family }) => family === 'Gap').length, 1);
});

test('A process that puts itself among those left out is seen again', { skip }, async () => {
	const capture = await startCapture(['--no-snapshot']);
	tamper('exclude', capture.child.pid!, process.pid);
	readFileSync('/etc/hostname');
	await pause(noticedMs);
	readFileSync('/etc/passwd');
	const { events } = await eventsOf(capture);
	const gap = indexOfGap(events, 'tampered-maps');
	assert.ok(gap >= 0);
	assert.equal(opened(events, '/etc/hostname'), false, 'it was not left out');
	assert.ok(opened(events.slice(gap), '/etc/passwd'));
});

test('Events thrown out of the ring are told', { skip }, async () => {
	const capture = await startCapture(['--no-snapshot']);
	capture.child.kill('SIGSTOP');
	readFileSync('/etc/hostname');
	tamper('ring', capture.child.pid!);
	capture.child.kill('SIGCONT');
	await pause(noticedMs);
	const { events, code } = await eventsOf(capture);
	assert.equal(code, 0);
	assert.equal(opened(events, '/etc/hostname'), false, 'it was still in the ring');
	assert.ok(indexOfGap(events, 'tampered-ring') >= 0);
});

test('With its programs detached capture says so and ends with 4', { skip }, async () => {
	const capture = await startCapture(['--no-snapshot']);
	const ended = once(capture.child, 'close');
	tamper('links', capture.child.pid!);
	await ended;
	const { events, code } = await eventsOf(capture);
	assert.equal(code, 4);
	assert.ok(indexOfGap(events, 'tampered-programs') >= 0);
	assert.equal(events.at(-1)?.fields.reason, 'tampered with');
});

test('A capture that nobody touches tells of no tampering, under load and with changes of its own', {
	skip,
}, async () => {
	const capture = await startCapture(['--no-snapshot', '--ring-mb', '1']);
	await run(buildActor(), ['flood', '1']);
	await pause(noticedMs);
	const { events } = await eventsOf(capture);
	assert.deepEqual(
		events.filter(({ fields }) => String(fields.reason).startsWith('tampered')),
		[],
	);
});

test('Capture is killed at the first call that it has no need of: a socket, a program', {
	skip,
}, async () => {
	for (const number of [socketCall, execCall]) {
		const capture = await startCapture(['--no-snapshot']);
		assert.match(readFileSync(`/proc/${capture.child.pid}/status`, 'latin1'), /Seccomp:\t2/);
		const ended = once(capture.child, 'close');
		tamper('call', capture.child.pid!, number);
		const [, signal] = await ended;
		assert.equal(signal, 'SIGSYS');
	}
});

test('A program by the name of capture is watched like any other', { skip }, async () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-imitation-'));
	const imitation = join(folder, 'capture');
	copyFileSync('/bin/cat', imitation);
	const capture = await startCapture(['--no-snapshot', '--exclude-pid', String(process.pid)]);
	const { pid } = await run(imitation, ['/etc/hostname']);
	const { events } = await eventsOf(capture);
	rmSync(folder, { recursive: true });
	assert.ok(events.some(({ header, fields }) => header.pid === pid && fields.name === '/etc/hostname'));
});
