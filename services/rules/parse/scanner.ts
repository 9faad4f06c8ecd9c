/**
 * A cursor over the text of a condition. It knows tokens, not grammar: each `take…` either consumes a token and returns
 * it or leaves the cursor where it was and returns null. No allocation but the tokens, linear time.
 *
 * Blanks to skip are space, tab, backspace, CR and LF; the blanks that end a bare word are the POSIX ones (with FF and
 * VT, without backspace). Both sets are the language's.
 */

const blank = /[ \t\b\r\n]+/y;
const identifier = /[a-zA-Z]+[a-zA-Z0-9_]*/y;
const fieldName = /[a-zA-Z]+[a-zA-Z0-9_]*(?:\.[a-zA-Z]+[a-zA-Z0-9_]*)+/y;
const bareArgument = /[^ \t\n\v\f\r[\]"']+/y;
const bareWord = /[^ \t\n\v\f\r()"'=,]+/y;
const hexNumber = /0[xX][0-9a-fA-F]+/y;
const number = /[+-]?[0-9]+[.]?[0-9]*(?:[eE][+-][0-9]+)?/y;

export class Scanner {
	readonly source: string;
	position = 0;
	/** The last token taken, for messages. */
	lastToken = '';

	constructor(source: string) {
		this.source = source;
	}

	get atEnd(): boolean {
		return this.position >= this.source.length;
	}

	/** True when there was at least one blank. */
	skipBlanks(): boolean {
		const code = this.source.charCodeAt(this.position);
		if (code > 32) return false;
		blank.lastIndex = this.position;
		if (!blank.test(this.source)) return false;
		this.position = blank.lastIndex;
		return true;
	}

	takeText(text: string): boolean {
		if (!this.source.startsWith(text, this.position)) return false;
		this.position += text.length;
		this.lastToken = text;
		return true;
	}

	/** The word and at least one blank after it. */
	takeWordAndBlank(word: string): boolean {
		if (!this.source.startsWith(word, this.position)) return false;
		const start = this.position;
		this.position += word.length;
		if (this.skipBlanks()) {
			this.lastToken = word;
			return true;
		}
		this.position = start;
		return false;
	}

	takeIdentifier(): string | null {
		return this.take(identifier);
	}

	takeFieldName(): string | null {
		return this.take(fieldName);
	}

	takeBareArgument(): string | null {
		return this.take(bareArgument);
	}

	takeBareWord(): string | null {
		return this.take(bareWord);
	}

	takeHexNumber(): string | null {
		return this.take(hexNumber);
	}

	takeNumber(): string | null {
		return this.take(number);
	}

	/** The text between two quotes, still escaped, with the quote and the offset of its first byte. */
	takeQuoted(): { body: string; quote: '"' | "'"; start: number } | null {
		const quote = this.source[this.position];
		if (quote !== '"' && quote !== "'") return null;
		const start = this.position + 1;
		let end = this.source.indexOf(quote, start);
		while (end > start && this.source[end - 1] === '\\') end = this.source.indexOf(quote, end + 1);
		if (end < 0) return null;
		this.position = end + 1;
		this.lastToken = this.source.slice(start, end);
		return { body: this.lastToken, quote, start };
	}

	/** The identifier at the cursor, without consuming it. */
	peekIdentifier(): string | null {
		identifier.lastIndex = this.position;
		return identifier.exec(this.source)?.[0] ?? null;
	}

	private take(pattern: RegExp): string | null {
		pattern.lastIndex = this.position;
		const found = pattern.exec(this.source);
		if (found === null) return null;
		this.position = pattern.lastIndex;
		this.lastToken = found[0];
		return found[0];
	}
}
