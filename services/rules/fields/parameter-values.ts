/**
 * Where each parameter of an event (evt.arg.NAME, evt.rawarg.NAME) is found in our events. Values come in the rules'
 * numbering: flags are converted here by the tables of `kernel-flags.ts`. A parameter that is not listed is one that our
 * events do not carry.
 */
import { familyIndex } from '#schemas/generated/event-names.ts';
import type { FdView } from '#schemas/generated/event-reader.ts';
import { Text } from '#schemas/text.ts';
import type { EventSubject } from '../subject.ts';
import { descriptorSources } from './descriptor-parameters.ts';
import {
	cloneFlagBits,
	deleteModuleFlagBits,
	execveatFlagBits,
	exeFlagBits,
	fchownatFlagBits,
	fcntlCommands,
	fileFlagBits,
	mmapFlagBits,
	openat2ResolveBits,
	openFlags,
	protectionBits,
	ptraceRequests,
	toRuleFlags,
} from './kernel-flags.ts';
import { callNumber, otherSources } from './other-parameters.ts';
import {
	fdOf,
	flags,
	ownFd,
	pathOf,
	result,
	type Source,
	type Sources,
	type Value,
	value,
} from './parameter-source.ts';
import { nanoseconds } from './time.ts';

const emptyText = new Text('');

/** ids of -1 are shown as 4294967295 is: see UID in `parameter-text.ts`. */
function argument(index: number): Source {
	return value((s) => s.reader.credentialsChanged.arguments.at(index) ?? null);
}

/** NUL-terminated texts one after another, as a buffer parameter has them. */
function joinBytes(texts: readonly Text[], from: number): Text | null {
	if (texts.length <= from) return null;
	let joined = '';
	for (let i = from; i < texts.length; i++) joined += `${texts[i]!.value}\0`;
	return new Text(joined);
}

const ofProcess = (read: (node: NonNullable<EventSubject['process']>) => Value): Source =>
	value((s) => (s.process === null ? null : read(s.process)));

/** Parameters that exec and clone have in common, read from the process. */
const processSources: Sources = {
	exe: ofProcess((node) => node.program.exe),
	args: ofProcess((node) => joinBytes(node.program.args, 1)),
	tid: value((s) => s.reader.header.tid),
	pid: value((s) => s.reader.header.pid),
	ptid: ofProcess((node) => node.parent?.pid ?? node.parentPid),
	cwd: ofProcess((node) => node.cwd),
	fdlimit: ofProcess((node) => node.fdLimit),
	pgft_maj: ofProcess((node) => node.majorFaults),
	pgft_min: ofProcess((node) => node.minorFaults),
	vm_size: ofProcess((node) => node.vmSize),
	vm_rss: ofProcess((node) => node.vmRss),
	vm_swap: ofProcess((node) => node.vmSwap),
	comm: ofProcess((node) => node.comm),
	cgroups: ofProcess((node) => (node.cgroup.value === '' ? null : new Text(`=${node.cgroup.value}\0`))),
};

/** An exec that was seen to succeed, but whose new program could not be read: it says nothing about its facts. */
function isBareExec({ reader }: EventSubject): boolean {
	return reader.header.result >= 0 && reader.processExecuted.process === null;
}

const ofExec = (read: (node: NonNullable<EventSubject['process']>) => Value): Source =>
	value((s) => (s.process === null || isBareExec(s) ? null : read(s.process)));

const execSources: Sources = {
	res: result,
	...processSources,
	exe: value((s) => {
		const { args, process } = s.reader.processExecuted;
		if (process !== null) return s.process?.program.exe ?? null;
		return args.count > 0 ? args.at(0) : null;
	}),
	args: value((s) => {
		const { args, process } = s.reader.processExecuted;
		return joinBytes(process === null ? args.toArray() : (s.process?.program.args ?? []), 1);
	}),
	env: ofExec((node) => joinBytes(node.program.environment, 0)),
	tty: ofExec((node) => node.tty),
	vpgid: ofExec((node) => node.vpgid),
	loginuid: ofExec((node) => node.loginUid),
	flags: value((s) => {
		const node = s.process;
		if (node === null || isBareExec(s)) return null;
		return toRuleFlags(exeFlagBits, node.program.exeFlags);
	}),
	cap_inheritable: ofExec((node) => node.credentials.capInheritable),
	cap_permitted: ofExec((node) => node.credentials.capPermitted),
	cap_effective: ofExec((node) => node.credentials.capEffective),
	exe_ino: ofExec((node) => node.program.exeInode),
	exe_ino_ctime: ofExec((node) => nanoseconds(node.program.exeChangeTimeS, node.program.exeChangeTimeNs)),
	exe_ino_mtime: ofExec((node) => nanoseconds(node.program.exeModifyTimeS, node.program.exeModifyTimeNs)),
	uid: ofExec((node) => node.credentials.euid),
	trusted_exepath: ofExec((node) => node.program.exePath),
	pgid: ofExec((node) => node.pgid),
	gid: ofExec((node) => node.credentials.egid),
	filename: value((s) => s.reader.processExecuted.name),
};

