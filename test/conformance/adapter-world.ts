/** The simulated host of a case: threads with their descriptors, as the kernel would have them. */

import { type FdView, fdKind } from '#rules/fields/fd-kind.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import * as make from '#test/support/events.ts';
import { type CaseThread, exactTime } from './adapter.ts';

export type SocketGiven = {
	family: number;
	type: number;
	protocol: number;
	localAddress?: Buffer;
	localPort?: number;
	remoteAddress?: Buffer;
	remotePort?: number;
};
export type FdGiven = {
	number: number;
	mode?: number;
	path?: Buffer | string;
	socket?: SocketGiven;
	inode?: number;
	device?: number;
};

export type SimThread = {
	tid: number;
	pid: number;
	start: number;
	startNs: bigint;
	parent: SimThread | null;
	comm: string;
	exe: string;
	exePath: string;
	args: readonly string[];
	environment: readonly string[];
	cwd: string;
	root: string;
	uid: number;
	gid: number;
	loginUid: number;
	tty: number;
	sid: number;
	pgid: number;
	vpgid: number;
	vpid: number;
	vtid: number;
	exeFlags: number;
	exeInode: number;
	exeChangeTime: bigint;
	exeModifyTime: bigint;
	caps: { inheritable: number; permitted: number; effective: number };
	numbers: {
		fdLimit: number;
		vmSize: number;
		vmRss: number;
		vmSwap: number;
		majorFaults: number;
		minorFaults: number;
	};
	cgroup: string;
	/** What the entry of an execveat named. */
	pendingExec: string | null;
	fds: Map<number, FdGiven>;
};

const nsPerS = 1_000_000_000n;
const unset = 4294967295;
/** Inode modes by the engine's descriptor types. */
const regular = 0o100644;
const directory = 0o040755;

export class World {
	readonly threads = new Map<number, SimThread>();
	readonly #containerId: string;
	readonly #fields: Readonly<Record<string, unknown>>;

	constructor(threads: readonly CaseThread[], fields: Readonly<Record<string, unknown>>) {
		this.#fields = fields;
		const id = fields['container.id'];
		this.#containerId = typeof id === 'string' && id !== 'host' ? id : '';
		for (const thread of threads) this.#addInitial(thread);
		for (const thread of threads) {
			const sim = this.threads.get(thread.tid)!;
			sim.parent = this.threads.get(Number(thread.ptid ?? 0)) ?? null;
		}
	}

	leader(thread: SimThread): SimThread {
		return this.threads.get(thread.pid) ?? thread;
	}

