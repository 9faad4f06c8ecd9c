/**
 * Keeps capture running until it is told to stop.
 *
 *   starting ──▶ running ──▶ backing-off ──▶ starting …
 *       │           │             │
 *       │           └─▶ failed    │             (exit 2, 3: it cannot run; trying again would not help)
 *       └───────────────┴─────────┴──▶ stopping ──▶ stopped
 *
 * A run that ends without being asked to is started again after a back-off; `onRestart` is called just before, so that
 * the gap is in the stream ahead of the new run's first frame. `restart` asks for that without a back-off. A stream that is not made of frames ends the run the same way.
 * Bounds: back-off up to `backOffMaxMs`; a stop that is not obeyed within `stopTimeoutMs` is a kill.
 */
import { BackOff } from './back-off.ts';
import {
	type CaptureDiagnostic,
	type CaptureExit,
	type CaptureOptions,
	type CaptureProcess,
	type CaptureProgram,
	startCapture,
} from './capture-process.ts';
import { type Frame, FrameReader } from './frame.ts';

export type SupervisorState = 'starting' | 'running' | 'backing-off' | 'stopping' | 'stopped' | 'failed';

const transitions: Readonly<Record<SupervisorState, readonly SupervisorState[]>> = {
	starting: ['running', 'backing-off', 'stopping', 'failed'],
	running: ['backing-off', 'stopping', 'failed'],
	'backing-off': ['starting', 'stopping'],
	stopping: ['stopped'],
	stopped: [],
	failed: [],
};

/** Capture said that it cannot run here; `hint` says what to do. */
export class CaptureUnavailableError extends Error {
	readonly code = 'capture-unavailable';
	readonly hint: string;
	constructor(message: string, hint: string) {
		super(message);
		this.hint = hint;
	}
}

export type Restart = {
	readonly restarts: number;
	/** Why the earlier run ended, for a person. */
	readonly cause: string;
	/** Milliseconds since that run's last frame. */
	readonly silentMs: number;
};

export type SupervisorOptions = {
	readonly program: CaptureProgram;
	/** Arguments of run `restarts` (0 = the first). */
	readonly args: (restarts: number) => readonly string[];
	readonly temporaryFolder: string;
	readonly onFrame: (frame: Frame) => void;
	readonly onRestart: (restart: Restart) => void;
	readonly onDiagnostic: (diagnostic: CaptureDiagnostic) => void;
	readonly onState: (state: SupervisorState, cause: string) => void;
	readonly random: () => number;
	/** Monotonic milliseconds. */
	readonly nowMs: () => number;
	/** Stands in for the real program in tests. */
	readonly start?: (options: CaptureOptions) => Promise<CaptureProcess>;
};

const backOffFirstMs = 100;
const backOffMaxMs = 10_000;
/** A run this long has proved itself: the next failure starts with a short wait again. */
const provenMs = 30_000;
const stopTimeoutMs = 5_000;
const exitUsage = 2;
const exitCannotRun = 3;

export class Supervisor {
	readonly #options: SupervisorOptions;
	readonly #backOff: BackOff;
	readonly #start: (options: CaptureOptions) => Promise<CaptureProcess>;
	#state: SupervisorState = 'starting';
	#process: CaptureProcess | null = null;
	#paused = false;
	#restarts = 0;
	#lastFrameMs = 0;
	#wake: (() => void) | null = null;
	#killTimer: NodeJS.Timeout | undefined;
	#lastError: CaptureDiagnostic | null = null;
	/** Why the present run was asked to end and begin again. */
	#restartCause: string | null = null;
	/** Lines for a run that is only starting, by their first word: a later one replaces an earlier. */
	readonly #untold = new Map<string, string>();

	constructor(options: SupervisorOptions) {
		this.#options = options;
		this.#start = options.start ?? startCapture;
		this.#backOff = new BackOff({ firstMs: backOffFirstMs, maxMs: backOffMaxMs, random: options.random });
	}

	get state(): SupervisorState {
		return this.#state;
	}

	get pid(): number | undefined {
		return this.#process?.pid;
	}

	get restarts(): number {
		return this.#restarts;
	}

