/**
 * Parameters of calls that come as an OtherSyscall: raw arguments by number, and what the probe found behind them. And those that only a
 * newer probe reports of other families.
 */
import { Text } from '#schemas/text.ts';
import type { EventSubject } from '../subject.ts';
import {
	quotaCommand,
	ringSetupBits,
	semaphoreCommands,
	semaphoreGetFlags,
	semaphoreOperationBits,
	socketOption,
	socketOptionLevels,
} from './call-flags.ts';
import { toRuleFlags } from './kernel-flags.ts';
import { fdOf, pathOf, type Read, result, type Source, type Sources, value } from './parameter-source.ts';
import { socketOptionValue } from './socket-option.ts';
import { nanoseconds } from './time.ts';

const argumentOf = ({ reader }: EventSubject, index: number): number =>
	reader.otherSyscall.arguments.at(index) ?? 0;
const argument = (index: number): Source => value((s) => argumentOf(s, index));
/** Null = the structure was not given, or could not be read. */
const numberOf = ({ reader }: EventSubject, index: number): number | null =>
	reader.otherSyscall.numbers.at(index) ?? null;
const number = (index: number): Source => value((s) => numberOf(s, index));
const text = (read: (s: EventSubject) => Text): Read => {
	return (s) => {
		const found = read(s);
		return found.value === '' ? null : found;
	};
};

const fd: Source = { ...fdOf((s) => s.reader.otherSyscall.fd), own: true };
const first: Source = fdOf((s) => s.reader.otherSyscall.fd);
const second: Source = { ...fdOf((s) => s.reader.otherSyscall.secondFd), own: true };
const path: Source = pathOf(
	(s) => s.reader.otherSyscall.name,
	(s) => s.reader.otherSyscall.path,
);

/** A struct timespec as one number. */
const duration = (from: number): Source =>
	value((s) => {
		const seconds = numberOf(s, from);
		const ns = numberOf(s, from + 1);
		return seconds === null || ns === null ? null : nanoseconds(seconds, ns);
	});

const memory: Sources = {
	vm_size: value((s) => s.reader.memoryChanged.vmSize),
	vm_rss: value((s) => s.reader.memoryChanged.vmRss),
	vm_swap: value((s) => s.reader.memoryChanged.vmSwap),
	offset: value((s) => s.reader.memoryChanged.offset),
	pgoffset: value((s) => s.reader.memoryChanged.offset),
};

const socketOptionSources: Sources = {
	res: result,
	fd,
	level: value((s) => toRuleFlags(socketOptionLevels, argumentOf(s, 1))),
	optname: value((s) => socketOption(argumentOf(s, 1), argumentOf(s, 2))),
	val: value((s) => socketOptionValue(argumentOf(s, 1), argumentOf(s, 2), s.reader.otherSyscall.data.value)),
};

const waited: Sources = {
	res: result,
	// Rendered from the event, like a tuple; the value only says that there is one.
	fds: { value: (s) => (s.reader.otherSyscall.waited.count === 0 ? null : new Text('fds')), waited: true },
};

const statSources: Sources = { res: result, path };

/** struct if_dqblk, struct if_dqinfo or a format, by the command. */
const quota = (index: number, of: readonly string[]): Source =>
	value((s) => {
		const { name } = quotaCommand(argumentOf(s, 0));
		// What a failed call should have filled is whatever was there.
		const filled = s.reader.header.result >= 0 || name.startsWith('Q_SET');
		return filled && of.includes(name) ? numberOf(s, index) : 0;
	});
const getOrSetQuota = ['Q_GETQUOTA', 'Q_SETQUOTA'];
const getOrSetInfo = ['Q_GETINFO', 'Q_SETINFO'];
const quotaOn = ['Q_QUOTAON', 'Q_XQUOTAON'];
const quotaFormat = (kernel: number | null): number => (kernel === null || kernel <= 0 ? 0 : kernel << 1);

