/**
 * The descriptor that an event is about: fd.* of every family. One object per family knows where to look; extractors are
 * bound to it per event type.
 *
 * Which end of a connection the process is: `accept` → server, `connect` → client, `bind` and `listen` → server without a
 * peer. Events carry no history of a socket, so for all other calls the smaller port is taken for the server's (as are
 * both ends of a connection between two high ports decided: ephemeral ports are high).
 */
import { eventTypes, familyIndex } from '#schemas/generated/event-names.ts';
import type { FdView as EventFd, EventReader } from '#schemas/generated/event-reader.ts';
import { Text } from '#schemas/text.ts';
import type { EventSubject } from '../subject.ts';
import { isMappedIpv4 } from './address.ts';
import { hasFlag } from './event-type.ts';
import { addressFamily, type FdKind, fdKind, fdKinds, type SocketRole, socketKind } from './fd-kind.ts';

/** A connection's ends as far as they are known; filled anew for every question. */
export type Ends = {
	family: number;
	type: number;
	protocol: number;
	local: Text;
	localPort: number;
	remote: Text;
	remotePort: number;
	role: SocketRole;
	/** The socket itself has a peer (as opposed to a datagram's address). */
	connected: boolean;
};

export type FdAccess = {
	/** Null = the event has no descriptor. */
	readonly number: (subject: EventSubject) => number | null;
	readonly kind: (subject: EventSubject) => FdKind | null;
	/** Path of a file; null for sockets and what is not resolved. */
	readonly path: (subject: EventSubject) => Text | null;
	/** Path as the caller passed it. */
	readonly rawPath: (subject: EventSubject) => Text | null;
	/** Null = not a socket. The object is valid until the next question. */
	readonly ends: (subject: EventSubject) => Ends | null;
	readonly device: (subject: EventSubject) => number;
	readonly inode: (subject: EventSubject) => number;
	readonly layer: (subject: EventSubject) => number;
	/** The event gave the descriptor another name. */
	readonly nameChanged: (subject: EventSubject) => boolean;
};

const emptyText = new Text('');
const shared: Ends = {
	family: 0,
	type: 0,
	protocol: 0,
	local: emptyText,
	localPort: 0,
	remote: emptyText,
	remotePort: 0,
	role: 'client',
	connected: false,
};

/** IPv4 in IPv6 clothes is IPv4, as rules see it. */
const plainAddresses = new WeakMap<Text, Text>();
function plain(address: Text): Text {
	if (!isMappedIpv4(address.value)) return address;
	let text = plainAddresses.get(address);
	if (text === undefined) {
		text = new Text(address.value.slice(12));
		plainAddresses.set(address, text);
	}
	return text;
}

type Address = { readonly family: number; readonly address: Text; readonly port: number } | null;

/** Ends of the descriptor's socket; `given` is an address argument that stands for the peer where there is none. */
export function socketEnds(fd: EventFd, given: Address, role: SocketRole | null): Ends | null {
	const { socket } = fd;
	if (socket === null) return null;
	const ends = shared;
	ends.family = socket.family;
	ends.type = socket.type;
	ends.protocol = socket.protocol;
	ends.local = plain(socket.localAddress);
	ends.localPort = socket.localPort;
	ends.connected = socket.remoteAddress.value !== '';
	ends.remote = plain(socket.remoteAddress);
	ends.remotePort = socket.remotePort;
	if (!ends.connected && given !== null && given.address.value !== '') {
		ends.remote = plain(given.address);
		ends.remotePort = given.port;
	}
	if (
		ends.family === addressFamily.ipv6 &&
		(ends.remote.value.length === 4 || ends.local.value.length === 4)
	) {
		ends.family = addressFamily.ipv4;
	}
	ends.role = role ?? guessRole(ends);
	return ends;
}

function guessRole(ends: Ends): SocketRole {
	if (ends.remote.value === '') return ends.localPort > 0 ? 'server' : 'client';
	return ends.localPort > 0 && ends.localPort < ends.remotePort ? 'server' : 'client';
}

/** A descriptor that the kernel resolved, found in the event by `find`. */
function resolved(
	find: (reader: EventReader) => EventFd | null,
	options: {
		number?: (reader: EventReader, fd: EventFd) => number;
		address?: (reader: EventReader) => Address;
		role?: SocketRole;
		nameChanged?: (reader: EventReader) => boolean;
	} = {},
): FdAccess {
	const { number, address, role, nameChanged } = options;
	const ends = (subject: EventSubject) => {
		const fd = find(subject.reader);
		if (fd === null) return null;
		return socketEnds(fd, address === undefined ? null : address(subject.reader), role ?? null);
	};
	return {
		number: (subject) => {
			const fd = find(subject.reader);
			if (fd === null) return null;
			return number === undefined ? fd.number : number(subject.reader, fd);
		},
		kind: (subject) => {
			const fd = find(subject.reader);
			if (fd === null) return null;
			if (fd.socket === null) return fdKind(fd);
			return socketKind(ends(subject)!.family);
		},
		path: (subject) => {
			const fd = find(subject.reader);
			return fd === null ? null : fd.path;
		},
		rawPath: (subject) => find(subject.reader)?.path ?? null,
		ends,
		device: (subject) => find(subject.reader)?.device ?? 0,
		inode: (subject) => find(subject.reader)?.inode ?? 0,
		layer: (subject) => find(subject.reader)?.layer ?? 0,
		nameChanged: (subject) => nameChanged?.(subject.reader) ?? false,
	};
}

