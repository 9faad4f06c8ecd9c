/**
 * The world in which a rule test happens: a chain of processes (each the parent of the next, the last one acts), other
 * processes, users, and the container the chain runs in. Made from the short form of `given:` into events that a probe
 * would have sent at its start: users, container, a snapshot of the processes.
 *
 * A process is written as its command line (`cat /etc/shadow`), alone or with facts (`{cat /etc/shadow: {user: alice}}`).
 * What is not given follows from the command line (name, program path /usr/bin/…) or from the parent (user, terminal).
 */
import type { BatchEvent } from '#schemas/event-batch.ts';
import { capabilityNames } from '../fields/kernel-names.ts';
import { parseEndpoint } from './endpoint.ts';
import { type Fields, fillEvent } from './fill.ts';

export class WorldError extends Error {}

/** Bounds of what one test may describe. */
const processesMax = 200;
const commandWordsMax = 1000;

export type Person = { readonly uid: number; readonly name: string };

export type ProcessFacts = {
	readonly pid: number;
	readonly name: string;
	/** A record `Process` of the schema, as far as it differs from neutral values. */
	readonly fields: Fields;
};

export type World = {
	/** The chain: each process is the parent of the next. */
	readonly chain: readonly ProcessFacts[];
	readonly others: readonly ProcessFacts[];
	readonly people: readonly Person[];
	readonly container: Fields | null;
};

const defaultPeople: readonly Person[] = [
	{ uid: 0, name: 'root' },
	{ uid: 1, name: 'daemon' },
	{ uid: 33, name: 'www-data' },
	{ uid: 114, name: 'postgres' },
	{ uid: 1000, name: 'alice' },
	{ uid: 1001, name: 'bob' },
	{ uid: 65534, name: 'nobody' },
];

const testContainerId = 'c0ffee'.padEnd(64, '0');
const systemManager = { name: 'systemd', exe: '/usr/lib/systemd/systemd' };
const firstPid = 100;
const firstOtherPid = 500;
const nameBytesMax = 15;
const everyCapability = 2 ** capabilityNames.length - 1;
/** exeFlags of the schema. */
const exeFlag = { writable: 1, upper: 2, lower: 4, memfd: 8, deleted: 16 } as const;

const givenKeys = ['processes', 'others', 'users', 'container'];
const processKeys = [
	'user',
	'login',
	'exe',
	'name',
	'tty',
	'cwd',
	'env',
	'stdin',
	'memfd',
	'deleted',
	'upper',
	'caps',
	'container',
	'pid',
	'facts',
];

export function startOf(pid: number): number {
	return pid * 1000;
}

export function parseWorld(given: unknown): World {
	const parts: Fields = Array.isArray(given) ? { processes: given } : asMapping(given ?? {}, 'given');
	refuseOthers(parts, givenKeys, 'given');
	const people = peopleOf(parts.users);
	const container =
		parts.container === undefined
			? null
			: { id: testContainerId, runtime: 'docker', complete: true, ...containerFields(parts.container) };
	const commands = asList(parts.processes, 'processes');
	const others = asList(parts.others, 'others');
	if (commands.length + others.length > processesMax)
		throw new WorldError(`more than ${processesMax} processes`);
	const manager = describe(
		systemManager.name,
		{ exe: systemManager.exe, container: false },
		{ pid: 1, parent: null, people, container: null },
	);
	const chain = [manager];
	for (const [index, item] of commands.entries()) {
		const [command, facts] = commandOf(item);
		chain.push(describe(command, facts, { pid: firstPid + index, parent: chain.at(-1)!, people, container }));
	}
	const beside = others.map((item, index) => {
		const [command, facts] = commandOf(item);
		return describe(command, facts, { pid: firstOtherPid + index, parent: manager, people, container: null });
	});
	return { chain, others: beside, people, container };
}

