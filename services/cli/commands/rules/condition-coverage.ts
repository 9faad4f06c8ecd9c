/** `lanner rules test --coverage`: coverage of conditions as text and as JSON. */
import type { ConditionReport, RuleConditions, Uncovered } from '#rules/testing/condition-coverage.ts';
import { decodeUtf8 } from '#schemas/text.ts';
import { escapeControls, type Paint } from './diagnostics.ts';

/** Longer conditions are cut in the text. */
const textMax = 160;

const words: Readonly<Record<Uncovered['never'], string>> = {
	true: 'never true ',
	false: 'never false',
	both: 'not reached',
};

/** What stands in a part that was not reached is not told again. */
export function conditionText({ outcomes, seen, percent, rules }: ConditionReport, paint: Paint): string {
	const open = rules.filter(({ uncovered }) => uncovered.length > 0);
	const lines = open.flatMap((rule) => [headOf(rule, paint), ...linesOf(rule, paint)]);
	const whole = rules.length - open.length;
	const total = `conditions: ${seen} of ${outcomes} outcomes seen (${percent} %), all of them for ${whole} of ${rules.length} rules`;
	return `${[...lines, total].join('\n')}\n`;
}

function headOf({ rule, seen, outcomes }: RuleConditions, paint: Paint): string {
	return `${paint.strong(escapeControls(rule))}: ${seen} of ${outcomes} outcomes of its conditions seen`;
}

function linesOf({ uncovered }: RuleConditions, paint: Paint): string[] {
	return uncovered
		.filter(({ within }) => !within)
		.map(({ condition, never }) => {
			const text = escapeControls(decodeUtf8(condition));
			return `  ${paint.warning(words[never])}  ${text.length > textMax ? `${text.slice(0, textMax)}…` : text}`;
		});
}

export function conditionRecord({ rules, ...totals }: ConditionReport): object {
	const decoded = rules.map(({ uncovered, ...rule }) => ({
		...rule,
		uncovered: uncovered.map((one) => ({ ...one, condition: decodeUtf8(one.condition) })),
	}));
	return { ...totals, rules: decoded };
}