const opened: FdAccess = {
	number: ({ reader }) => (reader.header.result < 0 ? -1 : reader.header.result),
	kind: ({ reader }) => (reader.header.result < 0 ? failedOpen : openedKind(reader)),
	path: ({ reader }) => reader.fileOpened.askedPath ?? reader.fileOpened.path,
	rawPath: ({ reader }) => reader.fileOpened.name,
	ends: () => null,
	device: ({ reader }) => reader.fileOpened.device,
	inode: ({ reader }) => reader.fileOpened.inode,
	layer: ({ reader }) => reader.fileOpened.layer,
	nameChanged: ({ reader }) => reader.header.result >= 0,
};

/** What a failed open was about is not known: it has the character of a file, and no type. */
export const failedOpen: FdKind = { ...fdKinds.file, type: null };

function openedKind(reader: EventReader): FdKind {
	const type = reader.fileOpened.fileMode & 0o170000;
	if (type === 0o040000) return fdKinds.directory;
	return type === 0o010000 ? fdKinds.pipe : fdKinds.file;
}

/** A new socket has a family and nothing else. */
const created: FdAccess = {
	number: ({ reader }) => {
		const { secondFd } = reader.socketCreated;
		return secondFd >= 0 ? secondFd : reader.header.result < 0 ? -1 : reader.header.result;
	},
	kind: ({ reader }) => socketKind(reader.socketCreated.family),
	path: () => null,
	rawPath: () => null,
	ends: ({ reader }) => {
		const ends = shared;
		ends.family = reader.socketCreated.family;
		ends.type = reader.socketCreated.type & 0xf;
		ends.protocol = reader.socketCreated.protocol;
		ends.local = emptyText;
		ends.localPort = 0;
		ends.remote = emptyText;
		ends.remotePort = 0;
		ends.role = 'client';
		ends.connected = false;
		return ends;
	},
	device: () => 0,
	inode: () => 0,
	layer: () => 0,
	nameChanged: () => false,
};

/** dup and relatives are about the new descriptor, which is the same file. */
function changedNumber(reader: EventReader, fd: EventFd): number {
	const { newFd } = reader.fdChanged;
	return reader.header.result >= 0 && newFd >= 0 ? newFd : fd.number;
}

const einprogress = -115;

/** Anonymous files have no name in the reference's engine: what they are says fd.type. */
export const namelessKinds: ReadonlySet<FdKind> = new Set<FdKind>([
	...[fdKinds.event, fdKinds.signalfd, fdKinds.eventpoll, fdKinds.inotify, fdKinds.timerfd, fdKinds.pipe],
	...[fdKinds.userfaultfd, fdKinds.bpf, fdKinds.ioUring],
]);
function nameless(access: FdAccess): FdAccess {
	const path = (subject: EventSubject): Text | null => {
		const kind = access.kind(subject);
		return kind === null || namelessKinds.has(kind) ? emptyText : access.path(subject);
	};
	return { ...access, path, rawPath: path };
}

/** With an empty name where nothing was open behind the number. */
function named(access: FdAccess): FdAccess {
	const path = (subject: EventSubject): Text => access.path(subject) ?? emptyText;
	return { ...access, path, rawPath: path };
}

const accessByFamily = new Map<number, FdAccess>([
	[familyIndex.FileOpened, opened],
	[familyIndex.SocketCreated, created],
	[
		familyIndex.SocketConnected,
		resolved((reader) => reader.socketConnected.fd, {
			address: (reader) => reader.socketConnected.address,
			role: 'client',
			nameChanged: ({ header }) => header.result >= 0 || header.result === einprogress,
		}),
	],
	[
		familyIndex.SocketAccepted,
		resolved((reader) => reader.socketAccepted.fd, {
			role: 'server',
			nameChanged: (r) => r.header.result >= 0,
		}),
	],
	[
		familyIndex.SocketBound,
		resolved((reader) => reader.socketBound.fd, {
			role: 'server',
			nameChanged: (reader) => reader.header.result >= 0 && reader.socketBound.address !== null,
		}),
	],
	[
		familyIndex.SocketTransferred,
		resolved((reader) => reader.socketTransferred.fd, {
			address: (reader) => reader.socketTransferred.address,
			nameChanged: namesPeer,
		}),
	],
	[familyIndex.FdChanged, resolved((reader) => reader.fdChanged.fd, { number: changedNumber })],
	[familyIndex.FileTransferred, resolved((reader) => reader.fileTransferred.fd)],
	[familyIndex.NamespaceChanged, resolved((reader) => reader.namespaceChanged.fd)],
	[familyIndex.ModuleChanged, resolved((reader) => reader.moduleChanged.fd)],
	[familyIndex.MemoryChanged, named(resolved((reader) => reader.memoryChanged.fd))],
	[
		familyIndex.OtherSyscall,
		nameless(resolved((reader) => reader.otherSyscall.secondFd ?? reader.otherSyscall.fd)),
	],
]);

