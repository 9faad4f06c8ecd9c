/**
 * Standard output of the process, written without ever waiting in a system call: who stops reading (`lanner run | less`, Ctrl-S in
 * the terminal) must not stop the watch. Files are the exception, they take what they are given.
 *
 *   pipe, socket   Node writes what the kernel takes and keeps the rest, in order
 *   terminal       Node would wait for it; `setBlocking(false)` makes it a pipe's equal. That is no documented call, so it is
 *                  asked for with care: without it a stopped terminal stops the process, nothing else changes
 *
 * What is kept is in memory and ends with the process: `flush` before `process.exit`, or the end is cut off. Bounded by who
 * writes: commands that print much await each write (`printed`).
 */
import type { Output } from './command.ts';

type Handle = { readonly setBlocking?: (blocking: boolean) => unknown };

export function neverBlock(stream: NodeJS.WriteStream): void {
	if (!stream.isTTY) return;
	(stream as { readonly _handle?: Handle })._handle?.setBlocking?.(false);
}

/** Resolves when the system has taken the text, or never will (the reader has gone; `main.ts` hears of that). */
export function printed(stdout: Output, text: string): Promise<void> {
	return new Promise((resolve) => {
		stdout.write(text, () => resolve());
	});
}

/**
 * Waits until all that was written has been taken: as long as the reader needs, as `cat` does. A process that was asked to stop
 * waits `stopMs` more at most; aborted `stop` = it was asked.
 */
export async function flush(stdout: Output, stop: AbortSignal | null, stopMs: number): Promise<void> {
	const taken = printed(stdout, '');
	if (stop === null) return taken;
	let timer: NodeJS.Timeout | undefined;
	const enough = new Promise<void>((resolve) => {
		const limit = (): void => {
			timer = setTimeout(resolve, stopMs);
		};
		if (stop.aborted) limit();
		else stop.addEventListener('abort', limit, { once: true });
	});
	await Promise.race([taken, enough]);
	clearTimeout(timer);
}
