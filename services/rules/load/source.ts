/**
 * A rules file as a tree of scalars, sequences and mappings with their places. YAML as Falco's reader (yaml-cpp) takes
 * it: scalars are their raw text, the first of duplicate keys wins, `<<` is an ordinary key, anchors and aliases work,
 * a double-quoted scalar may end with the file.
 *
 * Bounds: file size, nesting, reported errors. Aliases share their node and are never copied, so that an "anchor bomb"
 * stays as small as it is written; an alias inside its own anchor is refused.
 */
import {
	type Document,
	isAlias,
	isMap,
	isScalar,
	isSeq,
	Lexer,
	type Node,
	parseAllDocuments,
	type YAMLError,
} from 'yaml';
import type { Steps } from '../steps.ts';

export const fileBytesMax = 16 * 1024 * 1024;
/** Deepest nesting of sequences and mappings; rules need 5. */
export const nestingMax = 64;

/** Files longer than this are parsed in pieces of at least this length. */
const pieceCharsMin = 64 * 1024;

export type ScalarNode = {
	readonly kind: 'scalar';
	readonly text: string;
	readonly start: number;
	readonly end: number;
};
export type NullNode = { readonly kind: 'null'; readonly start: number; readonly end: number };
export type SequenceNode = {
	readonly kind: 'sequence';
	readonly items: readonly SourceNode[];
	readonly start: number;
	readonly end: number;
};
export type MappingNode = {
	readonly kind: 'mapping';
	/** In file order; the first of equal keys. */
	readonly entries: ReadonlyMap<string, SourceNode>;
	/** Where each key stands. */
	readonly keyStarts: ReadonlyMap<string, number>;
	readonly start: number;
	readonly end: number;
};
export type SourceNode = ScalarNode | NullNode | SequenceNode | MappingNode;

/** The text cannot be read at all. */
export class SourceError extends Error {
	/** Offset into the text in characters. */
	readonly offset: number;
	readonly hint: string;

	constructor(message: string, offset: number, hint = '') {
		super(message);
		this.offset = offset;
		this.hint = hint;
	}
}

/** Bytes of a file to text, without the byte order mark. Throws SourceError. */
export function decodeSource(content: string | Uint8Array): string {
	if (content.length > fileBytesMax) {
		const limit = `at most ${fileBytesMax} are read`;
		throw new SourceError(
			`the file has ${content.length} bytes, ${limit}`,
			0,
			'split the rules into several files',
		);
	}
	const text = typeof content === 'string' ? content : decodeUtf8Strictly(content);
	const control = text.search(/[\x00-\x08\x0e-\x1f]/);
	if (control >= 0) {
		const code = text.charCodeAt(control).toString(16).padStart(2, '0');
		throw new SourceError(`the file holds the control character 0x${code}: not a text file`, control);
	}
	return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function decodeUtf8Strictly(content: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
	} catch {
		throw new SourceError('the file is not valid UTF-8', 0, 'save the file as UTF-8');
	}
}

/** The documents of a file; a null stands for an empty one. Throws SourceError at the first thing that is not YAML. */
export function* parseSource(text: string): Steps<SourceNode[]> {
	assertNesting(text);
	const items = text.length > pieceCharsMin ? yield* parseInPieces(text) : null;
	if (items !== null) return [{ kind: 'sequence', items, start: 0, end: text.length }];
	return parseWhole(text).map((document) => {
		const error = document.errors.find((candidate) => !isTolerated(candidate, text));
		if (error !== undefined) {
			throw new SourceError(yamlMessage(error), error.pos[0], 'see the YAML syntax of this line');
		}
		return new Converter(0).convert(document.contents, 0);
	});
}

/**
 * A long file that is one list of items is parsed a few items at a time: the YAML library keeps every token of what it
 * parses, and the garbage collector then takes as long as the parser. Null when the file is not so, or when anything at
 * all is odd (an error, an anchor used in another piece): then it is parsed as a whole, which decides.
 */
