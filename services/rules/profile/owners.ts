/**
 * Which rules of an event type want which part of the plan. A part that several rules want is evaluated once for all of them, so its
 * cost belongs to none of them alone: such parts are measured apart. Of parts in one another with the same owners only the outermost is.
 */
import type { Candidate } from '../compile/decision.ts';
import type { Operand, Predicate } from '../compile/ir.ts';
import type { Prefilter } from '../compile/prefilter.ts';

/** A predicate, a field's reading, or the question for many strings at once. */
export type Part<Subject> = Predicate<Subject> | Operand<Subject>;

export type Shared<Subject> = { readonly part: Part<Subject>; readonly rules: ReadonlySet<number> };

export class Owners<Subject> {
	/** Parts with more than one owner, by the node's id. */
	readonly shared = new Map<number, Shared<Subject>>();
	/** Bounds that the prefilter asks for the sake of one rule alone: node's id → the rule. */
	readonly bounds = new Map<number, number>();
	/** All rules of the event type. */
	readonly rules: ReadonlySet<number>;
	readonly #owners = new Map<number, Set<number>>();

	constructor(candidates: readonly Candidate<Subject>[], prefilter: Prefilter<Subject> | null) {
		this.rules = new Set(candidates.map(({ index }) => index));
		const roots = candidates.map((candidate, number) => rootsOf(candidate, number, prefilter));
		for (const [number, { index }] of candidates.entries()) {
			const seen = new Set<number>();
			for (const root of roots[number]!) this.#own(root, index, seen);
		}
		const seen = new Set<number>();
		for (const own of roots) for (const root of own) this.#collect(root, 0, seen);
		for (const [number, { index }] of candidates.entries()) {
			for (const bound of boundsOf(number, prefilter))
				if (this.#countOf(bound) === 1) this.bounds.set(bound.id, index);
		}
	}

	#own(part: Part<Subject>, rule: number, seen: Set<number>): void {
		if (seen.has(part.id)) return;
		seen.add(part.id);
		const owners = this.#owners.get(part.id) ?? new Set();
		this.#owners.set(part.id, owners.add(rule));
		for (const inner of partsOf(part)) this.#own(inner, rule, seen);
	}

	#countOf(part: Part<Subject>): number {
		return this.#owners.get(part.id)?.size ?? 0;
	}

	/** `outer`: owners of what it stands in, 0 = it stands alone. A part with more owners than that also stands elsewhere. */
	#collect(part: Part<Subject>, outer: number, seen: Set<number>): void {
		const count = this.#countOf(part);
		const isMeasured = count > 1 && count > outer && isWork(part);
		if (isMeasured) this.shared.set(part.id, { part, rules: this.#owners.get(part.id)! });
		if (seen.has(part.id)) return;
		seen.add(part.id);
		for (const inner of partsOf(part)) this.#collect(inner, isWork(part) ? count : outer, seen);
	}
}

/** A negation is no work beside what it negates, and a constant is none at all. */
function isWork<Subject>({ kind }: Part<Subject>): boolean {
	return kind !== 'not' && kind !== 'constant';
}

function rootsOf<Subject>(
	{ conditions }: Candidate<Subject>,
	number: number,
	prefilter: Prefilter<Subject> | null,
): readonly Predicate<Subject>[] {
	return [...conditions, ...boundsOf(number, prefilter)];
}

function boundsOf<Subject>(number: number, prefilter: Prefilter<Subject> | null): Predicate<Subject>[] {
	const lists = [prefilter?.process, prefilter?.classes?.bounds, prefilter?.texts?.bounds];
	return lists.flatMap((bounds) => bounds?.[number] ?? []).filter(({ kind }) => kind !== 'constant');
}

function partsOf<Subject>(part: Part<Subject>): readonly Part<Subject>[] {
	switch (part.kind) {
		case 'and':
		case 'or':
			return part.children;
		case 'not':
			return [part.child];
		case 'exists':
		case 'test':
			return [part.operand];
		case 'compare':
			return [part.left, part.right];
		case 'transform':
			return part.args;
		default:
			return [];
	}
}
