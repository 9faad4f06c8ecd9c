/**
 * Events in the short form of rule tests: `{openat: /etc/shadow}`, `{connect: "192.0.2.1:443"}`,
 * `{chmod: {file: /tmp/x, mode: "4755"}}`. The key is the event type; the value is its main argument or a mapping. The
 * acting process is the last of the chain, unless `by` names another.
 *
 * Every form also takes `result` (a number, or an error's name) and `with` (fields of the schema, which win).
 */
import type { BatchEvent } from '#schemas/event-batch.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { parseEndpoint } from './endpoint.ts';
import { type Fields, fillEvent } from './fill.ts';
import * as names from './names.ts';
import {
	asMapping,
	credentialsOf,
	fileFd,
	type ProcessFacts,
	personOf,
	socketFd,
	startOf,
	type World,
	WorldError,
} from './world.ts';

type Context = { readonly world: World; readonly actor: ProcessFacts; readonly type: string };
type Made = { readonly family: string; readonly fields: Fields; readonly result?: number };
type Form = {
	readonly keys: readonly string[];
	readonly main: string;
	readonly make: (given: Fields, context: Context) => Made;
};

const openedFd = 3;
const dirFdNone = -100;

/** Where a name leads, as the caller means it: relative names start at the working directory. */
function absolute(path: unknown, { actor }: Context): string {
	const text = String(path ?? '');
	if (text === '' || text.startsWith('/')) return text;
	const cwd = String(actor.fields.cwd);
	return cwd.endsWith('/') ? cwd + text : `${cwd}/${text}`;
}

const open: Form = {
	main: 'file',
	keys: ['file', 'flags', 'mode', 'real', 'created'],
	make(given, context) {
		const flags = names.numberOf(
			names.openFlags,
			given.flags ?? (context.type === 'creat' ? 'O_WRONLY|O_CREAT|O_TRUNC' : 'O_RDONLY'),
			'open flag',
		);
		const asked = absolute(given.file, context);
		const real = given.real === undefined ? asked : String(given.real);
		return {
			family: 'FileOpened',
			result: openedFd,
			fields: {
				dirFd: dirFdNone,
				name: given.file,
				path: real,
				askedPath: real === asked ? null : asked,
				flags,
				mode: given.mode === undefined ? 0 : names.modeOf(given.mode),
				fileMode: 0o100644,
				device: 0x801,
				inode: 99,
				created: given.created ?? false,
			},
		};
	},
};

/** unlink, rmdir, mkdir, mknod, chmod, chown: one path. */
const onePath: Form = {
	main: 'file',
	keys: ['file', 'mode', 'flags', 'uid', 'gid'],
	make: (given, context) => ({
		family: 'PathChanged',
		fields: {
			dirFd: dirFdNone,
			name: given.file,
			path: absolute(given.file, context),
			mode: given.mode === undefined ? 0 : names.modeOf(given.mode),
			flags: given.flags ?? 0,
			uid: given.uid ?? -1,
			gid: given.gid ?? -1,
		},
	}),
};

/** fchmod, fchown: the file behind a descriptor. */
const onDescriptor: Form = {
	main: 'file',
	keys: ['file', 'mode', 'uid', 'gid'],
	make: (given) => ({
		family: 'PathChanged',
		fields: {
			fd: fileFd(openedFd, String(given.file)),
			path: given.file,
			mode: given.mode === undefined ? 0 : names.modeOf(given.mode),
			uid: given.uid ?? -1,
			gid: given.gid ?? -1,
		},
	}),
};

/** rename, link: from, to. symlink: target, link. */
const twoPaths: Form = {
	main: 'to',
	keys: ['from', 'to', 'target', 'link', 'flags'],
	make(given, context) {
		const isSymlink = context.type.startsWith('symlink');
		const [first, second] = isSymlink ? [given.target, given.link] : [given.from, given.to];
		return {
			family: 'PathChanged',
			fields: {
				dirFd: dirFdNone,
				newDirFd: dirFdNone,
				name: first,
				path: isSymlink ? first : absolute(first, context),
				newName: second,
				newPath: absolute(second, context),
				flags: given.flags ?? 0,
			},
		};
	},
};

