/**
 * What is fuzzed: each target takes a text and returns the kinds of answers it gave (the coverage that guides the run). It
 * throws `Broken` when a promise is broken, and anything else it throws is a finding as well.
 */
import { compile } from '#rules/compile/compile.ts';
import { Plan } from '#rules/compile/ir.ts';
import { PlanError } from '#rules/compile/plan.ts';
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue as catalogue } from '#rules/fields/index.ts';
import { parseTemplate, TemplateError } from '#rules/format/template.ts';
import { formatRules, LayoutError, SourceError } from '#rules/layout/index.ts';
import { type LoadResult, loadRules } from '#rules/load/index.ts';
import { ParseError, parseCondition, printParseable } from '#rules/parse/index.ts';
import { readTests } from '#rules/testing/read.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { encodeUtf8 } from '#schemas/text.ts';

export class Broken extends Error {}

export type Target = (text: string) => readonly string[];

/** The wording without what the input put into it. */
function shapeOf(message: string): string {
	return message.replace(/'[^']*'|"[^"]*"|\d+/g, '_').slice(0, 60);
}

/** Rules that compile take this many event types into generated code; all would be slow. */
const typesCompiledMax = 3;

const load: Target = (text) => {
	const result = loadRules([{ name: 'f', content: text }], { catalogue });
	const kinds = result.diagnostics.map(({ code, message }) => `${code} ${shapeOf(message)}`);
	const errors = result.diagnostics.filter(({ severity }) => severity === 'error').length;
	if (result.ok !== (errors === 0 && result.pluginProblems.length === 0))
		throw new Broken('ok is not what the diagnostics say');
	for (const { line, column, message } of result.diagnostics)
		if (line < 1 || column < 1 || message === '') throw new Broken('a diagnostic without a place or text');
	checkLayout(text, result);
	const rules = result.rules.filter(({ enabled }) => enabled);
	const set = compileRuleSet(rules, catalogue, { ruleMatching: 'first', eventTypes });
	for (const [index, rule] of rules.entries()) {
		checkRoundTrip(rule.condition);
		set.explain(index);
	}
	const types = new Set(rules.flatMap((rule) => rule.eventTypes.names().slice(0, typesCompiledMax)));
	for (const name of [...types].slice(0, typesCompiledMax))
		set.rulesFor((eventTypes as readonly string[]).indexOf(name));
	return [...kinds, `rules ${Math.min(rules.length, 8)}`, `macros ${Math.min(result.macros.length, 8)}`];
};

/** Formatting changes nothing but the layout, and is done after once. What it refuses stays as it is. */
function checkLayout(text: string, before: LoadResult): void {
	try {
		const formatted = formatRules(text);
		const after = loadRules([{ name: 'f', content: formatted }], { catalogue });
		const meaning = ({ rules, ok }: LoadResult): string =>
			JSON.stringify([
				ok,
				rules.map((rule) => [rule.name, rule.printCondition(), rule.output, rule.priority, rule.tags]),
			]);
		if (meaning(before) !== meaning(after)) throw new Broken('a formatted file means something else');
		if (formatRules(formatted) !== formatted) throw new Broken('a formatted file is formatted otherwise');
	} catch (error) {
		if (!(error instanceof LayoutError || error instanceof SourceError)) throw error;
	}
}

/** A printed text has more parentheses than the one it came from, so it may be refused as too deep or too long. */
function checkRoundTrip(tree: ReturnType<typeof parseCondition>): void {
	const printed = printParseable(tree);
	let again: string;
	try {
		again = printParseable(parseCondition(printed));
	} catch (error) {
		if (error instanceof ParseError && /limit|at most/.test(error.message)) return;
		throw new Broken(`a printed condition does not parse: ${String(error)}: ${printed.slice(0, 200)}`);
	}
	if (again !== printed)
		throw new Broken(`printed and parsed again it is another condition: ${printed.slice(0, 200)}`);
}

const condition: Target = (text) => {
	try {
		const tree = parseCondition(encodeUtf8(text));
		checkRoundTrip(tree);
		const compiled = compile(tree, catalogue);
		compiled.source(0);
		return ['accepted', ...compiled.warnings.map(({ message }) => shapeOf(message))];
	} catch (error) {
		if (error instanceof ParseError || error instanceof PlanError)
			return [`${error.name} ${shapeOf(error.message)}`];
		throw error;
	}
};

const output: Target = (text) => {
	try {
		const parsed = parseTemplate(`*${encodeUtf8(text)}`, catalogue, new Plan());
		return [`fields ${Math.min(parsed.names.length, 8)}`];
	} catch (error) {
		if (error instanceof TemplateError) return [shapeOf(error.message)];
		throw error;
	}
};

const tests: Target = (text) => {
	const { cases, problems } = readTests('f', text);
	for (const { message } of problems) if (message === '') throw new Broken('a problem without text');
	return [`cases ${Math.min(cases.length, 8)}`, ...problems.map(({ message }) => shapeOf(message))];
};

export const targets: Readonly<Record<string, Target>> = { load, condition, output, tests };
