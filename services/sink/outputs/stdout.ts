/**
 * Standard output: Falco's text line, coloured by priority on a terminal, or JSON lines.
 *
 * Delivered means that the system took the lines. One write is under way at a time, so a reader that stops reading makes
 * this output wait, with a batch in memory, and nothing else. Lines under way at the end were perhaps read: they come again.
 */

import { escapeControls } from '#platform/escape.ts';
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output, retryBecause } from '../output.ts';

export type TextStream = {
	write(text: string, callback: (error?: Error | null) => void): unknown;
	readonly isTTY?: boolean;
};

const reset = '\x1b[0m';
const colours: Readonly<Record<string, string>> = {
	Emergency: '\x1b[1;37;41m',
	Alert: '\x1b[1;31m',
	Critical: '\x1b[1;31m',
	Error: '\x1b[31m',
	Warning: '\x1b[33m',
	Notice: '\x1b[36m',
	Informational: '\x1b[32m',
	Debug: '\x1b[2m',
};

export function createStdoutOutput(options: {
	readonly stream: TextStream;
	readonly format: 'text' | 'json';
	readonly colour: 'auto' | 'always' | 'never';
	/** Text of an alert (template.ts). */
	readonly line: (alert: Alert) => string;
}): Output {
	const { stream, format, colour } = options;
	const coloured = format === 'text' && (colour === 'always' || (colour === 'auto' && stream.isTTY === true));
	const line = (alert: Alert): string => {
		if (format === 'json') return `${alertToJson(alert)}\n`;
		const text = escapeControls(options.line(alert));
		return coloured ? `${colours[alert.priority] ?? ''}${text}${reset}\n` : `${text}\n`;
	};
	return {
		batchMax: 100,
		async deliver(alerts, signal) {
			const result = await written(stream, alerts.map(line).join(''), signal);
			return alerts.map(() => result);
		},
		close: async () => {},
	};
}

function written(stream: TextStream, text: string, signal: AbortSignal): Promise<DeliveryResult> {
	return new Promise((resolve) => {
		const settle = (result: DeliveryResult): void => {
			signal.removeEventListener('abort', onAbort);
			resolve(result);
		};
		const onAbort = (): void =>
			settle(retryBecause(new Error('its reader does not read'), 'standard output'));
		if (signal.aborted) return onAbort();
		signal.addEventListener('abort', onAbort, { once: true });
		stream.write(text, (error) => settle(error ? retryBecause(error, 'standard output') : delivered));
	});
}
