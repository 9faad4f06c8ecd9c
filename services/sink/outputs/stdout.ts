/** Standard output: Falco's text line, coloured by priority on a terminal, or JSON lines. */

import { escapeControls } from '#platform/escape.ts';
import { alertToJson, alertToText } from '#schemas/alert/render.ts';
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
}): Output {
	const { stream, format, colour } = options;
	const coloured = format === 'text' && (colour === 'always' || (colour === 'auto' && stream.isTTY === true));
	const line = (alert: Alert): string => {
		if (format === 'json') return `${alertToJson(alert)}\n`;
		const text = escapeControls(alertToText(alert));
		return coloured ? `${colours[alert.priority] ?? ''}${text}${reset}\n` : `${text}\n`;
	};
	return {
		batchMax: 100,
		deliver: (alerts) =>
			new Promise((resolve) => {
				const settle = (result: DeliveryResult): void => resolve(alerts.map(() => result));
				stream.write(alerts.map(line).join(''), (error) =>
					settle(error ? retryBecause(error, 'standard output') : delivered),
				);
			}),
		close: async () => {},
	};
}
