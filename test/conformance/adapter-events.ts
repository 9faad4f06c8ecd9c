/** One event of the reference → one of ours, and what it does to the simulated host. */

import {
	cloneFlagBits,
	deleteModuleFlagBits,
	fchownatFlagBits,
	fcntlCommands,
	fileFlagBits,
	mmapFlagBits,
	openat2ResolveBits,
	protectionBits,
	ptraceRequests,
} from '#rules/fields/kernel-flags.ts';
import { resolvePath } from '#rules/fields/paths.ts';
import type { EventTypeName } from '#schemas/generated/event-names.ts';
import * as make from '#test/support/events.ts';
import { type CaseEvent, exactTime } from './adapter.ts';
import {
	closeRange,
	dup,
	fdOf,
	kernelOpenFlags,
	madeFiles,
	newDescriptor,
	onDescriptor,
	pipe,
} from './adapter-descriptors.ts';
import { otherCall } from './adapter-other.ts';
import {
	bytes,
	type Context,
	type Converted,
	dynamic,
	type Header,
	kernel,
	number,
	text,
} from './adapter-params.ts';
import { clone, exec } from './adapter-processes.ts';
import { accept, bind, connect, remember, socket, socketPair, transfer } from './adapter-sockets.ts';
import { type FdGiven, fileFd, type SimThread, type World } from './adapter-world.ts';

const atFdCwd = -100;

function absolute({ thread }: Context, directory: number, path: string): string {
	const base = directory === atFdCwd || directory >= 0 ? baseOf(thread, directory) : thread.cwd;
	return resolvePath(base, path);
}

function baseOf(thread: SimThread, directory: number): string {
	const path = thread.fds.get(directory)?.path;
	return typeof path === 'string' ? path : thread.cwd;
}

const layers = { upper: 32768, lower: 65536 } as const;

function open(context: Context): Converted {
	const { params, header, thread } = context;
	const result = number(params, 'fd');
	const isCreat = header.evt === 'creat';
	const rule = isCreat ? 2 + 4 + 256 : number(params, 'flags');
	const name = text(params, header.evt === 'open_by_handle_at' ? 'path' : 'name');
	const directory = number(params, 'dirfd', atFdCwd);
	const path = absolute(context, directory, name);
	const isDirectory = (rule & 1024) !== 0;
	const creatLayer = number(params, 'creat_flags');
	const layer =
		(rule & layers.upper) !== 0 || creatLayer === 1
			? 1
			: (rule & layers.lower) !== 0 || creatLayer === 2
				? 2
				: 0;
	if (result >= 0) {
		const inode = { device: number(params, 'dev'), inode: number(params, 'ino') };
		thread.fds.set(result, { ...fileFd(result, path, isDirectory), ...inode });
	}
	return make.fileOpened({
		...header,
		result,
		dirFd: number(params, 'mountfd', directory),
		name,
		path,
		flags: kernelOpenFlags(rule),
		mode: number(params, 'mode'),
		resolve: kernel(openat2ResolveBits, number(params, 'resolve')),
		fileMode: result < 0 ? 0 : isDirectory ? 0o040755 : 0o100644,
		device: number(params, 'dev'),
		inode: number(params, 'ino'),
		layer,
		created: (rule & 16384) !== 0,
	});
}

function paths(context: Context): Converted {
	const { params, header } = context;
	const result = number(params, 'res');
	const base = {
		...header,
		result,
		mode: number(params, 'mode'),
		uid: number(params, 'uid', -1),
		gid: number(params, 'gid', -1),
	};
	const flags =
		header.evt === 'fchownat' ? kernel(fchownatFlagBits, number(params, 'flags')) : number(params, 'flags');
	if (header.evt === 'fchmod' || header.evt === 'fchown') {
		return make.pathChanged({ ...base, fd: fdOf(context, number(params, 'fd')) });
	}
	const oldDirectory = number(params, 'olddirfd', number(params, 'olddir', number(params, 'dirfd', atFdCwd)));
	const newDirectory = number(
		params,
		'newdirfd',
		number(params, 'newdir', number(params, 'linkdirfd', atFdCwd)),
	);
	const first = ['path', 'name', 'filename', 'pathname', 'oldpath', 'target'].find(
		(key) => typeof params[key] === 'string',
	);
	const second = ['newpath', 'linkpath'].find((key) => typeof params[key] === 'string');
	const name = first === undefined ? '<NA>' : (params[first] as string);
	return make.pathChanged({
		...base,
		flags,
		dirFd: oldDirectory,
		name,
		path: first === 'target' ? name : absolute(context, oldDirectory, name),
		newDirFd: newDirectory,
		...(second !== undefined && {
			newName: params[second] as string,
			newPath: absolute(context, newDirectory, params[second] as string),
		}),
	});
}

