/** Which classes of paths (path-classes.ts) an event type needs, and what they tell of each rule. */
import type { ReadBytes, TextPart } from '../field.ts';
import type { Test } from '../operators/test.ts';
import { type Cover, coverDerived } from './bounds.ts';
import type { FieldOperand, Plan, Predicate } from './ir.ts';
import { type LiteralTest, literalTestOf } from './literal-test.ts';
import { literalBytesMax, PathClasses, searchesMax } from './path-classes.ts';

export type Classes<Subject> = {
	readonly of: PathClasses<Subject>;
	/** Of each candidate. */
	readonly bounds: readonly Predicate<Subject>[];
};

/** `operands`: the interned texts; those whose bytes cannot be had are left out. Null = classes would tell nothing. */
export function planClasses<Subject>(
	plan: Plan<Subject>,
	operands: readonly FieldOperand<Subject>[],
	eventType: number,
	bound: (cover: Cover<Subject>) => readonly Predicate<Subject>[] | null,
): Classes<Subject> | null {
	const readers = new Map<FieldOperand<Subject>, ReadBytes<Subject>>();
	for (const operand of operands) {
		const read = operand.definition.bytes?.(eventType) ?? null;
		if (read !== null) readers.set(operand, read);
	}
	if (readers.size === 0) return null;
	const tests = new Tests();
	const bounds = bound(coverLiterals(plan, [...readers.keys()], tests));
	return bounds === null ? null : { of: new PathClasses([...readers.values()], tests.taken), bounds };
}

function coverLiterals<Subject>(
	plan: Plan<Subject>,
	operands: readonly FieldOperand<Subject>[],
	tests: Tests,
): Cover<Subject> {
	return (leaf) => {
		if (leaf.kind === 'exists' && leaf.operand.kind === 'field' && operands.includes(leaf.operand))
			return { upper: leaf, lower: leaf };
		if (leaf.kind !== 'test' || leaf.operand.kind !== 'field' || leaf.quantity !== 'one') return null;
		if (operands.includes(leaf.operand)) {
			const taken = tests.take(leaf.test, 'whole');
			if (taken === null) return null;
			const upper = plan.test(leaf.operand, 'one', taken.test);
			return { upper, lower: taken.exact ? upper : plan.constant(false) };
		}
		return coverDerived(plan, leaf, operands, ({ base, part, test }) => {
			const taken = tests.take(test, part);
			return taken === null ? null : plan.test(base, 'one', taken.test);
		});
	};
}

/** The tests that classes are made by, as long as there is room. */
class Tests {
	readonly taken: LiteralTest[] = [];
	readonly #known = new Map<string, LiteralTest | null>();
	#bytes = 0;
	#searches = 0;

	take(test: Test, part: TextPart['part']): LiteralTest | null {
		const key = `${part} ${test.key}`;
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		const literalTest = this.#fitting(test, part);
		this.#known.set(key, literalTest);
		if (literalTest !== null) this.taken.push(literalTest);
		return literalTest;
	}

	#fitting(test: Test, part: TextPart['part']): LiteralTest | null {
		const found = literalTestOf(test, part);
		if (found === null) return null;
		const bytes = found.literals.reduce((sum, { value }) => sum + value.length + 1, this.#bytes);
		const searches = this.#searches + (found.literals.some(({ kind }) => kind === 'contains') ? 1 : 0);
		if (bytes > literalBytesMax || searches > searchesMax) return null;
		this.#bytes = bytes;
		this.#searches = searches;
		return found;
	}
}
