/**
 * Single-object encoding of every message: bytes C3 01, fingerprint of the schema (8 bytes, little-endian), Avro body.
 * Decoding takes any published version and resolves it to the newest. This is the object form, for what is rare
 * (alerts, state, agent events, tests); batches on the hot path go through EventReader.
 *
 * Longs: numbers within ±(2^53 − 1), else bigint (`exact`), or always the nearest double (`rounded`, for state: what the
 * fold knows came from doubles and goes back to the same doubles).
 */
import avro from 'avsc';
import { DecodeError, type DecodeErrorCode } from './decode-error.ts';
import { fingerprint } from './fingerprint.ts';
import type { AccountState } from './generated/account-state.ts';
import type { Alert } from './generated/alert.ts';
import type { ContainerState } from './generated/container-state.ts';
import type { DeadLetter } from './generated/dead-letter.ts';
import type { HostState } from './generated/host-state.ts';
import type { ProcessState } from './generated/process-state.ts';
import { type SchemaName, schemaVersions } from './generated/schema-versions.ts';
import { longType } from './long.ts';

/** Marker (2 bytes) and fingerprint (8). */
export const prefixBytes = 10;

export type Codec<Message> = {
	/** Marker and fingerprint of the newest schema. */
	readonly prefix: Buffer;
	/** The same of every version, oldest first. */
	readonly prefixes: readonly Buffer[];
	readonly type: avro.Type;
	/** Throws when the value does not fit the schema (a bug of the caller). */
	encode(message: Message): Buffer;
	/** Throws a DecodeError. */
	decode(bytes: Uint8Array): Message;
	/** The type of the version with this prefix; null when there is none. */
	versionOf(prefix: Buffer): avro.Type | null;
};

export type LongForm = 'exact' | 'rounded';

export function createCodec<Message>(name: SchemaName, longs: LongForm): Codec<Message> {
	const versions = schemaVersions[name].map((text) => JSON.parse(text) as avro.Schema);
	const newestSchema = versions.at(-1)!;
	const type = parseType(newestSchema, longs);
	const prefix = prefixOf(newestSchema);
	const older = new Map(versions.slice(0, -1).map((schema) => [prefixOf(schema).toString('latin1'), schema]));
	const olderTypes = new Map<string, { type: avro.Type; resolver: avro.Resolver }>();

	const writerOf = (found: string): { type: avro.Type; resolver: avro.Resolver } | null => {
		const known = olderTypes.get(found);
		const schema = older.get(found);
		if (known !== undefined || schema === undefined) return known ?? null;
		const writer = parseType(schema, longs);
		const made = { type: writer, resolver: type.createResolver(writer) };
		olderTypes.set(found, made);
		return made;
	};

	return {
		prefix,
		prefixes: versions.map(prefixOf),
		type,
		versionOf: (found) => (found.equals(prefix) ? type : (writerOf(found.toString('latin1'))?.type ?? null)),
		encode: (message) => encodeInto(scratch, type, prefix, message),
		decode(bytes) {
			const buffer = asBuffer(bytes);
			if (buffer.length < prefixBytes || buffer[0] !== 0xc3 || buffer[1] !== 1) {
				throw new DecodeError('not-single-object', 0, `no single-object marker of ${name}`);
			}
			const body = buffer.subarray(prefixBytes);
			if (buffer.compare(prefix, 0, prefixBytes, 0, prefixBytes) === 0)
				return decodeBody<Message>(type, body, name);
			const writer = writerOf(buffer.toString('latin1', 0, prefixBytes));
			if (writer === null) {
				const found = buffer.subarray(2, prefixBytes).toString('hex');
				throw new DecodeError('unknown-schema', 2, `no version of ${name} has the fingerprint ${found}`);
			}
			return decodeBody<Message>(type, body, name, writer.resolver);
		},
	};
}

/** Grows to the largest message so far; messages are copied out at once. */
const scratch = { bytes: Buffer.alloc(4 << 10) };

function encodeInto(to: { bytes: Buffer }, type: avro.Type, prefix: Buffer, message: unknown): Buffer {
	prefix.copy(to.bytes);
	const end = type.encode(message, to.bytes, prefixBytes);
	if (end >= 0) return Buffer.from(to.bytes.subarray(0, end));
	// It says how much is missing.
	to.bytes = Buffer.alloc(2 * (to.bytes.length - end));
	return encodeInto(to, type, prefix, message);
}

/** All of the bytes must be used, and avsc's errors become ours. */
function decodeBody<Message>(type: avro.Type, body: Buffer, name: string, resolver?: avro.Resolver): Message {
	let decoded: { value: unknown; offset: number };
	try {
		decoded = type.decode(body, 0, resolver);
	} catch (cause) {
		const error = decodeError('bad-body', prefixBytes, `${name}: ${(cause as Error).message}`);
		error.cause = cause;
		throw error;
	}
	if (decoded.offset < 0) throw decodeError('truncated', prefixBytes + body.length, `${name} ends too early`);
	if (decoded.offset < body.length)
		throw decodeError('trailing-bytes', prefixBytes + decoded.offset, `bytes after ${name}`);
	return decoded.value as Message;
}

function decodeError(code: DecodeErrorCode, position: number, detail: string): DecodeError {
	return new DecodeError(code, position, detail);
}

export function parseType(schema: avro.Schema, longs: LongForm): avro.Type {
	return avro.Type.forSchema(schema, { wrapUnions: true, registry: { long: longType(longs) } });
}

/** Marker and fingerprint of a schema. */
export function prefixOf(schema: unknown): Buffer {
	const prefix = Buffer.alloc(prefixBytes);
	prefix[0] = 0xc3;
	prefix[1] = 1;
	prefix.writeBigUInt64LE(fingerprint(schema), 2);
	return prefix;
}

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export const alertCodec = createCodec<Alert>('alert', 'exact');
export const deadLetterCodec = createCodec<DeadLetter>('dead-letter', 'rounded');
export const processStateCodec = createCodec<ProcessState>('process-state', 'rounded');
export const containerStateCodec = createCodec<ContainerState>('container-state', 'rounded');
export const hostStateCodec = createCodec<HostState>('host-state', 'rounded');
export const accountStateCodec = createCodec<AccountState>('account-state', 'rounded');