function credentials(context: Context): Converted {
	const { params, header, thread } = context;
	const result = number(params, 'res');
	const names = [
		'uid',
		'gid',
		'ruid',
		'euid',
		'suid',
		'rgid',
		'egid',
		'sgid',
		'cap_inheritable',
		'cap_permitted',
		'cap_effective',
	];
	const values = names.filter((name) => name in params).map((name) => number(params, name));
	const ids = values.map((value) => (value === 4294967295 ? -1 : value));
	if (result >= 0 && header.evt !== 'capset') {
		const effective = header.evt.startsWith('setre') ? ids[1]! : ids[0]!;
		if (effective !== -1) {
			if (header.evt.endsWith('uid')) thread.uid = effective;
			else thread.gid = effective;
		}
	} else if (result >= 0) thread.caps = { inheritable: ids[0]!, permitted: ids[1]!, effective: ids[2]! };
	const { credentials: after } = context.world.processOf(thread) as { credentials: object };
	return make.credentialsChanged({ ...header, result, arguments: ids, credentials: after } as never);
}

function changeRoot(context: Context): Converted {
	const { params, header, thread } = context;
	const result = number(params, 'res');
	if (header.evt === 'fchdir') {
		const fd = number(params, 'fd');
		const path = baseOf(thread, fd);
		if (result === 0) thread.cwd = path;
		return make.rootChanged({ ...header, result, path, fd });
	}
	const name = text(params, 'path');
	const path = resolvePath(thread.cwd, name);
	if (result === 0 && header.evt === 'chdir') thread.cwd = path;
	return make.rootChanged({ ...header, result, name, path, fd: -1 });
}

function simple(context: Context): Converted | null {
	const { params, header } = context;
	const result = number(params, 'res', number(params, 'fd'));
	const base = { ...header, result };
	const fd = (): FdGiven => fdOf(context, number(params, 'fd', -1));
	switch (header.evt) {
		case 'ptrace':
			return make.processTraced({
				...base,
				request: kernel(ptraceRequests, number(params, 'request')),
				targetPid: number(params, 'pid'),
				address: dynamic(params, 'addr'),
				data: dynamic(params, 'data'),
			});
		case 'bpf':
			return make.bpfCalled({ ...base, command: number(params, 'cmd') });
		case 'memfd_create':
			if (result >= 0) remember(context, { number: result, path: `memfd:${text(params, 'name')}` });
			return make.memoryChanged({ ...base, name: text(params, 'name'), flags: number(params, 'flags') });
		case 'userfaultfd':
			return make.memoryChanged({ ...base, flags: kernel(fileFlagBits, number(params, 'flags')) });
		case 'mount':
			return make.mountChanged({
				...base,
				source: text(params, 'dev'),
				target: text(params, 'dir'),
				fsType: text(params, 'type'),
				flags: number(params, 'flags'),
			});
		case 'umount':
		case 'umount2':
			return make.mountChanged({ ...base, target: text(params, 'name'), flags: number(params, 'flags') });
		case 'setns':
			return make.namespaceChanged({
				...base,
				fd: fd(),
				flags: kernel(cloneFlagBits, number(params, 'nstype')),
			});
		case 'unshare':
			return make.namespaceChanged({ ...base, flags: kernel(cloneFlagBits, number(params, 'flags')) });
		case 'init_module':
			return make.moduleChanged({
				...base,
				parameters: text(params, 'uargs'),
				size: number(params, 'length'),
			});
		case 'finit_module':
			return make.moduleChanged({
				...base,
				fd: fd(),
				parameters: text(params, 'uargs'),
				flags: number(params, 'flags'),
			});
		case 'delete_module':
			return make.moduleChanged({
				...base,
				name: text(params, 'name'),
				flags: kernel(deleteModuleFlagBits, number(params, 'flags')),
			});
		case 'kill':
			return make.signalSent({ ...base, targetPid: number(params, 'pid'), signal: number(params, 'sig') });
		case 'tkill':
			return make.signalSent({ ...base, targetTid: number(params, 'tid'), signal: number(params, 'sig') });
		case 'tgkill':
			return make.signalSent({
				...base,
				targetPid: number(params, 'pid'),
				targetTid: number(params, 'tid'),
				signal: number(params, 'sig'),
			});
		case 'prctl':
			if (number(params, 'option') === 15 && result === 0) context.thread.comm = text(params, 'arg2_str');
			return make.processControlled({
				...base,
				option: number(params, 'option'),
				text: typeof params.arg2_str === 'string' ? params.arg2_str : '',
				arguments: [number(params, 'arg2_int')],
			});
		case 'setpgid':
			return make.processControlled({
				...base,
				targetPid: number(params, 'pid'),
				arguments: [number(params, 'pgid')],
			});
		case 'seccomp':
			return make.processControlled({
				...base,
				option: number(params, 'op'),
				arguments: [number(params, 'flags')],
			});
		case 'setrlimit':
			return make.processControlled({
				...base,
				option: number(params, 'resource'),
				arguments: [number(params, 'cur'), number(params, 'max')],
			});
		case 'setsid':
			return make.processControlled(base);
		case 'close': {
			const closed = fd();
			context.thread.fds.delete(closed.number);
			return make.fdChanged({ ...base, fd: closed, newFd: -1 });
		}
		case 'fcntl':
			return make.fdChanged({
				...base,
				fd: fd(),
				newFd: -1,
				command: kernel(fcntlCommands, number(params, 'cmd')),
			});
		case 'procexit':
			context.world.threads.delete(context.thread.tid);
			return make.processExited({
				...header,
				result: 0,
				status: number(params, 'status'),
				exitCode: number(params, 'ret'),
				signal: number(params, 'sig'),
				core: number(params, 'core') !== 0,
				lastThread: ![...context.world.threads.values()].some((one) => one.pid === context.thread.pid),
				reaperPid: number(params, 'reaper_tid'),
			});
		default:
			return null;
	}
}

