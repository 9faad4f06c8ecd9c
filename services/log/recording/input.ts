/**
 * Bytes of a recording, looked at before they are taken. One buffer is used again and again and grows to the largest block: a buffer
 * for each piece of the file costs more than all else that is done with its bytes (pages that the kernel has to clear, collections of garbage).
 */
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** A stream (standard input, a socket), or a file that was opened, which is read at half the cost. */
export type RecordingSource = AsyncIterable<Uint8Array> | FileHandle;

const bufferBytes = 256 * 1024;

/** Writes the next bytes into the buffer from `offset` on; gives their number, 0 at the end. */
type Read = (buffer: Buffer, offset: number) => number | Promise<number>;

export class Input {
	readonly #read: Read;
	#buffer = Buffer.allocUnsafeSlow(bufferBytes);
	#start = 0;
	#end = 0;
	/** Byte of the file at which `bytes()` begins. */
	position = 0;

	constructor(source: RecordingSource) {
		this.#read = Symbol.asyncIterator in source ? readStream(source) : readFile(source);
	}

	/** Makes at least `wanted` bytes available, which voids what `bytes` gave before; false when the file ends before. */
	async fill(wanted: number): Promise<boolean> {
		if (this.#end - this.#start < wanted) this.#makeRoom(wanted);
		while (this.#end - this.#start < wanted) {
			const bytes = await this.#read(this.#buffer, this.#end);
			if (bytes === 0) return false;
			this.#end += bytes;
		}
		return true;
	}

	/** Valid until the next `fill`. */
	bytes(): Buffer {
		return this.#buffer.subarray(this.#start, this.#end);
	}

	take(bytes: number): void {
		this.#start += bytes;
		this.position += bytes;
	}

	#makeRoom(wanted: number): void {
		const from = this.#buffer;
		if (wanted > from.length) this.#buffer = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * from.length));
		from.copy(this.#buffer, 0, this.#start, this.#end);
		this.#end -= this.#start;
		this.#start = 0;
	}
}

/** Here and now: whoever reads a recording waits for each piece in any case, and another thread would only add to it. */
function readFile(file: FileHandle): Read {
	return (buffer, offset) => readSync(file.fd, buffer, offset, buffer.length - offset, null);
}

function readStream(stream: AsyncIterable<Uint8Array>): Read {
	const pieces = stream[Symbol.asyncIterator]();
	let piece: Uint8Array = new Uint8Array(0);
	return async (buffer, offset) => {
		while (piece.length === 0) {
			const { value, done } = await pieces.next();
			if (done === true) return 0;
			piece = value;
		}
		const part = piece.subarray(0, buffer.length - offset);
		buffer.set(part, offset);
		piece = piece.subarray(part.length);
		return part.length;
	};
}
