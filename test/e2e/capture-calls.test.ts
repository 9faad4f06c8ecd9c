/** System calls as capture reports them: act with known arguments, expect exactly these events in this order. */
import assert from 'node:assert/strict';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildActor, type CapturedEvent, captureProblem, capturing, run } from '#test/support/capture.ts';

const skip = captureProblem() ?? false;
const lexical = 16;

type Line = readonly (string | number | boolean | null)[];

/** Events of one process after its start-up (the loader's opens), as short lines. */
async function scene(name: string, line: (event: CapturedEvent, folder: string) => Line | null) {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-scene-'));
	let pid = 0;
	const events = await capturing(['--no-snapshot', '--linger-ms', '5'], async () => {
		pid = (await run(buildActor(), [name], { cwd: folder })).pid;
	});
	const mine = events.filter((event) => event.header.pid === pid);
	// Between fork and exec the process still does Node's calls.
	const started = mine.findIndex((event) => event.family === 'ProcessExecuted');
	const own = mine.slice(started + 1).filter((event) => event.fields.name !== '/etc/ld.so.cache');
	const lines = own.filter((event) => !String(event.fields.name).endsWith('/libc.so.6'));
	return {
		folder,
		events: lines,
		lines: lines.map((event) => line(event, folder)).filter((item) => item !== null),
	};
}

function relative(value: unknown, folder: string): string {
	return String(value).replace(folder, 'F');
}

test('Opens report the path that the kernel resolved, and a derived one when they fail', {
	skip,
}, async () => {
	const { lines, events, folder } = await scene('files', (event, at) =>
		event.family === 'FileOpened'
			? [
					event.header.type,
					event.header.flags ?? 0,
					Math.min(event.header.result ?? 0, 0),
					relative(event.fields.path, at),
					event.fields.flags as number,
					event.fields.mode as number,
					event.fields.created as boolean,
				]
			: null,
	);
	assert.deepEqual(lines, [
		['open', 0, 0, 'F/new', 0o1101, 0o640, true],
		['creat', 0, 0, 'F/made', 0o1101, 0o644, true],
		['openat', 0, 0, 'F', 0o200000, 0, false],
		['openat', 0, 0, 'F/new', 0, 0, false],
		['openat2', 0, 0, 'F/new', 0, 0, false],
		['openat', lexical, -2, 'F/missing', 0, 0, false],
		['openat', 8, -14, '', 0, 0, false],
		['openat', 0, 0, 'F/new', 0, 0, false],
		['openat', 0, 0, 'F/line\nfeed\x1b[31m\xff\xfe%s', 0o101, 0o600, true],
	]);
	const made = events.find((event) => event.header.type === 'open');
	const file = statSync(join(folder, 'new'));
	assert.equal(made?.fields.inode, file.ino);
	assert.equal(made?.fields.device, file.dev);
	assert.equal(made?.fields.fileMode, 0o100640);
	assert.equal(events.find((event) => event.header.type === 'openat2')?.fields.resolve, 4);
});

test('Changes of names and attributes report both paths, mode, owner and device', { skip }, async () => {
	const { lines } = await scene('files', (event, at) =>
		event.family === 'PathChanged'
			? [
					event.header.type,
					event.header.result ?? 0,
					relative(event.fields.path, at),
					relative(event.fields.newPath, at),
					event.fields.flags as number,
					event.fields.mode as number,
					event.fields.uid as number,
					event.fields.gid as number,
					event.fields.device as number,
				]
			: null,
	);
	assert.deepEqual(lines, [
		['fchmod', 0, 'F/new', 'null', 0, 0o600, -1, -1, 0],
		['fchown', 0, 'F/new', 'null', 0, 0, 1, -1, 0],
		['mkdir', 0, 'F/folder', 'null', 0, 0o750, -1, -1, 0],
		['mkdirat', 0, 'F/folder2', 'null', 0, 0o700, -1, -1, 0],
		['link', 0, 'F/new', 'F/hard', 0, 0, -1, -1, 0],
		['linkat', 0, 'F/new', 'F/hard2', 0, 0, -1, -1, 0],
		['symlink', 0, '../target', 'F/soft', 0, 0, -1, -1, 0],
		['symlinkat', 0, 'new', 'F/soft2', 0, 0, -1, -1, 0],
		['rename', 0, 'F/hard', 'F/hard3', 0, 0, -1, -1, 0],
		['renameat', 0, 'F/hard3', 'F/hard4', 0, 0, -1, -1, 0],
		['renameat2', 0, 'F/hard4', 'F/folder/hard5', 1, 0, -1, -1, 0],
		['chmod', 0, 'F/new', 'null', 0, 0o4755, -1, -1, 0],
		['fchmodat', 0, 'F/new', 'null', 0, 0o644, -1, -1, 0],
		['chown', 0, 'F/new', 'null', 0, 0, 2, 3, 0],
		['lchown', 0, 'F/soft', 'null', 0, 0, 4, 5, 0],
		['fchownat', 0, 'F/new', 'null', 0x100, 0, 6, 7, 0],
		['mknod', 0, 'F/fifo', 'null', 0, 0o10600, -1, -1, 0],
		['mknodat', 0, 'F/null', 'null', 0, 0o20600, -1, -1, 0x103],
		['unlink', 0, 'F/made', 'null', 0, 0, -1, -1, 0],
		['unlinkat', 0, 'F/folder2', 'null', 0x200, 0, -1, -1, 0],
		['rmdir', -2, 'F/absent', 'null', 0, 0, -1, -1, 0],
	]);
});

