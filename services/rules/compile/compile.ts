/**
 * One condition → one predicate. For filters (`lanner filter`, the sink's `when`) and tests; rules go through
 * `rule-set.ts`, which shares work between them.
 */
import type { Expression } from '../ast.ts';
import type { FieldCatalogue } from '../field.ts';
import { Unit } from './emit.ts';
import { Plan } from './ir.ts';
import { Memo } from './memo.ts';
import { instantiate } from './module.ts';
import { type PlanWarning, planExpression } from './plan.ts';
import { Specialiser } from './specialise.ts';

export type CompiledCondition<Subject> = {
	/** `eventType`: index into the schema's event types; leave out for subjects that have none. */
	readonly test: (subject: Subject, eventType?: number) => boolean;
	readonly warnings: readonly PlanWarning[];
	/** The generated JavaScript for an event type. */
	readonly source: (eventType?: number) => string;
};

type TypeCode<Subject> = { readonly source: string; readonly run: (subject: Subject) => boolean };

/** Throws `PlanError` when the condition does not fit the catalogue. */
export function compile<Subject>(
	expression: Expression,
	catalogue: FieldCatalogue<Subject>,
): CompiledCondition<Subject> {
	const plan = new Plan<Subject>();
	const warnings: PlanWarning[] = [];
	const condition = planExpression({ plan, catalogue, warnings }, expression);
	const memo = new Memo();
	const byType = new Map<number, TypeCode<Subject>>();
	const codeFor = (eventType: number): TypeCode<Subject> => {
		const known = byType.get(eventType);
		if (known !== undefined) return known;
		const specialiser = new Specialiser(plan, eventType);
		const root = specialiser.specialise(condition);
		const unit = new Unit<Subject>(memo, (operand) => specialiser.extractor(operand));
		unit.countUses([root]);
		const { source, entry } = instantiate(unit, ['s'], {
			head: [],
			body: [`return ${unit.predicate(root)};`],
		});
		const code = { source, run: entry as (subject: Subject) => boolean };
		byType.set(eventType, code);
		return code;
	};
	return {
		test: (subject, eventType = -1) => codeFor(eventType).run(subject),
		warnings,
		source: (eventType = -1) => codeFor(eventType).source,
	};
}
