/**
 * The state of a host as entries of the store, and back. Keys: `p:<pid>:<start>` (ProcessState), `c:<id>`
 * (ContainerState), `meta` (HostState) and `accounts` (AccountState); values are Avro single-object bytes.
 *
 * `takeChanges` gives what changed since it was last asked; `loadHost` makes a state that answers like the one saved.
 */
import { accountStateCodec, containerStateCodec, hostStateCodec, processStateCodec } from '#schemas/codec.ts';
import type { Fd, Process, ProcessState } from '#schemas/generated/process-state.ts';
import { decodeUtf8, encodeUtf8, Text } from '#schemas/text.ts';
import { HostState } from './host.ts';
import type { StateLimits } from './limits.ts';
import { type Descriptor, ProcessNode, Program, processKey } from './process.ts';
import { decodeContainer, encodeContainer } from './saved-container.ts';
import { SavedTexts, toBytes } from './saved-texts.ts';

/** Of the small facts of a host (HostState). */
export const metaKey = 'meta';
const accountsKey = 'accounts';

export type HostChanges = {
	/** True: forget everything of the host first. */
	readonly clear: boolean;
	readonly puts: Map<string, Uint8Array>;
	readonly deletes: string[];
};

/** Null when nothing changed since the last call. */
export function takeChanges(host: HostState): HostChanges | null {
	const puts = new Map<string, Uint8Array>();
	const processes = host.processes.takeChanges();
	for (const node of processes.changed) {
		puts.set(`p:${processKey(node.pid, node.start)}`, processStateCodec.encode(encodeProcess(node)));
	}
	const containers = host.containers.takeChanges();
	for (const node of containers.changed)
		puts.set(`c:${node.id}`, containerStateCodec.encode(encodeContainer(node)));
	if (host.metaDirty) puts.set(metaKey, hostStateCodec.encode(host.meta));
	if (host.accounts.dirty) puts.set(accountsKey, encodeAccounts(host));
	const deletes = [
		...processes.deleted.map((key) => `p:${key}`),
		...containers.deleted.map((id) => `c:${id}`),
	];
	const clear = host.cleared;
	host.cleared = false;
	host.metaDirty = false;
	host.accounts.dirty = false;
	if (!clear && puts.size === 0 && deletes.length === 0) return null;
	return { clear, puts, deletes };
}

/** Throws a DecodeError when an entry cannot be read. Entries with unknown keys (of a newer version) are left alone. */
export function loadHost(
	hostId: string,
	entries: ReadonlyMap<string, Uint8Array>,
	limits: Partial<StateLimits> = {},
): HostState {
	const host = new HostState(hostId, limits);
	const texts = new SavedTexts();
	const meta = entries.get(metaKey);
	if (meta !== undefined) host.meta = loadMeta(meta);
	const accounts = entries.get(accountsKey);
	if (accounts !== undefined) loadAccounts(host, accounts);
	for (const [key, value] of entries) {
		if (key.startsWith('c:'))
			host.containers.restore(decodeContainer(containerStateCodec.decode(value), texts));
	}
	const parents = new Map<ProcessNode, string>();
	for (const [key, value] of entries) {
		if (!key.startsWith('p:')) continue;
		const saved = processStateCodec.decode(value);
		const node = decodeProcess(saved, texts);
		const containerId = encodeUtf8(saved.process.containerId);
		if (containerId !== '')
			node.container = host.containers.find(containerId) ?? host.containers.ensure(containerId);
		host.processes.restore(node);
		if (saved.parentKey !== '') parents.set(node, saved.parentKey);
	}
	for (const [node, key] of parents) {
		const [pid, start] = key.split(':').map(Number);
		const parent = host.processes.find(pid!, start!);
		if (parent === undefined) continue;
		node.parent = parent;
		parent.children++;
	}
	return host;
}

function loadMeta(bytes: Uint8Array): HostState['meta'] {
	const saved = hostStateCodec.decode(bytes);
	return { ...saved, boots: saved.boots.map((boot) => ({ ...boot })) };
}