test('Descriptors that are copied, and changes of directory, are resolved', { skip }, async () => {
	const { lines } = await scene('files', (event, at) => {
		const fd = event.fields.fd as { number: number; path: string };
		if (event.family === 'FdChanged')
			return [event.header.type, fd.number, relative(fd.path, at), event.fields.newFd as number];
		if (event.family === 'RootChanged')
			return [event.header.type, event.header.result ?? 0, relative(event.fields.path, at)];
		return null;
	});
	assert.deepEqual(lines, [
		['dup', 3, 'F/new', 4],
		['dup2', 3, 'F/new', 20],
		['dup3', 3, 'F/new', 21],
		['chdir', 0, 'F/folder'],
		['chdir', -2, 'F/folder/absent'],
		['fchdir', 0, 'F'],
	]);
});

test('Sockets report both ends: IPv4, IPv6, unix by path and abstract, UDP, raw, and failures', {
	skip,
}, async () => {
	const localhost = '\x7f\0\0\x01';
	const localhost6 = `${'\0'.repeat(15)}\x01`;
	const { lines } = await scene('sockets', (event) => {
		const fd = event.fields.fd as
			| { socket: { localAddress: string; remoteAddress: string } | null }
			| undefined;
		const address = event.fields.address as { address: string } | null | undefined;
		if (event.family === 'SocketCreated') return null;
		if (!event.family.startsWith('Socket')) return null;
		return [
			event.header.type,
			Math.min(event.header.result ?? 0, 0),
			fd?.socket?.localAddress ?? null,
			fd?.socket?.remoteAddress ?? null,
			address?.address ?? null,
		];
	});
	assert.deepEqual(lines, [
		['bind', 0, localhost, '', localhost],
		['listen', 0, localhost, '', null],
		['connect', 0, localhost, localhost, localhost],
		['accept4', 0, localhost, localhost, null],
		['bind', 0, localhost6, '', localhost6],
		['listen', 0, localhost6, '', null],
		['connect', 0, localhost6, localhost6, localhost6],
		['accept', 0, localhost6, localhost6, null],
		['bind', 0, 'sock', '', 'sock'],
		['listen', 0, 'sock', '', null],
		['connect', 0, '', 'sock', 'sock'],
		['accept', 0, 'sock', '', null],
		['bind', 0, '\0lanner-test', '', '\0lanner-test'],
		['listen', 0, '\0lanner-test', '', null],
		['connect', 0, '', '\0lanner-test', '\0lanner-test'],
		['sendto', 0, '\0\0\0\0', '', localhost],
		['sendmsg', 0, '\0\0\0\0', '', localhost],
		['connect', -111, '\0\0\0\0', localhost, localhost],
		['connect', -9, null, null, localhost],
		['accept', -9, null, null, null],
	]);
});

test('The ports of a connection agree at both ends and with the listener', { skip }, async () => {
	type Socket = { localPort: number; remotePort: number };
	const { events } = await scene('sockets', () => null);
	const socketOf = (type: string) =>
		(events.find((event) => event.header.type === type)!.fields.fd as unknown as { socket: Socket }).socket;
	const [bound, connected, accepted] = [socketOf('bind'), socketOf('connect'), socketOf('accept4')];
	assert.ok(bound.localPort > 0);
	assert.equal(connected.remotePort, bound.localPort);
	assert.equal(accepted.localPort, bound.localPort);
	assert.equal(accepted.remotePort, connected.localPort);
	const raw = events.filter((event) => event.family === 'SocketCreated' && event.fields.family === 17);
	assert.deepEqual(
		raw.map((event) => [event.fields.type, event.fields.protocol]),
		[[3, 768]],
	);
});

