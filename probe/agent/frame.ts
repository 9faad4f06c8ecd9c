/**
 * Frames of capture's standard output, cut out of a byte stream (layout: probe/README.md).
 *
 * Invariants: a frame is handed over whole or not at all; its body is a buffer of its own, owned by the receiver, with room before and
 * after it for what makes a batch of it: events are copied once on their way through here.
 * Bounds: `bodyBytesMax` per frame, so memory is one body at a time. Failure: anything that is not a frame throws
 * `FrameError`; the stream has no way to find its feet again, so the caller restarts capture.
 */

export const frameMagic = 0x31524e4c;
export const frameVersion = 1;
export const frameHeaderBytes = 64;
/** Capture writes blocks of at most some hundred KiB; more is a broken stream. */
export const bodyBytesMax = 8 << 20;
/** What a batch has before its events is about 200 bytes. */
const roomBytes = 512;
/** The smallest event: branch index and the eight numbers of its header, a byte each. */
const eventBytesMin = 9;
const twoTo32 = 4294967296;

export type Frame = {
	readonly events: number;
	readonly firstSequence: number;
	readonly baseTimeS: number;
	readonly baseTimeNs: number;
	readonly utcOffsetS: number;
	/** Events lost since capture started, all reasons. */
	readonly lost: number;
	/** CPU time of capture, microseconds. */
	readonly cpuUs: number;
	/** Events left out in the kernel since capture started, because no rule can match them. */
	readonly filtered: number;
	/** Avro union items, one after another, without block count. */
	readonly body: Buffer;
	/** Bytes before the body that are the receiver's, too, as one after it is. */
	readonly room: number;
};

export class FrameError extends Error {
	readonly code = 'frame-invalid';
}

type FrameHeader = Omit<Frame, 'body' | 'room'> & { readonly bodyBytes: number };

export class FrameReader {
	readonly #onFrame: (frame: Frame) => void;
	readonly #head = Buffer.alloc(frameHeaderBytes);
	#headUsed = 0;
	#header: FrameHeader | null = null;
	#body = Buffer.alloc(0);
	#bodyUsed = 0;

	constructor(onFrame: (frame: Frame) => void) {
		this.#onFrame = onFrame;
	}

	/** Bytes of a frame that has not ended yet; 0 = the stream is between two frames. */
	get partialBytes(): number {
		return this.#headUsed + this.#bodyUsed;
	}

	/** Takes any piece of the stream; the piece is copied, so its owner may reuse it at once. */
	push(chunk: Uint8Array): void {
		let at = 0;
		while (at < chunk.length) {
			at = this.#header === null ? this.#takeHead(chunk, at) : this.#takeBody(chunk, at);
			if (this.#header !== null && this.#bodyUsed === this.#header.bodyBytes) this.#deliver(this.#header);
		}
	}

	#takeHead(chunk: Uint8Array, from: number): number {
		const end = Math.min(chunk.length, from + frameHeaderBytes - this.#headUsed);
		this.#head.set(chunk.subarray(from, end), this.#headUsed);
		this.#headUsed += end - from;
		if (this.#headUsed === frameHeaderBytes) {
			this.#header = parseFrameHeader(this.#head);
			const { bodyBytes } = this.#header;
			// Not of Node's pool: the bytes around it are ours.
			this.#body = Buffer.allocUnsafeSlow(roomBytes + bodyBytes + 1).subarray(
				roomBytes,
				roomBytes + bodyBytes,
			);
			this.#bodyUsed = 0;
		}
		return end;
	}

	#takeBody(chunk: Uint8Array, from: number): number {
		const end = Math.min(chunk.length, from + this.#body.length - this.#bodyUsed);
		this.#body.set(chunk.subarray(from, end), this.#bodyUsed);
		this.#bodyUsed += end - from;
		return end;
	}

	#deliver(header: FrameHeader): void {
		const { bodyBytes: _, ...rest } = header;
		const frame = { ...rest, body: this.#body, room: roomBytes };
		this.#header = null;
		this.#headUsed = 0;
		this.#bodyUsed = 0;
		this.#onFrame(frame);
	}
}

export function parseFrameHeader(head: Buffer): FrameHeader {
	const magic = head.readUInt32LE(0);
	if (magic !== frameMagic) throw new FrameError(`not a frame: magic is 0x${magic.toString(16)}`);
	const version = head.readUInt16LE(4);
	if (version !== frameVersion)
		throw new FrameError(`frame version ${version}; this agent reads ${frameVersion}`);
	const headerBytes = head.readUInt16LE(6);
	if (headerBytes !== frameHeaderBytes) throw new FrameError(`frame header of ${headerBytes} bytes`);
	const events = head.readUInt32LE(8);
	const bodyBytes = head.readUInt32LE(12);
	if (bodyBytes > bodyBytesMax)
		throw new FrameError(`frame body of ${bodyBytes} bytes; limit ${bodyBytesMax}`);
	if (events * eventBytesMin > bodyBytes || (events === 0 && bodyBytes > 0)) {
		throw new FrameError(`frame with ${events} events in ${bodyBytes} bytes`);
	}
	return {
		events,
		bodyBytes,
		firstSequence: readLong(head, 16),
		baseTimeS: readLong(head, 24),
		baseTimeNs: head.readUInt32LE(32),
		utcOffsetS: head.readInt32LE(36),
		lost: readLong(head, 40),
		cpuUs: readLong(head, 48),
		filtered: readLong(head, 56),
	};
}

/** 64-bit little-endian number; what does not fit 2^53 is not something capture writes. */
function readLong(bytes: Buffer, at: number): number {
	const value = bytes.readInt32LE(at + 4) * twoTo32 + bytes.readUInt32LE(at);
	if (!Number.isSafeInteger(value)) throw new FrameError(`frame number at byte ${at} is out of range`);
	return value;
}
