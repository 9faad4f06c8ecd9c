/**
 * Writes EventBatches to a recording. Batches go in as the bytes they have in the log; their events are not decoded.
 * A crash leaves a file that is sound up to its last whole block.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflateRaw, type ZlibOptions } from 'node:zlib';
import { Turns } from '#platform/turns.ts';
import { prefixBytes } from '#schemas/codec.ts';
import { eventBatchPrefix, isNewestBatch, toNewestBatch } from '#schemas/event-batch.ts';
import { schemaVersions } from '#schemas/generated/schema-versions.ts';
import { blockBytesMax, encodeHeader, longBytes, type RecordingCodec, syncBytes } from './container.ts';

export type RecordingInfo = {
	/** Version of Lanner that wrote it. */
	readonly version: string;
	readonly host: string;
	/** Kernel release. */
	readonly kernel: string;
};

export type RecordingWriter = {
	/** Appends a batch (single-object encoding, any published version); resolves when it is written. In order of the calls. */
	write(message: Uint8Array): Promise<void>;
	/** Bytes written so far. */
	readonly bytes: number;
	close(): Promise<void>;
};

export type RecordingOptions = {
	readonly path: string;
	readonly info: RecordingInfo;
	/** Default deflate. */
	readonly codec?: RecordingCodec;
	/** Sync marker of 16 bytes; random by default. Give one to make equal input give equal files. */
	readonly sync?: Uint8Array;
	/** Whether a file that is there already is replaced; default false (it is an error). */
	readonly replace?: boolean;
};

const deflateInThread = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);
/** Against zlib's middle level: a tenth more bytes, written with 0.4 and read with 0.8 of the CPU. */
const deflateLevel = 1;

export async function createRecording(options: RecordingOptions): Promise<RecordingWriter> {
	const codec = options.codec ?? 'deflate';
	const sync = Buffer.from(options.sync ?? randomBytes(syncBytes));
	if (sync.length !== syncBytes)
		throw new RangeError(`A sync marker has ${syncBytes} bytes, not ${sync.length}.`);
	const handle = await open(options.path, options.replace === true ? 'w' : 'wx');
	const header = encodeHeader(metadataOf(options.info, codec), sync);
	let bytes = 0;
	const turns = new Turns();
	const append = async (block: Buffer): Promise<void> => {
		await writeAll(handle, block, bytes);
		bytes += block.length;
	};
	await append(header);

	return {
		get bytes() {
			return bytes;
		},
		write(message) {
			const body = Buffer.from(
				(isNewestBatch(message) ? message : toNewestBatch(message)).subarray(prefixBytes),
			);
			if (body.length > blockBytesMax)
				return Promise.reject(
					new RangeError(
						`A batch of ${body.length} bytes is too large for a recording: at most ${blockBytesMax}.`,
					),
				);
			return turns.take(async () =>
				append(
					blockOf(codec === 'deflate' ? await deflateInThread(body, { level: deflateLevel }) : body, sync),
				),
			);
		},
		async close() {
			await turns.idle();
			await handle.close();
		},
	};
}

function metadataOf(info: RecordingInfo, codec: RecordingCodec): Map<string, Buffer> {
	return new Map(
		Object.entries({
			'avro.schema': schemaVersions['event-batch'].at(-1)!,
			'avro.codec': codec,
			'lanner.version': info.version,
			'lanner.host': info.host,
			'lanner.kernel': info.kernel,
			'lanner.fingerprint': eventBatchPrefix.subarray(2).toString('hex'),
		}).map(([key, value]) => [key, Buffer.from(value, 'utf8')]),
	);
}

function blockOf(data: Buffer, sync: Buffer): Buffer {
	return Buffer.concat([longBytes(1), longBytes(data.length), data, sync]);
}

async function writeAll(handle: FileHandle, buffer: Buffer, position: number): Promise<void> {
	let written = 0;
	while (written < buffer.length) {
		const { bytesWritten } = await handle.write(buffer, written, buffer.length - written, position + written);
		written += bytesWritten;
	}
}
