/**
 * A program of the user's, started without a shell and kept running, that gets alerts as JSON lines on its standard input.
 * Delivered means: the program's pipe took the line. When it ends, the next delivery starts it anew (the worker's back-off
 * keeps that from spinning); a program that does not read for `writeTimeoutMs` is killed. Its output goes to our standard
 * error. Environment: PATH, LANG and TZ only.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { alertToJson } from '#schemas/alert/render.ts';
import { delivered, type Output, retryBecause } from '../output.ts';

export type ProgramOptions = {
	readonly program: string;
	readonly args: readonly string[];
	readonly writeTimeoutMs: number;
	readonly env: Readonly<Record<string, string | undefined>>;
};

const environmentPassed = ['PATH', 'LANG', 'TZ'] as const;
const closeTimeoutMs = 3_000;

type Running = { readonly child: ChildProcess; readonly ended: Promise<string> };

export function createProgramOutput(options: ProgramOptions): Output {
	let running: Running | null = null;
	const start = async (): Promise<Running> => {
		const made = await startProgram(options);
		running = made;
		void made.ended.then(() => {
			if (running === made) running = null;
		});
		return made;
	};
	return {
		batchMax: 20,
		async deliver(alerts, signal) {
			try {
				const { child } = running ?? (await start());
				const text = alerts.map((alert) => `${alertToJson(alert)}\n`).join('');
				await writeAll(child, text, options.writeTimeoutMs, signal);
			} catch (error) {
				return [retryBecause(error, options.program)];
			}
			return alerts.map(() => delivered);
		},
		async close() {
			if (running === null) return;
			const { child, ended } = running;
			child.stdin?.end();
			const timer = setTimeout(() => killGroup(child), closeTimeoutMs);
			await ended;
			clearTimeout(timer);
		},
	};
}

async function startProgram({ program, args, env }: ProgramOptions): Promise<Running> {
	const passed = Object.fromEntries(
		environmentPassed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
	);
	// A group of its own: Ctrl-C at the terminal must not end it before the last alerts, and its children die with it.
	const child = spawn(program, args, { stdio: ['pipe', 2, 2], env: passed, detached: true });
	const ended = new Promise<string>((resolve) => {
		child.once('close', (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
	});
	// A broken pipe is told by the write that met it.
	child.stdin?.on('error', () => undefined);
	await new Promise<void>((resolve, reject) => {
		child.once('spawn', resolve);
		child.once('error', reject);
	});
	child.on('error', () => undefined);
	return { child, ended };
}

/** The program and what it started. */
function killGroup({ pid }: ChildProcess): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/**
 * Resolves when the pipe took all of the text; throws when the program ended, did not read in time, or we are to stop.
 * Part of the text may have been read then: it is sent again.
 */
function writeAll(child: ChildProcess, text: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (problem: Error | null): void => {
			clearTimeout(timer);
			child.off('close', onClose);
			signal.removeEventListener('abort', onAbort);
			if (problem === null) resolve();
			else reject(problem);
		};
		const onClose = (code: number | null, killedBy: string | null): void =>
			settle(new Error(`ended with ${killedBy ?? `exit code ${code}`}`));
		const onAbort = (): void => settle(new Error('lanner stops'));
		const timer = setTimeout(() => {
			killGroup(child);
			settle(new Error(`did not read its standard input for ${timeoutMs} ms and was killed`));
		}, timeoutMs);
		child.once('close', onClose);
		signal.addEventListener('abort', onAbort, { once: true });
		child.stdin!.write(text, (error) => settle(error ?? null));
	});
}
