/**
 * One process of a host, as the fold over its events knows it.
 *
 * Memory: what an exec sets and a fork copies (paths, arguments, environment, credentials) lives in immutable objects
 * (`Program`, `Credentials`, `Descriptor`) that parent and child share; all texts are interned. A forked process costs
 * one `ProcessNode`. Texts that rules ask for often (command line…) are joined at their first use and kept until the
 * facts they come from change.
 */
import { Text } from '#schemas/text.ts';
import type { ContainerNode } from './container.ts';

export const emptyText = new Text('');
export const rootText = new Text('/');
const noTexts: readonly Text[] = Object.freeze([]);

/**
 * What rules found out about a process, remembered on it (see services/rules/process-memory.ts, which alone reads and writes it).
 * `stamp` is the newest change of anything it rests on, `checkedAt` the host's number of changes when that was last looked at.
 */
export type ProcessMemory = {
	readonly owner: number;
	stamp: number;
	checkedAt: number;
	readonly words: number[];
};

/** Credentials of a process; ids of -1 mean "none" (4294967295 in the kernel). Never changed once made. */
export type Credentials = {
	readonly uid: number;
	readonly euid: number;
	readonly suid: number;
	readonly fsuid: number;
	readonly gid: number;
	readonly egid: number;
	readonly sgid: number;
	readonly fsgid: number;
	readonly capInheritable: number;
	readonly capPermitted: number;
	readonly capEffective: number;
};

export const unknownCredentials: Credentials = Object.freeze({
	uid: -1,
	euid: -1,
	suid: -1,
	fsuid: -1,
	gid: -1,
	egid: -1,
	sgid: -1,
	fsgid: -1,
	capInheritable: 0,
	capPermitted: 0,
	capEffective: 0,
});

/** A standard descriptor as it was at the exec or in the snapshot. Never changed once made. */
export type Descriptor = {
	readonly number: number;
	readonly mode: number;
	readonly path: Text | null;
	readonly device: number;
	readonly inode: number;
	readonly openFlags: number;
	readonly layer: number;
	readonly socket: DescriptorSocket | null;
};

export type DescriptorSocket = {
	readonly family: number;
	readonly type: number;
	readonly protocol: number;
	readonly state: number;
	readonly localAddress: Text;
	readonly localPort: number;
	readonly remoteAddress: Text;
	readonly remotePort: number;
};

/** What a program was started as: set by exec, shared by everything forked from it. Never changed once made. */
export class Program {
	readonly exePath: Text;
	readonly exeInode: number;
	readonly exeDevice: number;
	readonly exeChangeTimeS: number;
	readonly exeChangeTimeNs: number;
	readonly exeModifyTimeS: number;
	readonly exeModifyTimeNs: number;
	/** Bits as in Process.exeFlags of the schema. */
	readonly exeFlags: number;
	/** Argument vector including argv[0]. */
	readonly args: readonly Text[];
	readonly argsCount: number;
	readonly environment: readonly Text[];
	#argsLine: Text | null = null;
	#exeLine: Text | null = null;
	#environmentLine: Text | null = null;
	#environmentValues: Map<string, Text> | null = null;

	constructor(facts: ProgramFacts) {
		this.exePath = facts.exePath;
		this.exeInode = facts.exeInode;
		this.exeDevice = facts.exeDevice;
		this.exeChangeTimeS = facts.exeChangeTimeS;
		this.exeChangeTimeNs = facts.exeChangeTimeNs;
		this.exeModifyTimeS = facts.exeModifyTimeS;
		this.exeModifyTimeNs = facts.exeModifyTimeNs;
		this.exeFlags = facts.exeFlags;
		this.args = facts.args;
		this.argsCount = facts.argsCount;
		this.environment = facts.environment;
	}

	/** argv[0]; empty when there is none. */
	get exe(): Text {
		return this.args[0] ?? emptyText;
	}

	/** argv[1…] joined by blanks. */
	get argsLine(): Text {
		this.#argsLine ??= new Text(joinTexts(this.args, 1));
		return this.#argsLine;
	}

	/** argv[0], a blank (always, as rules written for Falco expect), and the other arguments. */
	get exeLine(): Text {
		this.#exeLine ??= new Text(`${this.exe.value} ${this.argsLine.value}`);
		return this.#exeLine;
	}

	/** The reported environment joined by blanks. */
	get environmentLine(): Text {
		this.#environmentLine ??= new Text(joinTexts(this.environment, 0));
		return this.#environmentLine;
	}

	/** Value of a variable, blanks at its ends removed; empty when it is not set, as rules expect. Names come from rules. */
	environmentValue(name: string): Text {
		if (this.environment.length === 0) return emptyText;
		this.#environmentValues ??= new Map();
		let value = this.#environmentValues.get(name);
		if (value === undefined) {
			value = findVariable(this.environment, name);
			this.#environmentValues.set(name, value);
		}
		return value;
	}
}

function findVariable(environment: readonly Text[], name: string): Text {
	for (const { value } of environment) {
		if (value.length > name.length && value.startsWith(name) && value.charCodeAt(name.length) === 61) {
			return new Text(value.slice(name.length + 1).trim());
		}
	}
	return emptyText;
}

export type ProgramFacts = Pick<
	Program,
	| 'exePath'
	| 'exeInode'
	| 'exeDevice'
	| 'exeChangeTimeS'
	| 'exeChangeTimeNs'
	| 'exeModifyTimeS'
	| 'exeModifyTimeNs'
	| 'exeFlags'
	| 'args'
	| 'argsCount'
	| 'environment'
