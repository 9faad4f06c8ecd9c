/**
 * The little of gRPC that the agent needs, over a unix socket: HTTP/2 is Node's own, a message is five bytes of head and its body
 * (no compression is offered, so none may come). Two shapes of call: one answer, or a stream of them.
 * Bounds: `messageBytesMax` per message, `timeoutMs` per single answer; a stream has no end but the abort signal.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';

export class GrpcError extends Error {
	readonly code = 'grpc';
	/** gRPC's number; -1 = no answer in gRPC. */
	readonly status: number;
	constructor(message: string, status: number) {
		super(message);
		this.status = status;
	}
}

export const statusNotFound = 5;
export const statusUnimplemented = 12;

const messageBytesMax = 16 << 20;
const timeoutMs = 5_000;
const headBytes = 5;

export type GrpcCall = {
	/** `/package.Service/Method`. */
	readonly method: string;
	readonly request: Uint8Array;
	readonly signal: AbortSignal;
	readonly metadata?: Readonly<Record<string, string>>;
};

/** One connection, opened by the first call and again after it broke. */
export class GrpcClient {
	readonly #socketPath: string;
	#session: ClientHttp2Session | null = null;

	constructor(socketPath: string) {
		this.#socketPath = socketPath;
	}

	async unary(call: GrpcCall): Promise<Uint8Array> {
		const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
		for await (const message of this.stream({ ...call, signal })) return message;
		throw new GrpcError(`${call.method} gave no answer`, -1);
	}

	/** Messages as they come; ends when the other side ends it well. */
	async *stream({ method, request, signal, metadata }: GrpcCall): AsyncGenerator<Uint8Array> {
		signal.throwIfAborted();
		const stream = this.#open().request(
			{
				':method': 'POST',
				':path': method,
				'content-type': 'application/grpc',
				te: 'trailers',
				...metadata,
			},
			{ signal },
		);
		const ended = answerOf(stream, method);
		// What it says is thrown below; when the loop throws first it must not count as unhandled.
		ended.catch(() => {});
		stream.end(frame(request));
		yield* messagesOf(stream, method);
		await ended;
	}

	close(): void {
		this.#session?.destroy();
		this.#session = null;
	}

	#open(): ClientHttp2Session {
		if (this.#session !== null && !this.#session.closed && !this.#session.destroyed) return this.#session;
		const session = connect('http://localhost', { createConnection: () => connectSocket(this.#socketPath) });
		// Every call on it fails with the same error, which is where it is told.
		session.on('error', () => {});
		// The event stream keeps the process alive no more than its signal does.
		session.unref();
		this.#session = session;
		return session;
	}
}

function frame(message: Uint8Array): Buffer {
	const head = Buffer.alloc(headBytes);
	head.writeUInt32BE(message.length, 1);
	return Buffer.concat([head, message]);
}

/** Resolves when the server says that all went well. */
function answerOf(stream: ClientHttp2Stream, method: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const take = (headers: Readonly<Record<string, unknown>>): void => {
			const status = headers['grpc-status'];
			if (status === undefined) return;
			const said = decodeURIComponent(String(headers['grpc-message'] ?? ''));
			if (status === '0') resolve();
			else reject(new GrpcError(`${method}: ${said} (status ${status})`, Number(status)));
		};
		stream.once('response', (headers) => {
			const status = headers[constants.HTTP2_HEADER_STATUS];
			if (Number(status) !== 200) reject(new GrpcError(`${method} answered ${status}: no gRPC server`, -1));
			// An answer without a body has its end in the first headers.
			take(headers);
		});
		stream.once('trailers', take);
		stream.once('error', reject);
		stream.once('close', () => reject(new GrpcError(`${method} was cut off`, -1)));
	});
}

async function* messagesOf(stream: ClientHttp2Stream, method: string): AsyncGenerator<Uint8Array> {
	let rest: Buffer = Buffer.alloc(0);
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		while (rest.length >= headBytes) {
			const bytes = rest.readUInt32BE(1);
			if (rest[0] !== 0) throw new GrpcError(`${method} answered compressed`, -1);
			if (bytes > messageBytesMax)
				throw new GrpcError(
					`${method} answered a message of ${bytes} bytes, more than ${messageBytesMax}`,
					-1,
				);
			if (rest.length < headBytes + bytes) break;
			yield rest.subarray(headBytes, headBytes + bytes);
			rest = rest.subarray(headBytes + bytes);
		}
	}
	if (rest.length > 0) throw new GrpcError(`${method}: the last message is cut off`, -1);
}
