/** Diagnostics of a role for a person: one line each on standard error, values behind the sentence. */
import { escapeControls } from '#platform/escape.ts';
import type { Output } from '../command.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type ConsoleLogger = Record<Level, (fields: object, message: string) => void>;

const order: readonly Level[] = ['debug', 'info', 'warn', 'error'];

export function createConsoleLogger(stderr: Output, least: Level = 'info'): ConsoleLogger {
	const write = (level: Level) => (fields: object, message: string) => {
		if (order.indexOf(level) < order.indexOf(least)) return;
		stderr.write(
			`lanner: ${level === 'info' ? '' : `${level}: `}${escapeControls(message)}${describe(fields)}\n`,
		);
	};
	return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function describe(fields: object): string {
	const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
	if (entries.length === 0) return '';
	const texts = entries.map(
		([name, value]) => `${name}=${escapeControls(value instanceof Error ? value.message : String(value))}`,
	);
	return ` (${texts.join(', ')})`;
}
