/** What each call's event must say for strace's arguments, in their order. Undefined = not compared, with the reason beside it. */
import type { Fields, Value } from '#test/support/capture.ts';
import { type Argument, unhex } from './strace.ts';

export type Given = number | string | Fd | undefined;
export type Fd = { readonly number: number; readonly file: string | null };
type Header = { readonly result: number };
/** Also gets strace's arguments where its form must be taken apart. */
type Spec = (fields: Fields, header: Header, args: readonly Argument[]) => readonly Given[];

const number = (value: Value | undefined): number => Number(value ?? 0);
const text = (value: Value | undefined): string => String(value ?? '');

/** A resolved descriptor; sockets are told by their inode, as /proc tells them. */
export function fd(value: Value | undefined): Given {
	const found = value as Fields | null | undefined;
	if (found === null || found === undefined) return undefined;
	const socket = found.socket !== null;
	const path = found.path as string | null;
	return { number: number(found.number), file: socket ? `socket:[${found.inode}]` : path };
}

/** Name arguments of a call that could not be read: strace gives the pointer, the event an empty name. */
const name = (value: Value | undefined): Given => text(value);
const raw = (fields: Fields, index: number): number => number((fields.arguments as Value[])[index]);
const pair = (first: Value | undefined, second: Value | undefined, header: Header): Given =>
	header.result < 0 ? undefined : `${number(first)} ${number(second)}`;
const opened = (f: Fields): Given[] => [name(f.name), number(f.flags), number(f.mode)];
const owner = (f: Fields): Given[] => [number(f.uid), number(f.gid)];
const both = (f: Fields): Given[] => [number(f.dirFd), name(f.name), number(f.newDirFd), name(f.newName)];
const other =
	(...indices: readonly (number | 'fd' | 'name' | 'skip')[]): Spec =>
	(f) =>
		indices.map((index) => {
			if (index === 'fd') return fd(f.fd);
			if (index === 'name') return name(f.name);
			return index === 'skip' ? undefined : raw(f, index);
		});

/** `family address port`, of an event and of strace's text. */
function address(value: Value | undefined): Given {
	const found = value as Fields | null | undefined;
	if (found === null || found === undefined) return undefined;
	const bytes = text(found.address);
	const shown = found.family === 2 ? [...bytes].map((c) => c.charCodeAt(0)).join('.') : bytes;
	return `${number(found.family)} ${shown} ${number(found.port)}`;
}

