/**
 * The `when` of an output: an expression in the rule language over an alert. Checked with the configuration, compiled
 * once, a predicate afterwards.
 */
import { checkCondition } from '#rules/check/index.ts';
import { compile } from '#rules/compile/compile.ts';
import { ParseError, parseCondition } from '#rules/parse/index.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { encodeUtf8 } from '#schemas/text.ts';
import { alertCatalogue } from './fields.ts';

/** What is wrong with an expression, where it is known with the byte; null when nothing is. */
export function whenProblem(expression: string): string | null {
	try {
		const { errors } = checkCondition(parseCondition(encodeUtf8(expression)), alertCatalogue);
		const [first] = errors;
		if (first === undefined) return null;
		const known = first.isUnknownName
			? `; fields: ${alertCatalogue
					.all()
					.map(({ name }) => name)
					.join(', ')}`
			: '';
		return `${first.message}${first.hint === '' ? '' : ` (${first.hint})`}, at byte ${first.span.start + 1}${known}`;
	} catch (error) {
		if (!(error instanceof ParseError)) throw error;
		return `${error.message}, at byte ${error.offset + 1}${error.hint === '' ? '' : ` (${error.hint})`}`;
	}
}

/** For an expression without a problem. */
export function compileWhen(expression: string): (alert: Alert) => boolean {
	const { test } = compile(parseCondition(encodeUtf8(expression)), alertCatalogue);
	return (alert) => test(alert);
}
