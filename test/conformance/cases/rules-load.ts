/** rules_load.jsonl: whole files: accepted or not, codes, enabled rules, resolved conditions and outputs. */
import {
	type AppendOutput,
	type LoadResult,
	loadRules,
	parsePriority,
	type Selection,
} from '#rules/load/index.ts';
import { decodeUtf8 } from '#schemas/text.ts';
import { type Case, type CaseKind, differsAsJson, type Verdict } from '../kind.ts';
import { eventFieldCatalogue, withoutContainers } from './catalogue.ts';
import { plainTree } from './parser.ts';

type ExpectedProblem = { readonly code: string; readonly deprecated_field?: string };
type ExpectedLoad = {
	readonly ok: boolean;
	readonly schema: string;
	readonly errors: ExpectedProblem[];
	readonly warnings: ExpectedProblem[];
};
type ExpectedRule = Record<string, unknown> & { readonly rule: string };
type Expected = {
	readonly loads: readonly ExpectedLoad[];
	readonly enabled_rules?: readonly string[];
	readonly rules?: readonly ExpectedRule[];
	readonly macros?: readonly { macro: string; condition_compiled: string; used: boolean }[];
	readonly lists?: readonly { list: string; items: string[]; used: boolean }[];
	readonly required_engine_version?: string;
	readonly plugin_requirements?: { readonly ok: boolean };
};
type CaseAppend = {
	extra_output?: string;
	raw_fields?: string[];
	rule?: string;
	source?: string;
	tags?: string[];
};

export const rulesLoadKind: CaseKind = {
	file: 'rules_load.jsonl',
	prepare: () => {
		const plain = withoutContainers(eventFieldCatalogue);
		return (line: Case): Verdict => {
			const result = loadRules(line.files as { name: string; content: string }[], {
				catalogue: line.container_fields === true ? eventFieldCatalogue : plain,
				appendOutput: ((line.append_output as CaseAppend[] | undefined) ?? []).map(appendOf),
				selections: (line.selections as Selection[] | undefined) ?? [],
				minimumPriority: parsePriority((line.min_priority as string | undefined) ?? 'debug') ?? 'Debug',
				plugins: (line.loaded_plugins as { name: string; version: string }[] | undefined) ?? [],
				...(line.sources === undefined ? {} : { sources: line.sources as string[] }),
			});
			const expected = line.expect as Expected;
			return (
				compareCodes(expected, result) ?? compareSchemas(expected, result) ?? compareContent(expected, result)
			);
		};
	},
};

function appendOf(entry: CaseAppend): AppendOutput {
	const { rule, source, tags } = entry;
	return {
		match: { ...(rule && { rule }), ...(source && { source }), ...(tags && { tags }) },
		...(entry.extra_output === undefined ? {} : { extraOutput: entry.extra_output }),
		extraFields: (entry.raw_fields ?? []).map((key) => ({ key, format: null })),
	};
}

/**
 * Falco stops at the first error; we go on. So the first expected error must be among ours, and the warnings before it;
 * of a file without errors the warnings must be the same, but for those about fields that our stream cannot give.
 */
/** What only Lanner warns of. */
const ownCodes: ReadonlySet<string> = new Set(['LOAD_FIELD_UNAVAILABLE', 'LOAD_EVENT_UNAVAILABLE']);

function codeOf(code: string, deprecatedField: string | undefined): string {
	return deprecatedField === undefined ? code : `${code} of ${deprecatedField}`;
}

function compareCodes(expected: Expected, result: LoadResult): Verdict {
	const codes = (severity: string): string[] =>
		result.diagnostics
			.filter((d) => d.severity === severity && !ownCodes.has(d.code))
			.map((d) => codeOf(d.code, d.deprecatedField));
	const expectedErrors = expected.loads.flatMap((load) => load.errors.map((problem) => problem.code));
	const expectedWarnings = expected.loads
		.flatMap((load) => load.warnings.map((problem) => codeOf(problem.code, problem.deprecated_field)))
		.sort();
	const got = `${JSON.stringify(codes('error'))} ${JSON.stringify(codes('warning').sort())} ${result.diagnostics.map((d) => d.message).join(' | ')}`;
	const wanted = `${JSON.stringify(expectedErrors)} ${JSON.stringify(expectedWarnings)}`;
	if (expectedErrors.length > 0) {
		const missing = expectedWarnings.filter((code) => !codes('warning').includes(code));
		return codes('error')[0] === expectedErrors[0] && missing.length === 0 ? null : { expected: wanted, got };
	}
	const same =
		codes('error').length === 0 && differsAsJson(expectedWarnings, codes('warning').sort()) === null;
	return same ? null : { expected: wanted, got };
}

/** Falco reads no file after one with an error. */
function compareSchemas({ loads }: Expected, { schemas }: LoadResult): Verdict {
	return differsAsJson(
		loads.map(({ schema }) => schema),
		[...schemas.values()].slice(0, loads.length),
	);
}

function compareContent(expected: Expected, result: LoadResult): Verdict {
	if (expected.rules === undefined) return null;
	const enabled = result.rules.filter((rule) => rule.enabled).map((rule) => rule.name);
	const rules = result.rules.map((rule) => ({
		rule: rule.name,
		ast: plainTree(rule.condition),
		condition_compiled: rule.printCondition(),
		output_compiled: decodeUtf8(rule.output),
		priority: rule.priority,
		tags: rule.tags,
		description: rule.description,
		capture: rule.capture,
		capture_duration: rule.captureDurationMs ?? 0,
	}));
	const keys = Object.keys(rules[0] ?? {});
	const wanted = expected.rules.map((rule) => Object.fromEntries(keys.map((key) => [key, rule[key]])));
	return (
		differsAsJson(expected.enabled_rules, enabled) ??
		differsAsJson(wanted, rules) ??
		compareItems(expected, result)
	);
}

function compareItems(expected: Expected, result: LoadResult): Verdict {
	const lists = result.lists.map(({ name, items, used }) => ({ list: name, items, used }));
	const wantedLists = (expected.lists ?? []).map(({ list, items, used }) => ({ list, items, used }));
	const macros = result.macros.map(({ name, used }) => ({ macro: name, used }));
	const wantedMacros = (expected.macros ?? []).map(({ macro, used }) => ({ macro, used }));
	return (
		differsAsJson(wantedLists, lists) ??
		differsAsJson(wantedMacros, macros) ??
		differsAsJson(expected.required_engine_version, result.requiredEngine) ??
		(expected.plugin_requirements === undefined
			? null
			: differsAsJson(expected.plugin_requirements.ok, result.pluginProblems.length === 0))
	);
}
