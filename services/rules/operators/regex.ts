/**
 * Regular expressions in RE2's POSIX syntax, matched against the whole string in linear time (re2js). The subject is
 * decoded as UTF-8 first, so `.` is one character; invalid bytes are U+FFFD.
 *
 * re2js speaks RE2's Perl syntax, a superset. `toPosix` refuses what POSIX syntax lacks (`\d`, `\w`, `\b`, `(?…)`) and
 * rewrites the one thing that Perl syntax refuses (a repetition of a repetition, `a**`). `^` and `$` hold at lines, as
 * RE2 does in POSIX mode.
 */

import { RE2JS } from 're2js';
import { decodeUtf8 } from '#schemas/text.ts';
import { ConstantError } from './constant-error.ts';

/** Longest pattern accepted, in bytes; constants are limited to 255 by the parser anyway. */
const patternBytesMax = 1024;

export function compileRegex(pattern: string): (subject: string) => boolean {
	if (pattern.length > patternBytesMax) {
		throw new ConstantError(
			`regular expression of ${pattern.length} bytes is longer than ${patternBytesMax}`,
		);
	}
	const program = compileProgram(pattern);
	return (subject) => program.matches(decodeUtf8(subject));
}

function compileProgram(pattern: string): RE2JS {
	const translated = toPosix(decodeUtf8(pattern));
	try {
		return RE2JS.compile(translated, RE2JS.MULTILINE);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new ConstantError(`invalid regular expression '${decodeUtf8(pattern)}': ${reason}`);
	}
}

function toPosix(pattern: string): string {
	let out = '';
	let atomStart = 0;
	let repeated = false;
	const groups: number[] = [];
	const atom = (text: string): void => {
		atomStart = out.length;
		out += text;
		repeated = false;
	};
	for (let i = 0; i < pattern.length; i++) {
		const c = pattern[i] as string;
		if (c === '\\') {
			const sequence = readEscape(pattern, i);
			atom(sequence);
			i += sequence.length - 1;
		} else if (c === '[') {
			const end = bracketEnd(pattern, i);
			const text = pattern.slice(i, end);
			for (let k = 0; k < text.length; k++) {
				if (text[k] === '\\') k += readEscape(text, k).length - 1;
			}
			atom(text);
			i = end - 1;
		} else if (c === '(') {
			if (pattern[i + 1] === '?') {
				throw new ConstantError(`invalid regular expression '${pattern}': (?…) is not POSIX syntax`);
			}
			groups.push(out.length);
			out += c;
			repeated = false;
		} else if (c === ')') {
			out += c;
			atomStart = groups.pop() ?? out.length - 1;
			repeated = false;
		} else {
			const repetition = /^(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})/.exec(pattern.slice(i))?.[0];
			if (repetition === undefined) atom(c);
			else {
				if (repeated) out = `${out.slice(0, atomStart)}(?:${out.slice(atomStart)})`;
				out += repetition;
				repeated = true;
				i += repetition.length - 1;
			}
		}
	}
	return out;
}

/** The escape at `i` when POSIX syntax has it: punctuation, octal, `\x`, and the C control letters. */
function readEscape(pattern: string, i: number): string {
	const found =
		/^\\(?:[0-7]{2,3}|0|x[0-9a-fA-F]{2}|x\{[0-9a-fA-F]+\}|[afnrtv]|[^0-9A-Za-z\u0080-\uffff])/.exec(
			pattern.slice(i),
		);
	if (found === null) {
		throw new ConstantError(
			`invalid regular expression '${pattern}': no such escape in POSIX syntax: ${pattern.slice(i, i + 2)}`,
		);
	}
	return found[0];
}

/** Index after the `]` that closes the class opened at `start`; the end of the pattern when it is not closed. */
function bracketEnd(pattern: string, start: number): number {
	let i = start + 1;
	if (pattern[i] === '^') i++;
	if (pattern[i] === ']') i++;
	for (; i < pattern.length; i++) {
		if (pattern[i] === '\\') i++;
		else if (pattern[i] === '[' && pattern[i + 1] === ':') {
			const end = pattern.indexOf(':]', i + 2);
			if (end > 0) i = end + 1;
		} else if (pattern[i] === ']') return i + 1;
	}
	return pattern.length;
}

/** True when =, contains, startswith or endswith could say the same: only anchors and leading or trailing `.*` are special. */
export function isSimpleRegex(pattern: string): boolean {
	return /^(?:\^|\.[*+?])?[^.*+?()[\]{}|\\^$]*(?:\$|\.[*+?])?$/.test(pattern);
}
