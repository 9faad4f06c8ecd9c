/**
 * The start-up snapshot against /proc on a busy machine. /proc is read before and after; what is the same in both readings must be so in the
 * snapshot, and every process that was there in both must be in it. Processes born, gone or changed meanwhile are left out.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureProblem, type Fields, startCapture } from '#test/support/capture.ts';

const skip = captureProblem() ?? false;
const sleepers = 60;
const ticksPerSecond = 100;
const argumentBytesMax = 8191;

/** Undefined = /proc does not tell us. */
type Facts = Readonly<Record<string, string | number | null | undefined>>;

/** Null = there is none. */
function link(path: string): string | null | undefined {
	try {
		// Files in memory have no place in any tree; their link begins with a slash all the same.
		return readlinkSync(path, 'latin1')
			.replace(/ \(deleted\)$/, '')
			.replace(/^\/memfd:/, 'memfd:');
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : undefined;
	}
}

/** /proc adds to a kernel worker what it works on. */
function nameOf(shown: string): string {
	return (/^kworker\/[^R][^-]*/.exec(shown)?.[0] ?? shown).slice(0, 15);
}

/** Null = it is gone, or another has its number. */
function factsOf(pid: number): Facts | null {
	const at = `/proc/${pid}`;
	try {
		const stat = readFileSync(`${at}/stat`, 'latin1');
		const [, parent, group, session, terminal, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		const status = readFileSync(`${at}/status`, 'latin1');
		const field = (name: string, index = 0): string =>
			(new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '').split(/\s+/)[index] ?? '';
		return {
			comm: nameOf(stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))),
			...{
				parent: Number(parent),
				group: Number(group),
				session: Number(session),
				terminal: Number(terminal),
			},
			startTicks: Number(rest[14]),
			...{ uid: Number(field('Uid')), euid: Number(field('Uid', 1)), gid: Number(field('Gid')) },
			...{ egid: Number(field('Gid', 1)), fsgid: Number(field('Gid', 3)) },
			capabilities: Number.parseInt(field('CapEff'), 16),
			...{ threads: Number(field('Threads')), seccomp: Number(field('Seccomp')) },
			noNewPrivileges: Number(field('NoNewPrivs')),
			innerPid: Number(field('NSpid', innermost(status))),
			loginUid: Number(readFileSync(`${at}/loginuid`, 'latin1')) | 0,
			arguments: readFileSync(`${at}/cmdline`, 'latin1').slice(0, argumentBytesMax),
			...{ exe: link(`${at}/exe`), cwd: link(`${at}/cwd`), root: link(`${at}/root`) },
			pidNamespace: namespaceOf(link(`${at}/ns/pid`)),
			...{ stdin: link(`${at}/fd/0`), stdout: link(`${at}/fd/1`), stderr: link(`${at}/fd/2`) },
		};
	} catch {
		return null;
	}
}

function namespaceOf(name: string | null | undefined): number | undefined {
	const inode = /\d+/.exec(name ?? '');
	return inode === null ? undefined : Number(inode[0]);
}

function innermost(status: string): number {
	return (/^NSpid:\s*(.*)$/m.exec(status)?.[1] ?? '').split(/\s+/).length - 1;
}

function readProc(): Map<number, Facts> {
	const found = new Map<number, Facts>();
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		const facts = factsOf(Number(name));
		if (facts !== null) found.set(Number(name), facts);
	}
	return found;
}

/** A socket is told by its inode, everything else by its path. */
function descriptor(value: unknown): string | null {
	const fd = value as Fields | null;
	if (fd === null) return null;
	return fd.socket === null ? String(fd.path) : `socket:[${fd.inode}]`;
}

function factsOfSnapshot(process: Fields, proc: Facts): Facts {
	const credentials = process.credentials as Fields;
	const args = process.args as string[];
	const number = (name: string): number => Number(process[name]);
	return {
		comm: String(process.comm),
		...{
			parent: number('parentPid'),
			group: number('pgid'),
			session: number('sid'),
			terminal: number('tty'),
		},
		startTicks: Math.floor((number('start') * ticksPerSecond) / 1e6),
		...{ uid: Number(credentials.uid), euid: Number(credentials.euid), gid: Number(credentials.gid) },
		...{ egid: Number(credentials.egid), fsgid: Number(credentials.fsgid) },
		capabilities: Number(credentials.capEffective),
		...{ threads: number('threads'), seccomp: number('seccomp') },
		noNewPrivileges: process.noNewPrivileges === true ? 1 : 0,
		innerPid: number('vpid'),
		loginUid: number('loginUid'),
		// A program may end its arguments without a NUL (it wrote over them); the list cannot tell.
		arguments: args
			.map((arg) => `${arg}\0`)
			.join('')
			.slice(0, String(proc.arguments).length),
		exe: process.exePath === '' ? null : String(process.exePath),
		...{ cwd: String(process.cwd), root: String(process.root) },
		pidNamespace: number('pidNamespace'),
		stdin: descriptor(process.stdin),
		...{ stdout: descriptor(process.stdout), stderr: descriptor(process.stderr) },
	};
}

/** Programs of different kinds that wait, and one that starts others without end. */
function makeBusy(): ChildProcess[] {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-busy-'));
	const children: ChildProcess[] = [];
	for (let i = 0; i < sleepers; i++) {
		const args = [`${600 + i}`, ...(i % 5 === 0 ? ['0.1', '1'] : [])];
		const options = {
			cwd: i % 2 === 0 ? folder : '/',
			uid: i % 3 === 0 ? 65534 : 0,
			detached: i % 4 === 0,
		} as const;
		children.push(
			spawn('sleep', args, { ...options, stdio: i % 2 === 0 ? 'ignore' : ['pipe', 'pipe', 'inherit'] }),
		);
	}
	children.push(spawn('sh', ['-c', 'while :; do /bin/true; done'], { stdio: 'ignore', detached: true }));
	return children;
}

function stopAll(children: readonly ChildProcess[]): void {
	for (const child of children) child.kill('SIGKILL');
}

test('The snapshot at the start says of every process what /proc says', { skip }, async () => {
	const children = makeBusy();
	try {
		const before = readProc();
		const capture = await startCapture(['--ring-mb', '64']);
		const after = readProc();
		const { frames, code } = await capture.stop();
		assert.equal(code, 0, capture.errors());
		const snapshot = new Map(
			frames
				.flatMap((frame) => frame.events)
				.filter(({ family }) => family === 'ProcessSnapshotted')
				.map(({ fields }) => [Number((fields.process as Fields).pid), fields.process as Fields]),
		);
		let compared = 0;
		for (const [pid, facts] of after) {
			const earlier = before.get(pid);
			if (earlier === undefined || earlier.startTicks !== facts.startTicks) continue;
			const process = snapshot.get(pid);
			assert.ok(process !== undefined, `process ${pid} (${facts.comm}) is not in the snapshot`);
			compared++;
			const got = factsOfSnapshot(process, facts);
			const unchanged = Object.keys(facts).filter(
				(name) => facts[name] !== undefined && facts[name] === earlier[name],
			);
			const of = (from: Facts) => Object.fromEntries(unchanged.map((name) => [name, from[name]]));
			assert.deepEqual(of(got), of(facts), `process ${pid} (${facts.comm})`);
		}
		assert.ok(compared > sleepers, `${compared} processes compared`);
		// And no process that did not exist.
		for (const pid of snapshot.keys())
			assert.ok(
				before.has(pid) || after.has(pid) || !existsSync(`/proc/${pid}`),
				`process ${pid} is in the snapshot only`,
			);
	} finally {
		stopAll(children);
	}
});
