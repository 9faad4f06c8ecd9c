/**
 * The little of Docker's HTTP API that the agent needs, over its unix socket, GET only.
 * Bounds: `responseBytesMax` per answer, `timeoutMs` per request; the event stream has no end but the abort signal.
 */
import { type IncomingMessage, request } from 'node:http';

export class DockerApiError extends Error {
	readonly code = 'docker-api';
	/** HTTP status; 0 = no answer. */
	readonly status: number;
	constructor(message: string, status: number) {
		super(message);
		this.status = status;
	}
}

const responseBytesMax = 16 << 20;
const eventBytesMax = 1 << 20;
const timeoutMs = 5_000;

export class DockerApi {
	readonly #socketPath: string;

	constructor(socketPath: string) {
		this.#socketPath = socketPath;
	}

	async getJson(path: string, signal: AbortSignal): Promise<unknown> {
		const response = await this.#get(path, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
		const chunks: Buffer[] = [];
		let bytes = 0;
		for await (const chunk of response as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			if (bytes > responseBytesMax)
				throw new DockerApiError(`answer to ${path} is longer than ${responseBytesMax} bytes`, 0);
			chunks.push(chunk);
		}
		return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
	}

	/** JSON values of a stream that has one per line; ends when the other side does. */
	async *streamJson(path: string, signal: AbortSignal): AsyncGenerator<unknown> {
		const response = await this.#get(path, signal);
		response.setEncoding('utf8');
		let rest = '';
		for await (const chunk of response as AsyncIterable<string>) {
			const lines = (rest + chunk).split('\n');
			rest = lines.pop() ?? '';
			if (rest.length > eventBytesMax)
				throw new DockerApiError(`an event is longer than ${eventBytesMax} bytes`, 0);
			for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as unknown;
		}
	}

	#get(path: string, signal: AbortSignal): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const call = request({
				socketPath: this.#socketPath,
				path,
				method: 'GET',
				headers: { Host: 'docker' },
				signal,
			});
			call.once('error', reject);
			call.once('response', (response) => {
				if (response.statusCode === 200) return resolve(response);
				response.destroy();
				reject(new DockerApiError(`${path} answered ${response.statusCode}`, response.statusCode ?? 0));
			});
			call.end();
		});
	}
}
