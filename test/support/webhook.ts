/** A real HTTP or HTTPS receiver for webhooks, which answers as a test says and keeps what it was sent. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type Seen = {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingMessage['headers'];
	readonly body: string;
};
export type Answering = (response: ServerResponse, seen: Seen, count: number) => void;

export type Receiver = {
	readonly port: number;
	readonly url: string;
	readonly seen: Seen[];
	/** Connections that were opened. */
	connections(): number;
	close(): Promise<void>;
};

export type TlsFiles = { readonly cert: string; readonly key: string; readonly clientCa?: string };

export async function startReceiver(answer: Answering, tls: TlsFiles | null = null): Promise<Receiver> {
	const seen: Seen[] = [];
	let opened = 0;
	const listener: RequestListener = (request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('error', () => undefined);
		request.on('end', () => {
			const bytes = Buffer.concat(chunks);
			const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
			const { method = '', url = '', headers } = request;
			const what = { method, url, headers, body: body.toString('utf8') };
			seen.push(what);
			answer(response, what, seen.length);
		});
	};
	const server =
		tls === null
			? createServer(listener)
			: createSecureServer(
					{
						cert: readFileSync(tls.cert),
						key: readFileSync(tls.key),
						...(tls.clientCa !== undefined && {
							ca: readFileSync(tls.clientCa),
							requestCert: true,
							rejectUnauthorized: true,
						}),
					},
					listener,
				);
	server.on('connection', () => opened++);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}/hook?token=s3cret`,
		seen,
		connections: () => opened,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