/** What the probe tells when it starts. `present` = the processes of the chain that exist before the test's events. */
export function worldEvents(world: World, present: readonly ProcessFacts[]): BatchEvent[] {
	const users = world.people.map(({ uid, name }) => ({
		uid,
		name,
		home: uid === 0 ? '/root' : `/home/${name}`,
		shell: '/bin/bash',
	}));
	const groups = world.people.map(({ uid, name }) => ({ gid: uid, name }));
	const processes = [...present, ...world.others];
	const agent = { type: 'unknown', cpu: -1 };
	const events = [fillEvent('UsersReported', { header: agent, users, groups })];
	if (world.container !== null)
		events.push(
			fillEvent('ContainerReported', { header: agent, state: 'RUNNING', container: world.container }),
		);
	events.push(fillEvent('SnapshotMarked', { header: agent, phase: 'BEGIN', reason: 'start' }));
	for (const { pid, fields } of processes) {
		events.push(
			fillEvent('ProcessSnapshotted', {
				header: { ...agent, tid: pid, pid, start: startOf(pid) },
				process: fields,
			}),
		);
	}
	events.push(
		fillEvent('SnapshotMarked', {
			header: agent,
			phase: 'END',
			processes: processes.length,
			reason: 'start',
		}),
	);
	return events;
}

/** Splits a command line at blanks; quotes keep words together, a backslash takes the next character as it is. */
export function splitCommand(text: string): string[] {
	const words: string[] = [];
	const pattern = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g;
	for (const [word] of text.matchAll(pattern)) words.push(unquote(word));
	if (words.length === 0) throw new WorldError('a process needs a command line');
	if (words.length > commandWordsMax)
		throw new WorldError(`a command line of more than ${commandWordsMax} words`);
	return words;
}

function unquote(word: string): string {
	return word.replace(
		/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
		(_, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
			double !== undefined ? double.replace(/\\(.)/g, '$1') : (single ?? escaped ?? ''),
	);
}

function commandOf(item: unknown): [command: string, facts: Fields] {
	if (typeof item === 'string') return [item, {}];
	const entries = Object.entries(asMapping(item, 'a process'));
	if (entries.length !== 1)
		throw new WorldError(
			'a process is a command line, or one command line with its facts: {"cat /etc/shadow": {user: alice}}',
		);
	const [command, facts] = entries[0]!;
	return [command, asMapping(facts ?? {}, `process "${command}"`)];
}

type Place = {
	readonly pid: number;
	readonly parent: ProcessFacts | null;
	readonly people: readonly Person[];
	readonly container: Fields | null;
};

function describe(
	command: string,
	facts: Fields,
	{ pid: placePid, parent, people, container }: Place,
): ProcessFacts {
	refuseOthers(facts, processKeys, `process "${command}"`);
	const words = splitCommand(command);
	const program = words[0]!;
	const base = program.slice(program.lastIndexOf('/') + 1);
	const name = String(facts.name ?? base).slice(0, nameBytesMax);
	const pid = typeof facts.pid === 'number' ? facts.pid : placePid;
	const inherited = parent?.fields ?? {};
	const user = facts.user === undefined ? null : personOf(people, facts.user);
	const login = facts.login === undefined ? null : personOf(people, facts.login);
	const uid = user?.uid ?? (inherited.credentials as { uid: number } | undefined)?.uid ?? 0;
	const fields: Fields = {
		pid,
		start: startOf(pid),
		startTimeS: 1_700_000_000,
		startTimeNs: 0,
		parentPid: parent?.pid ?? 0,
		parentStart: parent === null ? 0 : startOf(parent.pid),
		vpid: pid,
		pgid: pid,
		sid: pid,
		vpgid: pid,
		vsid: pid,
		comm: name,
		exePath: facts.exe ?? (program.startsWith('/') ? program : `/usr/bin/${program}`),
		exeFlags: exeFlagsOf(facts),
		exeInode: 4242,
		args: words,
		argsCount: words.length,
		environment: Object.entries(asMapping(facts.env ?? {}, 'env')).map(
			([key, value]) => `${key}=${String(value)}`,
		),
		cwd: facts.cwd ?? inherited.cwd ?? '/',
		root: '/',
		credentials: credentialsOf(uid, facts.caps),
		loginUid: login?.uid ?? inherited.loginUid ?? -1,
		tty: facts.tty ?? inherited.tty ?? 0,
		containerId: facts.container === false || container === null ? '' : container.id,
		cgroup: facts.container === false || container === null ? '/' : `/docker/${String(container.id)}`,
		stdin: facts.stdin === undefined ? null : socketFd(0, String(facts.stdin)),
		...asMapping(facts.facts ?? {}, 'facts'),
	};
	return { pid, name, fields };
}

function exeFlagsOf(facts: Fields): number {
	return (
		(facts.memfd === true ? exeFlag.memfd : 0) +
		(facts.deleted === true ? exeFlag.deleted : 0) +
		(facts.upper === true ? exeFlag.upper : 0)
	);
}

export function credentialsOf(uid: number, caps: unknown): Fields {
	const set = caps === undefined ? (uid === 0 ? everyCapability : 0) : capabilitySet(caps);
	return {
		uid,
		euid: uid,
		suid: uid,
		fsuid: uid,
		gid: uid,
		egid: uid,
		sgid: uid,
		fsgid: uid,
		capInheritable: 0,
		capPermitted: set,
		capEffective: set,
	};
}

function capabilitySet(caps: unknown): number {
	let set = 0;
	for (const name of asList(caps, 'caps')) {
		const bit = capabilityNames.indexOf(String(name));
		if (bit < 0) throw new WorldError(`capability "${String(name)}" is not known`);
		set += 2 ** bit;
	}
	return set;
}

/** A connected stream socket as a descriptor: of `number`, its other end at `remote`. */
export function socketFd(number: number, remote: string): Fields {
	const { family, address, port } = parseEndpoint(remote);
	const isIp = family !== 1;
	const local =
		family === 2
			? Buffer.from([192, 0, 2, 10])
			: family === 10
				? Buffer.from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10])
				: Buffer.alloc(0);
	return {
		number,
		mode: 0o140777,
		inode: 777,
		openFlags: 2,
		socket: {
			family,
			type: 1,
			protocol: isIp ? 6 : 0,
			state: 1,
			localAddress: local,
			localPort: isIp ? 40000 : 0,
			remoteAddress: address,
			remotePort: port,
		},
	};
}

