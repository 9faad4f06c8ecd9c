/**
 * Loading: rules files → rules with resolved conditions, or every reason why not. Pure: contents come in as values.
 *
 * Files are read in order and each must be complete with those before it. All problems are collected: a bad item is left
 * out and the rest is read, and what only follows from it is not reported. `ok` is false as soon as there is one error;
 * the rules that did load are returned all the same, for tools. Whoever runs rules must not run them then.
 */

import type { Priority } from '#schemas/alert/priority.ts';
import { decodeUtf8, encodeUtf8 } from '#schemas/text.ts';
import type { Expression } from '../ast.ts';
import type { EventTypeSet } from '../check/index.ts';
import { Plan } from '../compile/ir.ts';
import { planField, planTransformer } from '../compile/plan.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { FieldCatalogue } from '../field.ts';
import { parseFieldExpression, printCondition } from '../parse/index.ts';
import { finish, type Steps } from '../steps.ts';
import { Collector } from './collector.ts';
import { type ResolvedRule, RuleCompiler } from './compile-rules.ts';
import type { ExceptionDefinition, PluginRequirement, PluginVersion } from './definitions.ts';
import type { AppendOutput, ExtraField } from './outputs.ts';
import { SourceText } from './places.ts';
import { Problems } from './problems.ts';
import { isSelected, type Selection } from './selections.ts';
import { builtInPlugins, checkPlugins, engineVersion, formatVersion, type Version } from './versions.ts';

export type { ExceptionDefinition, PluginRequirement, PluginVersion } from './definitions.ts';
export { parsePriority } from './definitions.ts';
export type { AppendOutput, ExtraField } from './outputs.ts';
export { type LoadReport, reportAsFalco } from './report.ts';
export { editorSchema } from './schema.ts';
export type { Selection } from './selections.ts';
export { fileBytesMax, nestingMax } from './source.ts';
export { builtInPlugins, engineVersion } from './versions.ts';
export { matchesWildcard } from './wildcard.ts';

export type RulesFile = { readonly name: string; readonly content: string | Uint8Array };

export type LoadOptions<Subject> = {
	readonly catalogue: FieldCatalogue<Subject>;
	/** Event sources whose rules are loaded; default `syscall`. Rules of others are left out with a warning. */
	readonly sources?: readonly string[];
	/** Level of the engine that files may ask for; default the level we implement. */
	readonly engine?: Version;
	/** Rules less severe than this are loaded but not enabled; default Debug (all are). */
	readonly minimumPriority?: Priority;
	/** Applied in order to all rules, after all files. */
	readonly selections?: readonly Selection[];
	readonly appendOutput?: readonly AppendOutput[];
	/** Plugins that `required_plugin_versions` may ask for; default those that are part of Lanner (`container`). */
	readonly plugins?: readonly PluginVersion[];
};

export type LoadedRule = {
	readonly name: string;
	readonly description: string;
	readonly source: string;
	readonly priority: Priority;
	/** Sorted, without repetition. */
	readonly tags: readonly string[];
	readonly enabled: boolean;
	/** The condition as written, with appended parts, before exceptions and lists. */
	readonly conditionText: string;
	/** Lists, macros and exceptions are in it. Trees are shared between rules. */
	readonly condition: Expression;
	/** Canonical text of `condition`, made on demand (it can be long). */
	readonly printCondition: () => string;
	/** A byte string, with what `append_output` adds. */
	readonly output: string;
	/** Fields for the alert's JSON only. */
	readonly extraFields: readonly ExtraField[];
	readonly exceptions: readonly ExceptionDefinition[];
	/** Event types that can satisfy the condition. */
	readonly eventTypes: EventTypeSet;
	/** Fields of the condition as written (`proc.aname[2]`). */
	readonly conditionFields: ReadonlySet<string>;
	readonly warnEvttypes: boolean;
	readonly capture: boolean;
	readonly captureDurationMs: number | null;
	/** Where the rule is defined. */
	readonly file: string;
	readonly line: number;
};

export type LoadedMacro = { readonly name: string; readonly condition: Expression; readonly used: boolean };
export type LoadedList = { readonly name: string; readonly items: readonly string[]; readonly used: boolean };

