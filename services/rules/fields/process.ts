/** Process fields (proc.*): read from the process tree, never from the event. */
import { Text } from '#schemas/text.ts';
import { emptyText, type ProcessNode } from '#state/process.ts';
import type { FieldValue } from '../field.ts';
import { ancestorFields } from './ancestors.ts';
import { bound, type Field, type FieldOptions, field, missing, parseIndex, type Read } from './define.ts';
import { descriptorName, descriptorType } from './fd-kind.ts';
import { argsOf, commandLineOf, exeOf, exePathOf, knowsProgram, nameOf } from './process-facts.ts';
import { nanoseconds } from './time.ts';

const id: FieldOptions = { print: 'ID' };
const dec: FieldOptions = { print: 'DEC' };

/** Reads from the process itself; nothing when the event has none. */
function own(read: (node: ProcessNode) => FieldValue): Read {
	return (subject) => (subject.process === null ? null : read(subject.process));
}

/** Reads from the parent as it was when the process was started. */
function parent(read: (node: ProcessNode) => FieldValue): Read {
	return (subject) => {
		const node = subject.process?.parent;
		return node === null || node === undefined ? null : read(node);
	};
}

function argsBytes(node: ProcessNode): number {
	let bytes = 0;
	const { args } = node.program;
	for (let i = 1; i < args.length; i++) bytes += args[i]!.value.length;
	return bytes;
}

function bindArgs(argument: string | null): Read {
	if (argument === null) return own(argsOf);
	const index = parseIndex('proc.args', argument) + 1;
	return own((node) => (knowsProgram(node) ? (node.program.args[index] ?? emptyText) : null));
}

function bindEnvironment(argument: string | null): Read {
	if (argument === null) return own((node) => node.program.environmentLine);
	return own((node) => node.program.environmentValue(argument));
}

/** Pid of the oldest of the process and its ancestors whose name ends in "sh". */
function loginShell(node: ProcessNode): number | null {
	let found: number | null = null;
	for (let at: ProcessNode | null = node; at !== null; at = at.parent) {
		if (at.comm.value.endsWith('sh')) found = at.pid;
	}
	return found;
}

/** Directory with the slash at its end that rules expect of proc.cwd. */
const slashed = new WeakMap<Text, Text>();
function cwdOf(node: ProcessNode): Text | null {
	const { cwd } = node;
	if (cwd.value.endsWith('/')) return cwd;
	if (cwd.value === '') return null;
	let text = slashed.get(cwd);
	if (text === undefined) {
		text = new Text(`${cwd.value}/`);
		slashed.set(cwd, text);
	}
	return text;
}

/** Facts of a leader (of a session, of a process group): the process with that pid, empty text when it is not known. */
function leader(pidOf: (node: ProcessNode) => number, read: (node: ProcessNode) => FieldValue): Read {
	return (subject) => {
		const node = subject.process;
		if (node === null) return null;
		const pid = pidOf(node);
		const found = pid === node.pid ? node : pid > 0 ? subject.host.processes.byPid(pid) : undefined;
		return found === undefined ? emptyText : read(found);
	};
}

/** Group leaders by their id in the process's own namespace: its own group first, then the nearest ancestor of that id. */
function virtualLeader(read: (node: ProcessNode) => FieldValue): Read {
	return (subject) => {
		const node = subject.process;
		if (node === null) return null;
		for (let at: ProcessNode | null = node; at !== null; at = at.parent) {
			if (at.vpid === node.vpgid && at.pidNamespace === node.pidNamespace) return read(at);
		}
		const found = subject.host.processes.byPid(node.pgid);
		return found === undefined ? emptyText : read(found);
	};
}

function startNs(node: ProcessNode): bigint | null {
	return node.startTimeS === 0 ? null : nanoseconds(node.startTimeS, node.startTimeNs);
}

function sinceStart(pick: (node: ProcessNode) => ProcessNode | null): Read {
	return (subject) => {
		const node = subject.process === null ? null : pick(subject.process);
		if (node === null || node.startTimeS === 0) return null;
		return subject.host.eventTime() - nanoseconds(node.startTimeS, node.startTimeNs);
	};
}

const exeFlag = { writable: 1, upperLayer: 2, lowerLayer: 4, memfd: 8, deleted: 16 } as const;

function exeIs(bit: number): Read {
	return own((node) => (node.program.exeFlags & bit) !== 0);
}

function changeTime(node: ProcessNode): bigint | null {
	const { exeChangeTimeS, exeChangeTimeNs } = node.program;
	return exeChangeTimeS === 0 ? null : nanoseconds(exeChangeTimeS, exeChangeTimeNs);
}

function difference(left: bigint | null, right: bigint | null): bigint | null {
	if (left === null || right === null || left <= right) return null;
	return left - right;
}

/** Wall time at which the pid namespace began, from its first process's start on the boot clock. */
export function namespaceStart(node: ProcessNode): bigint | null {
	const own = startNs(node);
	if (own === null || node.namespaceInitStart === 0) return null;
	return own - BigInt(node.start - node.namespaceInitStart) * 1000n;
}

