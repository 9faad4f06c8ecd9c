/** Receivers of the outage: an HTTP(S) server that fails on purpose, and one that never does; a UDP socket. They note what they took, and when. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Certificate } from '#test/fleet/certificates.ts';
import type { Random } from '#test/sim/random.ts';

/** An alert that a receiver took. */
export type Taken = {
	readonly id: string;
	/** When, and how long after the alert was made; milliseconds. */
	readonly atMs: number;
	readonly ageMs: number;
	/** Which run of the sink sent it (its process is killed between them). */
	readonly run: number;
	/** Whether the sink is known to have the answer "taken": it used the connection again. One that went out may have come too late. */
	answered: boolean;
};

export const faultNames = [
	'500',
	'429',
	'reset before',
	'reset after',
	'half an answer',
	'slow answer',
	'no answer',
] as const;
export type FaultName = (typeof faultNames)[number];

const slowMs = 1_500;

export type WebReceiver = {
	readonly taken: Taken[];
	readonly counts: Partial<Record<FaultName, number>>;
	readonly port: number;
	/** Nobody listens, or somebody does again. */
	down(): Promise<void>;
	up(): Promise<void>;
	/** The certificate that is shown from now on. */
	show(certificate: Certificate): void;
	close(): Promise<void>;
};

export type WebOptions = {
	readonly tls: Certificate | null;
	/** Null = it does its work. */
	readonly fault: () => FaultName | null;
	readonly run: () => number;
};

/** Alerts come as JSON arrays, gzipped or not. */
export async function startWebReceiver({ tls, fault, run }: WebOptions): Promise<WebReceiver> {
	const taken: Taken[] = [];
	const counts: Partial<Record<FaultName, number>> = {};
	const raw = new Map<number, Socket>();
	/** Answered on a connection, and not known to have arrived. */
	const unconfirmed = new WeakMap<Socket, Taken[]>();
	const take = (body: Buffer): Taken[] => {
		const now = Date.now();
		const alerts = JSON.parse(body.toString('utf8')) as { id: string; time: string }[];
		const new_ = alerts.map(({ id, time }) => ({
			...{ id, atMs: now, ageMs: now - Date.parse(time), run: run(), answered: false },
		}));
		taken.push(...new_);
		return new_;
	};
	const listener: RequestListener = (request, response) => {
		const chunks: Buffer[] = [];
		const { socket } = request;
		for (const alert of unconfirmed.get(socket) ?? []) alert.answered = true;
		unconfirmed.delete(socket);
		request.on('error', () => undefined);
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const bytes = Buffer.concat(chunks);
			const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
			const what = fault();
			if (what !== null) counts[what] = (counts[what] ?? 0) + 1;
			const reset = (): void => void raw.get(socket.remotePort ?? 0)?.resetAndDestroy();
			const answered = (alerts: Taken[]): void => void unconfirmed.set(socket, alerts);
			answer(what, { response, reset, answered, take: () => take(body) });
		});
	};
	const server =
		tls === null
			? createServer(listener)
			: createSecureServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, listener);
	// A TLS socket cannot be reset, the one below it can.
	server.on('connection', (socket: Socket) => {
		const port = socket.remotePort ?? 0;
		raw.set(port, socket);
		socket.once('close', () => raw.delete(port));
	});
	const listen = (port: number): Promise<void> =>
		new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
	await listen(0);
	const { port } = server.address() as AddressInfo;
	const down = (): Promise<void> => {
		server.closeAllConnections();
		return new Promise((resolve) => server.close(() => resolve()));
	};
	return {
		...{ taken, counts, port, down },
		up: () => listen(port),
		show({ cert, key }) {
			if ('setSecureContext' in server)
				server.setSecureContext({ cert: readFileSync(cert), key: readFileSync(key) });
			server.closeAllConnections();
		},
		close: down,
	};
}

type Answering = {
	readonly response: ServerResponse;
	readonly reset: () => void;
	readonly answered: (alerts: Taken[]) => void;
	readonly take: () => Taken[];
};

function answer(fault: FaultName | null, { response, reset, answered, take }: Answering): void {
	switch (fault) {
		case null: {
			const alerts = take();
			response.once('finish', () => answered(alerts));
			response.writeHead(204).end();
			return;
		}
		case '500':
			response.writeHead(500).end('busy');
			return;
		case '429':
			response.writeHead(429, { 'retry-after': '1' }).end();
			return;
		case 'reset before':
			reset();
			return;
		case 'reset after':
			take();
			reset();
			return;
		case 'half an answer':
			take();
			response.writeHead(200, { 'content-length': '100' });
			response.write('half');
			setTimeout(() => response.socket?.destroy(), 20);
			return;
		case 'slow answer':
			take();
			setTimeout(() => response.writeHead(204).end(), slowMs);
			return;
		case 'no answer':
			take();
			return;
	}
}

export type UdpReceiver = { readonly taken: Taken[]; readonly port: number; close(): Promise<void> };

export async function startUdpReceiver(run: () => number): Promise<UdpReceiver> {
	const taken: Taken[] = [];
	const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 22 });
	socket.on('message', (message) => {
		const [, time = '', id = ''] =
			/^<\d+>1 (\S+) .* \[lanner@\d+ id="([^"]+)"/.exec(message.toString('utf8')) ?? [];
		const atMs = Date.now();
		taken.push({ id, atMs, ageMs: atMs - Date.parse(time), run: run(), answered: true });
	});
	await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
	const { port } = socket.address();
	return {
		...{ taken, port },
		close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
	};
}

export function randomFaults(random: Random, share: number): () => FaultName | null {
	let left: FaultName[] = [];
	return () => {
		if (!random.chance(share)) return null;
		// Each comes once before one comes again.
		if (left.length === 0) left = [...faultNames];
		return left.splice(random.int(0, left.length - 1), 1)[0] ?? null;
	};
}
