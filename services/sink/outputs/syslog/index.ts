/** The syslog output: an alert becomes a message (`rfc5424.ts`, `rfc3164.ts`), which a wire carries (`udp.ts`, `stream.ts`, `local.ts`). */
import type { SyslogConfig } from '#platform/config/index.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output } from '../../output.ts';
import type { SyslogFormat } from './format.ts';
import { localWire } from './local.ts';
import { rfc3164Message } from './rfc3164.ts';
import { rfc5424Message } from './rfc5424.ts';
import { streamWire } from './stream.ts';
import { udpWire } from './udp.ts';
import type { Wire } from './wire.ts';

/** One packet on Ethernet, IPv4 or IPv6, never a fragment: 1500 less 40 (IPv6) less 8 (UDP). */
const udpBytesMax = 1_452;
/** rsyslog's default limit for a message. */
const streamBytesMax = 8_192;
const plainPort = 514;
const tlsPort = 6_514;

export type SyslogSurroundings = { readonly now: () => number; readonly datagramProgram: string };

export function createSyslogOutput(config: SyslogConfig, surroundings: SyslogSurroundings): Output {
	const format = formatOf(config);
	const wire = wireOf(config, surroundings);
	const message = format.header === 'rfc5424' ? rfc5424Message : rfc3164Message;
	return {
		batchMax: wire.batchMax,
		async deliver(alerts: readonly Alert[], signal: AbortSignal): Promise<readonly DeliveryResult[]> {
			const { taken, failure } = await wire.send(
				alerts.map((alert) => message(alert, format)),
				signal,
			);
			const results: DeliveryResult[] = Array.from({ length: taken }, () => delivered);
			if (failure !== null) results.push(failure);
			return results;
		},
		close: () => wire.close(),
	};
}

function formatOf(config: SyslogConfig): SyslogFormat {
	const { transport, format, messageBytesMax, ...rest } = config;
	const isLocal = transport === 'local';
	return {
		...rest,
		header:
			format === 'auto'
				? isLocal
					? 'local'
					: 'rfc5424'
				: isLocal && format === 'rfc3164'
					? 'local'
					: format,
		bytesMax: messageBytesMax === 0 ? (transport === 'udp' ? udpBytesMax : streamBytesMax) : messageBytesMax,
	};
}

/** The port in force: that of the transport where none is given. */
export function portOf({ port, transport }: Pick<SyslogConfig, 'port' | 'transport'>): number {
	if (port !== 0) return port;
	return transport === 'tls' ? tlsPort : plainPort;
}

function wireOf(config: SyslogConfig, { now, datagramProgram }: SyslogSurroundings): Wire {
	const { transport, host, framing, tls, connectTimeoutMs, sendTimeoutMs } = config;
	const port = portOf(config);
	const timeouts = { connectMs: connectTimeoutMs, sendMs: sendTimeoutMs };
	switch (transport) {
		case 'local':
			return localWire({
				path: config.socket,
				program: datagramProgram,
				connectTimeoutMs,
				sendTimeoutMs,
				now,
			});
		case 'udp':
			return udpWire({ host, port });
		case 'tcp':
			return streamWire({ target: { transport, host, port }, framing, timeouts, now });
		case 'tls':
			return streamWire({ target: { transport, host, port, tls }, framing, timeouts, now });
	}
}