const cloneSources: Sources = {
	...processSources,
	res: value((s) => (s.reader.header.result < 0 ? s.reader.header.result : s.reader.processCloned.childTid)),
	comm: value((s) => s.reader.processCloned.comm),
	flags: flags(cloneFlagBits, (s) => s.reader.processCloned.cloneFlags),
	uid: value((s) => s.reader.processCloned.uid),
	gid: value((s) => s.reader.processCloned.gid),
	vtid: value((s) => s.reader.processCloned.childVtid),
	vpid: value((s) => s.reader.processCloned.childVpid),
};

const opened: Sources = {
	fd: ownFd,
	dirfd: value((s) => s.reader.fileOpened.dirFd),
	mountfd: value((s) => s.reader.fileOpened.dirFd),
	name: pathOf(
		(s) => s.reader.fileOpened.name,
		(s) => s.reader.fileOpened.askedPath ?? s.reader.fileOpened.path,
	),
	path: pathOf(
		(s) => s.reader.fileOpened.path,
		(s) => s.reader.fileOpened.path,
	),
	flags: value(({ reader: { fileOpened } }) =>
		openFlags(fileOpened.flags, fileOpened.created, fileOpened.layer),
	),
	mode: value((s) => s.reader.fileOpened.mode),
	resolve: flags(openat2ResolveBits, (s) => s.reader.fileOpened.resolve),
	dev: value((s) => s.reader.fileOpened.device),
	ino: value((s) => s.reader.fileOpened.inode),
	creat_flags: value((s) => s.reader.fileOpened.layer),
};

const firstPath = pathOf(
	(s) => s.reader.pathChanged.name,
	(s) => s.reader.pathChanged.path,
);
const secondPath = pathOf(
	(s) => s.reader.pathChanged.newName,
	(s) => s.reader.pathChanged.newPath,
);
const firstDirectory = value((s) => s.reader.pathChanged.dirFd);
const secondDirectory = value((s) => s.reader.pathChanged.newDirFd);

const pathChanged: Sources = {
	res: result,
	fd: fdOf((s) => s.reader.pathChanged.fd),
	dirfd: firstDirectory,
	olddirfd: firstDirectory,
	olddir: firstDirectory,
	newdirfd: secondDirectory,
	newdir: secondDirectory,
	linkdirfd: secondDirectory,
	path: firstPath,
	name: firstPath,
	filename: firstPath,
	pathname: firstPath,
	oldpath: firstPath,
	target: value((s) => s.reader.pathChanged.name),
	newpath: secondPath,
	linkpath: secondPath,
	flags: value((s) => s.reader.pathChanged.flags),
	mode: value((s) => s.reader.pathChanged.mode),
	uid: value((s) => s.reader.pathChanged.uid),
	gid: value((s) => s.reader.pathChanged.gid),
	dev: value((s) => s.reader.pathChanged.device),
};

const socketFlagMask = 0xf;
const socketCreated: Sources = {
	res: result,
	fd: ownFd,
	fd2: value((s) => s.reader.socketCreated.secondFd),
	domain: value((s) => s.reader.socketCreated.family),
	type: value((s) => s.reader.socketCreated.type & socketFlagMask),
	proto: value((s) => s.reader.socketCreated.protocol),
	flags: flags(
		fileFlagBits,
		(s) => s.reader.socketCreated.type - (s.reader.socketCreated.type & socketFlagMask),
	),
};

const tuple: Source = { value: () => emptyText, tuple: true };

function socketSources(fd: (subject: EventSubject) => FdView): Sources {
	return { res: result, fd: { value: (s) => fd(s).number, own: true }, tuple };
}