function encodeProcess(node: ProcessNode): ProcessState {
	return {
		process: encodeFacts(node),
		parentKey: node.parent === null ? '' : processKey(node.parent.pid, node.parent.start),
		exited: node.exited,
		exitTimeS: node.exitTimeS,
		children: node.children,
		lastExecTimeS: node.lastExecTimeS,
		lastExecTimeNs: node.lastExecTimeNs,
		incomplete: node.incomplete,
		snapshot: node.snapshot,
	};
}

function encodeFacts(node: ProcessNode): Process {
	const { program } = node;
	return {
		pid: node.pid,
		start: node.start,
		startTimeS: node.startTimeS,
		startTimeNs: node.startTimeNs,
		parentPid: node.parentPid,
		parentStart: node.parentStart,
		vpid: node.vpid,
		pgid: node.pgid,
		sid: node.sid,
		vpgid: node.vpgid,
		vsid: node.vsid,
		pidNamespace: node.pidNamespace,
		mountNamespace: node.mountNamespace,
		userNamespace: node.userNamespace,
		networkNamespace: node.networkNamespace,
		namespaceInitStart: node.namespaceInitStart,
		comm: toBytes(node.comm),
		exePath: toBytes(program.exePath),
		exeInode: program.exeInode,
		exeDevice: program.exeDevice,
		exeChangeTime: { s: program.exeChangeTimeS, ns: program.exeChangeTimeNs },
		exeModifyTime: { s: program.exeModifyTimeS, ns: program.exeModifyTimeNs },
		exeFlags: program.exeFlags,
		args: program.args.map(toBytes),
		argsCount: program.argsCount,
		environment: program.environment.map(toBytes),
		cwd: toBytes(node.cwd),
		root: toBytes(node.root),
		credentials: node.credentials,
		loginUid: node.loginUid,
		sessionId: node.sessionId,
		tty: node.tty,
		cgroup: toBytes(node.cgroup),
		containerId: node.container === null ? '' : decodeUtf8(node.container.id),
		seccomp: node.seccomp,
		noNewPrivileges: node.noNewPrivileges,
		threads: node.threads,
		vmSize: node.vmSize,
		vmRss: node.vmRss,
		vmSwap: node.vmSwap,
		fdLimit: node.fdLimit,
		majorFaults: node.majorFaults,
		minorFaults: node.minorFaults,
		stdin: encodeDescriptor(node.stdin),
		stdout: encodeDescriptor(node.stdout),
		stderr: encodeDescriptor(node.stderr),
	};
}

function encodeDescriptor(fd: Descriptor | null): Process['stdin'] {
	if (fd === null) return null;
	const { number, mode, path, device, inode, openFlags, layer, socket } = fd;
	return {
		'lanner.state.Fd': {
			number,
			mode,
			path: path === null ? null : { bytes: toBytes(path) },
			device,
			inode,
			openFlags,
			layer,
			socket:
				socket === null
					? null
					: {
							'lanner.state.Socket': {
								...socket,
								localAddress: toBytes(socket.localAddress),
								remoteAddress: toBytes(socket.remoteAddress),
							},
						},
		},
	};
}

function decodeDescriptor(saved: { 'lanner.state.Fd': Fd } | null, texts: SavedTexts): Descriptor | null {
	if (saved === null) return null;
	const { number, mode, path, device, inode, openFlags, layer, socket } = saved['lanner.state.Fd'];
	const inner = socket === null ? null : socket['lanner.state.Socket'];
	return {
		number,
		mode,
		path: path === null ? null : texts.of(path.bytes),
		device,
		inode,
		openFlags,
		layer,
		socket:
			inner === null
				? null
				: {
						family: inner.family,
						type: inner.type,
						protocol: inner.protocol,
						state: inner.state,
						localAddress: texts.of(inner.localAddress),
						localPort: inner.localPort,
						remoteAddress: texts.of(inner.remoteAddress),
						remotePort: inner.remotePort,
					},
	};
}

