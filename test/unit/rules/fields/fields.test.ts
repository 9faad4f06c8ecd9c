/** Fields of system call events, asked of real events on the real state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { EventSubject } from '#rules/subject.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { Text } from '#schemas/text.ts';
import { HostState } from '#state/index.ts';
import * as make from '#test/support/events.ts';

const parent = make.processSnapshotted({
	...{ pid: 10, start: 1 },
	process: {
		pid: 10,
		start: 1,
		comm: 'bash',
		exePath: '/bin/bash',
		args: ['-bash'],
		cwd: '/home',
		startTimeS: 1_699_999_999,
	},
} as never);
const forked = make.processCloned({
	...{
		pid: 10,
		start: 1,
		childTid: 100,
		childPid: 100,
		childStart: 5,
		childVpid: 100,
		parentPid: 10,
		parentStart: 1,
	},
	comm: 'bash',
});
const actor = { pid: 100, start: 5 };

/** The values of fields at the last event; texts as strings. */
function valuesAt(events: readonly BatchEvent[], ...names: string[]): unknown[] {
	const reader = new EventReader();
	const host = new HostState('host-1');
	const subject = new EventSubject(host, reader);
	reader.open(
		make.batch([make.usersReported({ users: [{ uid: 33, name: 'www' }] }), parent, forked, ...events]),
	);
	host.enterBatch(reader.batch);
	for (let i = 0; i < events.length + 3; i++) {
		if (i > 0) host.settle(reader);
		reader.next();
		host.apply(reader);
	}
	subject.enter(reader);
	return names.map((name) => plain(readField(name, subject)));
}

