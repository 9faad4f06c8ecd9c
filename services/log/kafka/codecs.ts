/**
 * Compression of record batches beyond gzip, which kafkajs has. Each in the form that other clients write and read: snappy in the blocks of
 * snappy-java ("xerial"), lz4 and zstd as frames. Codecs load when the first batch needs them. What a batch unfolds to is bounded
 * (`unfoldedBytesMax`), as far as its codec says so beforehand.
 */
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzipSync, gzip as gzipCallback, gzipSync, type ZlibOptions } from 'node:zlib';
import type { Topic } from '../log.ts';

export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** By topic: lz4 for events, of which there are many (a quarter of gzip's CPU to write, two thirds to read); gzip, which every client reads, for the rest. */
export function compressionOf(topic: Topic): KafkaCompression {
	return topic === 'lanner.events' ? 'lz4' : 'gzip';
}

/** Numbers of the protocol. */
export const compressionTypes: Readonly<Record<KafkaCompression, number>> = {
	none: 0,
	gzip: 1,
	snappy: 2,
	lz4: 3,
	zstd: 4,
};

type Encoder = { readonly buffer: Buffer };
type Codec = { compress(encoder: Encoder): Promise<Buffer>; decompress(bytes: Buffer): Promise<Buffer> };

/** Brokers take batches of 1 MiB unless told otherwise; ours are below, others' may be larger. */
const unfoldedBytesMax = 256 << 20;
/** Space for a zstd frame that does not say how much it holds (the Java client's), multiplied until it is enough. */
const zstdSpaceFirst = 4 << 20;
/** Fast, and close to the ratio of the higher levels on our batches. */
const zstdLevel = 3;

const gzipInThread = promisify<Buffer, ZlibOptions, Buffer>(gzipCallback);
const gzipLevel = 1;
/** Above, another thread does it meanwhile; below, going there and back costs more than it spares. */
const gzipHereBytesMax = 128 << 10;
/** Of what is to be packed: what it usually becomes, so that it is one piece. */
const gzipShare = 4;
const gzipChunkMin = 16 << 10;
const gzipChunkMax = 4 << 20;

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version 1, compatible with version 1. */
const xerialHeader = Buffer.concat([xerialMagic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);

const require = createRequire(import.meta.url);

/** Into kafkajs' table of codecs, by number. */
export function installCodecs(table: { [type: number]: () => Codec }): void {
	table[compressionTypes.gzip] = () => gzip;
	table[compressionTypes.snappy] = () => snappy;
	table[compressionTypes.lz4] = () => lz4;
	table[compressionTypes.zstd] = () => zstd;
}

/**
 * kafkajs has one, with zlib's middle level for writing (more than twice the CPU of the first, for a tenth of the bytes) and reading in
 * another thread through pieces of 16 KiB, at twice the CPU of one call that knows how much will come.
 */
const gzip: Codec = {
	async compress({ buffer }) {
		const options = { level: gzipLevel, chunkSize: gzipChunk(buffer.length / gzipShare) };
		return buffer.length > gzipHereBytesMax ? gzipInThread(buffer, options) : gzipSync(buffer, options);
	},
	async decompress(bytes) {
		// The last four bytes say how much it is; not trusted, only a good size for the first piece.
		const said = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
		return gunzipSync(bytes, { chunkSize: gzipChunk(said + 1), maxOutputLength: unfoldedBytesMax });
	},
};

function gzipChunk(bytes: number): number {
	return Math.min(Math.max(Math.ceil(bytes), gzipChunkMin), gzipChunkMax);
}

const snappy: Codec = {
	async compress({ buffer }) {
		const block = loadSnappy().compressSync(buffer);
		const length = Buffer.alloc(4);
		length.writeUInt32BE(block.length);
		return Buffer.concat([xerialHeader, length, block]);
	},
	async decompress(bytes) {
		const blocks = bytes.subarray(0, xerialMagic.length).equals(xerialMagic) ? xerialBlocks(bytes) : [bytes];
		const parts: Buffer[] = [];
		let total = 0;
		for (const block of blocks) {
			total += snappyLength(block);
			if (total > unfoldedBytesMax) throw tooMuch('snappy');
			parts.push((await loadSnappy().uncompress(block)) as Buffer);
		}
		return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
	},
};

function xerialBlocks(bytes: Buffer): Buffer[] {
	const blocks: Buffer[] = [];
	let at = xerialHeader.length;
	while (at + 4 <= bytes.length) {
		const end = at + 4 + bytes.readUInt32BE(at);
		if (end > bytes.length) throw new Error('a snappy block of a batch ends too early');
		blocks.push(bytes.subarray(at + 4, end));
		at = end;
	}
	return blocks;
}

/** The varint that a snappy block begins with. */
function snappyLength(block: Buffer): number {
	let length = 0;
	for (let i = 0; i < 5 && i < block.length; i++) {
		length += (block[i]! & 0x7f) * 2 ** (7 * i);
		if (block[i]! < 0x80) return length;
	}
	throw new Error('a snappy block of a batch does not say how long it is');
}

/** A frame of independent blocks without checksums (the batch has one), and its end. */
const lz4Magic = 0x184d2204;
const lz4Flags = 0x60;
/** Largest block of a frame: how it is written, and the checksum of flags and size (the second byte of their xxHash32). */
const lz4BlockSizes = [
	{ bytes: 64 << 10, code: 0x40, checksum: 0x82 },
	{ bytes: 4 << 20, code: 0x70, checksum: 0x73 },
] as const;
const lz4HeaderBytes = 7;
const lz4Stored = 0x80000000;

const lz4: Codec = {
	async compress({ buffer }) {
		return lz4Frame(buffer);
	},
	// Going to another thread and back costs as much again.
	decompress: async (bytes) => loadLz4().decompressFrameSync(bytes),
};

const zstd: Codec = {
	async compress({ buffer }) {
		return asBuffer((await loadZstd()).compress(buffer, zstdLevel));
	},
	async decompress(bytes) {
		const { decompress } = await loadZstd();
		for (let space = zstdSpaceFirst; ; space *= 8) {
			try {
				return asBuffer(decompress(bytes, { defaultHeapSize: space }));
			} catch (error) {
				if (space * 8 > unfoldedBytesMax) throw error;
			}
		}
	},
};

/** The frame around blocks is ours: the package's own takes half as much time again. */
function lz4Frame(bytes: Buffer): Buffer {
	const size = lz4BlockSizes.find((one) => bytes.length <= one.bytes) ?? lz4BlockSizes[1];
	const header = Buffer.allocUnsafe(lz4HeaderBytes);
	header.writeUInt32LE(lz4Magic, 0);
	header[4] = lz4Flags;
	header[5] = size.code;
	header[6] = size.checksum;
	const parts: Buffer[] = [header];
	for (let at = 0; at < bytes.length; at += size.bytes) {
		const raw = bytes.subarray(at, at + size.bytes);
		// The package puts the length in front, which is where the frame has that of the block.
		const packed = loadLz4().compressSync(raw);
		const isSmaller = packed.length - 4 < raw.length;
		const block = isSmaller ? packed : Buffer.concat([packed.subarray(0, 4), raw]);
		block.writeUInt32LE(isSmaller ? packed.length - 4 : raw.length + lz4Stored, 0);
		parts.push(block);
	}
	parts.push(Buffer.alloc(4));
	return Buffer.concat(parts);
}

function loadSnappy(): typeof import('snappy') {
	return require('snappy') as typeof import('snappy');
}

function loadLz4(): typeof import('lz4-napi') {
	return require('lz4-napi') as typeof import('lz4-napi');
}

type Zstd = {
	init(): Promise<void>;
	compress(bytes: Uint8Array, level: number): Uint8Array;
	decompress(bytes: Uint8Array, options: { defaultHeapSize: number }): Uint8Array;
};
let zstdReady: Promise<Zstd> | null = null;

/** WebAssembly: the native packages of the registry build from source, or not at all, on Node 20. */
function loadZstd(): Promise<Zstd> {
	zstdReady ??= (async () => {
		const module = require('@bokuweb/zstd-wasm') as Zstd;
		await module.init();
		return module;
	})();
	return zstdReady;
}

function tooMuch(codec: string): Error {
	return new Error(`a ${codec} batch unfolds to more than ${unfoldedBytesMax} bytes`);
}

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
