/** Events of sockets, and what they do to the simulated descriptors. */
import { fileFlagBits } from '#rules/fields/kernel-flags.ts';
import * as make from '#test/support/events.ts';
import { bytes, type Context, type Converted, ipBytes, kernel, number } from './adapter-params.ts';
import type { FdGiven, SocketGiven } from './adapter-world.ts';

type Tuple =
	| { family: number; sip?: string; sport?: number; dip?: string; dport?: number; path?: string }
	| null
	| undefined;

export function socketOf(context: Context, fd: number): SocketGiven {
	return context.thread.fds.get(fd)?.socket ?? { family: 0, type: 0, protocol: 0 };
}

/** Both ends of a tuple: the source is ours for what we begin, the destination for what we receive. */
export function withTuple(socket: SocketGiven, tuple: Tuple, localIs: 'source' | 'destination'): SocketGiven {
	if (tuple === null || tuple === undefined) return socket;
	if (tuple.family === 1) return { ...socket, family: 1, remoteAddress: Buffer.from(tuple.path ?? '') };
	const source = { address: ipBytes(tuple.sip!), port: tuple.sport! };
	const destination = { address: ipBytes(tuple.dip!), port: tuple.dport! };
	const [local, remote] = localIs === 'source' ? [source, destination] : [destination, source];
	return {
		...socket,
		family: tuple.family,
		localAddress: local.address,
		localPort: local.port,
		remoteAddress: remote.address,
		remotePort: remote.port,
	};
}

export function addressOf(value: unknown): { family: number; address: Buffer; port: number } | undefined {
	if (value === null || typeof value !== 'object') return undefined;
	const { family, ip, port, path } = value as { family: number; ip?: string; port?: number; path?: string };
	if (family === 1) return { family, address: Buffer.from(path ?? ''), port: 0 };
	return ip === undefined ? undefined : { family, address: ipBytes(ip), port: port ?? 0 };
}

export function remember(context: Context, fd: FdGiven): FdGiven {
	context.thread.fds.set(fd.number, fd);
	return fd;
}

export function connect(context: Context): Converted {
	const { params, header } = context;
	const fd = number(params, 'fd');
	const result = number(params, 'res');
	const before = socketOf(context, fd);
	const connects = result >= 0 || result === -115;
	const after = connects ? withTuple(before, params.tuple as Tuple, 'source') : before;
	if (connects) remember(context, { number: fd, socket: after });
	const address = addressOf(params.addr);
	const shown = connects ? after : withLocal(after, params.tuple as Tuple);
	return make.socketConnected({
		...header,
		result,
		fd: { number: fd, socket: shown },
		...(address && { address }),
	});
}

/** A failed connect leaves the socket bound to its own end. */
export function withLocal(socket: SocketGiven, tuple: Tuple): SocketGiven {
	if (
		tuple === null ||
		tuple === undefined ||
		tuple.sip === undefined ||
		(socket.remoteAddress?.length ?? 0) > 0
	)
		return socket;
	return { ...socket, family: tuple.family, localAddress: ipBytes(tuple.sip), localPort: tuple.sport ?? 0 };
}

export function accept(context: Context): Converted {
	const { params, header } = context;
	const result = number(params, 'fd');
	const socket = withTuple({ family: 2, type: 1, protocol: 0 }, params.tuple as Tuple, 'destination');
	const fd = { number: result < 0 ? -1 : result, socket };
	if (result >= 0) remember(context, fd);
	return make.socketAccepted({
		...header,
		result,
		fd,
		flags: number(params, 'flags'),
		queueLength: number(params, 'queuelen'),
		queueMax: number(params, 'queuemax'),
	});
}

export function bind(context: Context): Converted {
	const { params, header } = context;
	const fd = number(params, 'fd');
	const result = number(params, 'res');
	const address = addressOf(params.addr);
	let socket = socketOf(context, fd);
	if (result >= 0 && address !== undefined) {
		socket = { ...socket, family: address.family, localAddress: address.address, localPort: address.port };
		remember(context, { number: fd, socket });
	}
	return make.socketBound({
		...header,
		result,
		fd: { number: fd, socket },
		...(address && { address }),
		backlog: number(params, 'backlog'),
	});
}

export function transfer(context: Context): Converted {
	const { params, header } = context;
	const fd = number(params, 'fd');
	const result = number(params, 'res');
	const tuple = params.tuple as Tuple;
	const receives = header.evt.startsWith('recv');
	// A socket that the case never made: what sends and receives with an address is one for datagrams.
	const socket = context.thread.fds.has(fd) ? socketOf(context, fd) : { family: 0, type: 2, protocol: 17 };
	const connected = (socket.remoteAddress?.length ?? 0) > 0;
	const known = { number: fd, socket };
	const rest = { ...header, result, size: number(params, 'size'), data: bytes(params, 'data') };
	if (connected || tuple === null || tuple === undefined)
		return make.socketTransferred({ ...rest, fd: known });
	const ends = withTuple(socket, tuple, receives ? 'destination' : 'source');
	const { remoteAddress, remotePort, ...local } = ends;
	const address = { family: ends.family, address: remoteAddress ?? Buffer.alloc(0), port: remotePort ?? 0 };
	return make.socketTransferred({ ...rest, fd: { number: fd, socket: local }, address });
}

export function socketPair(context: Context): Converted {
	const { params, header } = context;
	const [firstFd, secondFd] = [number(params, 'fd1'), number(params, 'fd2')];
	const [family, type, protocol] = [
		number(params, 'domain'),
		number(params, 'type'),
		number(params, 'proto'),
	];
	for (const fd of [firstFd, secondFd]) remember(context, { number: fd, socket: { family, type, protocol } });
	const result = number(params, 'res');
	return make.socketCreated({ ...header, result, family, type, protocol, firstFd, secondFd });
}

export function socket(context: Context): Converted {
	const { params, header } = context;
	const result = number(params, 'fd');
	const family = number(params, 'domain');
	const type = number(params, 'type');
	const protocol = number(params, 'proto');
	if (result >= 0) remember(context, { number: result, socket: { family, type, protocol } });
	const flags = kernel(fileFlagBits, number(params, 'flags'));
	return make.socketCreated({ ...header, result, family, type: type + flags, protocol, secondFd: -1 });
}
