/** Parameters as text: `raw` and `resolved` of evt.arg and evt.args, in the language's format. */

import { eventTypes } from '#schemas/generated/event-names.ts';
import { Text } from '#schemas/text.ts';
import type { FlagTableName } from '../events/index.ts';
import { type EventParameter, flagTables } from '../events/index.ts';
import type { EventSubject } from '../subject.ts';
import { formatIp } from './address.ts';
import { type FdAccess, fdAccess, namelessKinds } from './event-fd.ts';
import { familyOf } from './event-type.ts';
import { endsName, fdName } from './fd.ts';
import { addressFamily, fdKind, unixPath } from './fd-kind.ts';
import { errorName, signalName } from './kernel-names.ts';
import type { Source, Value } from './parameter-source.ts';
import { printable } from './socket-option.ts';
import { dateTime, secondsText } from './time.ts';
import { groupName, userName } from './user-group.ts';
import { waitedText } from './waited.ts';

const noValue = '<NA>';
const noBuffer = 'NULL';
const workingDirectoryFd = -100;
const nobody = 4294967295;
const billion = 1_000_000_000n;

type Names = readonly (readonly [string, number])[];

/**
 * Names of the bits of `value`, joined by `|`. The table is read in its order; an entry that equals the whole value ends
 * the search, others take their bits away (so O_RDWR hides O_RDONLY).
 */
export function flagNames(table: FlagTableName, value: number): string {
	const names: Names = flagTables[table];
	let left = BigInt(value);
	const found: string[] = [];
	for (const [name, bits] of names) {
		if (bits === value) {
			found.push(name);
			break;
		}
		// The name of zero belongs to zero alone.
		if (bits === 0) continue;
		const mask = BigInt(bits);
		if (left !== 0n && (left & mask) === mask) {
			found.push(name);
			left &= ~mask;
		}
	}
	return found.join('|');
}

/** Distinct values of flags are few; the bound is for hostile ones. */
const flagTextsMax = 8192;
const flagTexts = new Map<string, string>();

function flagText(table: FlagTableName, value: number, isEnum: boolean): string {
	const key = `${table} ${value}`;
	let text = flagTexts.get(key);
	if (text === undefined) {
		text = isEnum ? enumName(table, value) : flagNames(table, value);
		if (flagTexts.size < flagTextsMax) flagTexts.set(key, text);
	}
	return text;
}

/** All names of one value (AF_LOCAL|AF_UNIX). */
function enumName(table: FlagTableName, value: number): string {
	const names: Names = flagTables[table];
	return names
		.filter(([, one]) => one === value)
		.map(([name]) => name)
		.join('|');
}

function numberText(value: number | bigint, format: string): string {
	if (format === 'HEX') return hex(value);
	if (format === 'OCT') return value === 0 || value === 0n ? '0' : `0${value.toString(8)}`;
	return String(value);
}

function hex(value: number | bigint): string {
	const wide = BigInt(value);
	return (wide < 0n ? BigInt.asUintN(64, wide) : wide).toString(16).toUpperCase();
}

/** Names of the signals of a set; bit 0 is signal 1. */
function signalSet(value: number | bigint): string {
	const bits = BigInt(value);
	const names: string[] = [];
	for (let i = 0n; i < 64n; i++) if (((bits >> i) & 1n) === 1n) names.push(signalName(Number(i) + 1));
	return names.join(' ');
}

function durationOrTime(value: number | bigint): string {
	const ns = BigInt(value);
	return dateTime(Number(ns / billion), Number(ns % billion), 0);
}

/** Text of the value itself, without what it stands for. */
export function rawText(parameter: EventParameter, value: Value): string {
	if (value === null) return isBuffer(parameter.type) ? noBuffer : noValue;
	if (value instanceof Text) return parameter.type === 'BYTEBUF' ? printable(value.value) : value.value;
	switch (parameter.type) {
		case 'FD':
		case 'PID':
		case 'SIGTYPE':
		case 'UINT8':
		case 'INT32':
			return numberText(value, parameter.format);
		case 'ERRNO':
			return String(value);
		case 'UID':
		case 'GID':
			return String(value === nobody ? -1 : value);
		case 'ABSTIME':
			return durationOrTime(value);
		case 'SIGSET':
			return signalSet(value);
		case 'MODE':
			return numberText(value, 'OCT');
		default:
			return parameter.flags !== null ? String(value) : numberText(value, parameter.format);
	}
}

