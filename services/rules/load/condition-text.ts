/**
 * Texts of conditions to trees: lists put in, parsed (each different text once), macros put in; errors with the place in
 * the file where the text stands, as far as the text is there as it is.
 */
import { decodeUtf8, encodeUtf8 } from '#schemas/text.ts';
import type { Expression, IdentifierNode } from '../ast.ts';
import type { DiagnosticContext } from '../diagnostic.ts';
import { ParseError, parseCondition } from '../parse/index.ts';
import type { Origin } from './definitions.ts';
import { ListSubstitution, type NamedList, SubstitutionError } from './list-text.ts';
import { MacroError, MacroResolver } from './macros.ts';
import type { Problem, Problems } from './problems.ts';

/** Bytes of a condition shown around a problem in it. */
const excerptBytes = 60;
/** Characters before and after a place that are looked for in the file; the longer first. */
const windows = [
	[40, 20],
	[16, 8],
	[8, 0],
] as const;
/** A file says a condition in at most this many times its characters (indentation). */
const stretchMax = 4;

/** Where a condition stands and whose it is. */
export type Place = {
	readonly origin: Origin;
	readonly contexts: readonly DiagnosticContext[];
	readonly kind: 'rule' | 'macro';
	readonly name: string;
};

export function placeOf(kind: Place['kind'], name: string, origin: Origin): Place {
	const contexts = [
		{ kind: 'rules content', name: '' },
		{ kind, name },
	];
	return { origin, contexts, kind, name };
}

export function within(place: Place, ...kinds: readonly string[]): Place {
	return { ...place, contexts: [...place.contexts, ...kinds.map((kind) => ({ kind, name: '' }))] };
}

/** Messages about conditions quote their bytes: those of UTF-8 become characters again. */
export function readable(message: string): string {
	return message.replace(/[\x80-\xff]+/g, decodeUtf8);
}

export class ConditionTexts {
	private readonly problems: Problems;
	private readonly resolver = new MacroResolver();
	private readonly parsed = new Map<string, Expression | ParseError>();
	private readonly reported = new Set<string>();
	private substitution = new ListSubstitution([]);

	constructor(problems: Problems) {
		this.problems = problems;
	}

	useLists(lists: readonly NamedList[]): void {
		this.substitution = new ListSubstitution(
			lists.map(({ name, items }) => ({ name: encodeUtf8(name), items: items.map(encodeUtf8) })),
		);
	}

	/** Null after reporting why there is no tree. `onUse` is told the index of each list put in. */
	parse(text: string, place: Place, onUse: (index: number) => void): Expression | null {
		try {
			const source = this.substitution.apply(encodeUtf8(text), onUse);
			const result = this.parseOnce(source);
			if (!(result instanceof ParseError)) return result;
			const found = locate(place.origin, source, result.offset);
			const message = `${place.kind} '${place.name}': ${readable(`${result.message}: ${excerpt(source, result.offset)}`)}`;
			this.reportOnce({
				code: 'LOAD_ERR_COMPILE_CONDITION',
				message,
				hint: result.hint,
				...within({ ...place, origin: found }, `${place.kind} condition`, 'condition expression'),
			});
		} catch (error) {
			if (!(error instanceof SubstitutionError)) throw error;
			const message = `${place.kind} '${place.name}': ${error.message}`;
			this.reportOnce({
				code: 'LOAD_ERR_COMPILE_CONDITION',
				message,
				hint: 'make the lists smaller',
				...place,
			});
		}
		return null;
	}

	/** Null after reporting which macro is missing. */
	replaceMacros(
		tree: Expression,
		find: (node: IdentifierNode) => Expression,
		place: Place,
	): Expression | null {
		try {
			return this.resolver.resolve(tree, find);
		} catch (error) {
			if (!(error instanceof MacroError)) throw error;
			if (error.isConsequence) return null;
			const hint =
				error.node === null
					? 'split the rule'
					: 'a macro must be defined before a macro that uses it; names are case-sensitive';
			const message = `${place.kind} '${place.name}': ${error.message}`;
			const origin = error.node === null ? place.origin : locateWord(place.origin, error.node.name);
			const { contexts } = within(place, 'condition expression');
			this.reportOnce({ code: 'LOAD_ERR_VALIDATE', message, hint, origin, contexts });
			return null;
		}
	}

	private parseOnce(source: string): Expression | ParseError {
		const known = this.parsed.get(source);
		if (known !== undefined) return known;
		let result: Expression | ParseError;
		try {
			result = parseCondition(source);
		} catch (error) {
			if (!(error instanceof ParseError)) throw error;
			result = error;
		}
		this.parsed.set(source, result);
		return result;
	}

	/** Errors of texts are met again in every run. */
	private reportOnce(problem: Problem): void {
		if (this.reported.has(problem.message)) return;
		this.reported.add(problem.message);
		this.problems.error(problem);
	}
}

/**
 * The place in the file of a byte of a condition: what stands around it is looked for in the file from the condition on.
 * The condition's own start when it is not there just once (lists put in, exceptions, appended parts).
 */
export function locate(origin: Origin, condition: string, offset: number): Origin {
	const region = origin.source.text.slice(origin.offset, origin.offset + stretchMax * condition.length + 64);
	for (const [before, after] of windows) {
		const head = decodeUtf8(condition.slice(Math.max(0, offset - before), offset));
		const tail = decodeUtf8(condition.slice(offset, offset + after));
		if (head.trim().length + tail.trim().length < 4) continue;
		const pattern = new RegExp(`(${flexible(head)})${flexible(tail)}`, 'g');
		const [first, second] = region.matchAll(pattern);
		if (first === undefined || second !== undefined) continue;
		return { source: origin.source, offset: origin.offset + first.index + (first[1] as string).length };
	}
	return origin;
}

/** A check (`proc.name startswith`) where it first stands; the condition's own start when it comes from a macro. */
export function locateCheck(origin: Origin, check: string): Origin {
	const parts = readable(check).split(' ').map(flexible);
	return check === '' ? origin : locatePattern(origin, `(?<![\\w.])${parts.join('\\s*')}`);
}

/** A name between other characters, where it first stands. */
function locateWord(origin: Origin, word: string): Origin {
	return locatePattern(origin, `\\b${word}\\b`);
}

/** Looks from the condition to the next item of the file. */
function locatePattern(origin: Origin, pattern: string): Origin {
	const { text } = origin.source;
	const end = text.indexOf('\n- ', origin.offset);
	const found = text.slice(origin.offset, end < 0 ? text.length : end).search(new RegExp(pattern));
	return found < 0 ? origin : { source: origin.source, offset: origin.offset + found };
}

function flexible(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
}

function excerpt(source: string, offset: number): string {
	const start = Math.max(0, offset - excerptBytes / 2);
	const end = offset + excerptBytes / 2;
	const text = `${start > 0 ? '…' : ''}${source.slice(start, offset)}⟨here⟩${source.slice(offset, end)}${end < source.length ? '…' : ''}`;
	return text.replace(/\s+/g, ' ');
}
