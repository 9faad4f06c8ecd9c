/**
 * One process for each alert, one at a time: the alert as a JSON line on its standard input, which is then closed. Its exit code is the
 * result, in the words of sysexits.h:
 *
 *   0                delivered
 *   65 EX_DATAERR    refused: this alert goes to the dead letters
 *   78 EX_CONFIG     blocked: something must be mended, nothing is given up
 *   all others       tried again
 *
 * After `runTimeoutMs` it is killed with all that it started, and tried again.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output, retryBecause } from '../../output.ts';
import { type Ended, endText, killGroup, type ProgramOptions, startProgram } from './process.ts';

/** For what is still in the pipes when it has ended; a child it left behind may hold them open for ever. */
const lastOutputMs = 200;
const dataError = 65;
const configError = 78;

export type OnceOptions = ProgramOptions & { readonly runTimeoutMs: number };

export function createOnceOutput(options: OnceOptions): Output {
	return {
		batchMax: 1,
		async deliver(alerts, signal) {
			const results: DeliveryResult[] = [];
			for (const alert of alerts) {
				const result = await runFor(alert, options, signal);
				results.push(result);
				if (result.kind === 'retry' || result.kind === 'blocked') break;
			}
			return results;
		},
		close: async () => {},
	};
}

async function runFor(alert: Alert, options: OnceOptions, signal: AbortSignal): Promise<DeliveryResult> {
	try {
		const { child, ended, written } = await startProgram(options);
		const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
		// A program that does not read it may still do its work: the exit code says so.
		child.stdin?.end(`${alertToJson(alert)}\n`);
		const end = await endWithin(ended, options.runTimeoutMs, signal);
		if (end === null) killGroup(child);
		await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, lastOutputMs).unref())]);
		for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
		written.tell();
		if (end !== null) return resultOf(end, options.program);
		const why = signal.aborted
			? 'lanner stops'
			: `did not end within ${options.runTimeoutMs} ms and was killed`;
		return retryBecause(new Error(why), options.program);
	} catch (error) {
		return retryBecause(error, options.program);
	}
}

/** Null when the time is over, or we are to stop. */
async function endWithin(
	ended: Promise<Ended>,
	timeoutMs: number,
	signal: AbortSignal,
): Promise<Ended | null> {
	let stop = (): void => {};
	const over = new Promise<null>((resolve) => {
		stop = () => resolve(null);
	});
	const timer = setTimeout(stop, timeoutMs);
	signal.addEventListener('abort', stop, { once: true });
	if (signal.aborted) stop();
	try {
		return await Promise.race([ended, over]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', stop);
	}
}

function resultOf(end: Ended, program: string): DeliveryResult {
	if (end.code === 0) return delivered;
	const code = end.code === null ? 'output-killed' : `output-exit-${end.code}`;
	const kind = end.code === dataError ? 'refused' : end.code === configError ? 'blocked' : 'retry';
	return { kind, code, reason: `${program}: ${endText(end)}` };
}