	/** Ends after `stop`; throws `CaptureUnavailableError` when capture cannot run. */
	async run(): Promise<void> {
		let startedMs = this.#options.nowMs();
		this.#lastFrameMs = startedMs;
		while (this.#state !== 'stopping') {
			startedMs = this.#options.nowMs();
			const { exit, broken } = await this.#runOnce();
			if (this.#isStopping()) break;
			const asked = this.#restartCause;
			this.#restartCause = null;
			if (asked === null) this.#assertCanRun(exit);
			if (this.#options.nowMs() - startedMs > provenMs) this.#backOff.reset();
			const cause = asked ?? broken ?? describeExit(exit);
			this.#move('backing-off', cause);
			if (asked === null) await this.#wait(this.#backOff.nextMs());
			if (this.#isStopping()) break;
			this.#restarts++;
			this.#options.onRestart({
				restarts: this.#restarts,
				cause,
				silentMs: this.#options.nowMs() - this.#lastFrameMs,
			});
			this.#move('starting', cause);
		}
		this.#move('stopped', '');
	}

	pause(): void {
		this.#paused = true;
		this.#process?.pause();
	}

	resume(): void {
		this.#paused = false;
		this.#process?.resume();
	}

	/** A line for capture's `--control`; a run that is only starting is told it then. */
	tell(line: string): void {
		if (this.#process === null) this.#untold.set(line.split(' ', 1)[0] as string, line);
		else this.#process.tell(line);
	}

	/** Lets capture drain and end, and starts it again at once. */
	restart(cause: string): void {
		if (this.#state !== 'running' || this.#process === null) return;
		this.#restartCause = cause;
		this.#askToStop(this.#process);
	}

	/** Lets capture drain and end; `run` then returns. */
	stop(): void {
		if (this.#state === 'stopping' || this.#state === 'stopped' || this.#state === 'failed') return;
		this.#move('stopping', '');
		this.#wake?.();
		if (this.#process !== null) this.#askToStop(this.#process);
	}

	#askToStop(process: CaptureProcess): void {
		// A paused stream would keep it from writing its last frames.
		this.#paused = false;
		process.resume();
		process.stop();
		this.#killTimer = setTimeout(() => process.kill(), stopTimeoutMs);
	}

	async #runOnce(): Promise<{ exit: CaptureExit; broken: string | null }> {
		let broken: string | null = null;
		const reader = new FrameReader((frame) => {
			this.#lastFrameMs = this.#options.nowMs();
			this.#options.onFrame(frame);
		});
		const onBytes = (bytes: Uint8Array): void => {
			if (broken !== null) return;
			try {
				reader.push(bytes);
			} catch (error) {
				broken = `its output cannot be read: ${(error as Error).message}`;
				this.#process?.kill();
			}
		};
		this.#lastError = null;
		const { program, args, temporaryFolder } = this.#options;
		const onDiagnostic = (diagnostic: CaptureDiagnostic): void => {
			if (diagnostic.level === 'error') this.#lastError = diagnostic;
			this.#options.onDiagnostic(diagnostic);
		};
		const process = await this.#start({
			program,
			args: args(this.#restarts),
			temporaryFolder,
			onBytes,
			onDiagnostic,
		});
		this.#process = process;
		if (this.#isStopping()) this.#askToStop(process);
		else this.#move('running', '');
		for (const line of this.#untold.values()) process.tell(line);
		this.#untold.clear();
		if (this.#paused) process.pause();
		const exit = await process.ended;
		this.#process = null;
		clearTimeout(this.#killTimer);
		return { exit, broken };
	}

	#assertCanRun(exit: CaptureExit): void {
		const absent = exit.error !== null;
		if (!absent && exit.code !== exitCannotRun && exit.code !== exitUsage) return;
		this.#move('failed', describeExit(exit));
		const { path } = this.#options.program;
		if (absent)
			throw new CaptureUnavailableError(
				`${path} cannot be started: ${exit.error?.message}`,
				startHint(exit.error),
			);
		throw new CaptureUnavailableError(
			this.#lastError?.message ?? `${path} ended with ${describeExit(exit)}`,
			this.#lastError?.hint ?? '',
		);
	}

	#wait(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	#isStopping(): boolean {
		return this.#state === 'stopping';
	}

	#move(next: SupervisorState, cause: string): void {
		if (!transitions[this.#state].includes(next))
			throw new Error(`capture cannot go from ${this.#state} to ${next}`);
		this.#state = next;
		this.#options.onState(next, cause);
	}
}

function startHint(error: Error | null): string {
	if ((error as NodeJS.ErrnoException | null)?.code !== 'EPERM') return 'Build it: npm run probe:build';
	return 'it has the file capabilities cap_bpf and cap_perfmon, which are not to be had here: give the container or unit BPF and PERFMON (docker run --cap-add BPF --cap-add PERFMON)';
}

function describeExit(exit: CaptureExit): string {
	if (exit.error !== null) return exit.error.message;
	return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}
