/** CRC-32 (IEEE) of bytes: zlib's where this Node has it (20.15 and later), else by table. */
import * as zlib from 'node:zlib';

const table = Uint32Array.from({ length: 256 }, (_, i) => {
	let value = i;
	for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
	return value;
});

export function crc32ByTable(bytes: Uint8Array): number {
	let value = 0xffffffff;
	for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 0xff]!;
	return (value ^ 0xffffffff) >>> 0;
}

const native: unknown = 'crc32' in zlib ? zlib.crc32 : undefined;

export const crc32 = typeof native === 'function' ? (native as (bytes: Uint8Array) => number) : crc32ByTable;
