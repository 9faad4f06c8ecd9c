/** Fields of the event itself (evt.*, syscall.type), but its parameters. */
import { eventTypeIndex, eventTypes, familyIndex } from '#schemas/generated/event-names.ts';
import { Text } from '#schemas/text.ts';
import { FieldArgumentError, type FieldType, type FieldValue } from '../field.ts';
import type { EventSubject } from '../subject.ts';
import { bound, type Field, type FieldOptions, field, missing, perType, type Read } from './define.ts';
import { fdAccess } from './event-fd.ts';
import { familyOf, hasFlag, hasResult, infoOf, notACall } from './event-type.ts';
import { timeFields } from './evt-time.ts';
import type { FdKind } from './fd-kind.ts';
import { openMode, ruleOpen } from './kernel-flags.ts';
import { resultText } from './kernel-names.ts';

const id: FieldOptions = { print: 'ID' };
const dec: FieldOptions = { print: 'DEC' };
const constant: FieldOptions = { constantPerEventType: true };
const tableOnly: FieldOptions = { print: 'DEC', flags: ['TABLE_ONLY'] };

const noPlugin = 'there are no event plug-ins';
const notSet = 'an internal value of other engines';

/** Texts of the names of event types, one each. */
const typeTexts = eventTypes.map((name) => new Text(name));
const source = new Text('syscall');
const exitDirection = new Text('<');
const enterDirection = new Text('>');

/** A value that the type alone decides. */
function byType(value: (eventType: number) => FieldValue): ReturnType<typeof perType> {
	return perType((eventType) => {
		const found = value(eventType);
		return () => found;
	});
}

function isIo(eventType: number): boolean {
	return hasFlag(eventType, 'READS_FROM_FD') || hasFlag(eventType, 'WRITES_TO_FD');
}

const readDirection = new Text('read');
const writeDirection = new Text('write');

function isCall(eventType: number): boolean {
	return eventType !== notACall && infoOf(eventType)?.kind !== 'tracepoint';
}

const kinds: readonly Field[] = [
	bound(
		'evt.type',
		'CHARBUF',
		'Name of the event.',
		byType((type) => typeTexts[type]!),
		constant,
	),
	bound('evt.type.is', 'UINT32', '1 when the event is of the named type.', bindTypeIs, {
		argument: 'required',
	}),
	bound(
		'syscall.type',
		'CHARBUF',
		'Name of the system call.',
		byType((type) => (isCall(type) ? typeTexts[type]! : null)),
		constant,
	),
	bound(
		'evt.dir',
		'CHARBUF',
		'Deprecated: < for calls (seen when they return), > for tracepoints.',
		byType((type) => (infoOf(type)?.kind === 'tracepoint' ? enterDirection : exitDirection)),
		{ flags: ['DEPRECATED'], constantPerEventType: true },
	),
	bound('evt.category', 'CHARBUF', 'Category of the event (file, net, process…).', perType(category)),
	field('evt.source', 'CHARBUF', 'Source of the event.', () => source),
	field('evt.is_async', 'BOOL', 'It is no system call but a notice; never true here.', () => false),
	missing('evt.asynctype', 'CHARBUF', 'Name of a notice.', noPlugin),
	missing('evt.pluginname', 'CHARBUF', 'Plug-in that made the event.', noPlugin),
	missing('evt.plugininfo', 'CHARBUF', 'Summary by the plug-in.', noPlugin),
	field('evt.hostname', 'CHARBUF', 'Name of the host.', hostName),
	field('evt.cpu', 'INT16', 'Processor on which the call returned.', (s) => s.reader.header.cpu, id),
	bound('evt.is_io', 'BOOL', 'It reads from or writes to a descriptor.', byType(isIo), constant),
	bound(
		'evt.is_io_read',
		'BOOL',
		'It reads from a descriptor.',
		byType((t) => hasFlag(t, 'READS_FROM_FD')),
		constant,
	),
	bound(
		'evt.is_io_write',
		'BOOL',
		'It writes to a descriptor.',
		byType((t) => hasFlag(t, 'WRITES_TO_FD')),
		constant,
	),
	bound(
		'evt.io_dir',
		'CHARBUF',
		'read or write.',
		byType((type) => (!isIo(type) ? null : hasFlag(type, 'WRITES_TO_FD') ? writeDirection : readDirection)),
		constant,
	),
	bound(
		'evt.is_wait',
		'BOOL',
		'It waits.',
		byType((type) => hasFlag(type, 'WAITS')),
		constant,
	),
	field('evt.is_syslog', 'BOOL', 'It writes to /dev/log.', isSyslog),
];

