/**
 * The small HTTP server of a role: `/metrics` (Prometheus text), `/healthz` (200 as long as the event loop turns: a process that cannot
 * answer is to be restarted), `/readyz` (200 when the role does its work, 503 with what is missing). GET and HEAD only; nothing is read
 * from a request but its method and path. Bounds: connections, time for a request, and what Node sets for headers.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics.ts';

export type OpsServerOptions = {
	readonly host: string;
	/** 0 = a free one, see `port` of what comes back. */
	readonly port: number;
	readonly metrics: Pick<Metrics, 'render'>;
	/** What is missing; empty = ready. */
	readonly missing: () => readonly string[];
};

export type OpsServer = { readonly port: number; close(): Promise<void> };

const connectionsMax = 64;
const requestTimeoutMs = 5_000;

/** Rejects when the address cannot be listened on. */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
	const { host, port } = options;
	const server = createServer((request, response) => respond(request, response, options));
	server.maxConnections = connectionsMax;
	server.requestTimeout = requestTimeoutMs;
	server.headersTimeout = requestTimeoutMs;
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen({ host, port }, resolve);
	});
	// Nobody waits for an answer of a process that is about to end.
	server.unref();
	return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

type Answer = { readonly status: number; readonly text: string; readonly type?: string };

function respond(request: IncomingMessage, response: ServerResponse, options: OpsServerOptions): void {
	const { status, text, type = 'text/plain; charset=utf-8' } = answerTo(request, options);
	response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
	response.end(request.method === 'HEAD' ? undefined : text);
}

function answerTo(
	{ method, url }: Pick<IncomingMessage, 'method' | 'url'>,
	{ metrics, missing }: OpsServerOptions,
): Answer {
	if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET and HEAD\n' };
	switch (url?.split('?', 1)[0]) {
		case '/metrics':
			return { status: 200, text: metrics.render(), type: 'text/plain; version=0.0.4; charset=utf-8' };
		case '/healthz':
			return { status: 200, text: 'the event loop turns\n' };
		case '/readyz':
			return readyAnswer(missing());
		default:
			return { status: 404, text: 'there are /metrics, /healthz and /readyz\n' };
	}
}

function readyAnswer(missing: readonly string[]): Answer {
	if (missing.length === 0) return { status: 200, text: 'ready\n' };
	return { status: 503, text: `not ready\n${missing.map((line) => `${line}\n`).join('')}` };
}

function close(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}