export type LoadResult = {
	readonly ok: boolean;
	/** In definition order, which is the order of matching. */
	readonly rules: readonly LoadedRule[];
	readonly macros: readonly LoadedMacro[];
	readonly lists: readonly LoadedList[];
	readonly diagnostics: readonly Diagnostic[];
	/** Diagnostics beyond the bound. */
	readonly omittedDiagnostics: number;
	/** The highest version a file asks for. */
	readonly requiredEngine: string;
	readonly requiredPlugins: readonly PluginRequirement[];
	/** Requirements that the plugins there are do not meet, as sentences. */
	readonly pluginProblems: readonly string[];
	/** Every file, in order. */
	readonly files: readonly string[];
	/** By file: what its schema says, as Falco would (`ok`, `none`, `failed for …`). Information only. */
	readonly schemas: ReadonlyMap<string, string>;
};

export function loadRules<Subject>(files: readonly RulesFile[], options: LoadOptions<Subject>): LoadResult {
	return finish(loadRulesInSteps(files, options));
}

/** The same for callers that have other work to do in between: a step is some 64 KB of YAML, or a rule. */
export function* loadRulesInSteps<Subject>(
	files: readonly RulesFile[],
	options: LoadOptions<Subject>,
): Steps<LoadResult> {
	const problems = new Problems();
	const { catalogue, appendOutput = [], plugins = builtInPlugins } = options;
	const collector = new Collector({
		problems,
		engine: options.engine ?? engineVersion,
		sources: new Set(options.sources ?? ['syscall']),
		fieldProblem: (field) => fieldProblem(field, catalogue),
	});
	const compiler = new RuleCompiler({ collector, problems, catalogue, appendOutput });
	for (const { name, content } of files) {
		const text = collector.decode(content, new SourceText(name, ''));
		if (text === null) continue;
		const source = new SourceText(name, text);
		if (yield* collector.readFile(source)) yield* compiler.run(source);
	}
	const pluginProblems = checkPlugins(collector.plugins, plugins);
	return {
		ok: problems.errorCount === 0 && pluginProblems.length === 0,
		rules: compiler.rules.map((rule) => finishRule(rule, options)),
		macros: compiler.macros.map(({ definition, tree, used }) => ({
			name: definition.name,
			condition: tree,
			used,
		})),
		lists: compiler.lists.map(({ definition, items, used }) => ({ name: definition.name, items, used })),
		diagnostics: problems.diagnostics,
		omittedDiagnostics: problems.omitted,
		requiredEngine: formatVersion(collector.requiredEngine),
		requiredPlugins: collector.plugins,
		pluginProblems,
		files: files.map((file) => file.name),
		schemas: collector.schemas,
	};
}

function finishRule<Subject>(rule: ResolvedRule, options: LoadOptions<Subject>): LoadedRule {
	const { definition, tree, checked, output, extraFields } = rule;
	const { selections = [], minimumPriority = 'Debug' } = options;
	const { source, offset } = definition.origin;
	return {
		name: definition.name,
		description: definition.description,
		source: definition.source,
		priority: definition.priority,
		tags: definition.tags,
		enabled: isSelected(definition, selections, minimumPriority),
		conditionText: definition.condition,
		condition: tree,
		printCondition: () => decodeUtf8(printCondition(tree)),
		output,
		extraFields,
		exceptions: definition.exceptions,
		eventTypes: checked.eventTypes,
		conditionFields: checked.fields,
		warnEvttypes: definition.warnEvttypes,
		capture: definition.capture,
		captureDurationMs: definition.captureDurationMs,
		file: source.name,
		line: source.placeAt(offset).line,
	};
}

/** What is wrong with a field or transformer of an exception; null when it can be used. */
function fieldProblem<Subject>(text: string, catalogue: FieldCatalogue<Subject>): string | null {
	const node = parseFieldExpression(encodeUtf8(text));
	if (node === null) return 'it is no field';
	const context = { plan: new Plan<Subject>(), catalogue, warnings: [] };
	try {
		if (node.node === 'field') planField(context, node);
		else planTransformer(context, node);
		return null;
	} catch (error) {
		// Everything that planning throws for a field says that the field cannot be used.
		return (error as Error).message;
	}
}
