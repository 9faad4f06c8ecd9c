/**
 * Which parts of conditions the tests of a rule try both ways. A condition is taken apart at its outermost `and`; a part that was
 * never false in a test could be left out and no test would notice, one that was never true keeps the rule from being tested at all.
 * A part is asked only where those before it are true, as in an evaluation.
 */
import type { Expression } from '../ast.ts';
import { compile } from '../compile/compile.ts';
import type { FieldCatalogue } from '../field.ts';
import { printParseable } from '../parse/index.ts';

type Part<Subject> = {
	/** Byte string. */
	readonly text: string;
	readonly test: (subject: Subject, eventType: number) => boolean;
	wasTrue: boolean;
	wasFalse: boolean;
};

export type UntriedPart = {
	readonly rule: string;
	/** Byte string. */
	readonly part: string;
	readonly never: 'true' | 'false';
};

export class ConditionCoverage<Subject> {
	readonly #parts = new Map<string, readonly Part<Subject>[]>();

	constructor(
		rules: readonly { readonly name: string; readonly condition: Expression }[],
		catalogue: FieldCatalogue<Subject>,
	) {
		for (const { name, condition } of rules) {
			const operands = condition.node === 'and' ? condition.children : [condition];
			this.#parts.set(
				name,
				operands.map((operand) => ({
					text: printParseable(operand),
					test: compile(operand, catalogue).test,
					wasTrue: false,
					wasFalse: false,
				})),
			);
		}
	}

	/** An event of a test of the rule. */
	observe(rule: string, subject: Subject, eventType: number): void {
		for (const part of this.#parts.get(rule) ?? []) {
			if (!part.test(subject, eventType)) {
				part.wasFalse = true;
				return;
			}
			part.wasTrue = true;
		}
	}

	report(): { readonly parts: number; readonly untried: readonly UntriedPart[] } {
		let parts = 0;
		const untried: UntriedPart[] = [];
		for (const [rule, own] of this.#parts) {
			for (const { text, wasTrue, wasFalse } of own) {
				parts++;
				if (!wasTrue) untried.push({ rule, part: text, never: 'true' });
				else if (!wasFalse) untried.push({ rule, part: text, never: 'false' });
			}
		}
		return { parts, untried };
	}
}
