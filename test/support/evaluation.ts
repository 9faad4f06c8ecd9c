/** Rule sets and logs for tests of evaluation. */
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import type { EventSubject } from '#rules/subject.ts';

/** Rules in the text of a rules file → what evaluates them. */
export function ruleSetOf(yaml: string): RuleSet<EventSubject> {
	const loaded = loadRules([{ name: 'test.yaml', content: yaml }], { catalogue: eventFieldCatalogue });
	if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
	return compileRuleSet(loaded.rules, eventFieldCatalogue, { ...eventRuleSetOptions, ruleMatching: 'first' });
}

export const silentLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
