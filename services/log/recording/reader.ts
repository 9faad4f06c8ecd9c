/**
 * Reads recordings: each batch as bytes in single-object encoding, for EventReader. Streams: holds one block and one
 * chunk. Damage ends the reading with an error that says where; with `keepGoing` it is reported and reading goes on at
 * the next sync marker. A block's content is not looked at here: damage inside it is EventReader's DecodeError.
 */
import { inflateRawSync } from 'node:zlib';
import { prefixOf } from '#schemas/codec.ts';
import { splitBatches } from '#schemas/event-batch.ts';
import {
	blockBytesMax,
	decodeHeader,
	type Header,
	HeadReader,
	headerBytesMax,
	isRecordingCodec,
	recordingCodecs,
	syncBytes,
} from './container.ts';
import { Input, type RecordingSource } from './input.ts';

export type RecordingErrorCode = 'not-a-recording' | 'unknown-codec' | 'truncated' | 'corrupt';

export class RecordingError extends Error {
	readonly code: RecordingErrorCode;
	/** Byte of the file where it goes wrong. */
	readonly position: number;

	constructor(code: RecordingErrorCode, position: number, detail: string) {
		super(`The recording cannot be read at byte ${position}: ${detail} (${code}).`);
		this.name = 'RecordingError';
		this.code = code;
		this.position = position;
	}
}

export type RecordedBatch = {
	/** Byte of the file at which the batch's block begins. */
	readonly position: number;
	/** Single-object encoding, in the schema version of the recording. Valid until the next batch is asked for: copy what is kept. */
	readonly message: Buffer;
};

export type Recording = {
	/** Metadata of the header beside the schema: `lanner.version`, `lanner.host`, `lanner.kernel`, … */
	readonly metadata: ReadonlyMap<string, string>;
	/** Once only. */
	batches(): AsyncIterable<RecordedBatch>;
};

export type ReadOptions = {
	/** Goes on behind damage; every place is told to `onDamage`. */
	readonly keepGoing?: boolean;
	readonly onDamage?: (error: RecordingError, skippedBytes: number) => void;
};

/** `source`: the file's bytes in order. It is not closed. */
export async function openRecording(source: RecordingSource, options: ReadOptions = {}): Promise<Recording> {
	const input = new Input(source);
	const header = await readHeader(input);
	const schema = header.metadata.get('avro.schema')?.toString('utf8') ?? '';
	const codec = header.metadata.get('avro.codec')?.toString('utf8') ?? 'null';
	if (!isRecordingCodec(codec))
		throw new RecordingError(
			'unknown-codec',
			0,
			`its codec is '${codec.slice(0, 40)}'; known are ${recordingCodecs.join(' and ')}`,
		);
	const prefix = schemaPrefix(schema);
	const metadata = new Map(
		[...header.metadata]
			.filter(([key]) => key !== 'avro.schema')
			.map(([key, value]) => [key, value.toString('utf8')]),
	);
	return {
		metadata,
		batches: () =>
			readBlocks(input, {
				...{ header, options, messages: new Messages(prefix) },
				inflate: codec === 'deflate' ? new Inflate() : null,
			}),
	};
}

function schemaPrefix(schema: string): Buffer {
	let parsed: unknown;
	try {
		parsed = JSON.parse(schema);
	} catch (cause) {
		const error = new RecordingError('not-a-recording', 0, 'its schema is no JSON');
		error.cause = cause;
		throw error;
	}
	if ((parsed as { name?: unknown } | null)?.name !== 'EventBatch')
		throw new RecordingError('not-a-recording', 0, 'its schema is not EventBatch');
	return prefixOf(parsed);
}

async function readHeader(input: Input): Promise<Header> {
	for (let wanted = 64; ; wanted *= 2) {
		const more = await input.fill(wanted);
		let header: Header | null;
		try {
			header = decodeHeader(input.bytes());
		} catch (cause) {
			if (!(cause instanceof RangeError)) throw cause;
			throw new RecordingError('not-a-recording', 0, cause.message);
		}
		if (header !== null) {
			input.take(header.bytes);
			return header;
		}
		if (!more || wanted > headerBytesMax)
			throw new RecordingError('not-a-recording', input.position, 'its header is not all there');
	}
}

type Blocks = { header: Header; messages: Messages; inflate: Inflate | null; options: ReadOptions };

