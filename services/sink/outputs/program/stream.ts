/**
 * A program that keeps running and gets alerts as JSON lines. Delivered means: the program's pipe took the line. When it ends, the next
 * delivery starts it anew (the worker's back-off keeps that from spinning); a program that does not read for `writeTimeoutMs` is killed.
 */
import type { ChildProcess } from 'node:child_process';
import { shared } from '#platform/turns.ts';
import { alertToJson } from '#schemas/alert/render.ts';
import { delivered, type Output, retryBecause } from '../../output.ts';
import { endText, killGroup, type ProgramOptions, type Running, startProgram } from './process.ts';

const closeTimeoutMs = 3_000;
/** So often at most is told what it wrote. */
const tellEveryMs = 1_000;

export type StreamOptions = ProgramOptions & { readonly writeTimeoutMs: number };

export function createStreamOutput(options: StreamOptions): Output {
	let running: Running | null = null;
	// Partitions of the log deliver side by side.
	const start = shared(async (): Promise<Running> => {
		const made = await startProgram(options);
		running = made;
		const telling = setInterval(() => made.written.tell(), tellEveryMs);
		telling.unref();
		made.child.once('close', () => made.written.tell());
		void made.ended.then(() => {
			clearInterval(telling);
			made.written.tell();
			if (running === made) running = null;
		});
		return made;
	});
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

/**
 * Resolves when the pipe took all of the text; throws when the program ended, did not read in time, or we are to stop.
 * Part of the text may have been read then: it is sent again.
 */
function writeAll(child: ChildProcess, text: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (problem: Error | null): void => {
			clearTimeout(timer);
			child.off('exit', onExit);
			signal.removeEventListener('abort', onAbort);
			if (problem === null) resolve();
			else reject(problem);
		};
		const onExit = (code: number | null, killedBy: NodeJS.Signals | null): void =>
			settle(new Error(endText({ code, signal: killedBy })));
		const onAbort = (): void => settle(new Error('lanner stops'));
		const timer = setTimeout(() => {
			killGroup(child);
			settle(new Error(`did not read its standard input for ${timeoutMs} ms and was killed`));
		}, timeoutMs);
		child.once('exit', onExit);
		signal.addEventListener('abort', onAbort, { once: true });
		child.stdin!.write(text, (error) => settle(error ?? null));
	});
}