test('Changes of identity report their arguments and what came of them', { skip }, async () => {
	const { lines } = await scene('identity', (event) => {
		const c = event.fields.credentials as {
			uid: number;
			euid: number;
			gid: number;
			egid: number;
			capEffective: number;
		};
		return event.family === 'CredentialsChanged' && event.header.type !== 'setgroups'
			? [
					event.header.type,
					event.header.result ?? 0,
					JSON.stringify(event.fields.arguments),
					c.uid,
					c.euid,
					c.gid,
					c.egid,
				]
			: null;
	});
	assert.deepEqual(lines, [
		['setresgid', 0, '[11,12,-1]', 0, 0, 11, 12],
		['setfsgid', 12, '[13]', 0, 0, 11, 12],
		['setresuid', 0, '[-1,22,-1]', 0, 22, 11, 12],
		['setfsuid', 22, '[22]', 0, 22, 11, 12],
		['setresuid', 0, '[0,0,0]', 0, 0, 11, 12],
		['capset', 0, '[0,1025,1024]', 0, 0, 11, 12],
		['setuid', -1, '[65534]', 0, 0, 11, 12],
	]);
});

test('Signals, tracing, memory, mounts, namespaces, modules and chroot carry their arguments', {
	skip,
}, async () => {
	const { lines, folder } = await scene('identity', (event, at) => {
		const f = event.fields;
		switch (event.family) {
			case 'SignalSent':
				return [
					event.header.type,
					f.targetPid === 0 ? 0 : 'pid',
					f.targetTid === 0 ? 0 : 'tid',
					f.signal as number,
				];
			case 'ProcessTraced':
				return [event.header.type, event.header.result ?? 0, f.request as number, f.data as number];
			case 'ProcessControlled':
				return [event.header.type, f.option as number, f.text as string];
			case 'MemoryChanged':
				return [event.header.type, f.flags as number, f.name as string];
			case 'NamespaceChanged':
				return [
					event.header.type,
					f.flags as number,
					f.fd === null ? null : String((f.fd as { path: string }).path).slice(0, 4),
				];
			case 'MountChanged':
				return [
					event.header.type,
					f.source as string,
					relative(f.target, at),
					f.fsType as string,
					f.flags as number,
				];
			case 'ModuleChanged':
				return [
					event.header.type,
					f.name as string,
					f.parameters as string,
					f.size as number,
					f.flags as number,
				];
			case 'RootChanged':
				// The new root is told as seen from outside of any: in a chroot there is more before it.
				return [event.header.type, relative(f.path, at).replace(/^.+F$/, 'F')];
			default:
				return null;
		}
	});
	assert.deepEqual(lines, [
		['kill', 'pid', 0, 0],
		['tgkill', 'pid', 'tid', 23],
		['tkill', 0, 'tid', 23],
		['ptrace', -3, 16, 0],
		['process_vm_readv', 8, 0, 8],
		['prctl', 15, 'renamed'],
		['memfd_create', 1, 'secret'],
		['unshare', 0x4000000, null],
		['setns', 0x4000000, 'ns:['],
		['mount', 'none', 'F/target', 'tmpfs', 2],
		['umount2', '', 'F/target', '', 2],
		['delete_module', 'no_such_module', '', 0, 2048],
		['init_module', '', 'a=b', 1, 0],
		['finit_module', '', 'c=d', 0, 0],
		['chroot', 'F'],
		['setsid', 0, ''],
	]);
	assert.ok(folder);
});

test('After chroot a path is as the new root sees it', { skip }, async () => {
	const { events } = await scene('identity', () => null);
	const opened = events.filter((event) => event.fields.name === '/etc-in-root');
	assert.deepEqual(
		opened.map((event) => event.fields.path),
		['/etc-in-root'],
	);
});

test('32-bit calls are read by their own table and marked', { skip }, async () => {
	const { lines } = await scene('compat', (event, at) =>
		(event.header.flags ?? 0) & 1
			? [event.header.type, event.header.flags ?? 0, relative(event.fields.path ?? event.fields.family, at)]
			: null,
	);
	assert.deepEqual(lines, [
		['open', 1, '/etc/hostname'],
		['unlink', 1 | lexical, 'F/absent32'],
		['socket', 1, '2'],
	]);
});

test('A path of sixty folders is whole', { skip }, async () => {
	const { events, folder } = await scene('deep', () => null);
	const leaf = events.find((event) => event.fields.name === 'leaf');
	assert.equal(leaf?.fields.path, `${folder}${'/d'.repeat(60)}/leaf`);
});