const socket: Form = {
	main: 'family',
	keys: ['family', 'type', 'protocol'],
	make: (given) => ({
		family: 'SocketCreated',
		result: openedFd,
		fields: {
			family: names.numberOf(names.socketFamilies, given.family, 'socket family'),
			type: names.numberOf(names.socketTypes, given.type ?? 'SOCK_STREAM', 'socket type'),
			protocol: given.protocol ?? 0,
			secondFd: -1,
		},
	}),
};

const connect: Form = {
	main: 'to',
	keys: ['to'],
	make: (given) => ({
		family: 'SocketConnected',
		fields: { fd: socketFd(openedFd, String(given.to)), address: parseEndpoint(String(given.to)) },
	}),
};

/** bind, listen: a local end that waits. */
const wait: Form = {
	main: 'at',
	keys: ['at', 'backlog'],
	make(given, { type }) {
		const { family, address, port } = parseEndpoint(String(given.at));
		const end = {
			family,
			type: 1,
			protocol: family === 1 ? 0 : 6,
			state: type === 'listen' ? 10 : 7,
			localAddress: address,
			localPort: port,
		};
		return {
			family: 'SocketBound',
			fields: {
				fd: { number: openedFd, mode: 0o140777, inode: 777, openFlags: 2, socket: end },
				address: type === 'bind' ? { family, address, port } : null,
				backlog: given.backlog ?? 0,
			},
		};
	},
};

/** dup, dup2, dup3: a file or a connection gets another descriptor. */
const dup: Form = {
	main: 'file',
	keys: ['file', 'connection', 'new'],
	make(given) {
		const to = typeof given.new === 'number' ? given.new : openedFd + 1;
		const fd =
			given.connection === undefined
				? fileFd(openedFd, String(given.file))
				: socketFd(openedFd, String(given.connection));
		return { family: 'FdChanged', result: to, fields: { fd, newFd: to } };
	},
};

const setId: Form = {
	main: 'user',
	keys: ['user'],
	make(given, { world, type }) {
		const { uid } = personOf(world.people, given.user);
		const count = type.includes('res') ? 3 : type.includes('re') ? 2 : 1;
		return {
			family: 'CredentialsChanged',
			fields: { arguments: new Array<number>(count).fill(uid), credentials: credentialsOf(uid, undefined) },
		};
	},
};

const capset: Form = {
	main: 'caps',
	keys: ['caps'],
	make(given, { actor }) {
		const { uid } = actor.fields.credentials as { uid: number };
		const credentials = credentialsOf(uid, given.caps ?? []);
		return {
			family: 'CredentialsChanged',
			fields: { arguments: [0, credentials.capPermitted, credentials.capEffective], credentials },
		};
	},
};

/** The process id of a process of the test, by name or number. */
function targetPid(given: unknown, { world }: Context): number {
	if (typeof given === 'number') return given;
	const found = [...world.chain, ...world.others].find(({ name }) => name === given);
	if (found === undefined)
		throw new WorldError(`no process "${String(given)}" in this test; add it to given.others`);
	return found.pid;
}

const signal: Form = {
	main: 'process',
	keys: ['process', 'signal'],
	make: (given, context) => ({
		family: 'SignalSent',
		fields: {
			targetPid: targetPid(given.process, context),
			signal: names.numberOf(names.signals, given.signal ?? 'SIGTERM', 'signal'),
		},
	}),
};

const trace: Form = {
	main: 'process',
	keys: ['process', 'request'],
	make: (given, context) => ({
		family: 'ProcessTraced',
		result: context.type === 'ptrace' ? 0 : 8,
		fields: {
			request:
				context.type === 'ptrace'
					? names.numberOf(names.ptraceRequestNumbers, given.request ?? 'PTRACE_ATTACH', 'ptrace request')
					: 0,
			targetPid: targetPid(given.process, context),
			data: context.type === 'ptrace' ? 0 : 8,
		},
	}),
};