function decodeProcess(saved: ProcessState, texts: SavedTexts): ProcessNode {
	const facts = saved.process;
	const node = new ProcessNode(facts.pid, facts.start);
	node.startTimeS = facts.startTimeS;
	node.startTimeNs = facts.startTimeNs;
	node.parentPid = facts.parentPid;
	node.parentStart = facts.parentStart;
	node.vpid = facts.vpid;
	node.pgid = facts.pgid;
	node.sid = facts.sid;
	node.vpgid = facts.vpgid;
	node.vsid = facts.vsid;
	node.pidNamespace = facts.pidNamespace;
	node.mountNamespace = facts.mountNamespace;
	node.userNamespace = facts.userNamespace;
	node.networkNamespace = facts.networkNamespace;
	node.namespaceInitStart = facts.namespaceInitStart;
	node.comm = texts.of(facts.comm);
	node.program = decodeProgram(facts, texts);
	node.cwd = texts.of(facts.cwd);
	node.root = texts.of(facts.root);
	node.credentials = { ...facts.credentials };
	node.loginUid = facts.loginUid;
	node.sessionId = facts.sessionId;
	node.tty = facts.tty;
	node.cgroup = texts.of(facts.cgroup);
	node.seccomp = facts.seccomp;
	node.noNewPrivileges = facts.noNewPrivileges;
	node.threads = facts.threads;
	node.vmSize = facts.vmSize;
	node.vmRss = facts.vmRss;
	node.vmSwap = facts.vmSwap;
	node.fdLimit = facts.fdLimit;
	node.majorFaults = facts.majorFaults;
	node.minorFaults = facts.minorFaults;
	node.stdin = decodeDescriptor(facts.stdin, texts);
	node.stdout = decodeDescriptor(facts.stdout, texts);
	node.stderr = decodeDescriptor(facts.stderr, texts);
	node.exited = saved.exited;
	node.exitTimeS = saved.exitTimeS;
	node.lastExecTimeS = saved.lastExecTimeS;
	node.lastExecTimeNs = saved.lastExecTimeNs;
	node.incomplete = saved.incomplete;
	node.snapshot = saved.snapshot;
	return node;
}

function decodeProgram(facts: Process, texts: SavedTexts): Program {
	return new Program({
		exePath: texts.of(facts.exePath),
		exeInode: facts.exeInode,
		exeDevice: facts.exeDevice,
		exeChangeTimeS: facts.exeChangeTime.s,
		exeChangeTimeNs: facts.exeChangeTime.ns,
		exeModifyTimeS: facts.exeModifyTime.s,
		exeModifyTimeNs: facts.exeModifyTime.ns,
		exeFlags: facts.exeFlags,
		args: facts.args.map((arg) => texts.of(arg)),
		argsCount: facts.argsCount,
		environment: facts.environment.map((entry) => texts.of(entry)),
	});
}

function encodeAccounts(host: HostState): Buffer {
	const { users, groups } = host.accounts;
	return accountStateCodec.encode({
		users: [...users].map(([uid, { name, home, shell }]) => ({
			uid,
			name: toBytes(name),
			home: toBytes(home),
			shell: toBytes(shell),
		})),
		groups: [...groups].map(([gid, name]) => ({ gid, name: toBytes(name) })),
	});
}

function loadAccounts(host: HostState, value: Uint8Array): void {
	const { users, groups } = accountStateCodec.decode(value);
	for (const { uid, name, home, shell } of users) {
		const [nameText, homeText, shellText] = [name, home, shell].map(
			(bytes) => new Text(bytes.toString('latin1')),
		);
		host.accounts.users.set(uid, { name: nameText!, home: homeText!, shell: shellText! });
	}
	for (const { gid, name } of groups) host.accounts.groups.set(gid, new Text(name.toString('latin1')));
}
