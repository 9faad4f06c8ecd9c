/** Events that start processes and programs, and what they do to the simulated threads. */
import { cloneFlagBits, exeFlagBits } from '#rules/fields/kernel-flags.ts';
import { resolvePath } from '#rules/fields/paths.ts';
import * as make from '#test/support/events.ts';
import { exactTime } from './adapter.ts';
import { type Context, type Converted, kernel, number, type Params, text, texts } from './adapter-params.ts';
import type { SimThread } from './adapter-world.ts';

const atFdCwd = -100;

/** What the kernel will execute, from what the entry of execveat says. */
function pendingPath({ params, thread }: Context): string {
	const emptyPath = 4096;
	const directory = thread.fds.get(number(params, 'dirfd', atFdCwd))?.path;
	const isEmpty = (number(params, 'flags') & emptyPath) !== 0;
	const name = typeof params.pathname === 'string' ? params.pathname : '';
	if (name === '' && !isEmpty) return '<NA>';
	if (name.startsWith('/')) return resolvePath('/', name);
	if (typeof directory !== 'string')
		return number(params, 'dirfd') === atFdCwd ? resolvePath(thread.cwd, name) : '<NA>';
	return (number(params, 'flags') & emptyPath) !== 0 || name === ''
		? directory
		: resolvePath(directory, name);
}

export function exec(context: Context): Converted {
	const { params, header, thread, world } = context;
	if (!('res' in params)) {
		thread.pendingExec = pendingPath(context);
		return 'events at the entry of a call do not exist';
	}
	const result = number(params, 'res');
	const name = typeof params.filename === 'string' ? params.filename : text(params, 'trusted_exepath');
	if (result < 0) {
		const args = [text(params, 'exe'), ...texts(params, 'args')];
		return make.processExecuted({ ...header, result, name, path: name, args });
	}
	const login = number(params, 'loginuid', thread.loginUid);
	const parent = world.threads.get(number(params, 'ptid')) ?? thread.parent;
	Object.assign(thread, {
		parent: parent === thread ? thread.parent : parent,
		comm: text(params, 'comm'),
		exe: text(params, 'exe'),
		exePath:
			typeof params.trusted_exepath === 'string'
				? params.trusted_exepath.replace(/ \(deleted\)$/, '')
				: (thread.pendingExec ?? thread.exePath),
		pendingExec: null,
		args: texts(params, 'args'),
		environment: texts(params, 'env'),
		cwd: typeof params.cwd === 'string' && params.cwd.startsWith('/') ? params.cwd : thread.cwd,
		uid: number(params, 'uid', thread.uid),
		gid: number(params, 'gid', thread.gid),
		loginUid: login === 4294967295 ? -1 : login,
		tty: number(params, 'tty'),
		pgid: number(params, 'pgid', -1),
		vpgid: number(params, 'vpgid', thread.vpgid),
		exeFlags:
			params.flags === undefined || params.flags === null
				? thread.exeFlags
				: kernel(exeFlagBits, number(params, 'flags')),
		exeInode: number(params, 'exe_ino'),
		exeChangeTime: exactTime(params.exe_ino_ctime),
		exeModifyTime: exactTime(params.exe_ino_mtime),
		caps: {
			inheritable: number(params, 'cap_inheritable', thread.caps.inheritable),
			permitted: number(params, 'cap_permitted', thread.caps.permitted),
			effective: number(params, 'cap_effective', thread.caps.effective),
		},
		numbers: numbersOf(params, thread.numbers),
	});
	const executed = { ...header, result, name, path: name };
	const process = world.processOf(thread);
	// Without parameters: what is known of the program came before, the event says nothing about it.
	if (params.uid === null && params.flags === null) {
		const { pid, start } = header;
		const args = [text(params, 'exe'), ...texts(params, 'args')];
		return [
			make.processSnapshotted({ pid, start, process } as never),
			make.processExecuted({ ...executed, args }),
		];
	}
	return make.processExecuted({ ...executed, process } as never);
}

function numbersOf(params: Params, before: SimThread['numbers']): SimThread['numbers'] {
	return {
		fdLimit: number(params, 'fdlimit', before.fdLimit),
		vmSize: number(params, 'vm_size', before.vmSize),
		vmRss: number(params, 'vm_rss', before.vmRss),
		vmSwap: number(params, 'vm_swap', before.vmSwap),
		majorFaults: number(params, 'pgft_maj', before.majorFaults),
		minorFaults: number(params, 'pgft_min', before.minorFaults),
	};
}

const cloneThread = 8192;
const cloneParent = 256;

export function clone(context: Context, time: bigint): Converted {
	const { params, header, thread, world } = context;
	const child = number(params, 'res');
	if (child === 0) {
		// What the child says of itself is what its exec or snapshot will carry.
		thread.vpid = number(params, 'vpid', thread.vpid);
		thread.vtid = number(params, 'vtid', thread.vtid);
		return "the child's own return from clone is no event of ours";
	}
	if (child < 0) return make.processCloned({ ...header, result: child });
	const flags = number(params, 'flags');
	const isThread = (flags & cloneThread) !== 0;
	const pid = isThread ? thread.pid : child;
	const parent = (flags & cloneParent) !== 0 ? (thread.parent ?? thread) : world.leader(thread);
	const start = isThread ? thread.start : child * 1000 + Number(time % 1000n);
	world.threads.set(child, {
		...thread,
		tid: child,
		pid,
		start,
		startNs: time,
		parent: isThread ? thread.parent : parent,
		vpid: isThread ? thread.vpid : child,
		vtid: child,
		fds: new Map(thread.fds),
	});
	return make.processCloned({
		...header,
		result: child,
		childTid: child,
		childPid: pid,
		childStart: start,
		childStartTimeS: Number(time / 1_000_000_000n),
		childStartTimeNs: Number(time % 1_000_000_000n),
		childVtid: child,
		childVpid: isThread ? thread.vpid : child,
		parentPid: parent.pid,
		parentStart: parent.start,
		cloneFlags: kernel(cloneFlagBits, flags),
		comm: thread.comm,
		uid: number(params, 'uid', thread.uid),
		gid: number(params, 'gid', thread.gid),
	});
}
