/** What kind of thing a descriptor is, and its name, from what the kernel resolved. */
import { Text } from '#schemas/text.ts';
import type { DescriptorSocket } from '#state/index.ts';
import { formatIp } from './address.ts';

/** The part of a descriptor that is asked here; the event's cursor and the state's `Descriptor` both fit. */
export type FdView = {
	readonly number: number;
	readonly mode: number;
	readonly path: Text | null;
	readonly socket: DescriptorSocket | null;
};
export type FdKind = { readonly char: Text; readonly type: Text | null; readonly category: FdCategory };
export type FdCategory = 'file' | 'net' | 'IPC' | 'other';

function kind(char: string, type: string, category: FdCategory): FdKind {
	return { char: new Text(char), type: new Text(type), category };
}

export const fdKinds = {
	file: kind('f', 'file', 'file'),
	directory: kind('d', 'directory', 'file'),
	ipv4: kind('4', 'ipv4', 'net'),
	ipv6: kind('6', 'ipv6', 'net'),
	unix: kind('u', 'unix', 'IPC'),
	pipe: kind('p', 'pipe', 'IPC'),
	event: kind('e', 'event', 'IPC'),
	signalfd: kind('s', 'signalfd', 'other'),
	eventpoll: kind('l', 'eventpoll', 'other'),
	inotify: kind('i', 'inotify', 'other'),
	timerfd: kind('t', 'timerfd', 'other'),
	netlink: kind('n', 'netlink', 'other'),
	bpf: kind('b', 'bpf', 'other'),
	userfaultfd: kind('u', 'userfaultfd', 'other'),
	ioUring: kind('r', 'io_uring', 'other'),
	memfd: kind('m', 'memfd', 'other'),
	pidfd: kind('P', 'pidfd', 'other'),
	/** Sockets of other families: rules see the text <NA> as their type. */
	otherSocket: kind('o', '<NA>', 'other'),
} as const satisfies Record<string, FdKind>;

export const addressFamily = { unix: 1, ipv4: 2, ipv6: 10, netlink: 16 } as const;

const fileTypeMask = 0o170000;
const fileTypes = { pipe: 0o010000, directory: 0o040000, socket: 0o140000 } as const;

/** Beginnings of the kernel's names of anonymous files. */
const anonymousKinds: readonly (readonly [string, FdKind])[] = [
	['pipe:', fdKinds.pipe],
	['anon_inode:[eventpoll]', fdKinds.eventpoll],
	['anon_inode:[eventfd]', fdKinds.event],
	['anon_inode:[signalfd]', fdKinds.signalfd],
	['anon_inode:[timerfd]', fdKinds.timerfd],
	['anon_inode:[userfaultfd]', fdKinds.userfaultfd],
	['anon_inode:[io_uring]', fdKinds.ioUring],
	['anon_inode:[pidfd]', fdKinds.pidfd],
	['pidfd:', fdKinds.pidfd],
	['anon_inode:inotify', fdKinds.inotify],
	['anon_inode:[inotify]', fdKinds.inotify],
	['anon_inode:bpf', fdKinds.bpf],
	['anon_inode:[bpf', fdKinds.bpf],
	['memfd:', fdKinds.memfd],
];

export function socketKind(family: number): FdKind {
	switch (family) {
		case addressFamily.ipv4:
			return fdKinds.ipv4;
		case addressFamily.ipv6:
			return fdKinds.ipv6;
		case addressFamily.unix:
			return fdKinds.unix;
		case addressFamily.netlink:
			return fdKinds.netlink;
		default:
			return fdKinds.otherSocket;
	}
}

/** Null = not resolved, or a kind without a name of its own. */
export function fdKind(fd: FdView): FdKind | null {
	if (fd.socket !== null) return socketKind(fd.socket.family);
	const path = fd.path;
	if (path === null) return null;
	if (path.value.charCodeAt(0) !== 47) {
		for (const [prefix, found] of anonymousKinds) if (path.value.startsWith(prefix)) return found;
	}
	const type = fd.mode & fileTypeMask;
	if (type === fileTypes.directory) return fdKinds.directory;
	if (type === fileTypes.pipe) return fdKinds.pipe;
	return type === fileTypes.socket ? null : fdKinds.file;
}

export const unknownKindChar = new Text('o');
const emptyName = new Text('');

export function descriptorType(fd: FdView): Text | null {
	return fdKind(fd)?.type ?? null;
}

export function descriptorName(fd: FdView): Text | null {
	if (fd.socket !== null) return new Text(socketName(fd.socket, 'client'));
	return fd.path ?? null;
}

/** Which end of a connection the process is. */
export type SocketRole = 'client' | 'server';

/** `client:port->server:port` of a connection, `address:port` of a bound socket, the path of a unix socket, else empty. */
export function socketName(socket: DescriptorSocket, role: SocketRole): string {
	const local = socket.localAddress.value;
	const remote = socket.remoteAddress.value;
	if (socket.family === addressFamily.unix) return unixPath(remote === '' ? local : remote);
	if (socket.family !== addressFamily.ipv4 && socket.family !== addressFamily.ipv6) return '';
	if (remote === '') return isUnbound(socket) ? '' : `${formatIp(local)}:${socket.localPort}`;
	const localEnd = `${formatIp(local)}:${socket.localPort}`;
	const remoteEnd = `${formatIp(remote)}:${socket.remotePort}`;
	return role === 'client' ? `${localEnd}->${remoteEnd}` : `${remoteEnd}->${localEnd}`;
}

/** No port and no address: nothing was bound or connected yet. */
function isUnbound(socket: DescriptorSocket): boolean {
	return socket.localPort === 0;
}

/** Path of a unix socket; abstract names are shown with an @ for their first byte. */
export function unixPath(path: string): string {
	return path.charCodeAt(0) === 0 ? `@${path.slice(1)}` : path;
}

export function socketNameText(socket: DescriptorSocket, role: SocketRole): Text {
	const name = socketName(socket, role);
	return name === '' ? emptyName : new Text(name);
}
