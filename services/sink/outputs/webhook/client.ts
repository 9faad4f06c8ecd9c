/**
 * One HTTP request, through undici: connections are kept, client certificates and a proxy are options of its dispatcher, and times are bounded
 * apart for connecting and for the whole. Redirects are not followed; an answer is read to a bound. After a failed connection the dispatcher
 * is made anew, so that renewed certificates are found.
 */
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import type { DeliveryResult } from '../../output.ts';
import { connectionFailure, readTlsMaterial, type TlsClientConfig } from '../tls-client.ts';
import type { Answer } from './answer.ts';

/** A bulk answer has some hundred bytes an alert. */
const answerBytesMax = 4 << 20;

export type HttpClientConfig = {
	readonly url: string;
	readonly method: string;
	readonly proxy: string | null;
	readonly tls: TlsClientConfig;
	readonly connectTimeoutMs: number;
	readonly timeoutMs: number;
	readonly keepAliveMs: number;
};

export type HttpClient = {
	send(
		headers: Readonly<Record<string, string>>,
		body: Buffer,
		signal: AbortSignal,
	): Promise<{ readonly answer: Answer } | { readonly failure: DeliveryResult }>;
	close(): Promise<void>;
};

/** The address may hold a token: only its origin is ever named. */
export function targetName(url: string): string {
	return `webhook ${new URL(url).origin}`;
}

export function createHttpClient(config: HttpClientConfig): HttpClient {
	const { url, method, timeoutMs } = config;
	let dispatcher: Dispatcher | null = null;
	const forget = async (): Promise<void> => {
		const old = dispatcher;
		dispatcher = null;
		await old?.destroy();
	};
	return {
		async send(headers, body, signal) {
			try {
				dispatcher ??= await createDispatcher(config);
				const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
				const response = await request(url, {
					dispatcher,
					method: method as Dispatcher.HttpMethod,
					headers,
					body,
					signal: limit,
				});
				return {
					answer: {
						status: response.statusCode,
						retryAfter: single(response.headers['retry-after']),
						body: await readBounded(response.body),
					},
				};
			} catch (error) {
				await forget();
				return { failure: failureOf(error, url) };
			}
		},
		close: forget,
	};
}

async function createDispatcher({
	proxy,
	tls,
	connectTimeoutMs,
	timeoutMs,
	keepAliveMs,
}: HttpClientConfig): Promise<Dispatcher> {
	const material = await readTlsMaterial(tls);
	const options = {
		// One batch is under way at a time.
		connections: 1,
		pipelining: 1,
		keepAliveTimeout: keepAliveMs,
		keepAliveMaxTimeout: keepAliveMs,
		headersTimeout: timeoutMs,
		bodyTimeout: timeoutMs,
	};
	if (proxy === null) return new Agent({ ...options, connect: { ...material, timeout: connectTimeoutMs } });
	const address = new URL(proxy);
	const { username, password } = address;
	const token =
		username === ''
			? {}
			: {
					token: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
				};
	return new ProxyAgent({
		...options,
		...token,
		uri: address.origin,
		requestTls: { ...material, timeout: connectTimeoutMs },
		proxyTls: { timeout: connectTimeoutMs },
	});
}

function single(value: string | string[] | undefined): string | null {
	return (Array.isArray(value) ? value[0] : value) ?? null;
}

async function readBounded(body: Dispatcher.ResponseData['body']): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of body as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		bytes += chunk.length;
		// Leaving the loop ends the connection: the rest is not read.
		if (bytes >= answerBytesMax) break;
	}
	return Buffer.concat(chunks).toString('utf8', 0, answerBytesMax);
}

function failureOf(error: unknown, url: string): DeliveryResult {
	const refusedBy = /Proxy response \((\d{3})\)/.exec((error as Error).message)?.[1];
	if (refusedBy !== undefined) {
		const kind = Number(refusedBy) < 500 && refusedBy !== '429' ? 'blocked' : 'retry';
		const reason = `the proxy answered ${refusedBy} for ${targetName(url)}`;
		return { kind, code: `output-proxy-${refusedBy}`, reason };
	}
	return connectionFailure(error, targetName(url));
}
