/** Fields of the event's descriptor (fd.*). */
import { Text } from '#schemas/text.ts';
import {
	FieldArgumentError,
	type FieldFlag,
	type FieldType,
	type FieldValue,
	type Scalar,
} from '../field.ts';
import type { EventSubject } from '../subject.ts';
import { formatIp } from './address.ts';
import { bound, type Field, type FieldOptions, missing, perType, type Read } from './define.ts';
import { type Ends, type FdAccess, failedOpen, fdAccess } from './event-fd.ts';
import { familyOf, infoOf } from './event-type.ts';
import { addressFamily, type FdKind, fdKinds, unixPath, unknownKindChar } from './fd-kind.ts';
import { directoryOf, fileNameOf } from './paths.ts';

const dec: FieldOptions = { print: 'DEC' };
const emptyText = new Text('');

/** A field of the descriptor; types whose events have none never have the field. */
function fd(
	name: string,
	type: FieldType,
	meaning: string,
	make: (access: FdAccess) => Read,
	options: FieldOptions = {},
): Field {
	return bound(
		name,
		type,
		meaning,
		perType((eventType) => {
			const family = familyOf(eventType);
			const access = fdAccess(family, eventType);
			if (access === null) return null;
			const read = make(access);
			return (subject) => (subject.reader.family === family ? read(subject) : null);
		}),
		options,
	);
}

/** The same, with nothing where the event happens to have no descriptor. */
function present(make: (access: FdAccess) => Read): (access: FdAccess) => Read {
	return (access) => {
		const read = make(access);
		return (subject) => (access.number(subject) === null ? null : read(subject));
	};
}

export function isIp(ends: Ends): boolean {
	return ends.family === addressFamily.ipv4 || ends.family === addressFamily.ipv6;
}

function end(address: Text, port: number): string {
	return `${formatIp(address.value)}:${port}`;
}

/** `client->server`, the bound address, the unix path; empty while there is none. */
export function endsName(ends: Ends): Text {
	if (ends.family === addressFamily.unix) {
		const path = ends.remote.value === '' ? ends.local : ends.remote;
		return path.value.charCodeAt(0) === 0 ? new Text(unixPath(path.value)) : path;
	}
	if (!isIp(ends)) return emptyText;
	if (ends.remote.value === '')
		return ends.localPort === 0 ? emptyText : new Text(end(ends.local, ends.localPort));
	const local = end(ends.local, ends.localPort);
	const remote = end(ends.remote, ends.remotePort);
	return new Text(ends.role === 'client' ? `${local}->${remote}` : `${remote}->${local}`);
}

export function fdName(access: FdAccess, subject: EventSubject): Text | null {
	if (access.number(subject) === null) return null;
	const ends = access.ends(subject);
	return ends === null ? access.path(subject) : endsName(ends);
}

export type Pick = (ends: Ends) => Text | number | null;

function has(address: Text): boolean {
	return address.value !== '';
}

/** Addresses of the ends by role and by place. A bound socket without peer is the server's end alone. */
export const clientAddress: Pick = (ends) =>
	has(ends.remote) ? (ends.role === 'client' ? ends.local : ends.remote) : null;
export const serverAddress: Pick = (ends) =>
	has(ends.remote)
		? ends.role === 'client'
			? ends.remote
			: ends.local
		: ends.localPort > 0
			? ends.local
			: null;
export const clientPort: Pick = (ends) =>
	has(ends.remote) ? (ends.role === 'client' ? ends.localPort : ends.remotePort) : null;
export const serverPort: Pick = (ends) =>
	has(ends.remote) ? (ends.role === 'client' ? ends.remotePort : ends.localPort) : ends.localPort || null;
const localAddress: Pick = (ends) => (has(ends.remote) ? ends.local : null);
const remoteAddress: Pick = (ends) => (has(ends.remote) ? ends.remote : null);
const localPort: Pick = (ends) => (has(ends.remote) ? ends.localPort : null);
const remotePort: Pick = (ends) => (has(ends.remote) ? ends.remotePort : null);

