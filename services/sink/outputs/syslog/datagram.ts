/**
 * A unix datagram socket (/dev/log), through the helper `datagram` (probe/datagram): Node has no such sockets. The helper lives as long as the
 * output and answers each message with the system's error number: 0 = the daemon's queue has it. It is started again when it died.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { getSystemErrorName } from 'node:util';
import type { WireFailure } from './wire.ts';

export type DatagramSocket = {
	/** Error numbers of the system, one a message, 0 = taken; fewer when the helper died (`failure` says why). */
	send(messages: readonly Buffer[]): Promise<{
		readonly answers: readonly number[];
		readonly failure: WireFailure | null;
	}>;
	close(): Promise<void>;
};

type Helper = ChildProcessByStdio<Writable, Readable, null>;

export function systemErrorName(errno: number): string {
	return getSystemErrorName(-errno);
}

export function datagramSocket({
	program,
	path,
	answerMs,
}: {
	readonly program: string;
	readonly path: string;
	/** The helper waits up to 5 s for a full queue; after this it is given up and started again. */
	readonly answerMs: number;
}): DatagramSocket {
	let helper: Helper | null = null;

	const start = (): Helper => {
		const made = spawn(program, [path], { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
		made.unref();
		for (const stream of [made.stdin, made.stdout]) (stream as unknown as { unref?: () => void }).unref?.();
		// Its end is told by `close`; a broken pipe adds nothing.
		made.stdin.on('error', () => undefined);
		const forget = (): void => {
			if (helper === made) helper = null;
		};
		made.once('error', forget);
		made.once('close', forget);
		return made;
	};

	return {
		send(messages) {
			helper ??= start();
			const open = helper;
			return new Promise((resolve) => {
				let bytes = Buffer.alloc(0);
				const answers = (): number[] =>
					Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readUInt32LE(i * 4));
				const settle = (
					problem: string | null,
					code = 'output-failed',
					kind: 'retry' | 'blocked' = 'retry',
				) => {
					clearTimeout(timer);
					open.stdout.off('data', more);
					open.off('error', failed);
					open.off('close', ended);
					const reason = `syslog at ${path}: ${problem}`;
					resolve({ answers: answers(), failure: problem === null ? null : { kind, code, reason } });
				};
				const more = (chunk: Buffer): void => {
					bytes = Buffer.concat([bytes, chunk]);
					if (bytes.length >= messages.length * 4) settle(null);
				};
				const failed = (error: NodeJS.ErrnoException): void =>
					error.code === 'ENOENT'
						? settle(
								`${program} is missing; build it: npm run probe:build`,
								'output-helper-missing',
								'blocked',
							)
						: settle(error.message);
				const ended = (code: number | null, signal: string | null): void =>
					settle(`the helper ended with ${signal ?? `code ${code}`}`);
				const timer = setTimeout(() => {
					open.kill('SIGKILL');
					settle(`no answer in ${answerMs} ms`, 'output-etimedout');
				}, answerMs);
				open.stdout.on('data', more);
				open.once('error', failed);
				open.once('close', ended);
				// Length 0 begins a batch: an error of the one before is over.
				open.stdin.write(Buffer.alloc(4));
				for (const message of messages) {
					const head = Buffer.alloc(4);
					head.writeUInt32LE(message.length);
					open.stdin.write(Buffer.concat([head, message]));
				}
			});
		},
		async close() {
			const open = helper;
			helper = null;
			if (open === null || open.exitCode !== null) return;
			const ended = new Promise<void>((resolve) => open.once('close', () => resolve()));
			open.stdin.end();
			const timer = setTimeout(() => open.kill('SIGKILL'), answerMs);
			await ended;
			clearTimeout(timer);
		},
	};
}
