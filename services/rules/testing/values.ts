/** Rules asked of given values of fields, without an event: what a rule test with `values` runs. */
import type { Instrument } from '../compile/instrument.ts';
import type { Rule } from '../compile/rule.ts';
import { compileRuleSet } from '../compile/rule-set.ts';
import { type GivenValues, givenFieldCatalogue } from '../fields/given.ts';
import type { JsonValue } from '../format/render.ts';
import type { RaisedAlert } from './run.ts';

/** Given values stand for a subject without an event type. */
const noEventType = -1;

export function valuesEvaluator(
	rules: readonly Rule[],
	instrument: Instrument<GivenValues> | null,
): (values: GivenValues) => readonly RaisedAlert[] {
	const ruleSet = compileRuleSet(rules, givenFieldCatalogue, {
		ruleMatching: 'all',
		eventTypes: [],
		...(instrument === null ? {} : { instrument }),
	});
	const matches: number[] = [];
	return (values) => {
		const count = ruleSet.match(values, noEventType, matches);
		return matches.slice(0, count).map((index) => {
			const { name, priority } = ruleSet.rules[index]!;
			const output = ruleSet.outputs[index]!;
			const captured = output.capture(values, noEventType);
			const fields = [...output.fields(captured)].map(([key, value]) => [key, textOf(value)]);
			return { rule: name, priority, output: output.text(captured), fields: Object.fromEntries(fields) };
		});
	};
}

function textOf(value: JsonValue): string {
	if (value === null) return '<NA>';
	return Array.isArray(value) ? `(${value.map(textOf).join(',')})` : String(value);
}