export const specs: Readonly<Record<string, Spec>> = {
	open: opened,
	creat: (f) => [name(f.name), number(f.mode)],
	openat: (f) => [number(f.dirFd), ...opened(f)],
	openat2: (f) => [
		number(f.dirFd),
		name(f.name),
		`${number(f.flags)} ${number(f.mode)} ${number(f.resolve)}`,
	],
	unlink: (f) => [name(f.name)],
	unlinkat: (f) => [number(f.dirFd), name(f.name), number(f.flags)],
	rename: (f) => [name(f.name), name(f.newName)],
	renameat: both,
	renameat2: (f) => [...both(f), number(f.flags)],
	link: (f) => [name(f.name), name(f.newName)],
	linkat: (f) => [...both(f), number(f.flags)],
	symlink: (f) => [name(f.name), name(f.newName)],
	symlinkat: (f) => [name(f.name), number(f.newDirFd), name(f.newName)],
	mkdir: (f) => [name(f.name), number(f.mode)],
	mkdirat: (f) => [number(f.dirFd), name(f.name), number(f.mode)],
	rmdir: (f) => [name(f.name)],
	mknod: (f) => [name(f.name), number(f.mode), number(f.device)],
	mknodat: (f) => [number(f.dirFd), name(f.name), number(f.mode), number(f.device)],
	chmod: (f) => [name(f.name), number(f.mode)],
	fchmod: (f) => [fd(f.fd), number(f.mode)],
	fchmodat: (f) => [number(f.dirFd), name(f.name), number(f.mode)],
	chown: (f) => [name(f.name), ...owner(f)],
	lchown: (f) => [name(f.name), ...owner(f)],
	fchown: (f) => [fd(f.fd), ...owner(f)],
	fchownat: (f) => [number(f.dirFd), name(f.name), ...owner(f), number(f.flags)],
	access: other('name', 1),
	faccessat: other(0, 'name', 2),
	stat: other('name'),
	newfstatat: other(0, 'name', 'skip', 3),
	readlink: other('name'),
	truncate: other('name', 1),
	ftruncate: other('fd', 1),
	fsync: other('fd'),

	close: (f) => [fd(f.fd)],
	dup: (f) => [fd(f.fd)],
	dup2: (f, h) => [fd(f.fd), h.result < 0 ? undefined : number(f.newFd)],
	dup3: (f, h) => [fd(f.fd), h.result < 0 ? undefined : number(f.newFd), number(f.flags)],
	fcntl: (f, _h, args) => [fd(f.fd), number(f.command), args.length > 2 ? number(f.argument) : undefined],
	lseek: (f) => [fd(f.fd), number(f.argument), number(f.command)],
	flock: (f) => [fd(f.fd), number(f.command)],
	ioctl: (f) => [fd(f.fd), number(f.command) >>> 0],
	eventfd2: (f) => [number(f.argument), number(f.flags)],
	epoll_create1: (f) => [number(f.flags)],
	pipe2: (f, h) => [pair((f.fd as Fields).number, f.newFd, h), number(f.flags)],
	timerfd_create: (f) => [number(f.command), number(f.flags)],
	inotify_init1: (f) => [number(f.flags)],
	fstat: (f) => [fd(f.fd)],
	memfd_create: (f) => [name(f.name), number(f.flags)],
	read: (f) => [fd(f.fd), undefined, number(f.size)],
	pread64: (f) => [fd(f.fd), undefined, number(f.size), number(f.offset)],
	pwrite64: (f) => [fd(f.fd), undefined, number(f.size), number(f.offset)],
	writev: (f) => [fd(f.fd), `${number(f.size)} bytes`],
	poll: (f) => [
		(f.waited as Fields[]).map((one) => number((one.fd as Fields).number)).join(' '),
		raw(f, 1),
		raw(f, 2),
	],

	socket: (f) => [number(f.family), number(f.type), number(f.protocol)],
	socketpair: (f, h) => [
		...[number(f.family), number(f.type), number(f.protocol)],
		pair(f.firstFd, f.secondFd, h),
	],
	bind: (f) => [fd(f.fd), address(f.address)],
	connect: (f) => [fd(f.fd), address(f.address)],
	listen: (f) => [fd(f.fd), number(f.backlog)],
	accept4: (f) => [number(f.listenFd), undefined, undefined, number(f.flags)],
	sendto: (f) => [fd(f.fd), undefined, number(f.size), number(f.flags), address(f.address)],
	setsockopt: other('fd', 1, 2, 'skip', 4),
	getsockopt: other('fd', 1, 2),

	chdir: (f) => [name(f.name)],
	fchdir: (f) => [number(f.fd)],
	mmap: (f) => [
		...[number(f.address), number(f.length), number(f.protection), number(f.flags)],
		f.fd === null ? undefined : fd(f.fd),
		number(f.offset),
	],
	mprotect: (f) => [number(f.address), number(f.length), number(f.protection)],
	munmap: (f) => [number(f.address), number(f.length)],
	kill: (f) => [number(f.targetPid), number(f.signal)],
	tgkill: (f) => [number(f.targetPid), number(f.targetTid), number(f.signal)],
	prctl: (f) => [number(f.option), number(f.option) === 15 ? text(f.text) : undefined],
	getpid: () => [],
	getuid: () => [],
	getppid: () => [],
	umask: other(0),
	getcwd: (f, h) => [h.result < 0 ? undefined : text(f.name)],
	getrlimit: (f, h) => [raw(f, 0), h.result < 0 ? undefined : (f.numbers as number[]).join(' ')],
	prlimit64: (f, h) => [
		...[number(f.targetPid), number(f.option), 0],
		h.result < 0 ? undefined : (f.numbers as number[]).slice(2).join(' '),
	],
	nanosleep: (f) => [(f.numbers as number[]).join(' ')],
	setpgid: (f) => [number(f.targetPid), number((f.arguments as Value[])[0])],
	setuid: (f) => [number((f.arguments as Value[])[0])],
	setresgid: (f) => (f.arguments as number[]).map(Number),
	execve: (f) => [
		name(f.name),
		(f.process === null ? (f.args as string[]) : ((f.process as Fields).args as string[])).join('\0'),
	],
	clone: (_f) => [],
};

