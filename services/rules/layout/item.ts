/** One item of a rules file, laid out: its keys as blocks of lines, in order, moved to the margin. */
import { keysOf } from '../load/item-keys.ts';
import type { SourceText } from '../load/places.ts';
import type { MappingNode, SourceNode } from '../load/source.ts';

const margin = '  ';

/** What it is about, when it matches, what it says, and then the switches. */
const ruleKeys: readonly string[] = [
	...['rule', 'desc', 'source', 'condition', 'exceptions', 'output', 'priority', 'tags', 'enabled'],
	...['warn_evttypes', 'skip-if-unknown-filter', 'capture', 'capture_duration', 'append', 'override'],
];

/** A key with the lines that belong to it: comments above, its own line, the lines that its value goes on in. */
type Block = {
	readonly key: string;
	readonly comments: readonly string[];
	readonly lines: readonly string[];
};

/** `lines`: those of the item, from its dash on. Null = it is not laid out in lines. */
export function layOutItem(lines: readonly string[], item: SourceNode, source: SourceText): string | null {
	if (item.kind !== 'mapping' || item.entries.size === 0) return null;
	const blocks = blocksOf(lines, item, source);
	if (blocks === null) return null;
	const order = orderOf(item);
	const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
	const [first, ...others] = blocks.sort((left, right) => place(left.key) - place(right.key)) as [Block];
	const [head, ...tail] = first.lines;
	// A comment above the key that comes first now goes above the item.
	return [
		...first.comments,
		`- ${head?.trimStart()}`,
		...tail,
		...others.flatMap((block: Block) => [
			...block.comments.map((comment) => `${margin}${comment}`),
			...block.lines,
		]),
	].join('\n');
}

function orderOf(item: MappingNode): readonly string[] {
	if (item.entries.has('rule')) return ruleKeys;
	if (item.entries.has('macro')) return keysOf('macro');
	return item.entries.has('list') ? keysOf('list') : [];
}

function blocksOf(lines: readonly string[], item: MappingNode, source: SourceText): Block[] | null {
	const base = source.placeAt(item.start);
	const keys = [...item.keyStarts].map(([key, offset]) => ({ key, ...source.placeAt(offset) }));
	const blocks: Block[] = [];
	let comments: readonly string[] = [];
	for (const [i, { key, line, column }] of keys.entries()) {
		const start = line - base.line;
		const next = i + 1 < keys.length ? (keys[i + 1]?.line as number) - base.line : lines.length;
		if (next <= start || column !== base.column || start >= lines.length) return null;
		const end = i + 1 < keys.length ? endOfValue(lines, start, next, column) : lines.length;
		const own = moved(lines.slice(start, end), column - 1);
		if (own === null) return null;
		blocks.push({ key, comments, lines: own });
		comments = lines
			.slice(end, next)
			.map((one) => one.trim())
			.filter((one) => one !== '');
	}
	return blocks;
}

/** Comments at the margin above a key belong to that key. */
function endOfValue(lines: readonly string[], start: number, next: number, column: number): number {
	let end = next;
	while (end > start + 1) {
		const line = lines[end - 1] as string;
		const isAtMargin = line.length - line.trimStart().length < column;
		if (line.trim() !== '' && !(line.trim().startsWith('#') && isAtMargin)) break;
		end--;
	}
	return end;
}

/**
 * The lines of a key, `from` columns in, moved to the margin. Null when a line stands too far to the left, or where only a key can:
 * that is one given twice, whose order must stay.
 */
function moved(lines: readonly string[], from: number): string[] | null {
	const by = margin.length - from;
	const result: string[] = [`${margin}${tidyFirst((lines[0] as string).slice(from))}`];
	for (const line of lines.slice(1)) {
		if (line.trim() === '') result.push('');
		else if (/^[^\s#-]/.test(line.slice(from)) && line.slice(0, from).trim() === '') return null;
		else if (by >= 0) result.push(`${' '.repeat(by)}${line}`);
		else if (line.slice(0, -by).trim() === '') result.push(line.slice(-by));
		else return null;
	}
	while (result.at(-1) === '') result.pop();
	return result;
}

/** `key:  value` and `[a,b]` get their blanks right. */
function tidyFirst(line: string): string {
	const parts = /^([A-Za-z_-]+):[ \t]+(\S.*?)[ \t]*$/.exec(line);
	return parts === null ? line.trimEnd() : `${parts[1]}: ${tidyList(parts[2] as string)}`;
}

/** Only words that need no quotes; anything else is left as it is. */
function tidyList(value: string): string {
	if (!/^\[[\w .,/@+*-]+\]$/.test(value)) return value;
	const words = value
		.slice(1, -1)
		.split(',')
		.map((word) => word.trim());
	return words.includes('') ? value : `[${words.join(', ')}]`;
}
