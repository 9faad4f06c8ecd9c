/** Processes as capture reports them: programs, children, ends, hostile arguments, the snapshot. */
import assert from 'node:assert/strict';
import {
	copyFileSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
	buildActor,
	type CapturedEvent,
	captureProblem,
	capturing,
	type Fields,
	run,
} from '#test/support/capture.ts';

const skip = captureProblem() ?? false;
const quiet = ['--no-snapshot', '--linger-ms', '5'];
const exe = { writable: 1, memory: 8, deleted: 16, script: 32 };

function processOf(event: CapturedEvent | undefined): Fields {
	assert.ok(event !== undefined && event.fields.process !== null, 'no such exec');
	return event.fields.process as Fields;
}

function execs(events: readonly CapturedEvent[], pid: number): CapturedEvent[] {
	return events.filter((event) => event.family === 'ProcessExecuted' && event.header.pid === pid);
}

/** The root of this process as the snapshot has it: "/", or where the chroot is in which the suite runs. */
async function ourRoot(): Promise<unknown> {
	const events = await capturing([], async () => {});
	const own = events.find(
		({ family, header }) => family === 'ProcessSnapshotted' && header.pid === process.pid,
	);
	return processOf(own).root;
}

test('An exec carries the program, its arguments, its place and its parent', { skip }, async () => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lanner-exec-')));
	const actor = buildActor();
	let pid = 0;
	const events = await capturing(quiet, async () => {
		pid = (await run(actor, ['nothing', 'two words', ''], { cwd: folder })).pid;
	});
	const event = execs(events, pid)[0];
	const process_ = processOf(event);
	const file = statSync(actor);
	assert.equal(event?.header.type, 'execve');
	assert.equal(event?.fields.name, actor);
	assert.equal(process_.exePath, realpathSync(actor));
	assert.equal(process_.exeInode, file.ino);
	assert.equal(process_.exeDevice, file.dev);
	assert.deepEqual(process_.exeModifyTime, {
		s: Math.floor(file.mtimeMs / 1000),
		ns: Number(statSync(actor, { bigint: true }).mtimeNs % 1_000_000_000n),
	});
	assert.deepEqual(process_.args, [actor, 'nothing', 'two words', '']);
	assert.equal(process_.argsCount, 4);
	assert.equal(process_.cwd, folder);
	assert.match(String(process_.root), /^\//);
	assert.equal(process_.root, await ourRoot());
	assert.equal(process_.parentPid, process.pid);
	assert.equal(process_.comm, 'actor');
	assert.equal((process_.credentials as Fields).uid, 0);
	assert.equal(process_.pgid, pid === 0 ? 0 : process_.vpgid);
	assert.equal((process_.stdin as Fields).path, '/dev/null');
});

test('A child is announced by its parent before it does anything, and its end is the last of it', {
	skip,
}, async () => {
	const events = await capturing(quiet, () => run(buildActor(), ['forks', '3']));
	const parent = events.find(
		(event) =>
			event.family === 'ProcessExecuted' && JSON.stringify(processOf(event).args).includes('"forks"'),
	);
	const clones = events.filter(
		(event) => event.family === 'ProcessCloned' && event.header.pid === parent?.header.pid,
	);
	assert.equal(clones.length, 3);
	for (const [index, clone] of clones.entries()) {
		const pid = clone.fields.childPid;
		const own = events.filter((event) => event.header.pid === pid);
		assert.equal(clone.header.result, pid);
		assert.equal(clone.fields.parentPid, parent?.header.pid);
		assert.equal(clone.fields.parentStart, parent?.header.start);
		assert.equal(own.at(-1)?.family, 'ProcessExited');
		assert.equal(own.at(-1)?.header.start, clone.fields.childStart);
		assert.deepEqual(
			[own.at(-1)?.fields.exitCode, own.at(-1)?.fields.signal, own.at(-1)?.fields.lastThread],
			[index, 0, true],
		);
		assert.ok(events.indexOf(clone) < events.indexOf(own[0] as CapturedEvent));
	}
});

test('A process killed by a signal says which', { skip }, async () => {
	let pid = 0;
	const events = await capturing(quiet, async () => {
		pid = (await run(buildActor(), ['signal'])).pid;
	});
	const exit = events.find((event) => event.family === 'ProcessExited' && event.header.pid === pid);
	assert.deepEqual([exit?.fields.signal, exit?.fields.exitCode, exit?.fields.status], [9, -1, 9]);
});

test('The whole environment of started programs is reported when it was asked for', { skip }, async () => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lanner-copies-')));
	const events = await capturing([...quiet, '--env', '*'], () =>
		run(buildActor(), ['copies'], { cwd: folder }),
	);
	const copy = events.find((event) => event.family === 'ProcessExecuted' && event.header.type === 'execveat');
	assert.deepEqual(copy && processOf(copy)?.environment, ['SHOWN=yes', 'HIDDEN=no']);
});