/** Names of the probe that differ from the kernel's. */
export const probeNames: Readonly<Record<string, string>> = {
	pread64: 'pread',
	pwrite64: 'pwrite',
	prlimit64: 'prlimit',
};

/** strace's structures in the form of the specs; everything else is compared as it is. */
export function traced(call: string, index: number, arg: Argument): Given {
	const all = (pattern: RegExp): string[] => [...arg.text.matchAll(pattern)].map((match) => match[1]!);
	if (call === 'openat2' && index === 2) {
		const part = (key: string) =>
			Number(new RegExp(`${key}=(0x[0-9a-f]+|[0-7]+|\\d+)`).exec(arg.text)?.[1] ?? 0);
		const mode = Number.parseInt(/mode=(\d+)/.exec(arg.text)?.[1] ?? '0', 8);
		return `${part('flags')} ${mode} ${part('resolve')}`;
	}
	if (call === 'pipe2' || call === 'socketpair') {
		if (arg.text.startsWith('[')) return all(/(\d+)(?:<[^>]*>)?[,\]]/g).join(' ');
	}
	if (call === 'writev' && index === 1)
		return `${all(/iov_len=(\d+)/g).reduce((sum, length) => sum + Number(length), 0)} bytes`;
	if (call === 'poll' && index === 0) return all(/fd=(-?\d+)/g).join(' ');
	if (arg.text.startsWith('{sa_family')) return tracedAddress(arg.text);
	if (call === 'execve' && index === 1)
		return all(/"((?:\\x[0-9a-f]{2})*)"/g)
			.map(unhex)
			.join('\0');
	if (arg.text.startsWith('{rlim_cur'))
		return all(/rlim_(?:cur|max)=([^,}]+)/g)
			.map(limit)
			.join(' ');
	if (arg.text.startsWith('{tv_sec')) return all(/=(\d+)/g).join(' ');
	if (arg.bytes !== null) return arg.bytes;
	if (arg.file !== null) return { number: arg.number!, file: arg.file };
	return arg.number ?? undefined;
}

const limit = (text: string): number =>
	text
		.split('*')
		.map((factor) => (factor.includes('INFINITY') ? -1 : Number(factor)))
		.map((value) => (value > 2 ** 63 ? -1 : value))
		.reduce((product, factor) => product * factor, 1);

/** Undefined = strace does not take the address apart, for it is shorter than its family's. */
function tracedAddress(text: string): string | undefined {
	const family = Number(/sa_family=(0x[0-9a-f]+)/.exec(text)?.[1]);
	const bytes = (key: string): string =>
		unhex(new RegExp(`${key}="((?:\\\\x[0-9a-f]{2})*)"`).exec(text)?.[1] ?? '');
	if (family === 1) return `1 ${bytes('sun_path')} 0`;
	const port = bytes('sin_port');
	if (port === '') return undefined;
	const ip = [...bytes('sin_addr')].map((c) => c.charCodeAt(0)).join('.');
	return `${family} ${ip} ${port.charCodeAt(0) * 256 + port.charCodeAt(1)}`;
}
