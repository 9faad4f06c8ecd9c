/**
 * Quoting of constants: the text between quotes to the bytes it means, and back.
 *
 * The end of a quoted string is the first quote of its kind that no backslash precedes, whatever precedes that
 * backslash. So a string cannot end in `\\`; its last backslash is written `\` and a blank.
 */

export class EscapeError extends Error {
	/** Offset of the bad sequence inside the text. */
	readonly offset: number;

	constructor(message: string, offset: number) {
		super(message);
		this.offset = offset;
	}
}

const simpleEscapes: Readonly<Record<string, string>> = {
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	' ': '\\',
	'\\': '\\',
	'/': '/',
};

const escapeNames: Readonly<Record<string, string>> = {
	'\b': '\\b',
	'\f': '\\f',
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
	'\\': '\\\\',
	'"': '\\"',
};

/** The bytes meant by what stands between two quotes of the kind `quote`. Throws EscapeError. */
export function unescapeQuoted(body: string, quote: '"' | "'"): string {
	let next = body.indexOf('\\');
	if (next < 0) return body;
	let result = '';
	let done = 0;
	while (next >= 0) {
		const { bytes, length } = readEscape(body, next, quote);
		result += body.slice(done, next) + bytes;
		done = next + length;
		next = body.indexOf('\\', done);
	}
	return result + body.slice(done);
}

function readEscape(body: string, at: number, quote: '"' | "'"): { bytes: string; length: number } {
	const letter = body[at + 1];
	// Cannot come from a condition (see above); from elsewhere it means nothing.
	if (letter === undefined) return { bytes: '', length: 1 };
	if (letter === quote) return { bytes: quote, length: 2 };
	if (letter === '"' || letter === "'") {
		throw new EscapeError(`\\${letter} is not an escape inside ${quote}-quotes`, at);
	}
	if (letter === 'x') return readHexEscape(body, at);
	const simple = simpleEscapes[letter];
	if (simple === undefined) throw new EscapeError(`\\${letter} is not a string escape`, at);
	return { bytes: simple, length: 2 };
}

function readHexEscape(body: string, at: number): { bytes: string; length: number } {
	const digits = body.slice(at + 2, at + 4);
	if (digits.length < 2)
		throw new EscapeError('\\x needs two hexadecimal digits, the string ends before', at);
	if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
		throw new EscapeError(`\\x needs two hexadecimal digits, not '${digits}'`, at);
	}
	return { bytes: String.fromCharCode(Number.parseInt(digits, 16)), length: 4 };
}

/** As the language prints constants: quoted only if blanks, quotes, backslashes or `=` are in it. */
export function escapeForDisplay(value: string): string {
	if (!/[\s"'\\=\b]/.test(value)) return value;
	return `"${value.replace(/[\b\f\n\r\t\\"]/g, (character) => escapeNames[character]!)}"`;
}

/** Always quoted, in a form that parses to the same bytes. */
export function quoteForParsing(value: string): string {
	const body = value.replace(/[\b\f\n\r\t\\"]|[\x00-\x1f\x7f]/g, (character) => {
		const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
		return escapeNames[character] ?? `\\x${hex}`;
	});
	return body.endsWith('\\\\') ? `"${body.slice(0, -2)}\\ "` : `"${body}"`;
}
