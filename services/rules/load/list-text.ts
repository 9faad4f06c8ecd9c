/**
 * Lists are put into conditions as text, before parsing: each list in definition order, each occurrence of its name
 * between delimiters becomes its items. What a list brings in can hold the names of lists defined after it.
 *
 * Done without trying every list on every condition: the words of the text are looked up once, then only lists that
 * occur are replaced; cost is linear in the text, times the lists really used in it.
 */

export type NamedList = { readonly name: string; readonly items: readonly string[] };

/** Longest text that substitution may make, in bytes. */
export const substitutedBytesMax = 16 * 1024 * 1024;

export class SubstitutionError extends Error {}

const blanks = ' \t\n\r';
const delimiters = `${blanks}(),=`;
const words = /[^ \t\n\r(),=]+/g;

export class ListSubstitution {
	private readonly lists: readonly NamedList[];
	private readonly indexByName = new Map<string, number>();
	/** Lists whose names hold delimiters cannot be found by words. */
	private readonly oddIndexes: number[] = [];
	private readonly texts: (string | undefined)[] = [];

	/** `lists` in definition order. */
	constructor(lists: readonly NamedList[]) {
		this.lists = lists;
		for (const [index, list] of lists.entries()) {
			if ([...list.name].some((character) => delimiters.includes(character))) this.oddIndexes.push(index);
			else this.indexByName.set(list.name, index);
		}
	}

	/** The text with lists put in; `onUse` is told the index of each list that was. */
	apply(text: string, onUse: (index: number) => void): string {
		const pending = new Set<number>(this.oddIndexes);
		this.collect(text, pending, -1);
		let result = text;
		while (pending.size > 0) {
			const index = smallest(pending);
			pending.delete(index);
			const replaced = this.replaceOne(result, index);
			if (replaced === null) continue;
			result = replaced;
			onUse(index);
			this.collect(this.textOf(index), pending, index);
		}
		return result;
	}

	private collect(text: string, into: Set<number>, after: number): void {
		for (const [word] of text.matchAll(words)) {
			const index = this.indexByName.get(word);
			if (index !== undefined && index > after) into.add(index);
		}
	}

	/** The items as they stand in a condition: joined with commas, those with blanks quoted. */
	private textOf(index: number): string {
		const known = this.texts[index];
		if (known !== undefined) return known;
		const text = this.lists[index]!.items.map(quoteIfBlank).join(', ');
		this.texts[index] = text;
		return text;
	}

	/** Null when the name does not occur between delimiters. */
	private replaceOne(text: string, index: number): string | null {
		const list = this.lists[index]!;
		const insert = this.textOf(index);
		const parts: string[] = [];
		let length = 0;
		let done = 0;
		for (let at = text.indexOf(list.name); at >= 0; at = text.indexOf(list.name, at + 1)) {
			let end = at + list.name.length;
			if (at < done || !isDelimiter(text, at - 1) || !isDelimiter(text, end)) continue;
			let start = at;
			while (start > done && blanks.includes(text[start - 1]!)) start--;
			while (end < text.length && blanks.includes(text[end]!)) end++;
			let before = text.slice(done, start);
			if (list.items.length === 0) {
				if (before.endsWith(',')) before = before.slice(0, -1);
				else if (text[end] === ',') end++;
			}
			parts.push(before, start > 0 ? ' ' : '', insert, ' ');
			length += before.length + insert.length + 2;
			if (length > substitutedBytesMax) {
				throw new SubstitutionError(
					`with its lists the condition is longer than ${substitutedBytesMax} bytes`,
				);
			}
			done = end;
		}
		if (parts.length === 0) return null;
		parts.push(text.slice(done));
		return parts.join('');
	}
}

function smallest(numbers: ReadonlySet<number>): number {
	let result = Number.MAX_SAFE_INTEGER;
	for (const number of numbers) if (number < result) result = number;
	return result;
}

function isDelimiter(text: string, at: number): boolean {
	return at < 0 || at >= text.length || delimiters.includes(text[at]!);
}

/** A value with a blank is quoted unless it is already. */
export function quoteIfBlank(value: string): string {
	if (!value.includes(' ') || value.startsWith('"') || value.startsWith("'")) return value;
	return `"${value}"`;
}