function bindTypeIs(argument: string | null, eventType: number): Read {
	const index = /^\d+$/.test(argument ?? '') ? -1 : (eventTypeIndex.get(argument ?? '') ?? -2);
	if (index === -2) throw new FieldArgumentError(`evt.type.is.${argument}: unknown event type`);
	return () => (index === eventType ? 1 : 0);
}

const hostNames = new Map<string, Text>();
const hostNamesMax = 65_536;

function hostName({ host }: EventSubject): Text {
	let text = hostNames.get(host.hostName);
	if (text === undefined) {
		text = new Text(host.hostName);
		if (hostNames.size < hostNamesMax) hostNames.set(host.hostName, text);
	}
	return text;
}

function isSyslog(subject: EventSubject): boolean {
	const { type } = subject.reader.header;
	if (!hasFlag(type, 'WRITES_TO_FD')) return false;
	return fdAccess(subject.reader.family, type)?.path(subject)?.value === '/dev/log';
}

const categoryTexts = new Map(
	[
		'file',
		'net',
		'IPC',
		'other',
		'memory',
		'process',
		'sleep',
		'system',
		'signal',
		'user',
		'time',
		'wait',
		'unknown',
	].map((name) => [name, new Text(name)]),
);

function categoryText(name: string): Text {
	return categoryTexts.get(name) ?? categoryTexts.get('other')!;
}

/** Kind of the descriptor of events of this type; null where the event comes in another family, or has none. */
function kindReader(eventType: number): (subject: EventSubject) => FdKind | null {
	const family = familyOf(eventType);
	const access = fdAccess(family, eventType);
	if (access === null) return () => null;
	return (subject) => (subject.reader.family === family ? access.kind(subject) : null);
}

/** Calls that read and write have the category of what they read or write. */
function category(eventType: number): Read {
	const name = infoOf(eventType)?.category ?? 'OTHER';
	if (!name.startsWith('IO_')) {
		const text = categoryText(name === 'IPC' ? name : name.toLowerCase());
		return () => text;
	}
	const kindOf = kindReader(eventType);
	const unknown = categoryText('unknown');
	return (subject) => {
		const kind = kindOf(subject);
		return kind === null ? unknown : categoryText(kind.category);
	};
}

/** A field of the result; types without one never have it. */
function ofResult(
	name: string,
	type: FieldType,
	meaning: string,
	read: Read,
	options: FieldOptions = {},
): Field {
	return bound(
		name,
		type,
		meaning,
		perType((eventType) => (hasResult(eventType) ? read : null)),
		options,
	);
}

const failed = (subject: EventSubject): number => (subject.reader.header.result < 0 ? 1 : 0);

/** Errors of one category of calls: `applies` looks at the type, and where it reads or writes at the descriptor. */
function errorsOf(which: 'file' | 'net' | 'memory' | 'other'): ReturnType<typeof perType> {
	return perType((eventType) => {
		if (!hasResult(eventType)) return null;
		const kindOf = kindReader(eventType);
		const fixed = errorCategory(eventType);
		return (subject) => {
			const kind = kindOf(subject)?.category ?? null;
			const found = kind === 'file' || kind === 'net' ? kind : fixed;
			return found === which ? failed(subject) : null;
		};
	});
}

