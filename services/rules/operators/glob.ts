/**
 * Shell patterns as fnmatch(3) without flags reads them: `*` and `?` match any byte (also `/` and a leading dot), brackets
 * with ranges and classes, `\` escapes; an unterminated `[` is literal. Works on byte strings.
 *
 * Never backtracks further than the last `*`, so a match costs at most pattern × subject steps whatever the pattern says;
 * no RegExp is made of it, for those backtrack. Common shapes (`lit`, `lit*`, `*lit`, `*lit*`) become one native call.
 */
import type { TestShape } from './test.ts';

/** `table` has 1 for the bytes taken; the star takes any number of them. */
type Step = { readonly table: Uint8Array };
const star: Step = { table: new Uint8Array(256) };
const anyByte: Step = { table: new Uint8Array(256).fill(1) };
type Element = string | Step;

const classMembers: Readonly<Record<string, (c: number) => boolean>> = {
	alnum: (c) => isUpper(c) || isLower(c) || isDigit(c),
	alpha: (c) => isUpper(c) || isLower(c),
	blank: (c) => c === 32 || c === 9,
	cntrl: (c) => c < 32 || c === 127,
	digit: isDigit,
	graph: (c) => c > 32 && c < 127,
	lower: isLower,
	print: (c) => c >= 32 && c < 127,
	punct: (c) => c > 32 && c < 127 && !isUpper(c) && !isLower(c) && !isDigit(c),
	space: (c) => c === 32 || (c >= 9 && c <= 13),
	upper: isUpper,
	xdigit: (c) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
};

function isUpper(c: number): boolean {
	return c >= 65 && c <= 90;
}
function isLower(c: number): boolean {
	return c >= 97 && c <= 122;
}
function isDigit(c: number): boolean {
	return c >= 48 && c <= 57;
}

/** ASCII letters to lower case; other bytes stay. */
export function foldAscii(bytes: string): string {
	for (let i = 0; i < bytes.length; i++) {
		if (isUpper(bytes.charCodeAt(i))) return bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
	}
	return bytes;
}

