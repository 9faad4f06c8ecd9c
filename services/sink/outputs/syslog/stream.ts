/**
 * Messages over a stream: TCP, TLS, or a unix stream socket. Syslog has no acknowledgement; what can be known is done:
 *
 *   - a connection that the receiver has closed or reset is noticed before writing;
 *   - a batch is taken when the receiver's kernel has acknowledged its last byte (the send queue is empty), not when it was written;
 *   - after a connection was lost, what was written in the `repeatMs` before is written again first: a receiver that was killed had perhaps
 *     not read it. So repeats are possible, with the same ids, and order holds once repeats are dropped.
 *
 * What remains: the receiver's process and this one both die within `repeatMs`. Time, bytes and messages in one batch are bounded.
 */
import { shared } from '#platform/turns.ts';
import { connectionFailure } from '../tls-client.ts';
import { type Connection, openConnection, type Target, type Timeouts } from './connection.ts';
import { type Framing, framed } from './framing.ts';
import { recentFrames } from './recent.ts';
import type { Wire, WireFailure } from './wire.ts';

const repeatMs = 5_000;
const repeatBytesMax = 4 << 20;

export type StreamOptions = {
	readonly target: Target;
	readonly framing: Framing;
	readonly timeouts: Timeouts;
	readonly now: () => number;
};

export function targetName(target: Target): string {
	return target.transport === 'unix'
		? `syslog at ${target.path}`
		: `syslog at ${target.host}:${target.port} (${target.transport})`;
}

export function streamWire({ target, framing, timeouts, now }: StreamOptions): Wire {
	const recent = recentFrames({ ageMs: repeatMs, bytesMax: repeatBytesMax });
	let connection: Connection | null = null;

	const connected = async (): Promise<Connection> => {
		await connection?.settle();
		if (connection !== null && connection.lost === null) return connection;
		return reopened();
	};
	// Partitions of the log send side by side.
	const reopened = shared(async (): Promise<Connection> => {
		const lostAtMs = connection?.lost?.atMs ?? now();
		const made = await openConnection(target, timeouts, now);
		try {
			const again = recent.pending(lostAtMs);
			if (again.length > 0) await made.write(Buffer.concat(again));
		} catch (error) {
			made.close();
			throw error;
		}
		connection = made;
		return made;
	});

	return {
		batchMax: 500,
		async send(messages, signal) {
			if (signal.aborted) return { taken: 0, failure: null };
			const frames = messages.map((message) => framed(message, framing));
			try {
				const open = await connected();
				await open.write(Buffer.concat(frames));
				recent.add(frames, now());
				return { taken: messages.length, failure: null };
			} catch (error) {
				return { taken: 0, failure: connectionFailure(error, targetName(target)) as WireFailure };
			}
		},
		async close() {
			connection?.close();
			connection = null;
		},
	};
}
