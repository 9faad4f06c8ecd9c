/** Events that make, copy or look at descriptors, and what they do to the simulated ones. */
import { closeRangeFlagBits, fileFlagBits } from '#rules/fields/kernel-flags.ts';
import * as make from '#test/support/events.ts';
import { type Context, type Converted, kernel, number } from './adapter-params.ts';
import { remember } from './adapter-sockets.ts';
import type { FdGiven } from './adapter-world.ts';

export function fdOf({ thread }: Context, fd: number): FdGiven {
	return thread.fds.get(fd) ?? { number: fd };
}

export function dup(context: Context): Converted {
	const { params, header } = context;
	const result = number(params, 'res');
	const old = number(params, 'oldfd');
	const fd = fdOf(context, old);
	if (result >= 0) remember(context, { ...fd, number: result });
	const newFd = header.evt === 'dup' ? result : number(params, 'newfd');
	return make.fdChanged({
		...header,
		result,
		fd,
		newFd,
		flags: kernel(fileFlagBits, number(params, 'flags')),
	});
}

/** Bits and access mode. */
export function kernelOpenFlags(rule: number): number {
	const access = (rule & 3) === 3 ? 2 : (rule & 3) === 2 ? 1 : 0;
	return kernel(fileFlagBits, rule) + access;
}

/** What the kernel calls the files that these calls make. */
export const madeFiles: Readonly<Record<string, string>> = {
	eventfd: 'anon_inode:[eventfd]',
	eventfd2: 'anon_inode:[eventfd]',
	signalfd: 'anon_inode:[signalfd]',
	signalfd4: 'anon_inode:[signalfd]',
	timerfd_create: 'anon_inode:[timerfd]',
	inotify_init: 'anon_inode:inotify',
	inotify_init1: 'anon_inode:inotify',
	epoll_create: 'anon_inode:[eventpoll]',
	epoll_create1: 'anon_inode:[eventpoll]',
	pidfd_open: 'anon_inode:[pidfd]',
};

export function newDescriptor(context: Context): Converted {
	const { params, header } = context;
	const name = header.evt;
	const result = number(params, name.startsWith('pidfd') ? 'fd' : 'res');
	const of = name === 'pidfd_getfd' ? fdOf(context, number(params, 'target_fd')) : { path: madeFiles[name]! };
	const fd: FdGiven = result < 0 ? { number: result } : { ...of, number: result };
	if (result >= 0) remember(context, fd);
	return make.fdChanged({
		...header,
		result,
		fd,
		newFd: -1,
		command: number(
			params,
			['size', 'clockid', 'pid', 'pid_fd', 'fd'].find(
				(key) => key in params && !(key === 'fd' && name.startsWith('pidfd')),
			) ?? '',
		),
		argument: number(params, 'initval', number(params, 'target_fd', number(params, 'mask'))),
		flags: /2$|4$|init1$/.test(name) ? kernelOpenFlags(number(params, 'flags')) : number(params, 'flags'),
	});
}

export function pipe(context: Context): Converted {
	const { params, header } = context;
	const [first, second] = [number(params, 'fd1'), number(params, 'fd2')];
	const end: FdGiven = {
		number: first,
		mode: 0o010600,
		path: `pipe:[${number(params, 'ino')}]`,
		inode: number(params, 'ino'),
	};
	remember(context, end);
	remember(context, { ...end, number: second });
	const flags = kernelOpenFlags(number(params, 'flags'));
	return make.fdChanged({ ...header, result: number(params, 'res'), fd: end, newFd: second, flags });
}

export function closeRange(context: Context): Converted {
	const { params, header, thread } = context;
	const [first, last] = [number(params, 'first'), number(params, 'last')];
	for (const fd of [...thread.fds.keys()]) if (fd >= first && fd <= last) thread.fds.delete(fd);
	return make.fdChanged({
		...header,
		result: number(params, 'res'),
		fd: { number: first },
		newFd: last,
		flags: kernel(closeRangeFlagBits, number(params, 'flags')),
	});
}

/** A call on a descriptor that changes neither it nor the file. */
export function onDescriptor(context: Context): Converted {
	const { params, header } = context;
	const small = ['operation', 'whence', 'request', 'how'].find((key) => key in params) ?? '';
	return make.fdChanged({
		...header,
		result: number(params, 'res'),
		fd: fdOf(context, number(params, 'fd')),
		newFd: -1,
		command: number(params, small) | 0,
		argument: number(params, 'offset', number(params, 'argument')),
	});
}