>;

export const unknownProgram = new Program({
	exePath: emptyText,
	exeInode: 0,
	exeDevice: 0,
	exeChangeTimeS: 0,
	exeChangeTimeNs: 0,
	exeModifyTimeS: 0,
	exeModifyTimeNs: 0,
	exeFlags: 0,
	args: noTexts,
	argsCount: 0,
	environment: noTexts,
});

function joinTexts(texts: readonly Text[], from: number): string {
	let line = '';
	for (let i = from; i < texts.length; i++)
		line = i === from ? texts[i]!.value : `${line} ${texts[i]!.value}`;
	return line;
}

/**
 * A process: key (pid, start), lineage, and facts. All fields are set in the constructor in this order, so that every
 * node has one hidden class. Owned and changed by `HostState` alone; rules read.
 */
export class ProcessNode {
	readonly pid: number;
	/** Microseconds since boot. */
	readonly start: number;
	startTimeS = 0;
	startTimeNs = 0;
	/** The real parent by the kernel's last word; may be a reaper. */
	parentPid = 0;
	parentStart = 0;
	/** The parent when this process was started: the true lineage. Null = none, not known, or forgotten at a bound. */
	parent: ProcessNode | null = null;
	/** Nodes whose `parent` is this one. */
	children = 0;
	vpid = 0;
	pgid = 0;
	sid = 0;
	vpgid = 0;
	vsid = 0;
	pidNamespace = 0;
	mountNamespace = 0;
	userNamespace = 0;
	networkNamespace = 0;
	namespaceInitStart = 0;
	comm: Text = emptyText;
	program: Program = unknownProgram;
	cwd: Text = emptyText;
	root: Text = rootText;
	credentials: Credentials = unknownCredentials;
	loginUid = -1;
	sessionId = -1;
	tty = 0;
	cgroup: Text = emptyText;

	/** Null = host. */
	container: ContainerNode | null = null;
	seccomp = 0;
	noNewPrivileges = false;
	threads = 1;
	vmSize = 0;
	vmRss = 0;
	vmSwap = 0;
	fdLimit = 0;
	majorFaults = 0;
	minorFaults = 0;
	stdin: Descriptor | null = null;
	stdout: Descriptor | null = null;
	stderr: Descriptor | null = null;
	exited = false;
	exitTimeS = 0;
	lastExecTimeS = 0;
	lastExecTimeNs = 0;
	/** Facts were inherited or are missing because events were lost. */
	incomplete = false;
	/** Number of the host's snapshot that last mentioned it (see HostState); compared for equality only. */
	snapshot = 0;
	/** Changed since the last commit. */
	dirty = false;
	/** The store has an entry under its key. */
	stored = false;
	/** Number of the host's change that last concerned it (see `ProcessTree.changes`). Not saved. */
	changed = 0;
	memory: ProcessMemory | null = null;
	/** Forgotten: no longer in any table. Kept as a flag so that pointers to it can be cut in one pass. */
	forgotten = false;
	#commandLine: Text | null = null;
	#commandComm: Text | null = null;
	#commandProgram: Program | null = null;

	constructor(pid: number, start: number) {
		this.pid = pid;
		this.start = start;
	}

	/** comm and the arguments after argv[0], joined by blanks. */
	get commandLine(): Text {
		if (
			this.#commandComm !== this.comm ||
			this.#commandProgram !== this.program ||
			this.#commandLine === null
		) {
			const args = this.program.argsLine.value;
			this.#commandLine = args === '' ? this.comm : new Text(`${this.comm.value} ${args}`);
			this.#commandComm = this.comm;
			this.#commandProgram = this.program;
		}
		return this.#commandLine;
	}

	/** Whether it has executed a program after that time. */
	executedAfter(timeS: number, timeNs: number): boolean {
		return this.lastExecTimeS > timeS || (this.lastExecTimeS === timeS && this.lastExecTimeNs > timeNs);
	}

	/** Everything a fork copies. */
	inherit(from: ProcessNode): void {
		this.pgid = from.pgid;
		this.sid = from.sid;
		this.vpgid = from.vpgid;
		this.vsid = from.vsid;
		this.pidNamespace = from.pidNamespace;
		this.mountNamespace = from.mountNamespace;
		this.userNamespace = from.userNamespace;
		this.networkNamespace = from.networkNamespace;
		this.namespaceInitStart = from.namespaceInitStart;
		this.comm = from.comm;
		this.program = from.program;
		this.cwd = from.cwd;
		this.root = from.root;
		this.credentials = from.credentials;
		this.loginUid = from.loginUid;
		this.sessionId = from.sessionId;
		this.tty = from.tty;
		this.cgroup = from.cgroup;
		this.container = from.container;
		this.seccomp = from.seccomp;
		this.noNewPrivileges = from.noNewPrivileges;
		this.vmSize = from.vmSize;
		this.vmRss = from.vmRss;
		this.vmSwap = from.vmSwap;
		this.fdLimit = from.fdLimit;
		this.stdin = from.stdin;
		this.stdout = from.stdout;
		this.stderr = from.stderr;
		this.#commandLine = from.#commandLine;
		this.#commandComm = from.#commandComm;
		this.#commandProgram = from.#commandProgram;
	}
}

/** Key of a process in the store and in `ProcessState.parentKey`. */
export function processKey(pid: number, start: number): string {
	return `${pid}:${start}`;
}
