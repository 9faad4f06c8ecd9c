/** Rules of conditions alone, for tests of what is made of conditions: drawn at random from leaves, and loaded as a file of rules would be. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type LoadedRule, loadRules } from '#rules/load/index.ts';

/** `and`, `or` and `not` over these leaves, three levels deep at most. */
export function conditionOf(leaf: fc.Arbitrary<string>): fc.Arbitrary<string> {
	return fc.letrec<{ tree: string }>((tie) => ({
		tree: fc.oneof(
			{ maxDepth: 3, withCrossShrink: true },
			leaf,
			fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} and ${b})`),
			fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} or ${b})`),
			tie('tree').map((one) => `not (${one})`),
		),
	})).tree;
}

/** A rule for each, in order; they hold no `'`. */
export function loadConditions(conditions: readonly string[]): readonly LoadedRule[] {
	const rules = conditions.map(
		(one, i) => `- { rule: r${i}, desc: d, output: o, priority: INFO, condition: '${one}' }`,
	);
	const loaded = loadRules([{ name: 'r.yaml', content: rules.join('\n') }], {
		catalogue: eventFieldCatalogue,
	});
	assert.ok(loaded.ok, JSON.stringify(loaded.diagnostics.slice(0, 2)));
	return loaded.rules;
}