const mount: Form = {
	main: 'target',
	keys: ['source', 'target', 'type', 'flags'],
	make: (given, context) => ({
		family: 'MountChanged',
		fields: {
			source: given.source,
			target: absolute(given.target, context),
			fsType: given.type,
			flags: given.flags ?? 0,
		},
	}),
};

const root: Form = {
	main: 'path',
	keys: ['path'],
	make: (given, context) => ({
		family: 'RootChanged',
		fields: { name: given.path, path: absolute(given.path, context), fd: -1 },
	}),
};

const namespaces: Form = {
	main: 'flags',
	keys: ['flags', 'file'],
	make: (given, { type }) => ({
		family: 'NamespaceChanged',
		fields: {
			flags: names.numberOf(names.namespaceFlags, given.flags ?? 0, 'namespace flag'),
			fd: type === 'setns' ? fileFd(openedFd, String(given.file ?? '/proc/1/ns/mnt')) : null,
		},
	}),
};

const moduleCall: Form = {
	main: 'file',
	keys: ['file', 'name', 'parameters'],
	make: (given, { type }) => ({
		family: 'ModuleChanged',
		fields: {
			fd: type === 'finit_module' ? fileFd(openedFd, String(given.file)) : null,
			name: given.name,
			parameters: given.parameters,
		},
	}),
};

const bpf: Form = {
	main: 'command',
	keys: ['command', 'programType', 'name'],
	make: (given) => ({
		family: 'BpfCalled',
		result: openedFd,
		fields: {
			command: names.numberOf(names.bpfCommands, given.command, 'bpf command'),
			programType: given.programType ?? -1,
			name: given.name,
		},
	}),
};

const memory: Form = {
	main: 'name',
	keys: ['name'],
	make: (given) => ({ family: 'MemoryChanged', result: openedFd, fields: { name: given.name } }),
};

const control: Form = {
	main: 'option',
	keys: ['option', 'text'],
	make: (given) => ({
		family: 'ProcessControlled',
		fields: {
			option: names.numberOf(names.prctlOptions, given.option ?? 0, 'prctl option'),
			text: given.text,
		},
	}),
};

const otherCall: Form = {
	main: 'number',
	keys: ['number', 'arguments'],
	make: (given) => ({
		family: 'OtherSyscall',
		fields: { number: given.number ?? -1, arguments: given.arguments ?? [0, 0, 0, 0, 0, 0] },
	}),
};

const formsByName: Readonly<Record<string, Form>> = {
	open,
	openat: open,
	openat2: open,
	creat: open,
	open_by_handle_at: open,
	unlink: onePath,
	unlinkat: onePath,
	mkdir: onePath,
	mkdirat: onePath,
	rmdir: onePath,
	mknod: onePath,
	mknodat: onePath,
	chmod: onePath,
	fchmodat: onePath,
	fchmodat2: onePath,
	chown: onePath,
	lchown: onePath,
	fchownat: onePath,
	fchmod: onDescriptor,
	fchown: onDescriptor,
	rename: twoPaths,
	renameat: twoPaths,
	renameat2: twoPaths,
	link: twoPaths,
	linkat: twoPaths,
	symlink: twoPaths,
	symlinkat: twoPaths,
	socket,
	connect,
	bind: wait,
	listen: wait,
	dup,
	dup2: dup,
	dup3: dup,
	setuid: setId,
	setreuid: setId,
	setresuid: setId,
	capset,
	kill: signal,
	tkill: signal,
	tgkill: signal,
	ptrace: trace,
	process_vm_readv: trace,
	process_vm_writev: trace,
	mount,
	umount: mount,
	umount2: mount,
	pivot_root: mount,
	chroot: root,
	chdir: root,
	setns: namespaces,
	unshare: namespaces,
	init_module: moduleCall,
	finit_module: moduleCall,
	delete_module: moduleCall,
	bpf,
	memfd_create: memory,
	userfaultfd: memory,
	prctl: control,
};

