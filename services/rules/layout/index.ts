/**
 * Lays a rules file out in one way: items at the left margin with one empty line between them, keys in one order and indented by two, one
 * blank after a colon, blanks in short lists, no blanks at the ends of lines. Comments stay with what they are about: those above a key
 * move with the key, those above an item with the item. Conditions, outputs and descriptions keep their line breaks.
 *
 * What is not laid out in lines (a mapping in braces, two keys on one line) is left as it is. The result is parsed again and compared
 * with the original, node by node: when anything but the order of keys differs, `LayoutError` says so and nothing is changed. Formatting
 * twice is formatting once.
 */

import { SourceText } from '../load/places.ts';
import { decodeSource, parseSource, type SourceNode } from '../load/source.ts';
import { finish } from '../steps.ts';
import { layOutItem } from './item.ts';

export { SourceError } from '../load/source.ts';

export class LayoutError extends Error {
	override readonly name = 'LayoutError';
}

/** `content`: a whole file. Throws `SourceError` when it is not YAML, `LayoutError` when it cannot be laid out safely. */
export function formatRules(content: string | Uint8Array): string {
	const text = decodeSource(content).replaceAll('\r\n', '\n');
	// The first one is not part of the text, so the second would not be of what is written.
	if (text.startsWith('\ufeff')) throw new LayoutError('it begins with more than one byte order mark');
	const documents = finish(parseSource(text));
	let formatted = layOut(new SourceText('', text), documents);
	for (let i = 0; i < settleMax; i++) {
		const parsed = finish(parseSource(formatted));
		if (!isSameList(documents, parsed))
			throw new LayoutError('its layout cannot be changed without changing what it says');
		const again = layOut(new SourceText('', formatted), parsed);
		if (again === formatted) return formatted;
		formatted = again;
	}
	throw new LayoutError('its layout does not settle');
}

/** Control characters in odd places can take a second pass. */
const settleMax = 3;

/** Marks a comment that stands right above an item; no file holds it (`decodeSource`). */
const attached = '\0';

/** A carriage return that now stands at the end of a line is part of its end. */
function layOut(source: SourceText, documents: readonly SourceNode[]): string {
	return layOutLines(source, documents).replaceAll('\r\n', '\n');
}

function layOutLines(source: SourceText, documents: readonly SourceNode[]): string {
	const { text } = source;
	const [document] = documents;
	if (documents.length !== 1 || document?.kind !== 'sequence' || /^(?:---|\.\.\.|%)/m.test(text))
		return trimEnds(text);
	const lines = text.split('\n');
	const starts = document.items.map((item) => source.placeAt(item.start).line - 1);
	const isInLines = starts.every(
		(start, i) => start > (starts[i - 1] ?? -1) && /^ *- +[^\s-]/.test(lines[start] ?? ''),
	);
	if (!isInLines || starts.length === 0) return trimEnds(text);
	const blocks = paragraphs(lines.slice(0, starts[0]));
	for (const [i, item] of document.items.entries()) {
		const [start, next] = [starts[i] as number, starts[i + 1] ?? lines.length];
		const end = endOfItem(lines, start, next);
		blocks.push(layOutItem(lines.slice(start, end), item, source) ?? lines.slice(start, end).join('\n'));
		blocks.push(...paragraphs(lines.slice(end, next)));
	}
	return join(blocks);
}

/** Where the comments and empty lines begin that come before the next item. */
function endOfItem(lines: readonly string[], start: number, next: number): number {
	const margin = columnOf(lines[start] as string);
	let end = next;
	while (end > start + 1) {
		const line = lines[end - 1] as string;
		if (line.trim() !== '' && !(line.trim().startsWith('#') && columnOf(line) <= margin)) break;
		end--;
	}
	return end;
}

function columnOf(line: string): number {
	return line.length - line.trimStart().length;
}

/** Comments between items, each paragraph a block. One without an empty line below is attached to the item below. */
function paragraphs(lines: readonly string[]): string[] {
	const found: string[] = [];
	let current: string[] = [];
	for (const line of lines) {
		if (line.trim() !== '') current.push(line.trim());
		else if (current.length > 0) {
			found.push(current.join('\n'));
			current = [];
		}
	}
	return current.length === 0 ? found : [...found, `${current.join('\n')}${attached}`];
}

function join(blocks: readonly string[]): string {
	return `${blocks.map((block) => (block.endsWith(attached) ? `${block.slice(0, -1)}\n` : `${block}\n\n`)).join('')}`.replace(
		/\n+$/,
		'\n',
	);
}

function trimEnds(text: string): string {
	const trimmed = text.replace(/\n+$/, '');
	return trimmed === '' ? '' : `${trimmed}\n`;
}

function isSameList(before: readonly SourceNode[], after: readonly SourceNode[]): boolean {
	return before.length === after.length && before.every((node, i) => isSame(node, after[i] as SourceNode));
}

/** Of mappings the order of keys does not count. */
function isSame(before: SourceNode, after: SourceNode): boolean {
	if (before.kind === 'scalar') return after.kind === 'scalar' && before.text === after.text;
	if (before.kind === 'sequence') return after.kind === 'sequence' && isSameList(before.items, after.items);
	if (before.kind === 'null' || after.kind !== 'mapping') return before.kind === after.kind;
	if (before.entries.size !== after.entries.size) return false;
	return [...before.entries].every(([key, node]) => {
		const other = after.entries.get(key);
		return other !== undefined && isSame(node, other);
	});
}