/** A regular file as a descriptor. */
export function fileFd(number: number, path: string, mode = 0o100644): Fields {
	return { number, mode, path, device: 0x801, inode: 99, openFlags: 2 };
}

function peopleOf(given: unknown): Person[] {
	const people = [...defaultPeople];
	for (const [uid, name] of Object.entries(asMapping(given ?? {}, 'users'))) {
		if (!/^\d+$/.test(uid)) throw new WorldError('users are written as {1000: alice}');
		people.push({ uid: Number(uid), name: String(name) });
	}
	return people;
}

export function personOf(people: readonly Person[], given: unknown): Person {
	const found = people.find((person) => person.uid === given || person.name === given);
	if (found !== undefined) return found;
	if (typeof given === 'number') return { uid: given, name: '' };
	throw new WorldError(
		`user "${String(given)}" is not known; known are ${people.map((person) => person.name).join(', ')} (add others under given.users)`,
	);
}

/** Mounts are written `source:destination`; everything else has the schema's names. */
function containerFields(given: unknown): Fields {
	const fields = asMapping(given ?? {}, 'container');
	if (fields.mounts === undefined) return fields;
	const mounts = asList(fields.mounts, 'mounts').map((item) => {
		if (typeof item !== 'string') return item;
		const [source = '', destination = '', mode = 'rw'] = item.split(':');
		return { source, destination, mode, writable: mode !== 'ro', propagation: 'rprivate' };
	});
	return { ...fields, mounts };
}

export function asMapping(value: unknown, what: string): Fields {
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new WorldError(`${what} must be a mapping`);
	return value as Fields;
}

export function asList(value: unknown, what: string): readonly unknown[] {
	if (value === undefined || value === null) return [];
	if (!Array.isArray(value)) throw new WorldError(`${what} must be a list`);
	return value;
}

function refuseOthers(fields: Fields, known: readonly string[], what: string): void {
	for (const key of Object.keys(fields)) {
		if (!known.includes(key)) throw new WorldError(`${what} has no "${key}"; known are ${known.join(', ')}`);
	}
}
