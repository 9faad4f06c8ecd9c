/** compile.jsonl: every field with every operator and argument form; accepted or refused, and which warnings. */
import { checkCondition } from '#rules/check/index.ts';
import { filterDepthMax, ParseError, parseCondition } from '#rules/parse/index.ts';
import { encodeUtf8 } from '#schemas/text.ts';
import type { Case, CaseKind, Verdict } from '../kind.ts';
import { eventFieldCatalogue, withMockField } from './catalogue.ts';

export const compileKind: CaseKind = {
	file: 'compile.jsonl',
	prepare: () => {
		const catalogue = withMockField(eventFieldCatalogue);
		const refusal = (filter: string): { problem: string | null; warnings: number } => {
			try {
				const checked = checkCondition(parseCondition(encodeUtf8(filter), filterDepthMax), catalogue);
				const warnings = checked.warnings.filter(
					(warning) => warning.code === 'LOAD_COMPILE_CONDITION',
				).length;
				return { problem: checked.errors[0]?.message ?? null, warnings };
			} catch (error) {
				if (error instanceof ParseError) return { problem: error.message, warnings: 0 };
				throw error;
			}
		};
		return (line: Case): Verdict => {
			const { problem, warnings } = refusal(line.filter as string);
			if (line.ok !== (problem === null)) {
				return {
					expected: line.ok === true ? 'accepted' : `refused: ${line.error}`,
					got: problem === null ? `accepted: ${line.filter}` : `refused: ${problem}: ${line.filter}`,
				};
			}
			const expected = (line.warnings as string[] | undefined) ?? [];
			if (expected.length === warnings) return null;
			return {
				expected: `warnings ${JSON.stringify(expected)}`,
				got: `${warnings} warnings for ${line.filter}`,
			};
		};
	},
};
