/** Parameters of calls that make a descriptor or work on one, by event type. Their event is an FdChanged. */
import { closeRangeFlagBits, descriptorFlags, toRuleFlags } from './kernel-flags.ts';
import { fdOf, ownFd, result, type Source, type Sources, value } from './parameter-source.ts';

const ownDescriptor: Source = { ...fdOf((s) => s.reader.fdChanged.fd), own: true };
const command = value((s) => s.reader.fdChanged.command);
const unsignedCommand = value((s) => s.reader.fdChanged.command >>> 0);
const fdArgument = value((s) => s.reader.fdChanged.argument);
const madeFlags = value((s) => descriptorFlags(s.reader.fdChanged.flags));

const secondFd: Source = { value: (s) => s.reader.fdChanged.newFd, fd: (s) => s.reader.fdChanged.fd };
const pipeSources: Sources = {
	res: result,
	fd1: fdOf((s) => s.reader.fdChanged.fd),
	fd2: secondFd,
	ino: value((s) => s.reader.fdChanged.fd.inode),
};

export const descriptorSources: Readonly<Record<string, Sources>> = {
	fstat: { res: result, fd: ownDescriptor },
	getdents: { res: result, fd: ownDescriptor },
	getdents64: { res: result, fd: ownDescriptor },
	flock: { res: result, fd: ownDescriptor, operation: command },
	shutdown: { res: result, fd: ownDescriptor, how: command },
	lseek: { res: result, fd: ownDescriptor, offset: fdArgument, whence: command },
	llseek: { res: result, fd: ownDescriptor, offset: fdArgument, whence: command },
	ioctl: { res: result, fd: ownDescriptor, request: unsignedCommand, argument: fdArgument },
	eventfd: { initval: fdArgument },
	eventfd2: { initval: fdArgument, flags: madeFlags },
	signalfd: { fd: command, mask: fdArgument, flags: value((s) => s.reader.fdChanged.flags) },
	signalfd4: { fd: command, mask: fdArgument, flags: madeFlags },
	timerfd_create: { clockid: command },
	inotify_init1: { flags: madeFlags },
	epoll_create: { res: result, size: command },
	epoll_create1: { res: result },
	pidfd_open: { fd: ownFd, pid: command },
	pipe: pipeSources,
	pipe2: { ...pipeSources, flags: madeFlags },
	close_range: {
		res: result,
		first: value((s) => s.reader.fdChanged.fd.number >>> 0),
		last: value((s) => s.reader.fdChanged.newFd >>> 0),
		flags: value((s) => toRuleFlags(closeRangeFlagBits, s.reader.fdChanged.flags)),
	},
	pidfd_getfd: { fd: ownFd, pid_fd: command, target_fd: fdArgument },
};