function ofEnds(pick: Pick): (access: FdAccess) => Read {
	return (access) => (subject) => {
		const ends = access.ends(subject);
		if (ends === null || !isIp(ends)) return null;
		const value = pick(ends);
		return value instanceof Text && value.value === '' ? null : value;
	};
}

/** Either end: client and server. The array is filled anew for each event. */
function eitherEnd(client: Pick, server: Pick): (access: FdAccess) => Read {
	return (access) => {
		const values: Scalar[] = [];
		return (subject) => {
			const ends = access.ends(subject);
			if (ends === null || !isIp(ends)) return null;
			values.length = 0;
			for (const pick of [client, server]) {
				const value = pick(ends);
				if (value !== null && !(value instanceof Text && value.value === '')) values.push(value);
			}
			return values.length === 0 ? null : values;
		};
	};
}

function portText(pick: Pick): (access: FdAccess) => Read {
	const read = ofEnds(pick);
	return (access) => {
		const port = read(access);
		return (subject) => {
			const value = port(subject);
			return value === null ? (access.ends(subject) === null ? null : emptyText) : new Text(String(value));
		};
	};
}

const transport = { stream: 1, datagram: 2, raw: 3 } as const;
const protocols = { icmp: 1, tcp: 6, udp: 17 } as const;
const tcp = new Text('tcp');
const udp = new Text('udp');
const icmp = new Text('icmp');
const raw = new Text('raw');
const noProtocol = new Text('<NA>');

/** Known once the socket has an address; other descriptors have the text <NA>, as rules expect. */
function l4protocol(access: FdAccess): Read {
	return (subject) => {
		const ends = access.ends(subject);
		if (ends === null) return access.kind(subject) === failedOpen ? null : noProtocol;
		if (!isIp(ends) || (!has(ends.remote) && ends.localPort === 0)) return noProtocol;
		if (ends.type === transport.raw) return raw;
		if (ends.protocol === protocols.icmp) return icmp;
		if (ends.protocol === protocols.tcp || (ends.protocol === 0 && ends.type === transport.stream))
			return tcp;
		return ends.protocol === protocols.udp || ends.type === transport.datagram ? udp : noProtocol;
	};
}

const ipFamily = new Text('ip');
const unixFamily = new Text('unix');

const rootDirectory = new Text('/');

function directoryName(access: FdAccess): Read {
	return (subject) => {
		const kind = access.kind(subject);
		const name = access.path(subject);
		// What has no name is in the root directory, as in the reference's engine.
		if (name !== null && name.value === '' && access.ends(subject) === null) return rootDirectory;
		if (name === null || (kind !== fdKinds.file && kind !== fdKinds.directory && kind !== failedOpen))
			return null;
		if (kind === fdKinds.directory) return name;
		return directoryText(name);
	};
}

export function directoryText(path: Text): Text {
	path.directory ??= new Text(directoryOf(path.value));
	return path.directory;
}

export function fileNameText(path: Text): Text {
	path.fileName ??= new Text(fileNameOf(path.value));
	return path.fileName;
}

function containerPrefixed(make: (access: FdAccess) => Read): (access: FdAccess) => Read {
	return (access) => {
		const read = make(access);
		return (subject) => {
			const value = read(subject);
			if (!(value instanceof Text)) return null;
			const container = subject.process?.container;
			const id = subject.process === null ? '' : container ? container.shortIdText.value : 'host';
			return new Text(`${id}:${value.value}`);
		};
	};
}

const name =
	(access: FdAccess): Read =>
	(subject) =>
		fdName(access, subject);

function kindOf(pick: (kind: FdKind) => Text | null, otherwise: Text | null): (access: FdAccess) => Read {
	return present((access) => (subject) => {
		const kind = access.kind(subject);
		return kind === null ? otherwise : pick(kind);
	});
}

function isServer(access: FdAccess): Read {
	return (subject) => {
		const ends = access.ends(subject);
		return ends !== null && ends.role === 'server' && (has(ends.remote) || ends.localPort > 0);
	};
}

