/** operators.jsonl: what each operator answers for each type of value, what is refused at load, what only warns. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '#rules/compile/compile.ts';
import { PlanError } from '#rules/compile/plan.ts';
import { filterDepthMax, ParseError, parseCondition } from '#rules/parse/index.ts';
import { encodeUtf8 } from '#schemas/text.ts';
import type { Case, CaseKind, Verdict } from '../kind.ts';
import { type CaseField, given, parseExactJson } from './given.ts';

type OperatorCase = {
	readonly id: string;
	readonly fields: Readonly<Record<string, CaseField>>;
	readonly filter: string;
	readonly result?: boolean;
	readonly error?: string;
	readonly runtime_error?: string;
	readonly warnings?: readonly unknown[];
};

function judge(line: OperatorCase): Verdict {
	const expected =
		line.error !== undefined ? `refused: ${line.error}` : (line.runtime_error ?? String(line.result));
	const { catalogue, values } = given(line.fields);
	try {
		const condition = compile(parseCondition(encodeUtf8(line.filter), filterDepthMax), catalogue);
		const got = condition.test(values);
		if (got !== line.result) return { expected, got: String(got) };
		const warnings = line.warnings?.length ?? 0;
		if (warnings > 0 === condition.warnings.length > 0) return null;
		return { expected: `warnings ${JSON.stringify(line.warnings)}`, got: JSON.stringify(condition.warnings) };
	} catch (error) {
		if (!(error instanceof PlanError) && !(error instanceof ParseError)) throw error;
		return line.error === undefined ? { expected, got: `refused: ${error.message}` } : null;
	}
}

function prepare(_lines: readonly Case[], folder: string): (line: Case) => Verdict {
	const exact = new Map<string, OperatorCase>();
	for (const line of readFileSync(join(folder, 'operators.jsonl'), 'utf8').split('\n')) {
		if (line.trim() === '') continue;
		const parsed = parseExactJson(line) as OperatorCase;
		exact.set(parsed.id, parsed);
	}
	return (line) => judge(exact.get(line.id as string) as OperatorCase);
}

export const operatorsKind: CaseKind = { file: 'operators.jsonl', prepare };