const identity: readonly Field[] = [
	field('proc.exe', 'CHARBUF', 'First argument of the process (argv[0]).', own(exeOf)),
	field('proc.pexe', 'CHARBUF', 'First argument of the parent.', parent(exeOf)),
	field('proc.exepath', 'CHARBUF', 'Path of the program file.', (subject) =>
		subject.process === null ? null : exePathOf(subject.process),
	),
	field('proc.pexepath', 'CHARBUF', "Path of the parent's program file.", parent(exePathOf)),
	field('proc.name', 'CHARBUF', 'Name of the process (comm, at most 15 bytes).', (subject) =>
		subject.process === null ? null : nameOf(subject.process),
	),
	field('proc.pname', 'CHARBUF', 'Name of the parent.', (subject) => {
		const node = subject.process;
		return node === null || node.parent === null ? null : nameOf(node.parent);
	}),
	bound('proc.args', 'CHARBUF', 'Arguments after the first, joined by blanks; [n] = one of them.', bindArgs, {
		argument: 'optional',
	}),
	field('proc.cmdline', 'CHARBUF', 'Name and arguments, joined by blanks.', own(commandLineOf)),
	field('proc.pcmdline', 'CHARBUF', 'Name and arguments of the parent.', parent(commandLineOf)),
	field('proc.cmdnargs', 'UINT64', 'Number of arguments after the first.', own(argsCount), dec),
	field('proc.cmdlenargs', 'UINT64', 'Bytes of the arguments after the first.', own(argsBytes), dec),
	field(
		'proc.exeline',
		'CHARBUF',
		'First argument and the others, joined by blanks.',
		own((node) => (knowsProgram(node) ? node.program.exeLine : null)),
	),
	bound(
		'proc.env',
		'CHARBUF',
		'Environment that the probe was asked to report, joined by blanks; [NAME] = one value, empty when absent.',
		bindEnvironment,
		{ argument: 'optional', argumentForm: 'brackets' },
	),
	field('proc.cwd', 'CHARBUF', 'Working directory, with a slash at its end.', own(cwdOf)),
];

function argsCount(node: ProcessNode): number {
	return node.program.args.length > 0 ? node.program.args.length - 1 : 0;
}

const numbers: readonly Field[] = [
	field(
		'proc.loginshellid',
		'INT64',
		'Pid of the oldest shell among the process and its ancestors.',
		own(loginShell),
		id,
	),
	field(
		'proc.tty',
		'UINT32',
		'Controlling terminal; 0 = none.',
		own((node) => node.tty),
		id,
	),
	field(
		'proc.pid',
		'INT64',
		'Process id.',
		own((node) => node.pid),
		id,
	),
	field(
		'proc.ppid',
		'INT64',
		'Process id of the parent that started it.',
		own((node) => node.parent?.pid ?? node.parentPid),
		id,
	),
	field(
		'proc.vpid',
		'INT64',
		'Process id in its own pid namespace.',
		own((node) => node.vpid),
		id,
	),
	field(
		'proc.pvpid',
		'INT64',
		"The parent's process id in its own pid namespace.",
		parent((node) => node.vpid),
		id,
	),
	field(
		'proc.sid',
		'INT64',
		'Session id in its own pid namespace.',
		own((node) => node.vsid),
		id,
	),
	field(
		'proc.sname',
		'CHARBUF',
		'Name of the session leader; empty when unknown.',
		leader((n) => n.sid, nameOf),
	),
	field(
		'proc.sid.exe',
		'CHARBUF',
		'First argument of the session leader.',
		leader((n) => n.sid, exeOf),
	),
	field(
		'proc.sid.exepath',
		'CHARBUF',
		'Program path of the session leader.',
		leader((n) => n.sid, exePathOf),
	),
	field(
		'proc.vpgid',
		'INT64',
		'Process group id in its own pid namespace.',
		own((node) => node.vpgid),
		id,
	),
	field('proc.vpgid.name', 'CHARBUF', 'Name of the group leader (own namespace).', virtualLeader(nameOf)),
	field(
		'proc.vpgid.exe',
		'CHARBUF',
		'First argument of the group leader (own namespace).',
		virtualLeader(exeOf),
	),
	field(
		'proc.vpgid.exepath',
		'CHARBUF',
		'Program path of the group leader (own namespace).',
		virtualLeader(exePathOf),
	),
	field(
		'proc.pgid',
		'INT64',
		'Process group id.',
		own((node) => node.pgid),
		id,
	),
	field(
		'proc.pgid.name',
		'CHARBUF',
		'Name of the group leader.',
		leader((n) => n.pgid, nameOf),
	),
	field(
		'proc.pgid.exe',
		'CHARBUF',
		'First argument of the group leader.',
		leader((n) => n.pgid, exeOf),
	),
	field(
		'proc.pgid.exepath',
		'CHARBUF',
		'Program path of the group leader.',
		leader((n) => n.pgid, exePathOf),
	),
	field(
		'proc.is_sid_leader',
		'BOOL',
		'It leads its session.',
		own((node) => node.vsid === node.vpid),
	),
	field(
		'proc.is_vpgid_leader',
		'BOOL',
		'It leads its process group (own namespace).',
		own((n) => n.vpgid === n.vpid),
	),
	field(
		'proc.is_pgid_leader',
		'BOOL',
		'It leads its process group.',
		own((node) => node.pgid === node.pid),
	),
];

