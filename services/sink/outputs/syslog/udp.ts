/** UDP (RFC 5426), one message a datagram. UDP tells nothing about arrival: taken means handed to the kernel. */
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { retryBecause } from '../../output.ts';
import type { Wire, WireFailure } from './wire.ts';

export function udpWire({ host, port }: { readonly host: string; readonly port: number }): Wire {
	let socket: Socket | null = null;
	let late: Error | null = null;

	const connect = async (): Promise<Socket> => {
		const { address, family } = await lookup(host);
		const made = createSocket(family === 6 ? 'udp6' : 'udp4');
		made.unref();
		// Connected: an answer "port unreachable" becomes an error, which the next send tells.
		made.on('error', (error) => {
			late = error;
			if (socket === made) socket = null;
			made.close();
		});
		await new Promise<void>((resolve, reject) => {
			made.once('error', reject);
			made.connect(port, address, () => {
				made.off('error', reject);
				resolve();
			});
		});
		return made;
	};

	const sendOne = async (message: Buffer): Promise<void> => {
		if (late !== null) {
			const error = late;
			late = null;
			throw error;
		}
		socket ??= await connect();
		const open = socket;
		await new Promise<void>((resolve, reject) =>
			open.send(message, (error) => (error ? reject(error) : resolve())),
		);
	};

	return {
		batchMax: 100,
		async send(messages, signal) {
			let taken = 0;
			for (const message of messages) {
				if (signal.aborted) return { taken, failure: null };
				try {
					await sendOne(message);
				} catch (error) {
					return { taken, failure: retryBecause(error, `syslog at ${host}:${port} (udp)`) as WireFailure };
				}
				taken++;
			}
			return { taken, failure: null };
		},
		async close() {
			socket?.close();
			socket = null;
		},
	};
}
