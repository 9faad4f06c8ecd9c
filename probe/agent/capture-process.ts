/**
 * One run of the capture program: its frames, its diagnostics, its end.
 *
 * Frames come over a unix socket pair read into one reused buffer (`onread`): half the cost per byte of `data` events.
 * Node has no socketpair(2), so the pair is made by connecting to a listening socket in a folder nobody else can enter;
 * the accepted end becomes the child's standard output.
 * Ownership: the bytes given to `onBytes` are valid only during the call. Back-pressure: while paused nothing is read, the
 * socket fills, then the kernel ring, and capture counts what is lost.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

export type CaptureExit = {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** The program could not be started at all. */
	readonly error: Error | null;
};

export type CaptureDiagnostic = {
	readonly level: 'info' | 'warn' | 'error';
	readonly code: string;
	readonly message: string;
	readonly hint: string;
};

export type CaptureProcess = {
	readonly pid: number | undefined;
	pause(): void;
	resume(): void;
	/** A line for capture's `--control`. */
	tell(line: string): void;
	/** Asks it to stop: it drains its ring, writes its last frames and ends. */
	stop(): void;
	kill(): void;
	/** After the program has ended and its last byte was handed over. Never rejects. */
	readonly ended: Promise<CaptureExit>;
};

/** What is run: capture itself, or `launch --ask`, which has it started by a process that may (probe/launch). */
export type CaptureProgram = {
	readonly path: string;
	/** Our descriptor of the starter's socket; null = `path` is capture, and we start it ourselves. */
	readonly starterFd: number | null;
};

export type CaptureOptions = {
	readonly program: CaptureProgram;
	readonly args: readonly string[];
	/** Folder for the short-lived socket; must be writable. */
	readonly temporaryFolder: string;
	readonly onBytes: (bytes: Uint8Array) => void;
	readonly onDiagnostic: (diagnostic: CaptureDiagnostic) => void;
};

const readBufferBytes = 256 << 10;
const diagnosticBytesMax = 16 << 10;

export async function startCapture(options: CaptureOptions): Promise<CaptureProcess> {
	const pair = await connectPair(options);
	const child = trySpawn(options, pair.theirs);
	if (child instanceof Error) {
		pair.theirs.destroy();
		return neverStarted(child);
	}
	const exited = exitOf(child);
	// It may end before it has read what it was told; how it ended is what counts then.
	child.stdin?.on('error', () => {});
	// The child has its own copy; ours must go, or the end of the stream would never be seen.
	pair.theirs.destroy();
	if (child.stderr !== null) readLines(child.stderr, (line) => options.onDiagnostic(parseDiagnostic(line)));
	return {
		pid: child.pid,
		pause: () => pair.setPaused(true),
		resume: () => pair.setPaused(false),
		tell: (line) => void child.stdin?.write(`${line}\n`),
		stop: () => void child.kill('SIGTERM'),
		kill: () => void child.kill('SIGKILL'),
		ended: Promise.all([exited, pair.drained]).then(([exit]) => exit),
	};
}

/** Node throws some errors of spawn (EPERM: its file capabilities cannot be had) and reports the others as an event. */
function trySpawn({ program, args }: CaptureOptions, output: Socket): ChildProcess | Error {
	const { path, starterFd } = program;
	try {
		if (starterFd === null) return spawn(path, args, { stdio: ['pipe', output, 'pipe'] });
		return spawn(path, ['--ask', ...args], { stdio: ['pipe', output, 'pipe', starterFd] });
	} catch (error) {
		return error as Error;
	}
}

function neverStarted(error: Error): CaptureProcess {
	const nothing = (): void => {};
	const ended = Promise.resolve({ code: null, signal: null, error });
	return {
		pid: undefined,
		pause: nothing,
		resume: nothing,
		tell: nothing,
		stop: nothing,
		kill: nothing,
		ended,
	};
}

type Pair = {
	readonly theirs: Socket;
	readonly drained: Promise<void>;
	setPaused(paused: boolean): void;
};

async function connectPair(options: CaptureOptions): Promise<Pair> {
	const folder = mkdtempSync(join(options.temporaryFolder, 'capture-'));
	const path = join(folder, 'frames');
	const server = createServer({ pauseOnConnect: true });
	try {
		await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
		const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
		const ours = connectReader(path, options.onBytes);
		return { theirs: await accepted, ...ours };
	} finally {
		server.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

function connectReader(path: string, onBytes: (bytes: Uint8Array) => void): Omit<Pair, 'theirs'> {
	let paused = false;
	const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
	const socket = connect({
		path,
		onread: {
			buffer,
			callback: (bytes) => {
				onBytes(buffer.subarray(0, bytes));
				return !paused;
			},
		},
	});
	// A reset is an end like any other: what matters is how the program ended.
	socket.on('error', () => {});
	const drained = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
	return {
		drained,
		setPaused(next) {
			if (paused && !next) socket.resume();
			paused = next;
		},
	};
}

function exitOf(child: ChildProcess): Promise<CaptureExit> {
	return new Promise((resolve) => {
		child.once('error', (error) => resolve({ code: null, signal: null, error }));
		child.once('exit', (code, signal) => resolve({ code, signal, error: null }));
	});
}

/** Lines of a stream; a line longer than the bound is cut, the rest of it is skipped. */
function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
	let rest = '';
	stream.setEncoding('utf8');
	stream.on('data', (chunk: string) => {
		const lines = (rest + chunk).split('\n');
		rest = (lines.pop() ?? '').slice(0, diagnosticBytesMax);
		for (const line of lines) if (line !== '') onLine(line.slice(0, diagnosticBytesMax));
	});
	stream.on('end', () => {
		if (rest !== '') onLine(rest);
	});
}

/** What is not one of capture's JSON lines (a loader library speaking for itself) is a warning with that text. */
export function parseDiagnostic(line: string): CaptureDiagnostic {
	const value = parseObject(line);
	const level = value.level;
	if (level !== 'info' && level !== 'warn' && level !== 'error') {
		return { level: 'warn', code: 'capture-text', message: line, hint: '' };
	}
	return { level, code: textOf(value.code), message: textOf(value.message), hint: textOf(value.hint) };
}

function parseObject(line: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	} catch {
		// Not JSON: the caller shows the line as it is.
		return {};
	}
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
