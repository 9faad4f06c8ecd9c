/** The wall clock is set ahead and back while capture runs: no event is lost or twice, and each has the time that the clock showed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	type CapturedFrame,
	captureProblem,
	captureProgram,
	run,
	startCapture,
} from '#test/support/capture.ts';

const skip = captureProblem() ?? false;
const hourS = 3_600;
/** Longer than capture believes what it has measured of the clock (frame.c). */
const noticedMs = 1_500;
const readMs = 300;

/** Capture as it is built, but for where its wall clock comes from. */
function linkWithSteppingClock(program: string): void {
	const build = dirname(captureProgram);
	const objects = readdirSync(build).filter((name) => name.endsWith('.o') && !name.endsWith('.bpf.o'));
	execFileSync('gcc', [
		...['-static', '-O1', '-Wl,--wrap=clock_gettime', '-o', program],
		...objects.map((name) => join(build, name)),
		join(import.meta.dirname, '../support/stepping-clock.c'),
		...['-l:libbpf.a', '-l:libelf.a', '-l:libz.a'],
	]);
}

function frameOf(frames: readonly CapturedFrame[], pid: number): CapturedFrame | undefined {
	return frames.find(({ events }) =>
		events.some(({ family, header }) => family === 'ProcessExecuted' && header.pid === pid),
	);
}

test('a wall clock that is set an hour ahead and two back takes no event along, and times follow it', {
	skip,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-clock-'));
	const off = join(folder, 'off');
	const file = openSync(off, 'w');
	t.after(() => {
		closeSync(file);
		rmSync(folder, { recursive: true });
	});
	const setClock = (offS: number): void => {
		const bytes = Buffer.alloc(8);
		bytes.writeBigInt64LE(BigInt(offS) * 1_000_000_000n);
		writeSync(file, bytes, 0, bytes.length, 0);
	};
	setClock(0);
	const program = join(folder, 'capture');
	linkWithSteppingClock(program);
	const capture = await startCapture(['--no-snapshot'], { program, env: { WALL_CLOCK_OFF: off } });
	const ran: { readonly pid: number; readonly shownS: number }[] = [];
	for (const offS of [0, hourS, -hourS, 0]) {
		setClock(offS);
		await sleep(noticedMs);
		const shownS = Date.now() / 1000 + offS;
		ran.push({ pid: (await run('/bin/true', [])).pid, shownS });
		// What the ring still holds when a clock is set gets the time that it shows then.
		await sleep(readMs);
	}
	const { frames, code } = await capture.stop();
	assert.equal(code, 0, capture.errors());
	for (const { pid, shownS } of ran) {
		const frame = frameOf(frames, pid);
		assert.ok(frame, `the run of ${pid} was seen`);
		assert.ok(Math.abs(frame.baseS - shownS) < 3, `its time is ${frame.baseS}, the clock showed ${shownS}`);
		const ends = frames.flatMap(({ events }) =>
			events.filter(({ family, header }) => family === 'ProcessExited' && header.pid === pid),
		);
		assert.equal(ends.length, 1, `the end of ${pid} was seen once`);
	}
	for (const [i, { sequence, lost, events }] of frames.entries()) {
		assert.equal(lost, 0);
		if (i + 1 < frames.length) assert.equal(frames[i + 1]!.sequence, sequence + events.length);
	}
});
