/**
 * Syslog to the local socket. Node has no unix datagram sockets, so util-linux' `logger` (an essential package of Debian)
 * passes the lines on: one process per batch, whose exit code and silence are the acknowledgement. Local daemons expect
 * the form of syslog(3), not RFC 5424, and stamp time and host themselves; the alert id stands at the end of the line.
 */
import { spawn } from 'node:child_process';
import { escapeControls } from '#platform/escape.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output } from '../output.ts';
import { truncateUtf8 } from '../truncate.ts';
import { syslogPriority } from './syslog-message.ts';

/** rsyslog's default limit for a message, less room for the head that logger adds. */
const textBytesMax = 8000;
const timeoutMs = 10_000;
const complaintCharsMax = 500;

export type LocalSyslogOptions = {
	readonly socket: string;
	readonly facility: Parameters<typeof syslogPriority>[1];
	readonly appName: string;
	/** Another program in tests. */
	readonly program?: string;
};

export function createLocalSyslogOutput(options: LocalSyslogOptions): Output {
	const { socket, appName, program = 'logger' } = options;
	const args = [
		'--socket',
		socket,
		'--socket-errors=on',
		'--prio-prefix',
		'--size',
		'8192',
		'--tag',
		appName,
	];
	return {
		batchMax: 50,
		async deliver(alerts, signal) {
			const problem = await runLogger(
				program,
				args,
				alerts.map((alert) => localLine(alert, options)).join(''),
				signal,
			);
			if (problem === null) return alerts.map(() => delivered);
			return [
				{
					kind: 'retry',
					code: 'output-failed',
					reason: `syslog at ${socket}: ${problem}`,
				} satisfies DeliveryResult,
			];
		},
		close: async () => {},
	};
}

function localLine(alert: Alert, { facility }: LocalSyslogOptions): string {
	const tail = ` (rule=${escapeControls(alert.rule)} id=${alert.id})`;
	const room = Math.max(textBytesMax - Buffer.byteLength(tail), 64);
	return `<${syslogPriority(alert, facility)}>${truncateUtf8(escapeControls(alert.output), room)}${truncateUtf8(tail, textBytesMax)}\n`;
}

/** Null when all of the text was passed on, else what is wrong. */
function runLogger(
	program: string,
	args: readonly string[],
	text: string,
	signal: AbortSignal,
): Promise<string | null> {
	return new Promise((resolve) => {
		const child = spawn(program, args, {
			stdio: ['pipe', 'ignore', 'pipe'],
			timeout: timeoutMs,
			killSignal: 'SIGKILL',
			signal,
		});
		let complaint = '';
		child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
			complaint = (complaint + chunk).slice(0, complaintCharsMax);
		});
		child.on('error', (error) => resolve(error.message));
		child.on('close', (code, killedBy) => {
			if (code === 0 && complaint === '') resolve(null);
			else resolve(complaint.trim() || `${program} ended with ${killedBy ?? `exit code ${code}`}`);
		});
		// The reason is in the exit code and on standard error; a broken pipe adds nothing to it.
		child.stdin.on('error', () => undefined);
		child.stdin.end(text);
	});
}