	#addInitial(thread: CaseThread): void {
		const text = (key: string, fallback = ''): string =>
			typeof thread[key] === 'string' ? (thread[key] as string) : fallback;
		const number = (key: string, fallback = 0): number =>
			thread[key] === undefined || thread[key] === null ? fallback : Number(thread[key]);
		const flag = (key: string, bit: number): number => (thread[key] === true ? bit : 0);
		const args = (thread.args as string[] | null) ?? [];
		const login = number('loginuid', unset);
		this.threads.set(thread.tid, {
			tid: thread.tid,
			pid: thread.pid,
			start: thread.pid * 1000,
			startNs: exactTime(thread.clone_ts),
			parent: null,
			comm: text('comm'),
			exe: text('exe'),
			exePath: text('exepath'),
			args,
			environment: (thread.env as string[] | null) ?? [],
			cwd: text('cwd', '/'),
			root: text('root', '/'),
			uid: number('uid'),
			gid: number('gid'),
			loginUid: login === unset ? -1 : login,
			tty: number('tty'),
			sid: number('sid'),
			pgid: number('pgid', -1) < 0 ? number('vpgid') : number('pgid'),
			vpgid: number('vpgid'),
			vpid: number('vpid', thread.pid),
			vtid: number('vtid', thread.tid),
			exeFlags:
				flag('exe_writable', 1) +
				flag('exe_upper_layer', 2) +
				flag('exe_lower_layer', 4) +
				flag('exe_from_memfd', 8),
			exeInode: 0,
			exeChangeTime: 0n,
			exeModifyTime: 0n,
			caps: {
				inheritable: number('cap_inheritable'),
				permitted: number('cap_permitted'),
				effective: number('cap_effective'),
			},
			numbers: { fdLimit: 1048576, vmSize: 10000, vmRss: 100, vmSwap: 0, majorFaults: 222, minorFaults: 22 },
			cgroup: '',
			pendingExec: null,
			fds: new Map(((thread.fds as { fd: number; name: string }[] | undefined) ?? []).map(initialFd)),
		});
	}

	containerEvents(): BatchEvent[] {
		if (this.#containerId === '') return [];
		const text = (name: string): string =>
			typeof this.#fields[name] === 'string' ? (this.#fields[name] as string) : '';
		const privileged = this.#fields['container.privileged'];
		const mounts = Object.entries(this.#fields)
			.filter(([name, value]) => name.startsWith('container.mount.dest[') && value !== 'N/A')
			.map(([, value]) => {
				const [source, destination, mode, writable, propagation] = String(value).split(':');
				return {
					source: source!,
					destination: destination!,
					mode: mode!,
					writable: writable === 'true',
					propagation: propagation!,
				};
			});
		const container = {
			id: this.#containerId,
			runtime: text('container.type'),
			name: text('container.name'),
			image: text('container.image'),
			imageRepository: text('container.image.repository'),
			imageTag: text('container.image.tag'),
			privileged: typeof privileged === 'boolean' ? privileged : null,
			mounts,
			podName: text('k8s.pod.name'),
			podNamespace: text('k8s.ns.name'),
			// Mounts that the case does not mention are not known.
			complete: Object.keys(this.#fields).some((name) => name.startsWith('container.mount.')),
		};
		return [make.containerReported({ state: 'RUNNING', container } as never)];
	}

	snapshot(): BatchEvent[] {
		const leaders = [...this.threads.values()].filter((thread) => thread.tid === thread.pid);
		return leaders.map((thread) =>
			make.processSnapshotted({
				pid: thread.pid,
				start: thread.start,
				process: this.processOf(thread),
			} as never),
		);
	}

	/** The Process record of a thread's process. */
	processOf(thread: SimThread): object {
		const { caps } = thread;
		const seconds = (ns: bigint) => ({ s: Number(ns / nsPerS), ns: Number(ns % nsPerS) });
		const threads = [...this.threads.values()].filter((one) => one.pid === thread.pid).length;
		return {
			pid: thread.pid,
			start: thread.start,
			startTimeS: Number(thread.startNs / nsPerS),
			startTimeNs: Number(thread.startNs % nsPerS),
			parentPid: thread.parent?.pid ?? 0,
			parentStart: thread.parent?.start ?? 0,
			vpid: thread.vpid,
			pgid: thread.pgid,
			sid: thread.sid,
			vpgid: thread.vpgid,
			vsid: thread.sid,
			comm: thread.comm,
			exePath: thread.exePath,
			exeInode: thread.exeInode,
			exeChangeTime: seconds(thread.exeChangeTime),
			exeModifyTime: seconds(thread.exeModifyTime),
			exeFlags: thread.exeFlags,
			args: [thread.exe, ...thread.args],
			argsCount: thread.args.length + 1,
			environment: thread.environment,
			cwd: thread.cwd,
			root: thread.root,
			credentials: {
				...{ uid: thread.uid, euid: thread.uid, suid: thread.uid, fsuid: thread.uid },
				...{ gid: thread.gid, egid: thread.gid, sgid: thread.gid, fsgid: thread.gid },
				capInheritable: caps.inheritable,
				capPermitted: caps.permitted,
				capEffective: caps.effective,
			},
			loginUid: thread.loginUid,
			sessionId: -1,
			tty: thread.tty,
			cgroup: thread.cgroup,
			containerId: this.#containerId,
			threads,
			...thread.numbers,
			stdin: standard(thread.fds.get(0)),
			stdout: standard(thread.fds.get(1)),
			stderr: standard(thread.fds.get(2)),
		};
	}
}

function standard(fd: FdGiven | undefined): FdGiven | null {
	return fd ?? null;
}

/** The fixture of the reference gave the descriptors that threads begin with this inode; the cases do not tell it. */
const initialInode = 5;

function initialFd({ fd, name }: { fd: number; name: string }): [number, FdGiven] {
	return [fd, { number: fd, mode: regular, path: name, inode: initialInode }];
}

export function fileFd(number: number, path: string, isDirectory: boolean): FdGiven {
	return { number, mode: isDirectory ? directory : regular, path };
}

/** Whether the kernel would have resolved it to anything a rule can name. */
export function isNamed(fd: FdGiven): boolean {
	return fdKind(fd as unknown as FdView) !== null;
}