const ofControl = (index: number): Source =>
	value((s) => s.reader.processControlled.arguments.at(index) ?? null);
const firstFd: Source = fdOf((s) => s.reader.fdChanged.fd);
const newFd = value((s) => s.reader.fdChanged.newFd);

const sourcesByFamily = new Map<number, Sources>([
	[familyIndex.FileOpened, opened],
	[familyIndex.ProcessExecuted, execSources],
	[familyIndex.ProcessCloned, cloneSources],
	[
		familyIndex.ProcessExited,
		{
			status: value((s) => s.reader.processExited.status),
			ret: value((s) => s.reader.processExited.exitCode),
			sig: value((s) => s.reader.processExited.signal),
			core: value((s) => (s.reader.processExited.core ? 1 : 0)),
			reaper_tid: value((s) => s.reader.processExited.reaperPid),
		},
	],
	[familyIndex.PathChanged, pathChanged],
	[familyIndex.SocketCreated, socketCreated],
	[
		familyIndex.SocketConnected,
		{
			...socketSources((s) => s.reader.socketConnected.fd),
			addr: { value: () => emptyText, address: (s) => s.reader.socketConnected.address },
		},
	],
	[
		familyIndex.SocketAccepted,
		{
			...socketSources((s) => s.reader.socketAccepted.fd),
			fd: ownFd,
			queuelen: value((s) => s.reader.socketAccepted.queueLength),
			queuemax: value((s) => s.reader.socketAccepted.queueMax),
			queuepct: value((s) => {
				const { queueLength, queueMax } = s.reader.socketAccepted;
				return queueMax === 0 ? 0 : Math.floor((queueLength * 100) / queueMax);
			}),
			flags: value((s) => s.reader.socketAccepted.flags),
		},
	],
	[
		familyIndex.SocketBound,
		{
			...socketSources((s) => s.reader.socketBound.fd),
			addr: { value: () => emptyText, address: (s) => s.reader.socketBound.address },
			backlog: value((s) => s.reader.socketBound.backlog),
		},
	],
	[
		familyIndex.SocketTransferred,
		{
			...socketSources((s) => s.reader.socketTransferred.fd),
			size: value((s) => s.reader.socketTransferred.size),
			data: value(({ reader: { socketTransferred } }) => nonEmpty(socketTransferred.data)),
		},
	],
	[
		familyIndex.FdChanged,
		{
			res: { ...result, own: true },
			fd: firstFd,
			oldfd: firstFd,
			newfd: { value: (s) => s.reader.fdChanged.newFd, fd: (s) => s.reader.fdChanged.fd },
			fd2: newFd,
			cmd: flags(fcntlCommands, (s) => s.reader.fdChanged.command),
			arg: value((s) => s.reader.fdChanged.argument),
			flags: value((s) => s.reader.fdChanged.flags),
		},
	],
	[
		familyIndex.FileTransferred,
		{
			res: result,
			fd: fdOf((s) => s.reader.fileTransferred.fd),
			size: value((s) => s.reader.fileTransferred.size),
			pos: value(({ reader: { fileTransferred } }) =>
				fileTransferred.offset < 0 ? null : fileTransferred.offset,
			),
			data: value(({ reader: { fileTransferred } }) => nonEmpty(fileTransferred.data)),
		},
	],
	[familyIndex.CredentialsChanged, { res: result }],
	[
		familyIndex.SignalSent,
		{
			res: result,
			pid: value((s) => s.reader.signalSent.targetPid),
			tid: value((s) => s.reader.signalSent.targetTid),
			sig: value((s) => s.reader.signalSent.signal),
		},
	],
	[
		familyIndex.ProcessTraced,
		{
			res: result,
			request: flags(ptraceRequests, (s) => s.reader.processTraced.request),
			pid: value((s) => s.reader.processTraced.targetPid),
			addr: value((s) => s.reader.processTraced.address),
			data: value((s) => s.reader.processTraced.data),
		},
	],
	[
		familyIndex.MountChanged,
		{
			res: result,
			dev: value((s) => s.reader.mountChanged.source),
			dir: value((s) => s.reader.mountChanged.target),
			name: value((s) => s.reader.mountChanged.target),
			type: value((s) => s.reader.mountChanged.fsType),
			flags: value((s) => s.reader.mountChanged.flags),
		},
	],
	[
		familyIndex.RootChanged,
		{
			res: result,
			path: pathOf(
				(s) => s.reader.rootChanged.name,
				(s) => s.reader.rootChanged.path,
			),
			fd: value((s) => s.reader.rootChanged.fd),
		},
	],
	[
		familyIndex.NamespaceChanged,
		{
			res: result,
			fd: fdOf((s) => s.reader.namespaceChanged.fd),
			nstype: flags(cloneFlagBits, (s) => s.reader.namespaceChanged.flags),
			flags: flags(cloneFlagBits, (s) => s.reader.namespaceChanged.flags),
		},
	],
	[
		familyIndex.ModuleChanged,
		{
			res: result,
			name: value((s) => s.reader.moduleChanged.name),
			fd: fdOf((s) => s.reader.moduleChanged.fd),
			uargs: value((s) => s.reader.moduleChanged.parameters),
			length: value((s) => s.reader.moduleChanged.size),
			flags: value((s) => s.reader.moduleChanged.flags),
		},
	],
	[familyIndex.BpfCalled, { fd: ownFd, cmd: value((s) => s.reader.bpfCalled.command) }],
	[
		familyIndex.MemoryChanged,
		{
			res: result,
			addr: value((s) => s.reader.memoryChanged.address),
			length: value((s) => s.reader.memoryChanged.length),
			prot: flags(protectionBits, (s) => s.reader.memoryChanged.protection),
			flags: flags(mmapFlagBits, (s) => s.reader.memoryChanged.flags),
			fd: fdOf((s) => s.reader.memoryChanged.fd),
			name: value((s) => s.reader.memoryChanged.name),
		},
	],
	[
		familyIndex.ProcessControlled,
		{
			res: result,
			option: value((s) => s.reader.processControlled.option),
			op: value((s) => s.reader.processControlled.option),
			resource: value((s) => s.reader.processControlled.option),
			arg2_str: value((s) => s.reader.processControlled.text),
			arg2_int: ofControl(0),
			pid: value((s) => s.reader.processControlled.targetPid),
			pgid: value(({ reader: { processControlled } }) => {
				const { arguments: values } = processControlled;
				return values.count === 0 ? null : values.at(values.count - 1)!;
			}),
			cur: ofControl(0),
			max: ofControl(1),
			flags: ofControl(0),
		},
	],
	[
		familyIndex.OtherSyscall,
		{
			res: result,
			ID: value((s) => s.reader.otherSyscall.number),
			nativeID: value((s) => s.reader.otherSyscall.number),
		},
	],
]);