const quotactl: Sources = {
	res: result,
	special: pathOf(
		(s) => s.reader.otherSyscall.name,
		(s) => s.reader.otherSyscall.path,
	),
	quotafilepath: value((s) =>
		quotaOn.includes(quotaCommand(argumentOf(s, 0)).name) ? s.reader.otherSyscall.text : new Text(''),
	),
	dqb_bhardlimit: quota(0, getOrSetQuota),
	dqb_bsoftlimit: quota(1, getOrSetQuota),
	dqb_curspace: quota(2, getOrSetQuota),
	dqb_ihardlimit: quota(3, getOrSetQuota),
	dqb_isoftlimit: quota(4, getOrSetQuota),
	dqb_btime: quota(6, getOrSetQuota),
	dqb_itime: quota(7, getOrSetQuota),
	dqi_bgrace: quota(0, getOrSetInfo),
	dqi_igrace: quota(1, getOrSetInfo),
	// The flags are the low half of the third word; the other half says which fields are valid.
	dqi_flags: value((s) => Number(quota(2, getOrSetInfo).value(s)) % 2 ** 32),
	quota_fmt_out: value((s) => quotaFormat(Number(quota(0, ['Q_GETFMT']).value(s)) % 2 ** 32)),
	cmd: value((s) => quotaCommand(argumentOf(s, 0)).value),
	type: value((s) => quotaCommand(argumentOf(s, 0)).type),
	id: value((s) => (quotaOn.includes(quotaCommand(argumentOf(s, 0)).name) ? 0 : argumentOf(s, 2) >>> 0)),
	quota_fmt: value((s) =>
		quotaOn.includes(quotaCommand(argumentOf(s, 0)).name) ? quotaFormat(argumentOf(s, 2)) : 0,
	),
};

const configTexts: readonly number[] = [1, 3, 4]; // FSCONFIG_SET_STRING, _PATH, _PATH_EMPTY
const configBinary = 2;
const isExtended = 8; // IORING_ENTER_EXT_ARG: the argument is then no signal set