function memory(context: Context): Converted {
	const { params, header } = context;
	return make.memoryChanged({
		...header,
		result: number(params, 'res'),
		address: number(params, 'addr'),
		length: number(params, 'length'),
		protection: kernel(protectionBits, number(params, 'prot')),
		flags: kernel(mmapFlagBits, number(params, 'flags')),
		...('fd' in params && { fd: fdOf(context, number(params, 'fd', -1)) }),
		offset: number(params, 'offset', number(params, 'pgoffset')),
		vmSize: number(params, 'vm_size'),
		vmRss: number(params, 'vm_rss'),
		vmSwap: number(params, 'vm_swap'),
	});
}

function fileTransfer(context: Context): Converted {
	const { params, header } = context;
	return make.fileTransferred({
		...header,
		result: number(params, 'res'),
		fd: fdOf(context, number(params, 'fd')),
		size: number(params, 'size'),
		offset: number(params, 'pos', -1),
		data: bytes(params, 'data'),
	});
}

const converters: readonly (readonly [string, (context: Context, time: bigint) => Converted])[] = [
	['open openat openat2 creat open_by_handle_at', open],
	['execve execveat', exec],
	['clone clone3 fork vfork', clone],
	['connect', connect],
	['accept accept4', accept],
	['bind listen', bind],
	['sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg send recv', transfer],
	['socket', socket],
	['socketpair', socketPair],
	['close_range', closeRange],
	['dup dup2 dup3', dup],
	['setuid setgid setreuid setregid setresuid setresgid capset', credentials],
	['chroot chdir fchdir', changeRoot],
	['read write pread pwrite readv writev preadv pwritev', fileTransfer],
	[`${Object.keys(madeFiles).join(' ')} pidfd_getfd`, newDescriptor],
	['pipe pipe2', pipe],
	['fstat getdents getdents64 flock shutdown lseek llseek ioctl', onDescriptor],
	['mmap mmap2 mprotect munmap brk', memory],
	[
		'unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat mkdir mkdirat rmdir mknod mknodat chmod ' +
			'fchmod fchmodat chown lchown fchown fchownat',
		paths,
	],
];
const converterOf = new Map(
	converters.flatMap(([names, convert]) => names.split(' ').map((name) => [name, convert])),
);

export function convertEvent(world: World, event: CaseEvent): Converted {
	const thread = world.threads.get(event.tid);
	if (thread === undefined) {
		// The child's clone of a parent that was never seen to clone: nothing to convert, but the thread exists from now on.
		return `thread ${event.tid} was never started in this case`;
	}
	const header: Header = {
		evt: event.type as EventTypeName,
		pid: thread.pid,
		tid: thread.tid,
		start: thread.start,
		result: number(event.params, 'res'),
		cpu: 0,
	};
	const context = { world, thread, header, params: event.params };
	const convert = converterOf.get(event.type);
	if (convert !== undefined) return convert(context, exactTime(event.ts));
	return simple(context) ?? otherCall(context);
}
