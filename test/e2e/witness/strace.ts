/**
 * The output of `strace -f -q -v -xx -X raw -y`: one call a line, numbers raw, strings in hexadecimal, the file behind a descriptor in
 * angle brackets. Calls that another thread interrupts come in two lines, which are put together.
 */
import { constants } from 'node:os';

export type Argument = {
	/** As strace wrote it, strings decoded. */
	readonly text: string;
	readonly number: number | null;
	/** A string argument, one character per byte. */
	readonly bytes: string | null;
	/** Of a descriptor: the file behind it. */
	readonly file: string | null;
};
export type TracedCall = {
	readonly kind: 'call';
	readonly pid: number;
	readonly name: string;
	readonly args: readonly Argument[];
	/** As the kernel returns it: negative = -errno. */
	readonly result: number;
	/** Of a new descriptor: the file behind it. */
	readonly resultFile: string | null;
};
export type TracedExit = {
	readonly kind: 'exit';
	readonly pid: number /** -1 = killed by a signal. */;
	readonly code: number;
};

const killed = -1;

export function unhex(text: string): string {
	return text.replace(/\\x([0-9a-f]{2})/g, (_, byte: string) =>
		String.fromCharCode(Number.parseInt(byte, 16)),
	);
}

/** Splits at commas that are in no bracket, brace, string or file. Strings are all hexadecimal, so a quote is never inside one. */
function split(text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let from = 0;
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const char = text[i]!;
		if (char === '"') quoted = !quoted;
		if (quoted) continue;
		if ('([{<'.includes(char)) depth++;
		// `->` and `=>` do not occur: strings and files are hexadecimal.
		else if (')]}>'.includes(char)) depth--;
		else if (char === ',' && depth === 0) {
			parts.push(text.slice(from, i).trim());
			from = i + 1;
		}
	}
	const last = text.slice(from).trim();
	return last === '' && parts.length === 0 ? [] : [...parts, last];
}

/** Pointers of 64 set bits are −1, as the events have them. */
function signed(hex: string): number {
	return Number(BigInt.asIntN(64, BigInt(hex)));
}

function numberOf(text: string): number | null {
	if (text === 'NULL') return 0;
	const parts = text.split('|').map((part) => {
		if (/^-?\d+$/.test(part))
			return part.length > 1 && part.startsWith('0') ? Number.parseInt(part, 8) : Number(part);
		return /^0x[0-9a-f]+$/.test(part) ? signed(part) : Number.NaN;
	});
	const sum = parts.reduce((total, part) => total + part, 0);
	return Number.isNaN(sum) ? null : sum;
}

export function parseArgument(text: string): Argument {
	const string = /^"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?$/.exec(text);
	if (string !== null) return { text, number: null, bytes: unhex(string[1]!), file: null };
	const file = /^(-?\d+)<([^>]*)>(\(deleted\))?$/.exec(text);
	if (file !== null) return { text, number: Number(file[1]), bytes: null, file: unhex(file[2]!) };
	return { text, number: numberOf(text), bytes: null, file: null };
}

function parseResult(text: string): { result: number; resultFile: string | null } | null {
	const failed = /^-1 (E[A-Z0-9]+)/.exec(text);
	if (failed !== null) {
		const errno = (constants.errno as Record<string, number>)[failed[1]!];
		return errno === undefined ? null : { result: -errno, resultFile: null };
	}
	const { number, file } = parseArgument(text.replace(/ \(.*$/, ''));
	return number === null ? null : { result: number, resultFile: file };
}

function parseCall(pid: number, line: string): TracedCall | null {
	const call = /^(\w+)\((.*)\)\s+= (.+)$/.exec(line);
	const outcome = call === null ? null : parseResult(call[3]!);
	if (call === null || outcome === null) return null;
	return { kind: 'call', pid, name: call[1]!, args: split(call[2]!).map(parseArgument), ...outcome };
}

export function parseTrace(text: string): (TracedCall | TracedExit)[] {
	const found: (TracedCall | TracedExit)[] = [];
	const unfinished = new Map<number, string>();
	for (const line of text.split('\n')) {
		const [, id = '0', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
		const pid = Number(id);
		const exit = /^\+\+\+ (?:exited with (\d+)|killed by \w+)/.exec(rest);
		const cut = / <unfinished \.\.\.>$/.exec(rest);
		const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
		if (exit !== null) found.push({ kind: 'exit', pid, code: Number(exit[1] ?? killed) });
		else if (cut !== null) unfinished.set(pid, rest.slice(0, cut.index));
		else {
			const whole = resumed === null ? rest : `${unfinished.get(pid) ?? ''}${resumed[1]}`;
			const call = parseCall(pid, whole);
			if (call !== null) found.push(call);
		}
	}
	return found;
}
