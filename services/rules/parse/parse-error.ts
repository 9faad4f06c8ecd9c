/** The only error that parsing throws: where in the text, what was expected, what to do. */
export class ParseError extends Error {
	override readonly name = 'ParseError';
	/** Byte offset into the text that was parsed. */
	readonly offset: number;
	/** 1-based. */
	readonly line: number;
	/** 1-based, in bytes. */
	readonly column: number;
	/** What to do about it; empty when the message says it all. */
	readonly hint: string;

	constructor(message: string, source: string, offset: number, hint = '') {
		super(message);
		this.offset = offset;
		this.hint = hint;
		const before = source.slice(0, offset);
		const lineStart = before.lastIndexOf('\n') + 1;
		this.line = before.split('\n').length;
		this.column = offset - lineStart + 1;
	}
}