function* parseInPieces(text: string): Steps<SourceNode[] | null> {
	if (!/^(?:[ \t]*(?:#.*)?\r?\n)*- /.test(text) || /^(?:---|\.\.\.|%)/m.test(text)) return null;
	const items: SourceNode[] = [];
	for (let start = 0; start < text.length; ) {
		const next = text.indexOf('\n- ', start + pieceCharsMin);
		const end = next < 0 ? text.length : next + 1;
		const [document, ...others] = parseDocuments(text.slice(start, end));
		if (document === undefined || others.length > 0 || document.errors.length > 0) return null;
		try {
			const piece = new Converter(start).convert(document.contents, 0);
			if (piece.kind !== 'sequence') return null;
			for (const item of piece.items) items.push(item);
		} catch (error) {
			if (error instanceof SourceError) return null;
			throw error;
		}
		start = end;
		yield;
	}
	return items;
}

function parseDocuments(text: string): Document.Parsed[] {
	try {
		const options = {
			schema: 'failsafe',
			uniqueKeys: false,
			merge: false,
			prettyErrors: false,
			logLevel: 'silent',
		} as const;
		const parsed = parseAllDocuments(text, options);
		return Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
	} catch (error) {
		if (error instanceof RangeError) throw nestedTooDeep(0);
		throw new SourceError(`the file is not YAML: ${(error as Error).message}`, 0);
	}
}

/**
 * A quoted scalar that the end of the file closes is accepted, as in Falco. The YAML library takes its last character for the missing quote:
 * it gets one that does not matter.
 */
function parseWhole(text: string): Document.Parsed[] {
	const documents = parseDocuments(text);
	const endsInside = documents.some(({ errors }) => errors.some((error) => isTolerated(error, text)));
	return endsInside && !text.endsWith('\n') ? parseDocuments(`${text}\n`) : documents;
}

function isTolerated(error: YAMLError, text: string): boolean {
	return (
		error.code === 'MISSING_CHAR' && /quote/.test(error.message) && error.pos[1] >= text.trimEnd().length
	);
}

function yamlMessage(error: YAMLError): string {
	if (/call stack/.test(error.message)) return `nested deeper than ${nestingMax} levels`;
	return error.message.split('\n')[0] ?? error.code;
}

/**
 * Refuses deep nesting before the YAML library builds it. Brackets are counted everywhere first (cheap; brackets inside
 * texts count too); only a file that looks deep is read by the lexer, which knows brackets from text.
 */
function assertNesting(text: string): void {
	const block = /^[ \t]*(?:[-?:] +){64}/m.exec(text);
	if (block !== null) throw nestedTooDeep(block.index);
	let depth = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 0x5b || code === 0x7b) {
			if (++depth <= nestingMax) continue;
			assertNestingExactly(text);
			return;
		} else if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1);
	}
}

function assertNestingExactly(text: string): void {
	const scalarMark = '\x1f';
	let depth = 0;
	let offset = 0;
	let previous = '';
	for (const token of new Lexer().lex(text)) {
		if (previous !== scalarMark && (token === '[' || token === '{')) {
			if (++depth > nestingMax) throw nestedTooDeep(offset);
		} else if (previous !== scalarMark && (token === ']' || token === '}')) depth--;
		if (token !== scalarMark) offset += token.length;
		previous = token;
	}
}

function nestedTooDeep(offset: number): SourceError {
	return new SourceError(`nested deeper than ${nestingMax} levels`, offset, 'rules need about 5 levels');
}

class Converter {
	private readonly base: number;
	/** The last node of each anchor, in the order of the file. */
	private readonly anchors = new Map<string, Node>();
	private readonly done = new Map<Node, SourceNode>();
	private readonly open = new Set<Node>();

	/** `base`: where the parsed text starts in the file. */
	constructor(base: number) {
		this.base = base;
	}

	convert(node: unknown, fallback: number): SourceNode {
		if (isAlias(node)) return this.convertAlias(node);
		if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
			this.anchors.set(node.anchor, node);
		}
		if (isScalar(node)) return this.convertScalar(node as Node & { value: unknown; type?: string });
		if (!isMap(node) && !isSeq(node)) return { kind: 'null', start: fallback, end: fallback };
		const known = this.done.get(node);
		if (known !== undefined) return known;
		if (this.open.size > nestingMax) throw nestedTooDeep(this.startOf(node, fallback));
		this.open.add(node);
		const [start, end] = [this.startOf(node, fallback), this.endOf(node, fallback)];
		const converted: SourceNode = isSeq(node)
			? { kind: 'sequence', items: node.items.map((item) => this.convert(item, start)), start, end }
			: this.convertMapping(node.items as readonly { key: unknown; value: unknown }[], start, end);
		this.open.delete(node);
		this.done.set(node, converted);
		return converted;
	}

	private convertMapping(
		pairs: readonly { key: unknown; value: unknown }[],
		start: number,
		end: number,
	): MappingNode {
		const entries = new Map<string, SourceNode>();
		const keyStarts = new Map<string, number>();
		for (const pair of pairs) {
			const key = this.convert(pair.key, start);
			const name = key.kind === 'scalar' ? key.text : key.kind === 'null' ? '' : null;
			if (name === null || entries.has(name)) continue;
			entries.set(name, this.convert(pair.value, key.end));
			keyStarts.set(name, key.start);
		}
		return { kind: 'mapping', entries, keyStarts, start, end };
	}

	private convertScalar(node: Node & { value: unknown; type?: string }): SourceNode {
		const start = this.startOf(node, 0);
		const end = this.endOf(node, start);
		const text = typeof node.value === 'string' ? node.value : '';
		const isPlain = node.type === 'PLAIN' || node.type === undefined;
		if (isPlain && /^(?:~|null|Null|NULL|)$/.test(text)) return { kind: 'null', start, end };
		return { kind: 'scalar', text, start, end };
	}

	private convertAlias(alias: Node & { source: string }): SourceNode {
		const start = this.startOf(alias, 0);
		const target = this.anchors.get(alias.source);
		if (target === undefined)
			throw new SourceError(`the alias *${alias.source} has no anchor before it`, start);
		if (this.open.has(target))
			throw new SourceError(`the alias *${alias.source} stands inside its own anchor`, start);
		return this.convert(target, start);
	}

	private startOf(node: Node, fallback: number): number {
		return node.range ? node.range[0] + this.base : fallback;
	}

	private endOf(node: Node, fallback: number): number {
		return node.range ? node.range[1] + this.base : fallback;
	}
}