function nonEmpty(text: Text): Text | null {
	return text.value === '' ? null : text;
}

/** Where a type's parameter differs from its family's of the same name. */
const sourcesByType: Readonly<Record<string, Sources>> = {
	setuid: { uid: argument(0) },
	setgid: { gid: argument(0) },
	setreuid: { ruid: argument(0), euid: argument(1) },
	setregid: { rgid: argument(0), egid: argument(1) },
	setresuid: { ruid: argument(0), euid: argument(1), suid: argument(2) },
	setresgid: { rgid: argument(0), egid: argument(1), sgid: argument(2) },
	capset: { cap_inheritable: argument(0), cap_permitted: argument(1), cap_effective: argument(2) },
	execveat: {
		// Falco's execveat has no `filename`; its exec flags are those of the program, like execve's.
		execveat_flags: flags(execveatFlagBits, (s) => s.reader.processExecuted.flags),
	},
	fchownat: { flags: flags(fchownatFlagBits, (s) => s.reader.pathChanged.flags) },
	dup3: { flags: flags(fileFlagBits, (s) => s.reader.fdChanged.flags) },
	close: { res: result },
	...descriptorSources,
	memfd_create: { fd: ownFd, flags: value((s) => s.reader.memoryChanged.flags) },
	userfaultfd: { flags: flags(fileFlagBits, (s) => s.reader.memoryChanged.flags) },
	delete_module: { flags: flags(deleteModuleFlagBits, (s) => s.reader.moduleChanged.flags) },
	process_vm_readv: { data: value(() => null) },
	process_vm_writev: { data: value(() => null) },
};

/** Null = our events of this type do not carry the parameter. */
export function sourceOf(typeName: string, family: number, parameter: string): Source | null {
	const own = sourcesByType[typeName]?.[parameter] ?? otherSources[typeName]?.[parameter];
	if (own !== undefined) return own;
	return sourcesByFamily.get(family)?.[parameter] ?? callNumber(typeName, parameter);
}
