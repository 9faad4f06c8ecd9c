/**
 * The local socket: datagrams, or a stream with lines where the daemon offers that (the first refusal, EPROTOTYPE, tells). Taken means in the
 * daemon's queue. A daemon that was restarted is found again: the helper connects anew after each error.
 */
import { datagramSocket, systemErrorName } from './datagram.ts';
import { streamWire } from './stream.ts';
import type { Wire, WireFailure } from './wire.ts';

const answerMs = 10_000;
/** Linux: the socket is a stream. */
const wrongType = 91;
const tooLong = 90;

export type LocalOptions = {
	readonly path: string;
	/** The helper that speaks to datagram sockets. */
	readonly program: string;
	readonly connectTimeoutMs: number;
	readonly sendTimeoutMs: number;
	readonly now: () => number;
};

export function localWire({ path, program, connectTimeoutMs, sendTimeoutMs, now }: LocalOptions): Wire {
	const datagrams = datagramSocket({ program, path, answerMs });
	const stream = streamWire({
		target: { transport: 'unix', path },
		framing: 'newline',
		timeouts: { connectMs: connectTimeoutMs, sendMs: sendTimeoutMs },
		now,
	});
	let isStream = false;

	return {
		// The pipe to the helper holds them, so that both are busy.
		batchMax: 100,
		async send(messages, signal) {
			if (isStream) {
				const result = await stream.send(messages, signal);
				// The daemon may come back with the other type: EPROTOTYPE again.
				if (result.failure?.code === 'output-eprototype') isStream = false;
				return result;
			}
			const { answers, failure } = await datagrams.send(messages);
			const bad = answers.findIndex((errno) => errno !== 0);
			if (bad === -1) return { taken: answers.length, failure };
			const errno = answers[bad] as number;
			if (errno === wrongType) {
				isStream = true;
				return { taken: bad, failure: refusal(path, errno) };
			}
			return { taken: bad, failure: refusal(path, errno) };
		},
		async close() {
			await datagrams.close();
			await stream.close();
		},
	};
}

function refusal(path: string, errno: number): WireFailure {
	const name = systemErrorName(errno);
	return {
		kind: errno === tooLong ? 'refused' : 'retry',
		code: `output-${name.toLowerCase()}`,
		reason: `syslog at ${path}: ${name}`,
	};
}
