/**
 * Structured log on standard error: JSON lines (pino), or a line for people when it is a terminal. Messages are fixed
 * sentences; values stand in fields. A message repeated more than `repeatsMax` times in `repeatWindowMs` is held back and
 * summed up once, so that a failing loop cannot fill a disk; how many distinct messages are followed is bounded.
 */
import pino from 'pino';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';
export type Logger = Record<LogLevel, (fields: object, message: string) => void>;

export type LoggerOptions = {
	readonly level: LogLevel;
	readonly stream: { write(text: string): unknown; readonly isTTY?: boolean };
	/** Milliseconds since the epoch. */
	readonly now?: () => number;
};

const repeatWindowMs = 10_000;
const repeatsMax = 5;
const messagesFollowedMax = 500;
/** Command lines of watched processes and secrets of ours never get into a log. */
const redacted = [
	'password',
	'token',
	'secret',
	'authorization',
	'url',
	'headers',
	'argv',
	'*.password',
	'*.token',
	'*.secret',
	'*.authorization',
	'*.headers',
];

export function createLogger({ level, stream, now = Date.now }: LoggerOptions): Logger {
	const destination =
		stream.isTTY === true ? { write: (line: string) => stream.write(humanLine(line)) } : stream;
	const sink = pino(
		{
			level,
			base: null,
			redact: { paths: redacted, censor: '(redacted)' },
			timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
			formatters: { level: (label) => ({ level: label }) },
			serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
		},
		{ write: (line: string) => void destination.write(line) },
	);
	const limit = createRepeatLimit(now);
	const write = (at: LogLevel, fields: object, message: string): void => {
		const { pass, heldBack } = limit(`${at} ${message}`);
		if (!pass) return;
		sink[at](heldBack === 0 ? fields : { ...fields, heldBackLines: heldBack }, message);
	};
	return {
		error: (fields, message) => write('error', fields, message),
		warn: (fields, message) => write('warn', fields, message),
		info: (fields, message) => write('info', fields, message),
		debug: (fields, message) => write('debug', fields, message),
		trace: (fields, message) => write('trace', fields, message),
	};
}

type Seen = { windowStartMs: number; count: number; heldBack: number };

/** Decides line by line; `heldBack` counts the equal lines that were not written since the last that was. */
export function createRepeatLimit(now: () => number): (key: string) => { pass: boolean; heldBack: number } {
	const seen = new Map<string, Seen>();
	return (key) => {
		const time = now();
		let entry = seen.get(key);
		if (entry === undefined) {
			if (seen.size >= messagesFollowedMax) seen.delete(seen.keys().next().value!);
			entry = { windowStartMs: time, count: 0, heldBack: 0 };
			seen.set(key, entry);
		}
		if (time - entry.windowStartMs >= repeatWindowMs) {
			entry.windowStartMs = time;
			entry.count = 0;
		}
		entry.count++;
		if (entry.count > repeatsMax) {
			entry.heldBack++;
			return { pass: false, heldBack: 0 };
		}
		const { heldBack } = entry;
		entry.heldBack = 0;
		return { pass: true, heldBack };
	};
}

const colours: Readonly<Record<string, string>> = { error: '\x1b[31m', warn: '\x1b[33m', info: '\x1b[36m' };
const hidden = new Set(['level', 'time', 'msg', 'err', 'error']);

/** One JSON line as a line for a terminal; strings stay quoted and escaped, so no value can forge or move anything. */
function humanLine(json: string): string {
	const line = JSON.parse(json) as Record<string, unknown>;
	const level = String(line.level);
	const fields = Object.entries(line)
		.filter(([key]) => !hidden.has(key))
		.map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
	const failure = (line.err ?? line.error) as { message?: unknown } | string | undefined;
	if (failure !== undefined)
		fields.push(` error=${JSON.stringify(typeof failure === 'object' ? failure.message : failure)}`);
	const shown = fields
		.join('')
		.replace(/[\x7f-\x9f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
	return `${String(line.time).slice(11, 23)} ${colours[level] ?? ''}${level.padEnd(5)}\x1b[0m ${String(line.msg)}${shown}\n`;
}