export const otherSources: Readonly<Record<string, Sources>> = {
	brk: { ...memory, res: result, addr: value((s) => s.reader.memoryChanged.address) },
	mmap: memory,
	mmap2: memory,
	munmap: memory,
	setsockopt: { ...socketOptionSources, optlen: argument(4) },
	getsockopt: {
		...socketOptionSources,
		optlen: value((s) => s.reader.otherSyscall.data.value.length),
	},
	futex: { res: result, addr: argument(0), op: argument(1), val: argument(2) },
	stat: statSources,
	lstat: statSources,
	stat64: statSources,
	lstat64: statSources,
	newfstatat: { res: result, dirfd: argument(0), path, flags: argument(3) },
	access: { res: result, name: path, mode: argument(1) },
	epoll_wait: { res: result, maxevents: argument(2) },
	poll: { ...waited, timeout: argument(2) },
	ppoll: { ...waited, timeout: duration(0), sigmask: number(2) },
	getcwd: { res: result, path: value(text((s) => s.reader.otherSyscall.name)) },
	nanosleep: { res: result, interval: duration(0) },
	getrlimit: { res: result, cur: number(0), max: number(1), resource: argument(0) },
	prlimit: Object.fromEntries(
		['newcur', 'newmax', 'oldcur', 'oldmax'].map((name, i) => [
			name,
			value((s) => s.reader.processControlled.numbers.at(i) ?? null),
		]),
	),
	splice: { res: result, fd_in: first, fd_out: second, size: argument(4), flags: argument(5) },
	sendfile: { res: result, out_fd: second, in_fd: first, offset: argument(2), size: argument(3) },
	copy_file_range: {
		...{ res: result, fdin: first, fdout: second, len: argument(4) },
		// A pointer that was not given means the file's own position.
		offin: value((s) => (argumentOf(s, 1) === 0 ? 0 : numberOf(s, 0))),
		offout: value((s) => (argumentOf(s, 3) === 0 ? 0 : numberOf(s, argumentOf(s, 1) === 0 ? 0 : 1))),
	},
	quotactl,
	getuid: { uid: result },
	geteuid: { euid: result },
	getgid: { gid: result },
	getegid: { egid: result },
	getresuid: { res: result, ruid: number(0), euid: number(1), suid: number(2) },
	getresgid: { res: result, rgid: number(0), egid: number(1), sgid: number(2) },
	semop: {
		...{ res: result, semid: argument(0), nsops: argument(2) },
		...{ sem_num_0: number(0), sem_op_0: number(1), sem_flg_0: semaphoreOperation(2) },
		...{ sem_num_1: number(3), sem_op_1: number(4), sem_flg_1: semaphoreOperation(5) },
	},
	semctl: {
		...{ res: result, semid: argument(0), semnum: argument(1), val: argument(3) },
		cmd: value((s) => toRuleFlags(semaphoreCommands, argumentOf(s, 2))),
	},
	semget: {
		...{ res: result, key: argument(0), nsems: argument(1) },
		semflg: value((s) => semaphoreGetFlags(argumentOf(s, 2))),
	},
	io_uring_setup: {
		...{ res: { ...result, own: true }, entries: argument(0), sq_entries: number(0), cq_entries: number(1) },
		flags: value((s) => toRuleFlags(ringSetupBits, numberOf(s, 2) ?? 0)),
		...{ sq_thread_cpu: number(3), sq_thread_idle: number(4), features: number(5) },
	},
	io_uring_enter: {
		...{ res: result, fd, to_submit: argument(1), min_complete: argument(2), flags: argument(3) },
		sig: value((s) => ((argumentOf(s, 3) & isExtended) !== 0 ? 0 : (numberOf(s, 0) ?? 0))),
	},
	io_uring_register: { res: result, fd, opcode: argument(1), arg: argument(2), nr_args: argument(3) },
	mlock: { res: result, addr: argument(0), len: argument(1) },
	munlock: { res: result, addr: argument(0), len: argument(1) },
	mlockall: { res: result, flags: argument(0) },
	mlock2: { res: result, addr: argument(0), len: argument(1), flags: argument(2) },
	fsconfig: {
		...{ res: result, fd, cmd: argument(1), aux: argument(4) },
		key: value((s) => s.reader.otherSyscall.text),
		value_charbuf: value((s) => (configTexts.includes(argumentOf(s, 1)) ? s.reader.otherSyscall.name : null)),
		value_bytebuf: value((s) => (argumentOf(s, 1) === configBinary ? s.reader.otherSyscall.data : null)),
	},
	keyctl: {
		...{ res: result, operation: argument(0) },
		...{ arg2: argument(1), arg3: argument(2), arg4: argument(3), arg5: argument(4) },
	},
	socketpair: {
		fd1: { value: (s) => s.reader.socketCreated.firstFd },
		fd2: { value: (s) => s.reader.socketCreated.secondFd, own: true },
	},
	recvmsg: { msgcontrol: value(text((s) => s.reader.socketTransferred.control)) },
	recvmmsg: { msgcontrol: value(text((s) => s.reader.socketTransferred.control)) },
	...Object.fromEntries(
		['clone', 'clone3', 'fork', 'vfork'].map((name) => [
			name,
			{ pidns_init_start_ts: value(namespaceStart) },
		]),
	),
};

function semaphoreOperation(index: number): Source {
	return value((s) => {
		const flags = numberOf(s, index);
		return flags === null ? null : toRuleFlags(semaphoreOperationBits, flags);
	});
}

/** Wall time, from the child's start that is known on both clocks. */
function namespaceStart({ reader: { processCloned } }: EventSubject): bigint | null {
	const { namespaceInitStart, childStart, childStartTimeS, childStartTimeNs } = processCloned;
	if (namespaceInitStart === 0) return null;
	return nanoseconds(childStartTimeS, childStartTimeNs) - BigInt(childStart - namespaceInitStart) * 1000n;
}

/** Numbers on x86-64 of calls whose only parameter in the reference is their number, and that come in a family of ours. */
const callNumbers: Readonly<Record<string, number>> = {
	...{ pivot_root: 155, setgroups: 116, setfsuid: 122, setfsgid: 123, move_mount: 429, fchmodat2: 452 },
};

/** Null = the event has no number of its call. */
export function callNumber(typeName: string, parameter: string): Source | null {
	const number = callNumbers[typeName];
	return number === undefined || (parameter !== 'ID' && parameter !== 'nativeID')
		? null
		: value(() => number);
}
