/** capture as a program: options, errors, the order of its stream, loss, and how it ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
	buildActor,
	captureProblem,
	captureProgram,
	capturing,
	decodeFrames,
	run,
	startCapture,
} from '#test/support/capture.ts';

const skip = captureProblem() ?? false;

function refused(args: readonly string[]) {
	const done = spawnSync(captureProgram, args, { encoding: 'utf8', timeout: 20_000 });
	return {
		code: done.status,
		diagnostic: JSON.parse(done.stderr.trim().split('\n').at(-1) ?? '{}'),
		stdout: done.stdout,
	};
}

test('Bad usage ends with 2, names the value and says what is accepted', { skip }, () => {
	for (const args of [
		['--nonsense'],
		['--linger-ms', '0'],
		['--ring-mb', '3'],
		['--syscalls', 'default,opne'],
		['extra'],
	]) {
		const { code, diagnostic, stdout } = refused(args);
		assert.equal(code, 2, args.join(' '));
		assert.equal(diagnostic.level, 'error');
		assert.equal(diagnostic.code, 'bad-option');
		assert.equal(stdout, '');
	}
	assert.match(refused(['--syscalls', 'default,opne']).diagnostic.message, /opne/);
	assert.match(spawnSync(captureProgram, ['--help'], { encoding: 'utf8' }).stdout, /--heartbeat-ms/);
});

test('Without privileges it ends with 3 and says how to get them', { skip }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-plain-'));
	const program = join(folder, 'capture');
	copyFileSync(captureProgram, program);
	chmodSync(folder, 0o755);
	const done = spawnSync(program, [], { encoding: 'utf8', uid: 65534, gid: 65534, cwd: '/' });
	assert.equal(done.status, 3);
	assert.equal(JSON.parse(done.stderr).code, 'not-permitted');
	assert.match(JSON.parse(done.stderr).hint, /setcap/);
});

test('With two file capabilities an ordinary user can capture', { skip }, async (context) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-caps-'));
	const program = join(folder, 'capture');
	copyFileSync(captureProgram, program);
	chmodSync(folder, 0o755);
	const setcap = ['/sbin/setcap', '/usr/sbin/setcap'].find(existsSync);
	if (setcap === undefined || spawnSync(setcap, ['cap_bpf,cap_perfmon+ep', program]).status !== 0) {
		context.skip('needs setcap and a file system with capabilities');
		return;
	}
	const done = spawnSync(program, ['--seconds', '1'], {
		uid: 65534,
		gid: 65534,
		cwd: '/',
		maxBuffer: 1 << 28,
	});
	assert.equal(done.status, 0, done.stderr.toString());
	const events = decodeFrames(done.stdout).flatMap((frame) => frame.events);
	assert.ok(events.some((event) => event.family === 'ProcessSnapshotted' && event.fields.process !== null));
});

test('With either of the two missing capture cannot run: both are needed', { skip }, (context) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-cap-'));
	const program = join(folder, 'capture');
	copyFileSync(captureProgram, program);
	chmodSync(folder, 0o755);
	const setcap = ['/sbin/setcap', '/usr/sbin/setcap'].find(existsSync);
	for (const capability of ['cap_bpf', 'cap_perfmon']) {
		if (setcap === undefined || spawnSync(setcap, [`${capability}+ep`, program]).status !== 0)
			return context.skip('needs setcap and a file system with capabilities');
		const done = spawnSync(program, ['--seconds', '1'], {
			uid: 65534,
			gid: 65534,
			cwd: '/',
			timeout: 20_000,
		});
		assert.equal(done.status, 3, `${capability} alone`);
		assert.match(done.stderr.toString(), /not permitted|refused/);
	}
});

test('The stream begins with ProbeStarted, then the snapshot, and ends with ProbeStopped; the sequence has no hole', {
	skip,
}, async () => {
	const capture = await startCapture(['--heartbeat-ms', '100', '--batch-bytes', '1024']);
	await run('/bin/true', []);
	await new Promise((done) => setTimeout(done, 300));
	const { frames, code } = await capture.stop();
	assert.equal(code, 0);
	const events = frames.flatMap((frame) => frame.events);
	assert.deepEqual(
		events.slice(0, 2).map((event) => event.family),
		['ProbeStarted', 'SnapshotMarked'],
	);
	assert.equal(events.at(-1)?.family, 'ProbeStopped');
	assert.equal(events.at(-1)?.fields.reason, 'SIGTERM');
	assert.ok(events.filter((event) => event.family === 'Heartbeat').length >= 3);
	let next = frames[0]?.sequence;
	for (const frame of frames) {
		assert.equal(frame.sequence, next);
		next = frame.sequence + frame.events.length;
	}
	assert.ok(Math.abs((frames[0]?.baseS ?? 0) - Date.now() / 1000) < 30);
});

test('After attaching no capability is left, and none can come back', { skip }, async () => {
	const capture = await startCapture(['--no-snapshot']);
	const status = readFileSync(`/proc/${capture.child.pid}/status`, 'latin1');
	await capture.stop();
	assert.match(status, /CapPrm:\t0000000000000000/);
	assert.match(status, /CapEff:\t0000000000000000/);
	assert.match(status, /NoNewPrivs:\t1/);
});

test('An excluded process keeps its exec and exit but not its files; other calls of it stay', {
	skip,
}, async () => {
	const own = await capturing(['--no-snapshot', '--exclude-pid', String(process.pid)], async () => {
		readFileSync('/etc/hostname');
		process.kill(process.pid, 0);
	});
	const mine = own.filter((event) => event.header.pid === process.pid);
	assert.equal(mine.filter((event) => event.family === 'FileOpened').length, 0);
	assert.ok(mine.some((event) => event.family === 'SignalSent'));
	const all = await capturing(['--no-snapshot'], async () => void readFileSync('/etc/hostname'));
	assert.ok(all.some((event) => event.header.pid === process.pid && event.fields.name === '/etc/hostname'));
});

test('Calls that are off by default are captured when asked for, any other call with its raw arguments', {
	skip,
}, async () => {
	let pid = 0;
	const events = await capturing(
		['--no-snapshot', '--syscalls', 'default,close,getppid,read,-openat'],
		async () => {
			pid = (await run('/bin/sh', ['-c', 'exec cat /etc/hostname'])).pid;
		},
	);
	const mine = events.filter((event) => event.header.pid === pid);
	const closed = mine
		.filter((event) => event.header.type === 'close')
		.map((event) => (event.fields.fd as { path: string }).path);
	assert.ok(closed.includes('/etc/hostname'), closed.join(' '));
	const other = mine.find((event) => event.family === 'OtherSyscall');
	assert.deepEqual(
		[other?.header.type, other?.fields.number, other?.header.result],
		['getppid', 110, process.pid],
	);
	assert.ok(
		mine.some(
			(event) =>
				event.family === 'FileTransferred' && (event.fields.fd as { path: string }).path === '/etc/hostname',
		),
	);
	assert.equal(mine.filter((event) => event.header.type === 'openat').length, 0);
});

test('When the ring overflows every loss is counted, and no fork or exit is among them', {
	skip,
}, async () => {
	const capture = await startCapture([
		'--no-snapshot',
		'--ring-mb',
		'1',
		'--exclude-pid',
		String(process.pid),
	]);
	// A stopped reader is the worst case: nothing leaves the ring.
	capture.child.kill('SIGSTOP');
	const flood = await run(buildActor(), ['flood', '1']);
	const forks = await run(buildActor(), ['forks', '50']);
	capture.child.kill('SIGCONT');
	await new Promise((done) => setTimeout(done, 1500));
	const { frames } = await capture.stop();
	const events = frames.flatMap((frame) => frame.events);
	const opened = events.filter(
		(event) => event.header.pid === flood.pid && event.fields.name === '/dev/null',
	).length;
	const gaps = events.filter((event) => event.family === 'Gap');
	const lost = gaps.reduce((sum, event) => sum + Number(event.fields.lost), 0);
	const byCpu = gaps.flatMap((event) => event.fields.cpus as number[]).reduce((sum, count) => sum + count, 0);
	const children = events.filter(
		(event) => event.family === 'ProcessCloned' && event.header.pid === forks.pid,
	);
	assert.ok(lost > 0, 'the ring did not overflow');
	assert.equal(byCpu, lost);
	assert.ok(
		gaps.every(
			(event) =>
				event.fields.reason === 'ring-full' &&
				event.fields.processes === false &&
				event.fields.stage === 'KERNEL',
		),
	);
	assert.ok(opened + lost >= Number(flood.stdout), `${opened} seen + ${lost} lost of ${flood.stdout}`);
	assert.equal(children.length, 50);
	assert.equal(frames.at(-1)?.lost, lost);
});

test('When process events are lost, too, a new snapshot follows once it is quiet', { skip }, async () => {
	const capture = await startCapture([
		'--no-snapshot',
		'--ring-mb',
		'1',
		'--exclude-pid',
		String(process.pid),
	]);
	capture.child.kill('SIGSTOP');
	await run(buildActor(), ['flood', '1']);
	await run(buildActor(), ['forks', '2500']);
	capture.child.kill('SIGCONT');
	await new Promise((done) => setTimeout(done, 3500));
	const { frames } = await capture.stop();
	const events = frames.flatMap((frame) => frame.events);
	const gap = events.findIndex((event) => event.family === 'Gap' && event.fields.processes === true);
	const begin = events.findIndex(
		(event) => event.family === 'SnapshotMarked' && event.fields.phase === 'BEGIN',
	);
	assert.ok(gap >= 0, 'no process event was lost');
	assert.ok(begin > gap);
	assert.equal(events[begin]?.fields.reason, 'loss');
	assert.ok(
		events.slice(begin).some((event) => event.family === 'SnapshotMarked' && event.fields.phase === 'END'),
	);
});

test('It ends when its reader goes away', { skip }, async () => {
	const capture = await startCapture(['--no-snapshot', '--heartbeat-ms', '100']);
	capture.child.stdout?.destroy();
	const code = await new Promise((done) => capture.child.once('exit', done));
	assert.equal(code, 0);
});
