/**
 * How much of what was written to a TCP socket its peer has not acknowledged: Linux' SIOCOUTQ, which Node does not offer, read from
 * /proc/net/tcp (same figure). A line of it:
 *
 *    0: 0100007F:1F90 0100007F:C350 01 TX_QUEUE:RX_QUEUE …        addresses and ports in hex
 */
import { readFile } from 'node:fs/promises';

/** A kernel with more sockets than this many bytes of table is not asked: reading would cost more than it tells. */
const tableBytesMax = 4 << 20;

/** Bytes not acknowledged; null = cannot be told (no such table, or the socket is gone from it). */
export async function unacknowledged(localPort: number, remotePort: number): Promise<number | null> {
	for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
		let text: string;
		try {
			text = await readFile(table, 'latin1');
		} catch {
			// Not Linux, or /proc is not there: the caller does without.
			continue;
		}
		if (text.length > tableBytesMax) return null;
		const found = queueOf(text, localPort, remotePort);
		if (found !== null) return found;
	}
	return null;
}

export function queueOf(table: string, localPort: number, remotePort: number): number | null {
	const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
	const line = new RegExp(
		`^ *\\d+: [0-9A-F]+:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]{2} ([0-9A-F]{8}):`,
		'm',
	).exec(table);
	return line === null ? null : Number.parseInt(line[1] ?? '', 16);
}