const times: readonly Field[] = [
	field(
		'proc.duration',
		'RELTIME',
		'Nanoseconds since the process started.',
		sinceStart((node) => node),
		dec,
	),
	field(
		'proc.ppid.duration',
		'RELTIME',
		'Nanoseconds since the parent started.',
		sinceStart((node) => node.parent),
		dec,
	),
	field('proc.pid.ts', 'RELTIME', 'Start of the process, nanoseconds since the epoch.', own(startNs), dec),
	field('proc.ppid.ts', 'RELTIME', 'Start of the parent, nanoseconds since the epoch.', parent(startNs), dec),
	field(
		'proc.exe_ino',
		'INT64',
		'Inode of the program file.',
		own((node) => node.program.exeInode || null),
		dec,
	),
	field('proc.exe_ino.ctime', 'ABSTIME', 'Last status change of the program file.', own(changeTime), dec),
	field(
		'proc.exe_ino.mtime',
		'ABSTIME',
		'Last change of the content of the program file.',
		own((node) => {
			const { exeModifyTimeS, exeModifyTimeNs } = node.program;
			return exeModifyTimeS === 0 ? null : nanoseconds(exeModifyTimeS, exeModifyTimeNs);
		}),
		dec,
	),
	field(
		'proc.exe_ino.ctime_duration_proc_start',
		'ABSTIME',
		'Nanoseconds from the last status change of the program file to the start of the process.',
		own((node) => difference(startNs(node), changeTime(node))),
		dec,
	),
	field(
		'proc.exe_ino.ctime_duration_pidns_start',
		'ABSTIME',
		'Nanoseconds from the begin of the pid namespace to the last status change of the program file.',
		own((node) => difference(changeTime(node), namespaceStart(node))),
		dec,
	),
	field('proc.pidns_init_start_ts', 'UINT64', 'Begin of the pid namespace.', own(namespaceStart), dec),
];

const notCounted = 'descriptors are resolved at each event instead of being counted';

const resources: readonly Field[] = [
	field('proc.is_exe_writable', 'BOOL', 'Its user may write the program file.', exeIs(exeFlag.writable)),
	field(
		'proc.is_exe_upper_layer',
		'BOOL',
		'The program is on the upper layer of an overlay.',
		exeIs(exeFlag.upperLayer),
	),
	field(
		'proc.is_exe_lower_layer',
		'BOOL',
		'The program is on a lower layer of an overlay.',
		exeIs(exeFlag.lowerLayer),
	),
	field(
		'proc.is_exe_from_memfd',
		'BOOL',
		'The program is a file in memory only (memfd).',
		exeIs(exeFlag.memfd),
	),
	field(
		'proc.is_exe_deleted',
		'BOOL',
		"The program's file had been removed when it was started. Lanner's own field.",
		exeIs(exeFlag.deleted),
	),
	missing('proc.fdopencount', 'UINT64', 'Open descriptors.', notCounted, dec),
	field(
		'proc.fdlimit',
		'INT64',
		'Soft limit of open descriptors.',
		own((node) => node.fdLimit),
		dec,
	),
	missing('proc.fdusage', 'DOUBLE', 'Open descriptors in percent of the limit.', notCounted),
	field(
		'proc.vmsize',
		'UINT64',
		'Virtual memory in KiB, at the last exec or snapshot.',
		own((node) => node.vmSize),
		dec,
	),
	field(
		'proc.vmrss',
		'UINT64',
		'Resident memory in KiB, at the last exec or snapshot.',
		own((node) => node.vmRss),
		dec,
	),
	field(
		'proc.vmswap',
		'UINT64',
		'Swapped memory in KiB, at the last exec or snapshot.',
		own((n) => n.vmSwap),
		dec,
	),
	field(
		'proc.nthreads',
		'UINT64',
		'Threads.',
		own((node) => node.threads),
		dec,
	),
	field(
		'proc.nchilds',
		'UINT64',
		'Threads besides the main one.',
		own((node) => Math.max(0, node.threads - 1)),
		dec,
	),
];

const standardDescriptors: readonly Field[] = (['stdin', 'stdout', 'stderr'] as const).flatMap((which) => [
	field(
		`proc.${which}.type`,
		'CHARBUF',
		`Kind of ${which} when the program was started.`,
		own((node) => (node[which] === null ? null : descriptorType(node[which]))),
	),
	field(
		`proc.${which}.name`,
		'CHARBUF',
		`Name of ${which} when the program was started.`,
		own((node) => (node[which] === null ? null : descriptorName(node[which]))),
	),
]);

export const processFields: readonly Field[] = [
	...identity,
	...ancestorFields,
	...numbers,
	...times,
	...resources,
	...standardDescriptors,
];
