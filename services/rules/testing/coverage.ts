/** Which rules are tested both ways: a case that must alert, and a case of the same suite that must not. */
import type { TestCase } from './read.ts';

export type Coverage = {
	readonly rules: number;
	readonly covered: number;
	/** Rules without a case that alerts. */
	readonly withoutPositive: readonly string[];
	/** Rules without a case that stays silent. */
	readonly withoutNegative: readonly string[];
	/** Rules that cases name but the rule set does not have. */
	readonly unknown: readonly string[];
};

export function coverageOf(rules: readonly string[], cases: readonly TestCase[]): Coverage {
	const alerts = (test: TestCase): boolean => test.expected.some(({ rule }) => rule === test.rule);
	const positive = new Set(cases.filter(alerts).map(({ rule }) => rule));
	const negative = new Set(cases.filter((test) => !alerts(test)).map(({ rule }) => rule));
	const known = new Set(rules);
	const named = new Set(
		cases.flatMap(({ rule, expected }) => [rule, ...expected.map((alert) => alert.rule)]),
	);
	return {
		rules: rules.length,
		covered: rules.filter((rule) => positive.has(rule) && negative.has(rule)).length,
		withoutPositive: rules.filter((rule) => !positive.has(rule)),
		withoutNegative: rules.filter((rule) => !negative.has(rule)),
		unknown: [...named].filter((rule) => !known.has(rule)),
	};
}
