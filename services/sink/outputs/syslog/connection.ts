/**
 * A stream connection to a syslog daemon, over TCP, TLS or a unix socket. It is only written to: what the peer sends is thrown away, and the
 * end of its half means that it is gone, though TCP would let us write on.
 *
 *   open ──write──▶ kernel has it ──confirmed──▶ the peer's kernel has acknowledged all of it
 *     └── end, error, timeout ──▶ lost (with the reason and the time; never used again)
 */
import { connect, isIP, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { readTlsMaterial, type TlsClientConfig } from '../tls-client.ts';
import { unacknowledged } from './send-queue.ts';

export type Target =
	| { readonly transport: 'unix'; readonly path: string }
	| { readonly transport: 'tcp'; readonly host: string; readonly port: number }
	| {
			readonly transport: 'tls';
			readonly host: string;
			readonly port: number;
			readonly tls: TlsClientConfig;
	  };

export type Timeouts = { readonly connectMs: number; readonly sendMs: number };

export type Connection = {
	readonly lost: { readonly error: Error; readonly atMs: number } | null;
	/** Lets news of the peer arrive, so that a connection it has closed is not written to. */
	settle(): Promise<void>;
	/** Resolves when the peer's kernel has everything; rejects when the connection is lost before, or after `sendMs`. */
	write(bytes: Buffer): Promise<void>;
	close(): void;
};

/** Pauses between looks at the send queue: an acknowledgement takes a round trip. */
const firstLookMs = 1;
const longestLookMs = 50;
/**
 * In TLS 1.3 we are through before the peer has looked at our certificate. Its session tickets, or its refusal, come after that; a peer that
 * sends neither is waited for so long.
 */
const verdictMs = 1_000;
const keepAliveMs = 30_000;

function timeout(what: string, ms: number): Error {
	return Object.assign(new Error(`${what} took more than ${ms} ms`), { code: 'ETIMEDOUT' });
}

/** After our half of the handshake and before the peer's verdict: GnuTLS' way to refuse a certificate, without an alert. */
function closedByPeer(socket: Socket, isOpen: boolean): Error {
	const isShaken = 'getProtocol' in socket && (socket as TLSSocket).getProtocol() !== null;
	return isShaken && !isOpen
		? Object.assign(
				new Error('the receiver closed the connection in the handshake; it may not take our certificate'),
				{
					code: 'ERR_TLS_REFUSED_BY_PEER',
				},
			)
		: Object.assign(new Error('the receiver closed the connection'), { code: 'EPIPE' });
}

export async function openConnection(
	target: Target,
	timeouts: Timeouts,
	now: () => number,
): Promise<Connection> {
	const material = target.transport === 'tls' ? await readTlsMaterial(target.tls) : null;
	const socket = createSocketTo(target, material);
	let lost: Connection['lost'] = null;
	let isOpen = false;
	const waiting = new Set<(error: Error) => void>();
	const lose = (error: Error): void => {
		lost ??= { error, atMs: now() };
		socket.destroy();
		for (const reject of waiting) reject(lost.error);
		waiting.clear();
	};
	socket.on('error', lose);
	socket.on('end', () => lose(closedByPeer(socket, isOpen)));
	socket.on('close', () =>
		lose(Object.assign(new Error('the connection is closed'), { code: 'ECONNRESET' })),
	);
	socket.resume();

	/** `step` settles, or the connection is lost, or time is up: then it is lost too. */
	const within = async <T>(ms: number, what: string, step: Promise<T>): Promise<T> => {
		if (lost !== null) throw lost.error;
		let drop: ((error: Error) => void) | undefined;
		const loss = new Promise<never>((_, reject) => {
			drop = reject;
			waiting.add(reject);
		});
		const timer = setTimeout(() => lose(timeout(what, ms)), ms);
		try {
			return await Promise.race([step, loss]);
		} finally {
			clearTimeout(timer);
			if (drop !== undefined) waiting.delete(drop);
		}
	};

	await within(timeouts.connectMs, 'connecting', ready(socket, target));
	isOpen = true;
	// An idle connection must not keep the process alive at its end.
	socket.unref();
	if (target.transport !== 'unix') socket.setKeepAlive(true, keepAliveMs).setNoDelay(true);

	const confirmed = async (): Promise<void> => {
		const { localPort, remotePort } = socket;
		if (target.transport === 'unix' || localPort === undefined || remotePort === undefined) return;
		for (let pause = firstLookMs; lost === null; pause = Math.min(pause * 2, longestLookMs)) {
			const left = await unacknowledged(localPort, remotePort);
			if (left === null || left === 0) return;
			await sleep(pause);
		}
	};

	return {
		get lost() {
			return lost;
		},
		async settle() {
			// The loop looks at sockets between two turns.
			await turn();
			await turn();
		},
		async write(bytes) {
			const handed = new Promise<void>((resolve, reject) =>
				socket.write(bytes, (error) => (error ? reject(error) : resolve())),
			);
			// Told by `within` when the connection is lost first.
			handed.catch(() => undefined);
			await within(timeouts.sendMs, 'sending', handed.then(confirmed));
			if (lost !== null) throw (lost as { error: Error }).error;
		},
		close() {
			lost ??= { error: new Error('closed'), atMs: now() };
			socket.end();
			socket.destroySoon();
		},
	};
}

function createSocketTo(
	target: Target,
	material: Awaited<ReturnType<typeof readTlsMaterial>> | null,
): Socket | TLSSocket {
	if (target.transport === 'unix') return connect({ path: target.path });
	const { host, port } = target;
	if (target.transport === 'tcp' || material === null) return connect({ host, port });
	return tlsConnect({ host, port, ...(isIP(host) === 0 && { servername: host }), ...material });
}

function ready(socket: Socket, { transport }: Target): Promise<void> {
	return new Promise((resolve) => {
		if (transport !== 'tls') {
			socket.once('connect', () => resolve());
			return;
		}
		const secure = socket as TLSSocket;
		let timer: NodeJS.Timeout | undefined;
		const through = (): void => {
			clearTimeout(timer);
			resolve();
		};
		secure.once('session', () => secure.getProtocol() === 'TLSv1.3' && through());
		secure.once('secureConnect', () => {
			if (secure.getProtocol() === 'TLSv1.3') timer = setTimeout(through, verdictMs);
			else through();
		});
		secure.once('close', () => clearTimeout(timer));
	});
}