function errorCategory(eventType: number): string {
	const info = infoOf(eventType);
	if (info?.category === 'MEMORY') return 'memory';
	const family = familyOf(eventType);
	if (family === familyIndex.FileOpened) return 'file';
	return family === familyIndex.SocketAccepted || family === familyIndex.SocketConnected ? 'net' : 'other';
}

const results: readonly Field[] = [
	ofResult(
		'evt.res',
		'CHARBUF',
		"SUCCESS or the error's name.",
		(s) => resultText(s.reader.header.result),
		dec,
	),
	ofResult('evt.rawres', 'INT64', 'Return value.', (s) => s.reader.header.result, dec),
	ofResult('evt.failed', 'BOOL', 'The call failed.', (s) => s.reader.header.result < 0),
	field('evt.count', 'UINT32', 'Always 1.', () => 1, dec),
	ofResult('evt.count.error', 'UINT32', '1 when the call failed.', failed, dec),
	bound('evt.count.error.file', 'UINT32', '1 for failed calls on files.', errorsOf('file'), dec),
	bound('evt.count.error.net', 'UINT32', '1 for failed calls on sockets.', errorsOf('net'), dec),
	bound('evt.count.error.memory', 'UINT32', '1 for failed calls on memory.', errorsOf('memory'), dec),
	bound('evt.count.error.other', 'UINT32', '1 for all other failed calls.', errorsOf('other'), dec),
	bound(
		'evt.count.exit',
		'UINT32',
		'1 for calls that returned.',
		byType((type) => (isCall(type) ? 1 : null)),
		dec,
	),
	field('evt.count.procinfo', 'UINT32', 'Internal.', () => 0, tableOnly),
	field('evt.count.threadinfo', 'UINT32', 'Internal.', () => 0, tableOnly),
];

/** Question about the flags of an open; false for everything else. */
function open(
	name: string,
	meaning: string,
	holds: (flags: number, subject: EventSubject) => boolean,
): Field {
	return bound(
		name,
		'BOOL',
		meaning,
		perType((eventType) => {
			if (familyOf(eventType) !== familyIndex.FileOpened) return () => false;
			return (subject) => {
				if (subject.reader.family !== familyIndex.FileOpened) return false;
				const { flags } = subject.reader.fileOpened;
				return holds(flags, subject);
			};
		}),
	);
}

const executableBits = 0o111;
const kernelCreate = 0o100;
const kernelTmpfile = 0o20000000;

function makesFile(flags: number, subject: EventSubject): boolean {
	return (flags & (kernelCreate | kernelTmpfile)) !== 0 || eventTypes[subject.reader.header.type] === 'creat';
}

const opens: readonly Field[] = [
	open(
		'evt.is_open_read',
		'A file is opened for reading.',
		(flags) => (openMode(flags) & ruleOpen.readOnly) !== 0,
	),
	open(
		'evt.is_open_write',
		'A file is opened for writing.',
		(flags, s) =>
			(openMode(flags) & ruleOpen.writeOnly) !== 0 || eventTypes[s.reader.header.type] === 'creat',
	),
	open(
		'evt.is_open_exec',
		'A file is made that can be executed.',
		(flags, s) => makesFile(flags, s) && (s.reader.fileOpened.mode & executableBits) !== 0,
	),
	open('evt.is_open_create', 'The call made the file.', (_flags, s) => s.reader.fileOpened.created),
];

function data(subject: EventSubject): Text | null {
	const { reader } = subject;
	if (reader.family === familyIndex.FileTransferred) return nonEmpty(reader.fileTransferred.data);
	if (reader.family === familyIndex.SocketTransferred) return nonEmpty(reader.socketTransferred.data);
	return null;
}

function nonEmpty(text: Text): Text | null {
	return text.value === '' ? null : text;
}

