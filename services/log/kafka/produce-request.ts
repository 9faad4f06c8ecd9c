/**
 * The body of a Produce request (versions 3 to 7, one record batch of format 2 a partition), and the head that every request has.
 *
 * kafkajs nests some thirty buffers for one request, each of fresh memory filled with zeros, grown by doubling, and copied into the next: on
 * small batches that costs more than compressing and sending them. Here records are laid out once in a buffer that is kept, compressed from
 * there, and put into the one that is sent, which has room for the head in front.
 * Bounds: a kept buffer is at most `keptBytesMax`. Records with headers or times of their own, and transactions, are not ours and not written.
 */
import { compressionTypes } from './codecs.ts';

type Message = {
	readonly key: string | Buffer | null;
	readonly value: Buffer;
	readonly timestamp?: unknown;
	readonly headers?: unknown;
};
type PartitionData = {
	readonly partition: number;
	readonly firstSequence: number;
	readonly messages: readonly Message[];
};
export type ProduceOptions = {
	readonly acks: number;
	readonly timeout: number;
	readonly transactionalId?: string | null;
	/** A 64-bit number as text, or kafkajs' own kind of it. */
	readonly producerId?: unknown;
	readonly producerEpoch?: number;
	readonly compression?: number;
	readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionData[] }[];
};

/**
 * `buffer` without the `room` bytes before it that belong to it, too. `buf` is by what kafkajs' own head knows its encoders: that one is at work in
 * a process where somebody loaded kafkajs before us.
 */
export type Payload = {
	readonly buffer: Buffer;
	readonly buf: Buffer;
	readonly room?: number;
	size(): number;
};
export type Compress = (type: number, records: Buffer) => Promise<Buffer>;
export type Checksum = (bytes: Buffer) => number;

/** For the head of a request: four numbers and a client id of at most a hundred characters (kafka.clientId). */
const headRoom = 256;
const batchHeadBytes = 61;
/** Of a batch's head: offset, length, epoch, magic and checksum; what follows is what the checksum is of. */
const batchLengthEnd = 12;
const batchChecked = 21;
const magic = 2;
const noProducer = -1n;
/** Longest varint of 32 bits. */
const varintBytesMax = 5;
const keptBytesMax = 1 << 20;
const keptBytesMin = 64 << 10;

let kept: Buffer | null = null;

function borrow(bytes: number): Buffer {
	const mine = kept;
	kept = null;
	if (mine !== null && mine.length >= bytes) return mine;
	return Buffer.allocUnsafeSlow(Math.max(keptBytesMin, 2 ** Math.ceil(Math.log2(bytes))));
}

function giveBack(buffer: Buffer): void {
	if (buffer.length <= keptBytesMax) kept = buffer;
}

/** Encodes as kafkajs' own function of that version; `checksum` is CRC-32C. */
export async function encodeProduce(
	{
		acks,
		timeout,
		transactionalId,
		producerId,
		producerEpoch = 0,
		compression = 0,
		topicData,
	}: ProduceOptions,
	compress: Compress,
	checksum: Checksum,
): Promise<Payload> {
	if (transactionalId !== undefined && transactionalId !== null)
		throw new Error('transactions are not used, and not written');
	const writer = new Writer();
	const producer = producerId === undefined ? noProducer : BigInt(String(producerId));
	writer.int16(-1).int16(acks).int32(timeout).int32(topicData.length);
	for (const { topic, partitions } of topicData) {
		writer.text(topic).int32(partitions.length);
		for (const { partition, messages, firstSequence } of partitions) {
			const { records, lent } = await recordsOf(messages, compression, compress);
			writer.int32(partition).int32(batchHeadBytes + records.length);
			const at = writer.used;
			const now = BigInt(Date.now());
			writer.int64(0n).int32(batchHeadBytes - batchLengthEnd + records.length);
			writer.int32(0).int8(magic).int32(0);
			writer
				.int16(compression)
				.int32(messages.length - 1)
				.int64(now)
				.int64(now);
			writer.int64(producer).int16(producerEpoch).int32(firstSequence).int32(messages.length);
			writer.bytes(records);
			if (lent !== null) giveBack(lent);
			writer.checksum(at + batchChecked - 4, checksum(writer.since(at + batchChecked)));
		}
	}
	const buffer = writer.since(headRoom);
	return { buffer, buf: buffer, room: headRoom, size: () => buffer.length };
}

/** `lent`: the kept buffer that they lie in, to be given back. */
async function recordsOf(
	messages: readonly Message[],
	compression: number,
	compress: Compress,
): Promise<{ records: Buffer; lent: Buffer | null }> {
	const scratch = borrow(messages.reduce((sum, message) => sum + bytesMaxOf(message), 0));
	let at = 0;
	for (const [index, message] of messages.entries()) at = writeRecord(scratch, at, message, index);
	const records = scratch.subarray(0, at);
	if (compression === compressionTypes.none) return { records, lent: scratch };
	const packed = await compress(compression, records);
	giveBack(scratch);
	return { records: packed, lent: null };
}