function readField(name: string, subject: EventSubject): unknown {
	const bracket = /^([^[]+)\[(.*)\]$/.exec(name);
	const dotted = /^(evt\.(?:raw)?arg)\.(.+)$/.exec(name);
	const [, field, argument] = bracket ?? dotted ?? [null, name, null];
	const definition = eventFieldCatalogue.find(field!);
	assert.ok(definition, `no field ${field}`);
	return definition.bind(argument ?? null, subject.reader.header.type)?.(subject) ?? null;
}

function plain(value: unknown): unknown {
	if (value instanceof Text) return value.value;
	return Array.isArray(value) ? value.map(plain) : value;
}

test('an open shows the path that was asked for, and the real one beside it', () => {
	const open = make.fileOpened({
		...actor,
		result: 3,
		name: '../bin/sh',
		askedPath: '/bin/sh',
		path: '/usr/bin/sh',
		flags: 2,
	});
	assert.deepEqual(
		valuesAt(
			[open],
			'fd.name',
			'fd.realpath',
			'fd.nameraw',
			'fd.directory',
			'fd.filename',
			'fd.num',
			'evt.arg.name',
		),
		['/bin/sh', '/usr/bin/sh', '../bin/sh', '/bin', 'sh', 3, '/bin/sh'],
	);
	assert.deepEqual(valuesAt([open], 'evt.is_open_read', 'evt.is_open_write', 'evt.arg.flags'), [
		true,
		true,
		'O_RDWR',
	]);
});

test('a failed open has number -1, the path, the character of a file and no type', () => {
	const open = make.fileOpened({ ...actor, result: -2, name: '/nope', path: '/nope', flags: 0 });
	assert.deepEqual(
		valuesAt(
			[open],
			'fd.num',
			'fd.name',
			'fd.typechar',
			'fd.type',
			'fd.filename',
			'evt.res',
			'evt.failed',
			'evt.rawres',
		),
		[-1, '/nope', 'f', null, null, 'ENOENT', true, -2],
	);
});

test('who connects is the client and who accepts the server, whatever the ports', () => {
	const here = Buffer.from([10, 0, 0, 1]);
	const there = Buffer.from([8, 8, 8, 8]);
	const socket = {
		family: 2,
		type: 1,
		localAddress: here,
		localPort: 80,
		remoteAddress: there,
		remotePort: 443,
	};
	const names = ['fd.name', 'fd.sport', 'fd.cport', 'fd.lport', 'fd.rport', 'fd.l4proto'];
	const connect = make.socketConnected({ ...actor, fd: { number: 3, socket } });
	assert.deepEqual(valuesAt([connect], ...names), ['10.0.0.1:80->8.8.8.8:443', 443, 80, 80, 443, 'tcp']);
	const accept = make.socketAccepted({ ...actor, result: 4, fd: { number: 4, socket } });
	assert.deepEqual(valuesAt([accept], ...names), ['8.8.8.8:443->10.0.0.1:80', 80, 443, 80, 443, 'tcp']);
});

test('IPv4 in IPv6 clothes is IPv4', () => {
	const mapped = Buffer.concat([Buffer.alloc(10), Buffer.from([255, 255, 1, 2, 3, 4])]);
	const socket = {
		family: 10,
		type: 1,
		localAddress: mapped,
		localPort: 9,
		remoteAddress: mapped,
		remotePort: 7,
	};
	const connect = make.socketConnected({ ...actor, fd: { number: 3, socket } });
	assert.deepEqual(valuesAt([connect], 'fd.typechar', 'fd.name'), ['4', '1.2.3.4:9->1.2.3.4:7']);
});

test('ancestors are found by number, and all of them without one, never the process itself', () => {
	const exec = make.processExecuted({
		...actor,
		process: {
			...actor,
			comm: 'sh',
			exePath: '/bin/sh',
			args: ['sh', '-c', 'id'],
			cwd: '/tmp',
			parentPid: 10,
			parentStart: 1,
		},
	} as never);
	assert.deepEqual(
		valuesAt(
			[exec],
			'proc.name',
			'proc.pname',
			'proc.aname[0]',
			'proc.aname[1]',
			'proc.aname[2]',
			'proc.aname',
			'proc.ppid',
		),
		['sh', 'bash', 'sh', 'bash', null, ['bash'], 10],
	);
	assert.deepEqual(
		valuesAt(
			[exec],
			'proc.cmdline',
			'proc.args',
			'proc.exeline',
			'proc.args[1]',
			'proc.args[9]',
			'proc.cwd',
			'proc.pexe',
		),
		['sh -c id', '-c id', 'sh -c id', 'id', '', '/tmp/', '-bash'],
	);
});

test('users without an account have the text <NA>, and user fields are the effective ids', () => {
	const setuid = (euid: number) => make.credentialsChanged({ ...actor, credentials: { uid: 5, euid } });
	assert.deepEqual(valuesAt([setuid(33)], 'user.uid', 'user.name', 'user.loginname'), [33, 'www', 'root']);
	assert.deepEqual(valuesAt([setuid(34)], 'user.name', 'user.shell'), ['<NA>', '<NA>']);
});

test('a process outside of containers is on the host, and pod fields have no value there', () => {
	const open = make.fileOpened({ ...actor, result: 3, path: '/x' });
	assert.deepEqual(
		valuesAt(
			[open],
			'container.id',
			'container.name',
			'container.image.repository',
			'k8s.ns.name',
			'container.privileged',
		),
		['host', 'host', '', null, null],
	);
});

test('facts of a container that the runtime reports late are seen by processes already inside', () => {
	const id = 'ab'.repeat(32);
	const exec = make.processExecuted({
		...actor,
		process: { ...actor, comm: 'sh', containerId: id },
	} as never);
	const open = make.fileOpened({ ...actor, result: 3, path: '/x' });
	assert.deepEqual(valuesAt([exec, open], 'container.id', 'container.name', 'container.image.repository'), [
		'abababababab',
		null,
		null,
	]);
	const report = make.containerReported({
		state: 'RUNNING',
		container: { id, name: 'web', imageRepository: 'nginx', complete: true },
	} as never);
	assert.deepEqual(valuesAt([exec, report, open], 'container.name', 'container.image.repository'), [
		'web',
		'nginx',
	]);
});

test('kernel flags are shown in the names and numbers of the rule language', () => {
	const ptrace = make.processTraced({ ...actor, request: 16, targetPid: 10 });
	assert.deepEqual(valuesAt([ptrace], 'evt.arg.request', 'evt.rawarg.request', 'evt.arg.pid'), [
		'PTRACE_ATTACH',
		11,
		'bash',
	]);
	const chmod = make.pathChanged({ ...actor, evt: 'chmod', name: 'x', path: '/home/x', mode: 0o4755 });
	assert.match(String(valuesAt([chmod], 'evt.arg.mode')[0]), /S_ISUID/);
	assert.deepEqual(valuesAt([chmod], 'evt.arg.filename', 'fs.path.name'), ['/home/x', '/home/x']);
});

test("times are the host's local time, with no look at this machine", () => {
	const open = make.fileOpened({ ...actor, result: 3, path: '/x', time: 1_500_000_000 });
	assert.deepEqual(valuesAt([open], 'evt.time', 'evt.time.iso8601', 'evt.rawtime.s', 'evt.rawtime.ns'), [
		'22:13:21.500000000',
		'2023-11-14T22:13:21.500000000+0000',
		1_700_000_001,
		500_000_000,
	]);
});

test('every field that needs an argument refuses one that cannot be', () => {
	for (const [name, argument] of [
		['evt.arg', 'nonsense'],
		['proc.aname', 'x'],
		['evt.rawarg', '0'],
		['evt.around', 'x'],
	] as const) {
		assert.throws(() => eventFieldCatalogue.find(name)!.bind(argument, -1), /\S/, `${name}[${argument}]`);
	}
});

test('events of a family that a type does not usually come in give no value of another event', () => {
	const first = make.fdChanged({
		...actor,
		evt: 'dup',
		fd: { number: 9, path: '/stale', mode: 0o100644 },
		newFd: 9,
	});
	const other = make.otherSyscall({ ...actor, evt: 'dup', result: 4 });
	assert.deepEqual(valuesAt([first, other], 'fd.name', 'fd.num', 'evt.args', 'evt.category'), [
		null,
		null,
		null,
		'unknown',
	]);
});
