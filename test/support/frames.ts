/** Frames as capture writes them (probe/README.md), for tests of what reads them. */
export type FrameParts = {
	readonly events?: number;
	readonly body?: Uint8Array;
	readonly firstSequence?: number;
	readonly baseTimeS?: number;
	readonly baseTimeNs?: number;
	readonly utcOffsetS?: number;
	readonly lost?: number;
	readonly cpuUs?: number;
	readonly filtered?: number;
};

export function makeFrame(parts: FrameParts = {}): Buffer {
	const body = parts.body ?? Buffer.alloc((parts.events ?? 1) * 9);
	const head = Buffer.alloc(64);
	head.writeUInt32LE(0x31524e4c, 0);
	head.writeUInt16LE(1, 4);
	head.writeUInt16LE(64, 6);
	head.writeUInt32LE(parts.events ?? 1, 8);
	head.writeUInt32LE(body.length, 12);
	head.writeBigUInt64LE(BigInt(parts.firstSequence ?? 7), 16);
	head.writeBigInt64LE(BigInt(parts.baseTimeS ?? 1_700_000_000), 24);
	head.writeUInt32LE(parts.baseTimeNs ?? 5, 32);
	head.writeInt32LE(parts.utcOffsetS ?? -3600, 36);
	head.writeBigUInt64LE(BigInt(parts.lost ?? 0), 40);
	head.writeBigUInt64LE(BigInt(parts.cpuUs ?? 0), 48);
	head.writeBigUInt64LE(BigInt(parts.filtered ?? 0), 56);
	return Buffer.concat([head, body]);
}