const majorShift = 8;
/** Major and minor number of a device in stat(2) encoding. */
export function deviceMajor(device: number): number {
	return (device >>> majorShift) & 0xfff;
}
export function deviceMinor(device: number): number {
	return (device & 0xff) | ((device >>> 12) & 0xfff00);
}

const anyEnd: readonly FieldFlag[] = ['FILTER_ONLY', 'NO_TRANSFORMER', 'NO_RHS'];
const noDns = 'evaluation asks no name server; compare addresses';

const basics: readonly Field[] = [
	fd('fd.num', 'INT64', 'Number of the descriptor; -1 when the call failed.', (a) => a.number, {
		print: 'ID',
	}),
	fd(
		'fd.type',
		'CHARBUF',
		'Kind of descriptor (file, directory, ipv4…).',
		kindOf((k) => k.type, null),
		dec,
	),
	fd(
		'fd.typechar',
		'CHARBUF',
		'Kind of descriptor in one character.',
		kindOf((k) => k.char, unknownKindChar),
		dec,
	),
	fd('fd.name', 'CHARBUF', 'Path, or both ends of a connection.', name),
	fd('fd.directory', 'CHARBUF', 'Directory of a file; the path itself of a directory.', directoryName),
	fd('fd.filename', 'CHARBUF', 'Name of a file without its directory.', (access) => (subject) => {
		const path = access.path(subject);
		return path === null || access.kind(subject) !== fdKinds.file ? null : fileNameText(path);
	}),
	fd(
		'fd.nameraw',
		'CHARBUF',
		'Path as the caller passed it.',
		present((a) => (s) => a.rawPath(s) ?? emptyText),
	),
	fd(
		'fd.realpath',
		'CHARBUF',
		'Path that the kernel opened, symbolic links followed.',
		(access) => (subject) =>
			subject.reader.family === 0 ? subject.reader.fileOpened.path : access.path(subject),
	),
];

const ends: readonly Field[] = [
	fd('fd.ip', 'IPADDR', 'Address of the client or the server.', eitherEnd(clientAddress, serverAddress), {
		flags: anyEnd,
		anyOf: true,
	}),
	fd('fd.cip', 'IPADDR', 'Address of the client.', ofEnds(clientAddress)),
	fd('fd.sip', 'IPADDR', 'Address of the server.', ofEnds(serverAddress)),
	fd('fd.lip', 'IPADDR', "Address of the process's end.", ofEnds(localAddress)),
	fd('fd.rip', 'IPADDR', 'Address of the other end.', ofEnds(remoteAddress)),
	fd('fd.port', 'PORT', 'Port of the client or the server.', eitherEnd(clientPort, serverPort), {
		...dec,
		flags: anyEnd,
		anyOf: true,
	}),
	fd('fd.cport', 'PORT', 'Port of the client.', ofEnds(clientPort), dec),
	fd('fd.sport', 'PORT', 'Port of the server.', ofEnds(serverPort), dec),
	fd('fd.lport', 'PORT', "Port of the process's end.", ofEnds(localPort), dec),
	fd('fd.rport', 'PORT', 'Port of the other end.', ofEnds(remotePort), dec),
	fd('fd.l4proto', 'CHARBUF', 'Transport protocol (tcp, udp, icmp, raw).', present(l4protocol)),
	fd('fd.sockfamily', 'CHARBUF', 'Family of the socket (ip, unix).', (access) => (subject) => {
		const found = access.ends(subject);
		if (found === null) return null;
		return isIp(found) ? ipFamily : found.family === addressFamily.unix ? unixFamily : null;
	}),
	fd('fd.is_server', 'BOOL', 'The process is the server.', present(isServer)),
	fd(
		'fd.proto',
		'PORT',
		'Port of the client or the server, by name or number.',
		eitherEnd(clientPort, serverPort),
		{
			flags: anyEnd,
			anyOf: true,
		},
	),
	fd('fd.cproto', 'CHARBUF', 'Port of the client as text.', portText(clientPort)),
	fd('fd.sproto', 'CHARBUF', 'Port of the server as text.', portText(serverPort)),
	fd('fd.lproto', 'CHARBUF', "Port of the process's end as text.", portText(localPort)),
	fd('fd.rproto', 'CHARBUF', 'Port of the other end as text.', portText(remotePort)),
	fd(
		'fd.net',
		'IPNET',
		'Address of the client or the server, against networks.',
		eitherEnd(clientAddress, serverAddress),
		{
			flags: anyEnd,
			anyOf: true,
		},
	),
	...(
		[
			['fd.cnet', 'Address of the client, against networks.', clientAddress],
			['fd.snet', 'Address of the server, against networks.', serverAddress],
			['fd.lnet', "Address of the process's end, against networks.", localAddress],
			['fd.rnet', 'Address of the other end, against networks.', remoteAddress],
		] satisfies [string, string, Pick][]
	).map(([field, meaning, pick]) => fd(field, 'IPNET', meaning, ofEnds(pick), { flags: anyEnd })),
	fd(
		'fd.connected',
		'BOOL',
		'The socket has a peer.',
		present((access) => (subject) => access.ends(subject)?.connected ?? false),
	),
	...['c', 's', 'l', 'r'].map((which) =>
		missing(`fd.${which}ip.name`, 'CHARBUF', 'Address by domain name.', noDns, {
			flags: ['NO_TRANSFORMER', 'NO_RHS'],
		}),
	),
];

