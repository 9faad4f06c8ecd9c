/**
 * The entry point: the only place that touches the process. Wires streams, signals and the exit code around `execute`.
 * A reader of standard output that goes away (`lanner run | head`) is a request to stop, not an error.
 */
import { armStopSignals, type StopRequest } from '#platform/signals.ts';
import type { Io } from './command.ts';
import { describeFailure, execute } from './execute.ts';
import { flush, neverBlock } from './standard-output.ts';

/** A process that was asked to stop waits so long for a reader that does not read; the alerts in question were not acknowledged. */
const flushAfterStopMs = 1_000;

export type Launch = Pick<Io, 'root' | 'defaultConfigFile' | 'ensureProbe'>;

/** Runs the command line and ends the process with its exit code. */
export async function main(argv: readonly string[], launch: Launch): Promise<void> {
	let stop: StopRequest | null = null;
	for (const stream of [process.stdout, process.stderr]) neverBlock(stream);
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EPIPE') throw error;
		if (stop === null) process.exit(0);
		stop.request('the reader of standard output has gone');
	});
	// Nobody reads diagnostics any more: that must not end the watch.
	process.stderr.on('error', () => undefined);
	const onBug = (error: unknown): void => {
		process.stderr.write(`${describeFailure(error)}\n`);
		process.exit(3);
	};
	process.on('uncaughtException', onBug);
	process.on('unhandledRejection', onBug);
	const io: Io = {
		stdout: process.stdout,
		stderr: process.stderr,
		env: process.env,
		...launch,
		stopSignal: () => {
			stop ??= armStopSignals((code) => process.exit(code));
			return stop.signal;
		},
	};
	const code = await execute(argv, io);
	// Handles left open must not hold the shell, so the process is ended; but what a slow reader has not taken yet would be cut off.
	await flush(process.stdout, asked(stop), flushAfterStopMs);
	process.exit(code);
}

function asked(stop: StopRequest | null): AbortSignal | null {
	return stop?.signal ?? null;
}
