/** Random but consistent-looking lives of a host for property tests: few pids, reused, and everything that can happen to them. */
import fc from 'fast-check';
import type { BatchEvent } from '#schemas/event-batch.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState, type ProcessNode, type StateLimits } from '#state/index.ts';
import * as make from '#test/support/events.ts';

const pid = fc.integer({ min: 1, max: 6 });
const start = fc.integer({ min: 1, max: 3 });
const word = fc.constantFrom('', 'sh', 'bash', 'nginx', 'é', 'a b', '-c');
const path = fc.constantFrom('/', '/bin/sh', '/tmp/x', '/var/www');
const container = fc.constantFrom('', 'c1'.repeat(32), 'c2'.repeat(32));

type Who = { pid: number; start: number };
const who: fc.Arbitrary<Who> = fc.record({ pid, start });

function factsOf(owner: Who, parent: Who, comm: string, exePath: string, id: string): object {
	return {
		...{
			pid: owner.pid,
			start: owner.start,
			vpid: owner.pid,
			startTimeS: 1_700_000_000,
			parentPid: parent.pid,
		},
		...{
			parentStart: parent.start,
			comm,
			exePath,
			args: [comm, exePath],
			containerId: id,
			cwd: exePath,
			threads: 1,
		},
		stdin: { number: 0, path: exePath, mode: 0o100644 },
		stdout: {
			number: 1,
			socket: { family: 2, type: 1, localAddress: Buffer.from([127, 0, 0, 1]), localPort: 80 },
		},
		credentials: { uid: owner.start, euid: owner.start, capEffective: 2 ** 40 },
	};
}

const executed = fc
	.record({ owner: who, parent: who, comm: word, exePath: path, id: container, failed: fc.boolean() })
	.map(({ owner, parent, comm, exePath, id, failed }) =>
		make.processExecuted(
			(failed
				? { ...owner, result: -2 }
				: { ...owner, process: factsOf(owner, parent, comm, exePath, id) }) as never,
		),
	);
const snapshotted = fc
	.record({ owner: who, parent: who, comm: word, exePath: path, id: container })
	.map(({ owner, parent, comm, exePath, id }) =>
		make.processSnapshotted({ ...owner, process: factsOf(owner, parent, comm, exePath, id) } as never),
	);
const cloned = fc
	.record({ owner: who, child: who, parent: who, comm: word })
	.map(({ owner, child, parent, comm }) =>
		make.processCloned({
			...owner,
			...{ childTid: child.pid, childPid: child.pid, childStart: child.start, childVpid: child.pid },
			...{ parentPid: parent.pid, parentStart: parent.start, comm },
		}),
	);
const exited = fc
	.record({ owner: who, lastThread: fc.boolean() })
	.map(({ owner, lastThread }) => make.processExited({ ...owner, lastThread }));
const credentials = fc
	.record({ owner: who, uid: fc.integer({ min: -1, max: 3 }) })
	.map(({ owner, uid }) => make.credentialsChanged({ ...owner, credentials: { uid, euid: uid } }));
const controlled = fc
	.record({
		owner: who,
		text: word,
		evt: fc.constantFrom('prctl' as const, 'setsid' as const, 'setpgid' as const),
	})
	.map(({ owner, text, evt }) =>
		make.processControlled({ ...owner, evt, option: 15, text, arguments: [owner.pid, 2] }),
	);
const rooted = fc
	.record({ owner: who, target: path, evt: fc.constantFrom('chdir' as const, 'chroot' as const) })
	.map(({ owner, target, evt }) => make.rootChanged({ ...owner, evt, path: target }));
const marked = fc
	.constantFrom('BEGIN' as const, 'END' as const)
	.map((phase) => make.snapshotMarked({ phase }));
const reported = fc
	.record({ id: container, name: word, ended: fc.boolean() })
	.filter(({ id }) => id !== '')
	.map(({ id, name, ended }) =>
		make.containerReported({
			state: ended ? 'ENDED' : 'RUNNING',
			container: { id, name, complete: true, privileged: ended, labels: [{ key: 'k', value: name }] },
		} as never),
	);