function isBuffer(type: string): boolean {
	return type === 'BYTEBUF' || type === 'SOCKTUPLE' || type === 'SOCKADDR' || type === 'FDLIST';
}

export type ParameterReader = {
	readonly parameter: EventParameter;
	readonly source: Source;
	readonly access: FdAccess | null;
};

export function parameterReader(
	parameter: EventParameter,
	source: Source,
	eventType: number,
): ParameterReader {
	return { parameter, source, access: fdAccess(familyOf(eventType), eventType) };
}

function descriptorText(reader: ParameterReader, subject: EventSubject, number: number): string {
	if (number === workingDirectoryFd) return 'AT_FDCWD';
	if (number < 0) return errorName(-number);
	const { source, access } = reader;
	if (source.own === true && access !== null) {
		const kind = access.kind(subject);
		if (kind === null || access.number(subject) !== number) return '';
		const ends = access.ends(subject);
		const proto = ends === null ? '' : protocolChar(ends);
		return `<${kind.char.value}${proto}>${fdName(access, subject)?.value ?? ''}`;
	}
	const fd = source.fd === undefined ? null : source.fd(subject);
	if (fd === null) return '';
	const kind = fdKind(fd);
	if (kind === null) return '';
	if (fd.socket !== null && access !== null) {
		const ends = access.ends(subject);
		if (ends !== null) return `<${kind.char.value}${protocolChar(ends)}>${endsName(ends).value}`;
	}
	return `<${kind.char.value}>${namelessKinds.has(kind) ? '' : (fd.path?.value ?? '')}`;
}

/** `t` and `u` behind the kind of a socket that has an address. */
function protocolChar(ends: { family: number; type: number; remote: Text; localPort: number }): string {
	if (ends.family !== addressFamily.ipv4 && ends.family !== addressFamily.ipv6) return '';
	if (ends.remote.value === '' && ends.localPort === 0) return '';
	return ends.type === 1 ? 't' : ends.type === 2 ? 'u' : ends.type === 3 ? 'r' : '';
}

/** The path that a relative name stands for, where it is another text; null = none. */
export function resolvedPath({ source }: ParameterReader, subject: EventSubject, name: Text): Text | null {
	if (source.path === undefined || name.value.startsWith('/') || name.value === '') return null;
	const path = source.path(subject);
	return path === null || path.value === '' || path.value === name.value ? null : path;
}

/** What the value stands for (a name, a path…); empty when there is nothing to add. */
export function resolvedText(reader: ParameterReader, subject: EventSubject, value: Value): string {
	const { parameter } = reader;
	if (value instanceof Text) return resolvedPath(reader, subject, value)?.value ?? '';
	if (parameter.type === 'RELTIME' && value !== null) return secondsText(value);
	if (typeof value !== 'number') return '';
	switch (parameter.type) {
		case 'FD':
			return descriptorText(reader, subject, value);
		case 'ERRNO':
			return value < 0 ? errorName(-value) : '';
		case 'PID':
			return value > 0
				? (subject.host.processes.byPid(value)?.comm.value ?? '')
				: value < 0
					? errorName(-value)
					: '';
		case 'UID':
			return value === -1 || value === nobody ? '<NONE>' : userName(subject, value).value;
		case 'SYSCALLID':
			return eventTypes[subject.reader.header.type] ?? '';
		case 'GID':
			return value === -1 || value === nobody ? '<NONE>' : groupName(subject, value).value;
		case 'SIGTYPE':
			return signalName(value);
		default:
			return parameter.flags === null
				? ''
				: flagText(parameter.flags, value, parameter.type.startsWith('ENUM'));
	}
}

/** Text of a socket address or of both ends; `NULL` when there is none. */
export function addressText(reader: ParameterReader, subject: EventSubject): string | null {
	const { source, access } = reader;
	if (source.waited === true) return waitedText(subject);
	if (source.tuple === true) {
		const ends = access?.ends(subject) ?? null;
		if (ends === null || ends.remote.value === '') return null;
		return endsName(ends).value;
	}
	const address = source.address === undefined ? null : source.address(subject);
	if (address === null || address.address.value === '') return null;
	if (address.family === addressFamily.unix) return unixPath(address.address.value);
	const ip = formatIp(address.address.value);
	return ip === '' ? null : `${ip}:${address.port}`;
}
