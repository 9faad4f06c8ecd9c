/**
 * Stop signals. The first SIGINT or SIGTERM asks the role to finish (an AbortSignal); the second ends the process at
 * once, for a person who does not want to wait. Nothing is installed until a command asks, so that commands which only
 * compute keep the system's own behaviour. SIGHUP: see `armReloadSignal`.
 */
import { constants } from 'node:os';

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/** SIGHUP asks for the configuration to be read again, as daemons do; returns what gives the signal back to the system. */
export function armReloadSignal(onReload: () => void): () => void {
	process.on('SIGHUP', onReload);
	return () => process.off('SIGHUP', onReload);
}

/** Resolves when `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
	if (signal.aborted) return Promise.resolve();
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Acts once, when `signal` is aborted or at once where it is; what it gives ends the waiting. */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
	signal.addEventListener('abort', act, { once: true });
	if (signal.aborted) act();
	return () => signal.removeEventListener('abort', act);
}

export type StopRequest = {
	/** Aborted by the first stop signal, or by `request`. */
	readonly signal: AbortSignal;
	/** Asks for the same stop from inside (for example: the reader of standard output has gone). */
	request(reason: string): void;
	/** Gives the signals back to the system. */
	release(): void;
};

/** Takes over the stop signals; `exit` is what the second one calls (128 + signal number, as a shell reports it). */
export function armStopSignals(exit: (code: number) => void): StopRequest {
	const controller = new AbortController();
	const onSignal = (name: NodeJS.Signals): void => {
		if (controller.signal.aborted) exit(128 + constants.signals[name]);
		else controller.abort(name);
	};
	for (const name of stopSignals) process.on(name, onSignal);
	return {
		signal: controller.signal,
		request: (reason) => controller.abort(reason),
		release: () => {
			for (const name of stopSignals) process.off(name, onSignal);
		},
	};
}
