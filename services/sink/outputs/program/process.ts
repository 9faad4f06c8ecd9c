/**
 * Starting and killing a program. It has a process group of its own: Ctrl-C at the terminal must not end it before the last alerts,
 * and its children die with it. Environment: PATH, LANG, TZ and what the configuration names, nothing else (ours may hold secrets).
 * What it writes goes to our log, escaped, up to `outputBytesMax` an alert (or batch); the rest is read, counted and thrown away, so that
 * the program does not block on it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { escapeControls } from '#platform/escape.ts';
import type { Logger } from '#platform/logger.ts';

export type ProgramOptions = {
	readonly name: string;
	readonly program: string;
	readonly args: readonly string[];
	/** Names of variables passed beside PATH, LANG and TZ. */
	readonly environment: readonly string[];
	readonly outputBytesMax: number;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly logger: Logger;
};

export type Running = {
	readonly child: ChildProcess;
	readonly ended: Promise<Ended>;
	readonly written: Written;
};

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const environmentPassed = ['PATH', 'LANG', 'TZ'] as const;

export async function startProgram(options: ProgramOptions): Promise<Running> {
	const { program, args, env, environment } = options;
	const passed = Object.fromEntries(
		[...environmentPassed, ...environment].flatMap((name) =>
			env[name] === undefined ? [] : [[name, env[name]]],
		),
	);
	const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: passed, detached: true });
	const written = new Written(options);
	// Not `close`: a child of its own that it left behind may hold its output open for ever.
	const ended = new Promise<Ended>((resolve) => {
		child.once('exit', (code, signal) => resolve({ code, signal }));
	});
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => written.add(chunk));
		stream.on('error', () => undefined);
	}
	// A broken pipe is told by the write that met it.
	child.stdin.on('error', () => undefined);
	await new Promise<void>((resolve, reject) => {
		child.once('spawn', resolve);
		child.once('error', reject);
	});
	child.on('error', () => undefined);
	return { child, ended, written };
}

/** The program and what it started. */
export function killGroup({ pid }: ChildProcess): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

export function endText({ code, signal }: Ended): string {
	return `ended with ${signal ?? `exit code ${code}`}`;
}

/** What a program writes, kept until it is told. */
export class Written {
	readonly #options: Pick<ProgramOptions, 'name' | 'program' | 'outputBytesMax' | 'logger'>;
	#chunks: Buffer[] = [];
	#bytes = 0;
	#droppedBytes = 0;

	constructor(options: Pick<ProgramOptions, 'name' | 'program' | 'outputBytesMax' | 'logger'>) {
		this.#options = options;
	}

	add(chunk: Buffer): void {
		const kept = chunk.subarray(0, Math.max(0, this.#options.outputBytesMax - this.#bytes));
		this.#droppedBytes += chunk.length - kept.length;
		this.#bytes += kept.length;
		if (kept.length > 0) this.#chunks.push(Buffer.from(kept));
	}

	/** One line of our log for all since the last call, and a new budget. */
	tell(): void {
		const { name, program, logger } = this.#options;
		const text = escapeControls(Buffer.concat(this.#chunks).toString('utf8').trimEnd());
		const droppedBytes = this.#droppedBytes;
		this.#chunks = [];
		this.#bytes = 0;
		this.#droppedBytes = 0;
		if (droppedBytes > 0)
			logger.warn({ output: name, program, text, droppedBytes }, 'A program wrote more than outputBytesMax');
		else if (text !== '') logger.info({ output: name, program, text }, 'A program wrote');
	}
}
