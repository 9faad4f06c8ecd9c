/**
 * What a comparison of a path with constants asks of the path's components: words, one of which must be there. A word is the beginning of a
 * component: its first four bytes, or all of a shorter one and NULs, as a little-endian number. The kernel side looks them up while it
 * walks a path (probe/bpf/words.h). Too few words would lose events; a comparison that asks for none gives null.
 */
import type { BinaryNode } from '../ast.ts';

const wordBytes = 4;
/** What a value is a text of, so that constants can be cut at the same places. */
export type PathShape = 'absolute' | 'asGiven' | 'fileName';

/** One of these words must be there; null = the comparison asks for none. */
export type Words = ReadonlySet<number> | null;

/** Beginnings of components that half of all paths have: the last to be chosen. */
const common = new Set(
	'usr lib etc var home tmp proc dev run sys bin sbin opt root shar loca self lib6 srv mnt'
		.split(' ')
		.map((text) => wordOf(text)),
);
const commonPrice = 50;
const shortPrice = 4;

/** What a set of words costs: how many paths may have one. Only the order counts. */
export function priceOf(words: Iterable<number>): number {
	let sum = 0;
	for (const word of words) sum += common.has(word) ? commonPrice : word < 2 ** 24 ? shortPrice : 1;
	return sum;
}

/** Words of a check that holds: the left side is a path of this shape. */
export function wordsOfComparison(node: BinaryNode, shape: PathShape): Words {
	const { right } = node;
	if (right.node === 'field' || right.node === 'transformer') return null;
	const values = right.node === 'list' ? right.values : [right.value];
	const words = new Set<number>();
	for (const value of values) {
		const found = candidates(node.op, value, shape);
		if (found.length === 0) return null;
		words.add(found.reduce((best, word) => (priceOf([word]) < priceOf([best]) ? word : best)));
	}
	return words;
}

/** Words that every path has for which the operator holds with this constant. */
function candidates(op: BinaryNode['op'], value: string, shape: PathShape): number[] {
	if (shape === 'fileName') return ofFileName(op, value);
	const rooted = shape === 'asGiven' || value.startsWith('/');
	switch (op) {
		case '=':
		case '==':
		case 'in':
			return rooted ? ofRun(value, { begins: true, ends: true }) : [];
		case 'startswith':
			return rooted ? ofRun(value, { begins: true, ends: false }) : [];
		case 'pmatch':
			return value
				.split('/')
				.filter((part) => part !== '' && !metaCharacter.test(part))
				.map(wordOf);
		case 'endswith':
			return ofRun(value, { begins: false, ends: true });
		case 'contains':
			return ofRun(value, { begins: false, ends: false });
		case 'glob':
			return ofGlob(value, shape);
		default:
			return [];
	}
}

function ofFileName(op: BinaryNode['op'], value: string): number[] {
	if (value.includes('/') || value.includes('[') || value.includes(':')) return [];
	if (op === '=' || op === '==' || op === 'in') return value === '' ? [] : [wordOf(value)];
	return op === 'startswith' && value.length >= wordBytes ? [wordOf(value)] : [];
}

/**
 * Of bytes that stand in the path as they are: components between two slashes are whole; the first counts where the run `begins` the path,
 * the last where it `ends` it, or when there is enough of it.
 */
function ofRun(
	run: string,
	{ begins, ends }: { readonly begins: boolean; readonly ends: boolean },
): number[] {
	const parts = run.split('/');
	return parts.flatMap((part, i) => {
		const isLast = i === parts.length - 1;
		if (part === '' || (i === 0 && !begins)) return [];
		return !isLast || ends || part.length >= wordBytes ? [wordOf(part)] : [];
	});
}

const metaCharacter = /[*?[\]{}!\\]/;

/** The runs between what stands for other bytes. */
function ofGlob(pattern: string, shape: PathShape): number[] {
	if (pattern.includes('\\')) return [];
	const rooted = shape === 'asGiven' || pattern.startsWith('/');
	const runs = pattern.split(/[*?[\]{}!]/);
	// What is between brackets is no run, but it is told from one only by where it stands: such patterns give their first run alone.
	const used = /[[\]{}!]/.test(pattern) ? runs.slice(0, 1) : runs;
	const whole = runs.length === 1;
	return used.flatMap((run, i) =>
		ofRun(run, {
			begins: i === 0 && rooted,
			ends: whole || (used === runs && i === runs.length - 1 && i > 0),
		}),
	);
}

/** A byte string: one character a byte. */
export function wordOf(component: string): number {
	let word = 0;
	for (let i = Math.min(component.length, wordBytes) - 1; i >= 0; i--)
		word = word * 256 + (component.charCodeAt(i) & 255);
	return word;
}

export function wordText(word: number): string {
	let text = '';
	for (let rest = word; rest > 0; rest = Math.floor(rest / 256)) text += String.fromCharCode(rest % 256);
	return text;
}