function keyBytes(key: Message['key']): number {
	if (key === null) return 0;
	return typeof key === 'string' ? Buffer.byteLength(key) : key.length;
}

function bytesMaxOf({ key, value }: Message): number {
	return 5 * varintBytesMax + 2 + keyBytes(key) + value.length;
}

/** Length, attributes, time and offset after the first's, key, value, and no headers. */
function writeRecord(
	to: Buffer,
	from: number,
	{ key, value, headers, timestamp }: Message,
	index: number,
): number {
	if (headers !== undefined || timestamp !== undefined)
		throw new Error('records with headers or times of their own are not used, and not written');
	const ofKey = key === null ? -1 : keyBytes(key);
	const body =
		2 +
		varintBytes(index) +
		varintBytes(ofKey) +
		Math.max(0, ofKey) +
		varintBytes(value.length) +
		value.length +
		1;
	let at = writeVarint(to, from, body);
	to[at++] = 0;
	to[at++] = 0;
	at = writeVarint(to, at, index);
	at = writeVarint(to, at, ofKey);
	if (typeof key === 'string') at += to.write(key, at);
	else if (key !== null) at += key.copy(to, at);
	at = writeVarint(to, at, value.length);
	to.set(value, at);
	at += value.length;
	to[at++] = 0;
	return at;
}

const zigzag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

function varintBytes(value: number): number {
	let bytes = 1;
	for (let raw = zigzag(value); raw > 0x7f; raw >>>= 7) bytes++;
	return bytes;
}

function writeVarint(to: Buffer, from: number, value: number): number {
	let at = from;
	let raw = zigzag(value);
	for (; raw > 0x7f; raw >>>= 7) to[at++] = (raw & 0x7f) | 0x80;
	to[at++] = raw;
	return at;
}

/** The head (kafkajs' version 1: key, version, correlation, client) in front of a body; in its own buffer where that has room. */
export function withHead(
	{ apiKey, apiVersion, correlationId, clientId }: RequestHead,
	{ buffer, room = 0 }: Payload,
): { readonly buffer: Buffer } {
	const head = 14 + Buffer.byteLength(clientId);
	const whole =
		room >= head
			? Buffer.from(buffer.buffer, buffer.byteOffset - head, head + buffer.length)
			: joined(head, buffer);
	whole.writeInt32BE(whole.length - 4, 0);
	whole.writeInt16BE(apiKey, 4);
	whole.writeInt16BE(apiVersion, 6);
	whole.writeInt32BE(correlationId, 8);
	whole.writeInt16BE(head - 14, 12);
	whole.write(clientId, 14);
	return { buffer: whole };
}

export type RequestHead = {
	readonly apiKey: number;
	readonly apiVersion: number;
	readonly correlationId: number;
	readonly clientId: string;
};

function joined(head: number, body: Buffer): Buffer {
	const whole = Buffer.allocUnsafe(head + body.length);
	body.copy(whole, head);
	return whole;
}

/** Big-endian numbers one after another, behind the room for a head. Grows; a request of one batch grows once. */
class Writer {
	#to = Buffer.allocUnsafe(1024);
	used = headRoom;

	int8(value: number): this {
		this.used = this.#room(1).writeInt8(value, this.used);
		return this;
	}

	int16(value: number): this {
		this.used = this.#room(2).writeInt16BE(value, this.used);
		return this;
	}

	int32(value: number): this {
		this.used = this.#room(4).writeInt32BE(value, this.used);
		return this;
	}

	int64(value: bigint): this {
		this.used = this.#room(8).writeBigInt64BE(value, this.used);
		return this;
	}

	text(value: string): this {
		const bytes = Buffer.byteLength(value);
		this.int16(bytes);
		this.used += this.#room(bytes).write(value, this.used);
		return this;
	}

	bytes(value: Buffer): this {
		this.used += value.copy(this.#room(value.length), this.used);
		return this;
	}

	checksum(at: number, value: number): void {
		this.#to.writeUInt32BE(value >>> 0, at);
	}

	since(at: number): Buffer {
		return this.#to.subarray(at, this.used);
	}

	#room(bytes: number): Buffer {
		if (this.used + bytes <= this.#to.length) return this.#to;
		const before = this.#to;
		this.#to = Buffer.allocUnsafe(Math.max(this.used + bytes, before.length * 2));
		before.copy(this.#to, 0, 0, this.used);
		return this.#to;
	}
}
