/**
 * Syslog over UDP (RFC 5426), one RFC 5424 message a datagram. UDP tells nothing about arrival: delivered means handed to
 * the kernel.
 */
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output, retryBecause } from '../output.ts';
import { type SyslogFormat, syslogMessage } from './syslog-message.ts';

/** rsyslog's default limit for a message; a datagram takes 64 KiB. */
const messageBytesMax = 8192;

export type UdpSyslogOptions = Omit<SyslogFormat, 'bytesMax'> & {
	readonly host: string;
	readonly port: number;
};

export function createUdpSyslogOutput(options: UdpSyslogOptions): Output {
	const { facility, appName, host, port } = options;
	const wire = udpWire(host, port);
	return {
		batchMax: 50,
		async deliver(alerts: readonly Alert[], signal: AbortSignal): Promise<readonly DeliveryResult[]> {
			const results: DeliveryResult[] = [];
			for (const alert of alerts) {
				if (signal.aborted) break;
				try {
					await wire.send(syslogMessage(alert, { facility, appName, bytesMax: messageBytesMax }));
					results.push(delivered);
				} catch (error) {
					results.push(retryBecause(error, `syslog at ${host}:${port}`));
					break;
				}
			}
			return results;
		},
		close: wire.close,
	};
}

function udpWire(
	host: string,
	port: number,
): { send: (message: Buffer) => Promise<void>; close: () => Promise<void> } {
	let socket: Socket | null = null;
	let address = '';
	const connect = async (): Promise<Socket> => {
		const found = await lookup(host);
		address = found.address;
		const made = createSocket(found.family === 6 ? 'udp6' : 'udp4');
		// An error outside a send (an ICMP answer) makes the next send look the host up again.
		made.on('error', () => {
			if (socket === made) socket = null;
			made.close();
		});
		made.unref();
		return made;
	};
	return {
		async send(message) {
			socket ??= await connect();
			const open = socket;
			await new Promise<void>((resolve, reject) =>
				open.send(message, port, address, (error) => (error ? reject(error) : resolve())),
			);
		},
		async close() {
			socket?.close();
			socket = null;
		},
	};
}