test('Programs in memory and deleted programs are told as such; a failed exec has no process', {
	skip,
}, async () => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lanner-copies-')));
	const events = await capturing([...quiet, '--env', 'SHOWN'], () =>
		run(buildActor(), ['copies'], { cwd: folder }),
	);
	const copies = events.filter(
		(event) => event.family === 'ProcessExecuted' && event.header.type === 'execveat',
	);
	const [memory, gone] = copies.map(processOf);
	assert.equal(memory?.exePath, 'memfd:ghost');
	assert.equal(Number(memory?.exeFlags) & (exe.memory | exe.deleted), exe.memory | exe.deleted);
	assert.deepEqual(memory?.environment, ['SHOWN=yes']);
	assert.equal(gone?.exePath, `${folder}/gone`);
	assert.equal(Number(gone?.exeFlags) & (exe.memory | exe.deleted), exe.deleted);
	const failed = events.find((event) => event.fields.name === 'absent-program');
	assert.deepEqual(
		[failed?.header.result, failed?.fields.process, failed?.fields.path],
		[-2, null, `${folder}/absent-program`],
	);
	assert.deepEqual(failed?.fields.args, ['copy', 'nothing']);
});

test('A script is told by its own path, with the interpreter in the arguments', { skip }, async () => {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lanner-script-')));
	const script = join(folder, 'hello.sh');
	writeFileSync(script, '#!/bin/sh -e\nexit 0\n', { mode: 0o755 });
	let pid = 0;
	const events = await capturing(quiet, async () => {
		pid = (await run(script, ['x'])).pid;
	});
	const event = execs(events, pid)[0];
	assert.equal(event?.fields.path, script);
	assert.deepEqual(processOf(event).args, ['/bin/sh', '-e', script, 'x']);
	assert.ok(Number(processOf(event).exeFlags) & exe.script);
});

test('Ten thousand arguments, 4 KB arguments and any bytes arrive exactly', { skip }, async () => {
	const many = Array.from({ length: 10_000 }, () => 'a');
	const long = 'x'.repeat(4096);
	const folder = mkdtempSync(join(tmpdir(), 'lanner-args-'));
	const name = Buffer.from([0xff, 0xfe, 0x0a, 0x1b, 0x5b, 0x25, 0x73]);
	copyFileSync(buildActor(), Buffer.concat([Buffer.from(`${folder}/`), name]));
	const pids: number[] = [];
	const events = await capturing(quiet, async () => {
		pids.push((await run(buildActor(), many)).pid);
		pids.push((await run(buildActor(), [long, long])).pid);
		await run('/bin/sh', ['-c', `cd ${folder} && exec ./* "$(printf '\\377\\n%%s')"`]);
	});
	const [first, second] = pids.map((pid) => processOf(execs(events, pid)[0])) as [Fields, Fields];
	assert.equal(first.argsCount, 10_001);
	assert.deepEqual((first.args as string[]).slice(1), many);
	assert.deepEqual((second.args as string[]).slice(1), [long, long]);
	const odd = events.find(
		(event) => event.family === 'ProcessExecuted' && String(event.fields.name).startsWith('./\xff'),
	);
	assert.equal(odd?.fields.name, './\xff\xfe\n\x1b[%s');
	assert.deepEqual((processOf(odd).args as string[])[1], '\xff\n%s');
});

test('An argument vector beyond the limit is cut, marked, and its length is still told', {
	skip,
}, async () => {
	const many = Array.from({ length: 30_000 }, () => 'ab');
	let pid = 0;
	const events = await capturing(quiet, async () => {
		pid = (await run(buildActor(), many)).pid;
	});
	const event = execs(events, pid)[0];
	assert.equal((event?.header.flags ?? 0) & 4, 4);
	assert.equal(processOf(event).argsCount, 30_001);
	assert.ok((processOf(event).args as string[]).length > 10_000);
});

test('A thousand forks within a second or so are all there', { skip }, async () => {
	let pid = 0;
	const events = await capturing(quiet, async () => {
		pid = (await run(buildActor(), ['forks', '1000'])).pid;
	});
	const children = new Set(
		events
			.filter((event) => event.family === 'ProcessCloned' && event.header.pid === pid)
			.map((event) => event.fields.childPid),
	);
	const ended = events.filter(
		(event) => event.family === 'ProcessExited' && children.has(event.header.pid ?? 0),
	);
	assert.equal(children.size, 1000);
	assert.equal(ended.length, 1000);
});

test('The snapshot equals /proc: pid, parent, arguments, executable, directory', { skip }, async () => {
	const events = await capturing(['--linger-ms', '5'], async () => {});
	const marks = events.filter((event) => event.family === 'SnapshotMarked');
	const processes = events
		.filter((event) => event.family === 'ProcessSnapshotted')
		.map((event) => event.fields.process as Fields);
	assert.deepEqual(
		marks.map((event) => event.fields.phase),
		['BEGIN', 'END'],
	);
	assert.equal(marks[1]?.fields.processes, processes.length);
	const own = processes.find((item) => item.pid === process.pid);
	assert.deepEqual(
		own?.args,
		readFileSync(`/proc/${process.pid}/cmdline`, 'latin1').split('\0').slice(0, -1),
	);
	assert.equal(own?.cwd, process.cwd());
	assert.equal(own?.exePath, realpathSync('/proc/self/exe'));
	assert.equal(own?.parentPid, process.ppid);
	const known = new Set(processes.map((item) => item.pid));
	const still = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && known.has(Number(name)));
	assert.ok(still.length >= processes.length * 0.9, `${still.length} of ${processes.length} are in /proc`);
	assert.ok(known.has(1));
});