/** Bytes moved by a call of the I/O category on a known descriptor; `only` limits kind and direction. */
function bytesMoved(only: {
	readonly kind?: 'file' | 'net';
	readonly direction?: string;
}): ReturnType<typeof perType> {
	return perType((eventType) => {
		const name = infoOf(eventType)?.category ?? '';
		const kindOf = kindReader(eventType);
		if (!name.startsWith('IO_')) return null;
		if (only.direction !== undefined && !hasFlag(eventType, only.direction)) return null;
		return (subject) => {
			const { result } = subject.reader.header;
			const kind = kindOf(subject);
			if (result < 0 || kind === null) return null;
			return only.kind !== undefined && kind.category !== only.kind ? null : result;
		};
	});
}

const reads = 'READS_FROM_FD';
const writes = 'WRITES_TO_FD';

const io: readonly Field[] = [
	field('evt.buffer', 'BYTEBUF', 'First bytes that were read or written, at most 80.', data),
	bound('evt.buflen', 'UINT64', 'Bytes that were read or written.', bytesMoved({}), dec),
	bound('evt.buflen.in', 'UINT64', 'Bytes read.', bytesMoved({ direction: reads }), tableOnly),
	bound('evt.buflen.out', 'UINT64', 'Bytes written.', bytesMoved({ direction: writes }), tableOnly),
	bound('evt.buflen.file', 'UINT64', 'Bytes of files.', bytesMoved({ kind: 'file' }), tableOnly),
	bound(
		'evt.buflen.file.in',
		'UINT64',
		'Bytes read of files.',
		bytesMoved({ kind: 'file', direction: reads }),
		tableOnly,
	),
	bound(
		'evt.buflen.file.out',
		'UINT64',
		'Bytes written to files.',
		bytesMoved({ kind: 'file', direction: writes }),
		tableOnly,
	),
	bound('evt.buflen.net', 'UINT64', 'Bytes of sockets.', bytesMoved({ kind: 'net' }), tableOnly),
	bound(
		'evt.buflen.net.in',
		'UINT64',
		'Bytes received.',
		bytesMoved({ kind: 'net', direction: reads }),
		tableOnly,
	),
	bound(
		'evt.buflen.net.out',
		'UINT64',
		'Bytes sent.',
		bytesMoved({ kind: 'net', direction: writes }),
		tableOnly,
	),
	bound(
		'evt.abspath',
		'CHARBUF',
		'Absolute path of calls with a directory descriptor; .src and .dst of two.',
		bindAbsolute,
		{
			argument: 'optional',
		},
	),
	...['name', 'container.id', 'container.name', 'container.image'].map((name) =>
		missing(`evt.infra.docker.${name}`, 'CHARBUF', 'Internal.', notSet, { flags: ['TABLE_ONLY'] }),
	),
	missing('util.cnt', 'UINT64', 'Internal counter.', notSet, { print: 'ID', flags: ['HIDDEN'] }),
];

const onePathCalls = new Set(['openat', 'openat2', 'unlinkat', 'mkdirat', 'fchmodat', 'fchownat', 'mknodat']);
const twoPathCalls = new Set(['renameat', 'renameat2', 'linkat']);

function bindAbsolute(argument: string | null, eventType: number): Read | null {
	if (argument !== null && argument !== 'src' && argument !== 'dst') {
		throw new FieldArgumentError(`evt.abspath.${argument}: the suffix must be src or dst`);
	}
	const name = eventTypes[eventType] ?? '';
	const family = familyOf(eventType);
	if (name === 'symlinkat' && argument === null) {
		return ({ reader }) => (reader.family === family ? reader.pathChanged.newPath : null);
	}
	if (twoPathCalls.has(name) && argument !== null) {
		return ({ reader }) => {
			if (reader.family !== family) return null;
			return argument === 'src' ? reader.pathChanged.path : reader.pathChanged.newPath;
		};
	}
	if (!onePathCalls.has(name) || argument !== null) return null;
	if (family === familyIndex.FileOpened) {
		return ({ reader }) =>
			reader.family === family ? (reader.fileOpened.askedPath ?? reader.fileOpened.path) : null;
	}
	return ({ reader }) => (reader.family === family ? reader.pathChanged.path : null);
}

export const eventFields: readonly Field[] = [...timeFields, ...kinds, ...results, ...opens, ...io];
