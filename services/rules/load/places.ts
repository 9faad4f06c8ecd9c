/** From offsets in a file to what people read: line, column and the lines around. */

/** Lines shown before and after the place. */
const snippetLines = 2;
const snippetLineLengthMax = 200;

export type Place = { readonly line: number; readonly column: number };

export class SourceText {
	readonly name: string;
	readonly text: string;
	private lineStarts: number[] | null = null;

	constructor(name: string, text: string) {
		this.name = name;
		this.text = text;
	}

	/** 1-based; columns in characters. */
	placeAt(offset: number): Place {
		const starts = this.starts();
		let low = 0;
		let high = starts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((starts[middle] as number) <= offset) low = middle;
			else high = middle - 1;
		}
		return { line: low + 1, column: offset - (starts[low] as number) + 1 };
	}

	/** The lines around a line. */
	snippetAround(line: number): string {
		const starts = this.starts();
		const first = Math.max(1, line - snippetLines);
		const last = Math.min(starts.length, line + snippetLines);
		const lines: string[] = [];
		for (let i = first; i <= last; i++) {
			const content = this.text
				.slice(starts[i - 1], (starts[i] ?? this.text.length + 1) - 1)
				.replace(/\r$/, '');
			lines.push(
				content.length > snippetLineLengthMax ? `${content.slice(0, snippetLineLengthMax)}…` : content,
			);
		}
		while (lines.at(-1) === '') lines.pop();
		return lines.join('\n');
	}

	private starts(): number[] {
		if (this.lineStarts !== null) return this.lineStarts;
		const starts = [0];
		for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
		this.lineStarts = starts;
		return starts;
	}
}
