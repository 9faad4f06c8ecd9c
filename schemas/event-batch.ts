/**
 * Making EventBatches: from objects (agent events, tests) and from the frames of capture, whose events are never
 * decoded; and the slow ways of reading that EventReader falls back on.
 */
import type avro from 'avsc';
import { createCodec, prefixBytes } from './codec.ts';
import { DecodeError } from './decode-error.ts';
import type { EventBatch } from './generated/event-batch.ts';

export type BatchEvent = EventBatch['events'][number];
/** Everything of a batch but its events. */
export type BatchHeaderFields = Omit<EventBatch, 'events'>;

const codec = createCodec<EventBatch>('event-batch', 'exact');
const eventType = itemType(codec.type);

function itemType(batch: avro.Type): avro.Type {
	return ((batch as avro.types.RecordType).field('events')!.type as avro.types.ArrayType).itemsType;
}

/** Marker and fingerprint of the newest EventBatch. */
export const eventBatchPrefix: Buffer = codec.prefix;
/** Of every version, oldest first. */
export const eventBatchPrefixes: readonly Buffer[] = codec.prefixes;

/** Most bytes a 64-bit varint takes. */
const varintBytesMax = 10;
const headerTextMax = 1024;

export function encodeEventBatch(batch: EventBatch): Buffer {
	return codec.encode(batch);
}

/** Any published version; throws a DecodeError. */
export function decodeEventBatch(message: Uint8Array): EventBatch {
	return codec.decode(message);
}

/** The message in the newest schema, for a message of another version; throws a DecodeError for anything else. */
export function toNewestBatch(message: Uint8Array): Buffer {
	return codec.encode(codec.decode(message));
}

/** One event (union branch and record) of a version of the schema, in the newest object form. */
export function decodeEvent(bytes: Buffer, version: number = codec.prefixes.length): BatchEvent {
	return eventType.fromBuffer(bytes, resolverOf(version)) as BatchEvent;
}

const resolvers = new Map<number, avro.Resolver>();

function resolverOf(version: number): avro.Resolver | undefined {
	if (version === codec.prefixes.length) return undefined;
	let resolver = resolvers.get(version);
	if (resolver === undefined) {
		resolver = eventType.createResolver(itemType(codec.versionOf(codec.prefixes[version - 1]!)!));
		resolvers.set(version, resolver);
	}
	return resolver;
}

/** One event as an item of `EventBatch.events`. */
export function encodeEvent(event: BatchEvent): Buffer {
	return eventType.toBuffer(event);
}

/** Events already encoded one after another (the body of capture's frame). */
export type EncodedEvents = {
	readonly count: number;
	readonly body: Uint8Array;
	/** So many bytes before the body, and one after it, may be written over; absent = none. */
	readonly room?: number;
};

/**
 * A batch of encoded events, which are not looked at. Around them where there is room (the batch then is their buffer), else copied once.
 */
export function frameToBatch(header: BatchHeaderFields, { count, body, room = 0 }: EncodedEvents): Buffer {
	const head = headerBytes(header);
	const front = Buffer.allocUnsafe(head.length + 2 * varintBytesMax);
	let before = head.copy(front, 0);
	if (count > 0) {
		// A negative count says that the block's size in bytes follows: readers can skip it.
		before = writeLong(front, before, -count);
		before = writeLong(front, before, body.length);
	}
	const events = count > 0 ? body.length : 0;
	const message =
		room >= before
			? Buffer.from(body.buffer, body.byteOffset - before, before + events + 1)
			: Buffer.allocUnsafe(before + events + 1);
	front.copy(message, 0, 0, before);
	if (room < before && count > 0) message.set(body, before);
	message[before + events] = 0;
	return message;
}

/** Prefix and header fields: a batch without events, its last byte (the empty array) cut off. */
function headerBytes(header: BatchHeaderFields): Buffer {
	for (const name of ['hostId', 'hostName', 'bootId', 'machine', 'probeVersion'] as const) {
		if (header[name].length > headerTextMax)
			throw new RangeError(`${name} has ${header[name].length} characters, at most ${headerTextMax}.`);
	}
	const empty = codec.encode({ ...header, events: [] });
	return empty.subarray(0, empty.length - 1);
}

function writeLong(buffer: Buffer, at: number, value: number): number {
	let raw = value < 0 ? -value * 2 - 1 : value * 2;
	let position = at;
	for (; raw >= 128; raw = Math.floor(raw / 128)) buffer[position++] = (raw % 128) | 0x80;
	buffer[position++] = raw;
	return position;
}

/** Whether a message claims to be an EventBatch of the newest schema (no more is looked at). */
export function isNewestBatch(message: Uint8Array): boolean {
	return message.length > prefixBytes && eventBatchPrefix.equals(message.subarray(0, prefixBytes));
}

/** `count` batch bodies of one version, one after another, as messages with that version's prefix; throws when they are not. */
export function splitBatches(prefix: Buffer, bodies: Buffer, count: number): Buffer[] {
	const type = codec.versionOf(prefix);
	if (type === null)
		throw new DecodeError(
			'unknown-schema',
			2,
			`no version of event-batch has the fingerprint ${prefix.subarray(2).toString('hex')}`,
		);
	const messages: Buffer[] = [];
	let at = 0;
	for (let i = 0; i < count; i++) {
		const { offset } = type.decode(bodies, at);
		if (offset < 0) throw new DecodeError('truncated', bodies.length, 'a batch ends too early');
		messages.push(Buffer.concat([prefix, bodies.subarray(at, offset)]));
		at = offset;
	}
	if (at < bodies.length) throw new DecodeError('trailing-bytes', at, 'bytes after the last batch');
	return messages;
}
