/**
 * Checking: a tree and a catalogue of fields → every problem, every warning, the event types that can satisfy it.
 * `parseCondition` (#rules/parse) and `checkCondition` serve stand-alone filters as well (`lanner filter`, the sink).
 */
import type { Expression } from '../ast.ts';
import type { FieldCatalogue } from '../field.ts';
import { type CheckedCondition, ConditionChecker } from './condition.ts';

export type { CheckedCondition, ConditionProblem, ConditionWarning } from './condition.ts';
export { ConditionChecker, constantBytesMax } from './condition.ts';
export { EventTypeSet, isEventTypeName } from './event-type-set.ts';
export { EventTypeAnalysis, EventTypeError } from './event-types.ts';

export function checkCondition<Subject>(
	tree: Expression,
	catalogue: FieldCatalogue<Subject>,
): CheckedCondition {
	return new ConditionChecker(catalogue).check(tree);
}
