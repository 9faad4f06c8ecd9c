/**
 * The server of the console. A request passes, in this order: method, length, the name it was sent to, where it comes from, and who sent it;
 * only then is anything of it read.
 *
 *   /            the page            /api/alerts, /api/alerts/ID, /api/hosts, /api/rules, /api/about
 *   /page/NAME   its files           /api/stream   server-sent events
 *   /login       the form, and POST  /logout       POST
 *
 * Bounds: connections, headers, URL, body, time for a request, streams. Failure: one request at most; what goes wrong in here is logged and
 * answered with 500, without details.
 */
import {
	createServer,
	type IncomingMessage,
	type RequestListener,
	type Server,
	type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import { BadRequestError } from '../alerts/selection.ts';
import type { AlertWindow } from '../alerts/window.ts';
import type { Access, Verdict } from './access.ts';
import { type Answer, problemAnswer, send } from './answer.ts';
import type { Api } from './api.ts';
import type { PageFiles } from './files.ts';
import { createHostCheck, isFromElsewhere } from './host-check.ts';
import type { Streams } from './stream.ts';

const headersBytesMax = 16 * 1024;
const urlCharsMax = 8 * 1024;
const bodyBytesMax = 4 * 1024;
const requestTimeoutMs = 10_000;
/** Beside those of streams. */
const connectionsMax = 256;

export type ServerOptions = {
	readonly host: string;
	/** 0 = a free one, see `port` of what comes back. */
	readonly port: number;
	readonly tls: { readonly cert: string; readonly key: string } | null;
	readonly hostNames: readonly string[];
	readonly streamsMax: number;
	readonly access: Access;
	readonly api: Api;
	readonly files: PageFiles;
	readonly streams: Streams;
	readonly window: AlertWindow;
	readonly metrics: Metrics;
	readonly logger: Pick<Logger, 'error'>;
};

export type ConsoleServer = { readonly port: number; close(): Promise<void> };

/** Rejects when the address cannot be listened on, or certificate and key are none. */
export async function startServer(options: ServerOptions): Promise<ConsoleServer> {
	const { host, port, tls, streamsMax } = options;
	const site = new Site(options);
	const listener: RequestListener = (request, response) => void site.respond(request, response);
	const limits = { maxHeaderSize: headersBytesMax, requestTimeout: requestTimeoutMs };
	const server: Server =
		tls === null
			? createServer(limits, listener)
			: createTlsServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, listener);
	server.headersTimeout = requestTimeoutMs;
	server.maxConnections = connectionsMax + streamsMax;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen({ host, port }, resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		close: () =>
			new Promise((resolve) => {
				options.streams.close();
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

class Site {
	readonly #options: ServerOptions;
	readonly #isOurName: (host: string | undefined) => boolean;

	constructor(options: ServerOptions) {
		this.#options = options;
		this.#isOurName = createHostCheck([options.host, ...options.hostNames]);
	}

	/** Never rejects. */
	async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const answer = await this.#answer(request, response).catch((error: Error): Answer => {
			if (error instanceof BadRequestError) return problemAnswer(400, error.message);
			this.#options.logger.error({ err: error }, 'A request to the console failed');
			return problemAnswer(500, 'the console failed; its log says why');
		});
		const status = answer?.status ?? 200;
		this.#options.metrics.add('lanner_console_requests_total', { status: classOf(status) });
		if (answer !== null && !response.headersSent)
			send(response, answer, { withBody: request.method !== 'HEAD' });
	}

	/** Null = a stream, which answers by itself. */
	async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | null> {
		const { method = '', url = '', headers } = request;
		if (!['GET', 'HEAD', 'POST'].includes(method))
			return problemAnswer(405, 'only GET, HEAD and POST', { allow: 'GET, HEAD, POST' });
		if (url.length > urlCharsMax) return problemAnswer(414, `more than ${urlCharsMax} characters`);
		if (!this.#isOurName(headers.host))
			return problemAnswer(421, 'this console has another name: add it to console.hostNames of lanner.yaml');
		const [path = '/', query = ''] = url.split('?', 2);
		if (isFromElsewhere(headers) && (method === 'POST' || path.startsWith('/api/')))
			return problemAnswer(403, 'requests of other sites are refused');
		if (method === 'POST') return this.#post(path, request);
		if (path.startsWith('/page/')) return this.#file(path.slice('/page/'.length), request) ?? notFound();
		if (path === '/login') return this.#file('login.html', request);
		const verdict = this.#options.access.check(request);
		if (verdict.kind !== 'granted') return refusal(verdict, path);
		if (path === '/') return this.#file('index.html', request);
		const params = new URLSearchParams(query);
		if (path !== '/api/stream') return (await this.#options.api.answer(path, params)) ?? notFound();
		return this.#stream({ request, response, params, untilMs: verdict.untilMs });
	}

	#stream(asked: {
		readonly request: IncomingMessage;
		readonly response: ServerResponse;
		readonly params: URLSearchParams;
		readonly untilMs: number | null;
	}): Answer | null {
		const { request, response, params, untilMs } = asked;
		const { api, streams, window } = this.#options;
		const lastEventId = request.headers['last-event-id'];
		const { satisfies, place } = api.streamOf(params, typeof lastEventId === 'string' ? lastEventId : '');
		if (streams.isFull)
			return problemAnswer(503, 'as many streams as console.clientsMax are open', { 'retry-after': '10' });
		if (request.method === 'HEAD') return { status: 200, type: 'text/event-stream; charset=utf-8' };
		streams.open(response, { window, satisfies, place, untilMs });
		return null;
	}

	async #post(path: string, request: IncomingMessage): Promise<Answer> {
		const { access } = this.#options;
		if (path === '/logout')
			return { status: 303, headers: { location: '/login', 'set-cookie': access.signOut() } };
		if (path !== '/login') return notFound();
		const body = await readBody(request);
		if (body === null) return problemAnswer(413, `more than ${bodyBytesMax} bytes`, { connection: 'close' });
		const { verdict, cookie } = access.signIn(request, new URLSearchParams(body).get('token') ?? '');
		if (verdict.kind === 'granted') return { status: 303, headers: { location: '/', 'set-cookie': cookie } };
		return { status: 303, headers: { location: `/login#${verdict.kind}` } };
	}

	#file(name: string, { headers }: IncomingMessage): Answer | null {
		return this.#options.files.answer(name, headers['if-none-match']);
	}
}

function notFound(): Answer {
	return problemAnswer(404, 'there is no such page');
}

function refusal(verdict: Exclude<Verdict, { kind: 'granted' }>, path: string): Answer {
	if (verdict.kind === 'limited')
		return problemAnswer(429, 'too many wrong tokens from this address', {
			'retry-after': String(verdict.retryAfterS),
		});
	if (!path.startsWith('/api/')) return { status: 303, headers: { location: '/login' } };
	return problemAnswer(401, 'a token is needed: Authorization: Bearer TOKEN', {
		'www-authenticate': 'Bearer',
	});
}

/** Null = it is too long. */
async function readBody(request: IncomingMessage): Promise<string | null> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > bodyBytesMax) return null;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function classOf(status: number): '2xx' | '3xx' | '4xx' | '5xx' {
	if (status < 300) return '2xx';
	if (status < 400) return '3xx';
	return status < 500 ? '4xx' : '5xx';
}
