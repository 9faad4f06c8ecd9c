/**
 * Reading from a Kubernetes API server over HTTPS: single objects, lists, watches. Token and CA are files that others renew (the kubelet, every
 * hour), so they are read again for every request. Nothing is ever written.
 *
 * Bounds: an answer of `answerBytesMax`, a line of a watch of `lineBytesMax`, an answer within `answerMsMax`, a watch that says nothing within
 * `watchSilenceMsMax` (servers send bookmarks about every minute and end watches after `watchSeconds`) is given up.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { Json } from '../containers/json.ts';

export type ApiOptions = {
	/** `https://host:port`. */
	readonly url: string;
	readonly tokenFile: string;
	/** Null = the authorities that Node knows. */
	readonly caFile: string | null;
	readonly signal: AbortSignal;
};

/** The server answered, and it was no. */
export class ApiRefusedError extends Error {
	readonly status: number;
	constructor(path: string, status: number, message: string) {
		super(`${path}: HTTP ${status}${message === '' ? '' : `: ${message}`}`);
		this.status = status;
	}
}

const answerBytesMax = 32 << 20;
const lineBytesMax = 2 << 20;
const messageCharsMax = 300;
const answerMsMax = 30_000;
export const watchSeconds = 300;
const watchSilenceMsMax = (watchSeconds + 30) * 1000;

export class KubernetesApi {
	readonly #options: ApiOptions;

	constructor(options: ApiOptions) {
		this.#options = options;
	}

	async get(path: string): Promise<Json> {
		const response = await this.#ask(path, answerMsMax);
		let text = '';
		for await (const part of textOf(response)) {
			text += part;
			if (text.length > answerBytesMax)
				throw new Error(`${path}: the answer is larger than ${answerBytesMax} bytes`);
		}
		return new Json(JSON.parse(text));
	}

	/** One line of the watch after another, until the server ends it. A line that was cut off by the end is none. */
	async *watch(path: string): AsyncGenerator<Json> {
		const response = await this.#ask(path, watchSilenceMsMax);
		let rest = '';
		for await (const part of textOf(response)) {
			const lines = (rest + part).split('\n');
			rest = lines.pop() ?? '';
			if (rest.length > lineBytesMax) throw new Error(`${path}: a line is longer than ${lineBytesMax} bytes`);
			for (const line of lines) if (line !== '') yield new Json(JSON.parse(line));
		}
	}

	/** An answer with status 200; `silenceMs`: given up when nothing comes for so long. */
	async #ask(path: string, silenceMs: number): Promise<IncomingMessage> {
		const { url, tokenFile, caFile, signal } = this.#options;
		const headers = {
			authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`,
			accept: 'application/json',
		};
		const ca = caFile === null ? {} : { ca: readFileSync(caFile) };
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			// A connection of its own each: watches are few, and a renewed CA counts at once.
			const asked = request(
				new URL(path, url),
				{ headers, ...ca, signal, agent: false, timeout: silenceMs },
				resolve,
			);
			asked.once('timeout', () => asked.destroy(new Error(`${path}: no answer for ${silenceMs / 1000} s`)));
			asked.once('error', reject);
			asked.end();
		});
		if (response.statusCode === 200) return response;
		throw new ApiRefusedError(path, response.statusCode ?? 0, await refusal(response));
	}
}

async function* textOf(response: IncomingMessage): AsyncGenerator<string> {
	const decoder = new StringDecoder('utf8');
	try {
		for await (const chunk of response) yield decoder.write(chunk as Buffer);
	} finally {
		response.destroy();
	}
}

/** What the server says about it (a Status object); hostile text is cut. */
async function refusal(response: IncomingMessage): Promise<string> {
	let text = '';
	for await (const part of textOf(response)) {
		text += part;
		if (text.length > lineBytesMax) break;
	}
	try {
		return new Json(JSON.parse(text)).text('message').slice(0, messageCharsMax);
	} catch {
		// Not Kubernetes' own answer (a proxy's page): the status says enough.
		return '';
	}
}