/** A datagram with an address of its own, on a socket without a peer. */
function namesPeer(reader: EventReader): boolean {
	const { fd, address } = reader.socketTransferred;
	if (reader.header.result < 0 || address === null || address.address.value === '') return false;
	return fd.socket !== null && fd.socket.remoteAddress.value === '';
}

/** fchmod and fchown are about a resolved descriptor; calls with a directory descriptor about that, whose path is not told. */
const changed = resolved((reader) => reader.pathChanged.fd);
const inDirectory: FdAccess = {
	...changed,
	number: ({ reader }) => {
		const { dirFd, newDirFd, newPath } = reader.pathChanged;
		return newPath === null ? dirFd : newDirFd;
	},
	path: () => emptyText,
	rawPath: () => emptyText,
	kind: () => null,
};

/** Calls whose descriptor is the one they make: of a failed one it is -1. */
const makesFd: ReadonlySet<string> = new Set(
	(
		'eventfd eventfd2 signalfd signalfd4 timerfd_create inotify_init inotify_init1 epoll_create epoll_create1 ' +
		'pidfd_open pidfd_getfd'
	).split(' '),
);
/** Calls on a descriptor that change neither it nor the file. */
const worksOnFd: ReadonlySet<string> = new Set(
	'fstat getdents getdents64 flock shutdown lseek llseek ioctl'.split(' '),
);
const given = nameless(resolved((reader) => reader.fdChanged.fd));
const made = resolved((reader) => reader.fdChanged.fd, {
	number: ({ header }) => (header.result < 0 ? -1 : header.result),
});

const namelessMade = nameless(made);

/** pipe gives two; rules see the second, as in Falco. */
const secondOfPair = nameless(
	resolved((reader) => reader.fdChanged.fd, {
		number: ({ fdChanged }) => fdChanged.newFd,
	}),
);

/** The result of the call is a descriptor of this kind; it was not resolved, for the kind says what it is. */
function resultOf(
	kind: FdKind,
	name: (reader: EventReader) => Text,
	isOne = (_: EventReader): boolean => true,
): FdAccess {
	const has = ({ reader }: EventSubject): boolean => reader.header.result >= 0 && isOne(reader);
	return {
		number: ({ reader }) => (!isOne(reader) ? null : reader.header.result < 0 ? -1 : reader.header.result),
		kind: (subject) => (has(subject) ? kind : null),
		path: (subject) => (has(subject) ? name(subject.reader) : null),
		rawPath: () => null,
		ends: () => null,
		device: () => 0,
		inode: () => 0,
		layer: () => 0,
		nameChanged: () => false,
	};
}

/** Of bpf(2): BPF_MAP_CREATE, _PROG_LOAD, _OBJ_GET, the _GET_FD_BY_ID, _RAW_TRACEPOINT_OPEN, _BTF_LOAD, _LINK_CREATE… */
const bpfMakes: ReadonlySet<number> = new Set([0, 5, 7, 13, 14, 17, 18, 19, 28, 30, 32, 33, 36]);
/** fchdir's descriptor is known by its number and, when it became the working directory, by its path. */
const workingDirectory: FdAccess = {
	...resultOf(fdKinds.directory, (reader) => reader.rootChanged.path),
	number: ({ reader }) => reader.rootChanged.fd,
	path: ({ reader }) => (reader.header.result < 0 ? emptyText : reader.rootChanged.path),
};

const resultAccess: Readonly<Record<string, FdAccess>> = {
	fchdir: workingDirectory,
	bpf: resultOf(
		fdKinds.bpf,
		() => emptyText,
		(reader) => bpfMakes.has(reader.bpfCalled.command),
	),
	memfd_create: resultOf(fdKinds.memfd, (reader) => reader.memoryChanged.name ?? emptyText),
	userfaultfd: resultOf(fdKinds.userfaultfd, () => emptyText),
};

/** Null = events of the type have no descriptor. */
export function fdAccess(family: number, eventType: number): FdAccess | null {
	const name = eventTypes[eventType] ?? '';
	const result = resultAccess[name];
	if (result !== undefined) return result;
	if (makesFd.has(name)) return namelessMade;
	if (worksOnFd.has(name)) return given;
	if (name === 'pipe' || name === 'pipe2') return secondOfPair;
	if (family !== familyIndex.PathChanged) return accessByFamily.get(family) ?? null;
	if (!hasFlag(eventType, 'USES_FD')) return null;
	return resolvesFd.has(eventTypes[eventType] ?? '') ? changed : inDirectory;
}

const resolvesFd: ReadonlySet<string> = new Set(['fchmod', 'fchown']);