const others: readonly Field[] = [
	fd('fd.uid', 'CHARBUF', 'Thread id followed by the number of the descriptor.', (access) => (subject) => {
		const number = access.number(subject);
		return number === null ? null : new Text(`${subject.reader.header.tid}${number}`);
	}),
	fd('fd.containername', 'CHARBUF', 'Container id and name of the descriptor.', containerPrefixed(name)),
	fd(
		'fd.containerdirectory',
		'CHARBUF',
		'Container id and directory of the file.',
		containerPrefixed(directoryName),
	),
	fd(
		'fd.name_changed',
		'BOOL',
		'The event gave the descriptor its name.',
		present((access) => access.nameChanged),
	),
	fd(
		'fd.dev',
		'INT32',
		'Device of the file.',
		present((access) => access.device),
		{ print: 'HEX' },
	),
	fd(
		'fd.dev.major',
		'INT32',
		'Major number of the device.',
		present((a) => (s) => deviceMajor(a.device(s))),
		dec,
	),
	fd(
		'fd.dev.minor',
		'INT32',
		'Minor number of the device.',
		present((a) => (s) => deviceMinor(a.device(s))),
		dec,
	),
	fd(
		'fd.ino',
		'INT64',
		'Inode of the file.',
		present((access) => access.inode),
		dec,
	),
	bound('fd.types', 'CHARBUF', 'Kinds of all open descriptors; [n] = of one.', bindTypes, {
		print: 'DEC',
		isList: true,
		argument: 'optional',
		flags: ['NO_RHS'],
		unavailable: 'descriptors are resolved at each event instead of being kept; only standard ones are known',
	}),
	fd('fd.is_upper_layer', 'BOOL', 'The file is on the upper layer of an overlay.', present(onLayer(1))),
	fd('fd.is_lower_layer', 'BOOL', 'The file is on a lower layer of an overlay.', present(onLayer(2))),
];

function onLayer(layer: number): (access: FdAccess) => Read {
	return (access) => (subject) => access.layer(subject) === layer;
}

function bindTypes(argument: string | null): Read {
	if (argument !== null && !/^\d{1,9}$/.test(argument)) {
		throw new FieldArgumentError(`fd.types[${argument}]: the argument must be the number of a descriptor`);
	}
	return (): FieldValue => null;
}

/** Whether rules expect events of this type to have a descriptor; used for evt.category. */
export function usesFd(eventType: number): boolean {
	return infoOf(eventType)?.flags.some((flag) => flag === 'USES_FD' || flag === 'CREATES_FD') ?? false;
}

export const fdFields: readonly Field[] = [...basics, ...ends, ...others];