const users = word.map((name) =>
	make.usersReported({ users: [{ uid: 1, name }], groups: [{ gid: 1, name }] }),
);
const lost = fc.boolean().map((processes) => make.gap({ processes, reason: 'ring-full', lost: 1 }));
const probe = fc.constantFrom(make.probeStarted(), make.probeStopped());
const opened = who.map((owner) => make.fileOpened({ ...owner, path: '/etc/passwd' }));

export const hostEvent: fc.Arbitrary<BatchEvent> = fc.oneof(
	{ weight: 4, arbitrary: executed },
	{ weight: 4, arbitrary: cloned },
	{ weight: 3, arbitrary: exited },
	{ weight: 3, arbitrary: snapshotted },
	{ weight: 2, arbitrary: marked },
	{ weight: 1, arbitrary: credentials },
	{ weight: 1, arbitrary: controlled },
	{ weight: 1, arbitrary: rooted },
	{ weight: 1, arbitrary: reported },
	{ weight: 1, arbitrary: users },
	{ weight: 1, arbitrary: lost },
	{ weight: 1, arbitrary: probe },
	{ weight: 1, arbitrary: opened },
);

export const hostLife: fc.Arbitrary<BatchEvent[]> = fc.array(hostEvent, { maxLength: 60 });

/** Applies events as one batch that begins with sequence `first`. */
export function feed(host: HostState, events: readonly BatchEvent[], first: number): void {
	if (events.length === 0) return;
	const reader = new EventReader();
	reader.open(make.batch(events, { firstSequence: first }));
	host.enterBatch(reader.batch);
	while (reader.next()) {
		host.apply(reader);
		host.settle(reader);
	}
}

export function fold(events: readonly BatchEvent[], limits: Partial<StateLimits> = {}): HostState {
	const host = new HostState('host-1', limits);
	feed(host, events, 1);
	return host;
}

function describeProcess(node: ProcessNode): unknown {
	const {
		parent,
		container: inside,
		program,
		comm,
		cwd,
		root,
		cgroup,
		stdin,
		stdout,
		stderr,
		...plain
	} = node;
	const { dirty: _dirty, stored: _stored, forgotten: _forgotten, ...more } = plain;
	const { changed: _changed, memory: _memory, ...rest } = more;
	return {
		...rest,
		parent: parent === null ? null : [parent.pid, parent.start],
		container: inside?.id ?? null,
		texts: [comm, cwd, root, cgroup, program.exePath, program.exeLine, program.environmentLine].map(
			(t) => t.value,
		),
		line: node.commandLine.value,
		program: [program.exeInode, program.exeFlags, program.argsCount],
		fds: [stdin, stdout, stderr].map(
			(fd) =>
				fd && {
					...fd,
					path: fd.path?.value,
					socket: fd.socket && {
						...fd.socket,
						localAddress: fd.socket.localAddress.value,
						remoteAddress: fd.socket.remoteAddress.value,
					},
				},
		),
	};
}

/** Everything that rules can see of a host, as plain data in a fixed order. */
export function describeHost(host: HostState): unknown {
	const byKey = (a: ProcessNode, b: ProcessNode) => a.pid - b.pid || a.start - b.start;
	return {
		meta: host.meta,
		running: [...host.processes.running()].sort(byKey).map(describeProcess),
		ended: [...host.processes.ended()].sort(byKey).map(describeProcess),
		containers: [...host.containers.all()]
			.sort((a, b) => (a.id < b.id ? -1 : 1))
			.map(({ id, ended, lastSeenS, facts }) => ({
				id,
				ended,
				lastSeenS,
				name: facts.name.value,
				privileged: facts.privileged,
				labels: [...facts.labels].map(([k, v]) => [k, v.value]),
				complete: facts.complete,
			})),
		users: [...host.accounts.users].map(([uid, { name }]) => [uid, name.value]),
		groups: [...host.accounts.groups].map(([gid, name]) => [gid, name.value]),
	};
}