async function* readBlocks(input: Input, blocks: Blocks): AsyncIterable<RecordedBatch> {
	while (await input.fill(1)) {
		const start = input.position;
		let batches: RecordedBatch[];
		try {
			batches = await readBlock(input, blocks);
		} catch (error) {
			if (!(error instanceof RecordingError) || blocks.options.keepGoing !== true) throw error;
			await skipPastSync(input, blocks.header.sync);
			blocks.options.onDamage?.(error, input.position - start);
			continue;
		}
		yield* batches;
	}
}

/** Takes the block from the input only when all of it is sound. */
async function readBlock(input: Input, { header, messages, inflate }: Blocks): Promise<RecordedBatch[]> {
	const { position } = input;
	// Two varints; fewer bytes than that at the end of a file are for the reader to find.
	await input.fill(20);
	const head = new HeadReader(input.bytes());
	let objects: number | null;
	let size: number | null;
	try {
		objects = head.long();
		size = head.long();
	} catch {
		// HeadReader throws one thing only: a number that no sound file has.
		throw new RecordingError('corrupt', position, 'the head of a block is damaged');
	}
	if (objects === null || size === null)
		throw new RecordingError('truncated', position, 'the file ends within a block');
	if (objects < 1 || size < 1 || size > blockBytesMax)
		throw new RecordingError(
			'corrupt',
			position,
			`a block of ${objects} batches and ${size} bytes is not possible`,
		);
	const bytes = head.at + size + syncBytes;
	if (!(await input.fill(bytes)))
		throw new RecordingError('truncated', position, 'the file ends within a block');
	const block = input.bytes();
	if (header.sync.compare(block, bytes - syncBytes, bytes) !== 0)
		throw new RecordingError('corrupt', position, 'no sync marker after a block');
	const data = block.subarray(head.at, head.at + size);
	const body = inflate === null ? data : inflate.block(data, position);
	const found = messages.of(body, objects, position);
	input.take(bytes);
	return found.map((message) => ({ position, message }));
}

/** What leads to a garbage collection is memory outside the heap: a buffer of 16 KiB more than the last block needed is nearly always one. */
const spareBytes = 16 * 1024;
const chunkBytesMin = 64 * 1024;

/** Inflates here and now: a stream on zlib's threads for each block costs three times that. */
class Inflate {
	#chunkBytes = chunkBytesMin;

	block(data: Buffer, position: number): Buffer {
		try {
			const options = { chunkSize: this.#chunkBytes, maxOutputLength: blockBytesMax };
			const body = inflateRawSync(data, options);
			this.#chunkBytes = Math.max(chunkBytesMin, body.length + spareBytes);
			return body;
		} catch (cause) {
			const error = new RecordingError(
				'corrupt',
				position,
				`a block does not inflate (${(cause as Error).message})`,
			);
			error.cause = cause;
			throw error;
		}
	}
}

/** Bodies of blocks → messages, in one buffer that is used again for each block. */
class Messages {
	readonly #prefix: Buffer;
	#buffer: Buffer;

	constructor(prefix: Buffer) {
		this.#prefix = prefix;
		this.#buffer = Buffer.from(prefix);
	}

	/** Lanner writes one batch to a block, which need not be looked at; what other tools wrote is split by its schema. */
	of(body: Buffer, objects: number, position: number): Buffer[] {
		if (objects === 1) return [this.#single(body)];
		try {
			return splitBatches(this.#prefix, body, objects);
		} catch (cause) {
			const error = new RecordingError(
				'corrupt',
				position,
				`a block of ${objects} batches does not decode (${(cause as Error).message})`,
			);
			error.cause = cause;
			throw error;
		}
	}

	#single(body: Buffer): Buffer {
		const prefix = this.#prefix;
		const bytes = prefix.length + body.length;
		if (this.#buffer.length < bytes) {
			this.#buffer = Buffer.alloc(bytes + spareBytes);
			prefix.copy(this.#buffer);
		}
		body.copy(this.#buffer, prefix.length);
		return this.#buffer.subarray(0, bytes);
	}
}

/** To the first byte after the next sync marker, or to the end. */
async function skipPastSync(input: Input, sync: Buffer): Promise<void> {
	// The marker at the very position belongs to nothing: one byte on at least, or the same damage is met for ever.
	input.take(1);
	while (await input.fill(syncBytes)) {
		const found = input.bytes().indexOf(sync);
		if (found >= 0) {
			input.take(found + syncBytes);
			return;
		}
		input.take(input.bytes().length - syncBytes + 1);
	}
	input.take(input.bytes().length);
}
