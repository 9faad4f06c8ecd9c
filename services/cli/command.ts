/**
 * What a command is: a function of arguments and streams, so that tests call it as the terminal does. Results go to
 * `stdout`, diagnostics to `stderr`; the exit code says how it went.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** 0 fine · 1 findings (a check or test failed) · 2 usage · 3 failure. */
export type ExitCode = 0 | 1 | 2 | 3;

export type Output = {
	/** `callback`: when the text has been handed over, or why it was not. */
	write(text: string | Uint8Array, callback?: (error?: Error | null) => void): unknown;
	readonly isTTY?: boolean;
	readonly columns?: number;
};

export type Io = {
	readonly stdout: Output;
	readonly stderr: Output;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Folder of the checkout or of the installed package. */
	readonly root: string;
	/** The lanner.yaml that is read where none is named and it exists; null = none is (a checkout, which is not this host's Lanner). */
	readonly defaultConfigFile: string | null;
	/** Path of capture, built first when needed; throws an error with `remedy` when it cannot be had. */
	readonly ensureProbe: () => Promise<string>;
	/** Takes over SIGINT and SIGTERM; aborted when the process is asked to stop. For commands that run until then. */
	readonly stopSignal: () => AbortSignal;
};

export type Command = {
	/** Shown by `--help`: what it does, its options, examples. */
	readonly help: string;
	run(argv: readonly string[], io: Io): Promise<ExitCode>;
};

/** Wrong arguments: exit 2 with the message and where to find help. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

/** It cannot be done, for a reason a person can mend: exit 3 with message and remedy, without a stack. */
export class FailureError extends Error {
	override readonly name = 'FailureError';
	readonly remedy: string;
	constructor(message: string, remedy = '') {
		super(message);
		this.remedy = remedy;
	}
}

/** `node:util` parseArgs, with its complaints as UsageError. */
export function parseArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
	try {
		return parseArgs(config);
	} catch (error) {
		if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
			throw new UsageError(error.message);
		}
		throw error;
	}
}