/** True when `pattern` has no special character, so that it matches only itself. */
export function isLiteralGlob(pattern: string): boolean {
	return !/[*?[\\]/.test(pattern);
}

export function compileGlob(pattern: string, ignoreCase: boolean): (subject: string) => boolean {
	if (ignoreCase) {
		const matches = compileElements(parseGlob(pattern, true));
		return (subject) => matches(foldAscii(subject));
	}
	return compileElements(parseGlob(pattern, false));
}

/** What must be in every string that matches: the literal at its beginning, at its end, or the longest one within. */
export function globShape(pattern: string): TestShape | null {
	const elements = parseGlob(pattern, false);
	if (elements === null) return null;
	const shape = (kind: TestShape['kind'], value: string): TestShape => ({
		kind,
		values: [value],
		exact: false,
	});
	const [first, last] = [elements[0], elements[elements.length - 1]];
	if (typeof first === 'string') return shape(elements.length === 1 ? 'oneof' : 'prefix', first);
	if (typeof last === 'string') return shape('suffix', last);
	const literals = elements.filter((element) => typeof element === 'string');
	const longest = literals.sort((a, b) => b.length - a.length)[0];
	return longest === undefined ? null : shape('contains', longest);
}

function compileElements(elements: readonly Element[] | null): (subject: string) => boolean {
	if (elements === null) return () => false;
	const [first, second, third] = elements;
	const literal = (element: Element | undefined): element is string => typeof element === 'string';
	if (elements.length === 0) return (subject) => subject === '';
	if (elements.length === 1 && first === star) return () => true;
	if (elements.length === 1 && literal(first)) return (subject) => subject === first;
	if (elements.length === 2 && literal(first) && second === star)
		return (subject) => subject.startsWith(first);
	if (elements.length === 2 && first === star && literal(second))
		return (subject) => subject.endsWith(second);
	if (elements.length === 3 && first === star && literal(second) && third === star) {
		return (subject) => subject.includes(second);
	}
	return (subject) => matchElements(elements, subject);
}

/** Greedy walk with one point to come back to: the last star, which then takes one byte more. */
function matchElements(elements: readonly Element[], subject: string): boolean {
	let e = 0;
	let at = 0;
	let starElement = -1;
	let starAt = 0;
	for (;;) {
		const element = elements[e];
		if (element === star) {
			if (e === elements.length - 1) return true;
			starElement = e++;
			starAt = at;
			continue;
		}
		if (element === undefined) {
			if (at === subject.length) return true;
		} else {
			const used = stepLength(element, subject, at);
			if (used > 0) {
				e++;
				at += used;
				continue;
			}
		}
		if (starElement < 0 || starAt >= subject.length) return false;
		e = starElement + 1;
		at = ++starAt;
	}
}

/** Bytes that `element` takes at `at`; 0 = no match. */
function stepLength(element: Element, subject: string, at: number): number {
	if (typeof element === 'string') return subject.startsWith(element, at) ? element.length : 0;
	if (at >= subject.length) return 0;
	return element.table[subject.charCodeAt(at)] === 1 ? 1 : 0;
}

/** Elements of a pattern; null when it can match nothing (ends in a lone backslash, or names an unknown class). */
function parseGlob(pattern: string, fold: boolean): Element[] | null {
	const elements: Element[] = [];
	let literal = '';
	const flush = (): void => {
		if (literal !== '') elements.push(literal);
		literal = '';
	};
	for (let i = 0; i < pattern.length; i++) {
		const c = pattern[i] as string;
		if (c === '*') {
			flush();
			if (elements[elements.length - 1] !== star) elements.push(star);
		} else if (c === '?') {
			flush();
			elements.push(anyByte);
		} else if (c === '\\') {
			i++;
			if (i >= pattern.length) return null;
			literal += fold ? foldAscii(pattern[i] as string) : pattern[i];
		} else if (c === '[') {
			const bracket = parseBracket(pattern, i, fold);
			if (bracket === 'invalid') return null;
			if (bracket === null) literal += c;
			else {
				flush();
				elements.push({ table: bracket.table });
				i = bracket.end;
			}
		} else literal += fold ? foldAscii(c) : c;
	}
	flush();
	return elements;
}

type Bracket = { readonly table: Uint8Array; readonly end: number };

/** Reads `[…]` at `start`; null when it is not closed (then `[` is literal). `end` is the index of the closing bracket. */
function parseBracket(pattern: string, start: number, fold: boolean): Bracket | 'invalid' | null {
	const table = new Uint8Array(256);
	let i = start + 1;
	const negate = pattern[i] === '!' || pattern[i] === '^';
	if (negate) i++;
	const first = i;
	while (i < pattern.length) {
		if (pattern[i] === ']' && i > first) {
			const whole = fold ? foldTable(table) : table;
			if (negate) for (let c = 0; c < 256; c++) whole[c] = whole[c] === 1 ? 0 : 1;
			return { table: whole, end: i };
		}
		const named = readClass(pattern, i);
		if (named !== null) {
			const member = classMembers[named.name];
			if (member === undefined) return 'invalid';
			for (let c = 0; c < 256; c++) if (member(c)) table[c] = 1;
			i = named.next;
			continue;
		}
		const low = readBracketByte(pattern, i);
		if (low === null) return null;
		i = low.next;
		let high = low;
		if (pattern[i] === '-' && i + 1 < pattern.length && pattern[i + 1] !== ']') {
			const to = readBracketByte(pattern, i + 1);
			if (to === null) return null;
			high = to;
			i = to.next;
		}
		for (let c = low.byte; c <= high.byte; c++) table[c] = 1;
	}
	return null;
}

function readClass(pattern: string, i: number): { readonly name: string; readonly next: number } | null {
	if (pattern[i] !== '[' || pattern[i + 1] !== ':') return null;
	const end = pattern.indexOf(':]', i + 2);
	return end < 0 ? null : { name: pattern.slice(i + 2, end), next: end + 2 };
}

/** One byte inside brackets: plain, escaped, or a one-byte collating element `[.x.]` or `[=x=]`. */
function readBracketByte(
	pattern: string,
	i: number,
): { readonly byte: number; readonly next: number } | null {
	if (i >= pattern.length) return null;
	if (pattern[i] === '\\') {
		return i + 1 < pattern.length ? { byte: pattern.charCodeAt(i + 1), next: i + 2 } : null;
	}
	const kind = pattern[i + 1];
	if (
		pattern[i] === '[' &&
		(kind === '.' || kind === '=') &&
		pattern[i + 3] === kind &&
		pattern[i + 4] === ']'
	) {
		return { byte: pattern.charCodeAt(i + 2), next: i + 5 };
	}
	return { byte: pattern.charCodeAt(i), next: i + 1 };
}

/** Subjects are folded to lower case before they are compared, so upper-case members must admit the lower-case byte. */
function foldTable(table: Uint8Array): Uint8Array {
	const folded = table.slice();
	for (let c = 65; c <= 90; c++) {
		if (table[c] === 1) folded[c + 32] = 1;
	}
	return folded;
}