/** Event types with a short form of their own; every other system call takes `number` and `arguments`. */
export const shortForms: readonly string[] = [...Object.keys(formsByName), 'execve', 'execveat'];

export type GivenEvent = { readonly type: string; readonly given: Fields };

/** `{openat: …}`: one key, the event type. */
export function parseGivenEvent(item: unknown): GivenEvent {
	const mapping = typeof item === 'string' ? { [item]: null } : asMapping(item, 'an event');
	const entries = Object.entries(mapping);
	if (entries.length !== 1) throw new WorldError('an event has one key, its type: {openat: /etc/shadow}');
	const [type, value] = entries[0]!;
	if (!(eventTypes as readonly string[]).includes(type))
		throw new WorldError(`there is no event type "${type}" (see: lanner rules events)`);
	if (value === null || value === undefined) return { type, given: {} };
	if (typeof value === 'object' && !Array.isArray(value)) return { type, given: asMapping(value, type) };
	const main = isExec({ type }) ? 'result' : (formsByName[type] ?? otherCall).main;
	return { type, given: { [main]: value } };
}

export function isExec({ type }: { readonly type: string }): boolean {
	return type === 'execve' || type === 'execveat';
}

/** The events of a probe for one event of the test; an exec comes with the fork before it. */
export function eventsOf({ type, given }: GivenEvent, world: World): BatchEvent[] {
	const actor = actorOf(given.by, world);
	if (isExec({ type })) return startEvents(type, given, world, actor);
	const form = formsByName[type] ?? otherCall;
	for (const key of Object.keys(given)) {
		if (![...form.keys, 'by', 'result', 'with'].includes(key))
			throw new WorldError(
				`${type} has no "${key}"; known are ${[...form.keys, 'by', 'result', 'with'].join(', ')}`,
			);
	}
	const made = form.make(given, { world, actor, type });
	const result = given.result === undefined ? (made.result ?? 0) : names.resultOf(given.result);
	return [
		fillEvent(made.family, {
			header: headerOf(type, actor, result),
			...made.fields,
			...asMapping(given.with ?? {}, 'with'),
		}),
	];
}

function actorOf(by: unknown, world: World): ProcessFacts {
	if (by === undefined) return world.chain.at(-1)!;
	const found = [...world.chain, ...world.others].find(({ name }) => name === by);
	if (found === undefined) throw new WorldError(`no process "${String(by)}" in this test`);
	return found;
}

function headerOf(type: string, { pid }: ProcessFacts, result: number): Fields {
	return { type, tid: pid, pid, start: startOf(pid), result };
}

function startEvents(type: string, given: Fields, world: World, actor: ProcessFacts): BatchEvent[] {
	const parent = world.chain[world.chain.indexOf(actor) - 1];
	if (parent === undefined)
		throw new WorldError('an exec needs a process in given.processes: the program that is started');
	const { uid, gid } = parent.fields.credentials as { uid: number; gid: number };
	const clone = fillEvent('ProcessCloned', {
		header: headerOf('clone', parent, actor.pid),
		childTid: actor.pid,
		childPid: actor.pid,
		childStart: startOf(actor.pid),
		childStartTimeS: 1_700_000_000,
		childVtid: actor.pid,
		childVpid: actor.pid,
		parentPid: parent.pid,
		parentStart: startOf(parent.pid),
		cloneFlags: 17,
		comm: parent.name,
		uid,
		gid,
		cgroup: actor.fields.cgroup === parent.fields.cgroup ? null : actor.fields.cgroup,
	});
	const result = given.result === undefined ? 0 : names.resultOf(given.result);
	const path = given.file ?? actor.fields.exePath;
	const started = {
		name: path,
		path,
		dirFd: dirFdNone,
		process: result === 0 ? actor.fields : null,
		args: result === 0 ? [] : actor.fields.args,
	};
	return [
		clone,
		fillEvent('ProcessExecuted', {
			header: headerOf(type, actor, result),
			...started,
			...asMapping(given.with ?? {}, 'with'),
		}),
	];
}
