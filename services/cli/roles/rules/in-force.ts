/**
 * Rules files → the compiled rules that a role runs. A file with an error stops the role before it begins; later changes are
 * taken over by `LiveRules` (reload.ts).
 */

import { compileRuleSetInSteps, type RuleMatching, type RuleSet } from '#rules/compile/rule-set.ts';
import type { Diagnostic } from '#rules/diagnostic.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import {
	type LoadedRule,
	type LoadOptions,
	type LoadResult,
	loadRulesInSteps,
	type RulesFile,
} from '#rules/load/index.ts';
import { encodeKernelFilter } from '#rules/push-down/encode.ts';
import { kernelFilterInSteps, namedTypes } from '#rules/push-down/kernel-filter.ts';
import { finish, type Steps } from '#rules/steps.ts';
import type { EventSubject } from '#rules/subject.ts';
import { FailureError, type Io } from '../../command.ts';
import {
	lineReader,
	paintFor,
	relevantDiagnostics,
	renderDiagnostic,
} from '../../commands/rules/diagnostics.ts';
import { readRulesFiles } from '../../commands/rules/files.ts';

export type RulesInForce = {
	readonly ruleSet: RuleSet<EventSubject>;
	/** Event types of each enabled rule. */
	readonly eventTypes: readonly (readonly string[])[];
	/** Names of the environment variables that enabled rules read; `*` alone = all. */
	readonly environment: readonly string[];
	/** Whether they read what calls read and write. */
	readonly data: boolean;
	/** What the probe may leave out, as capture takes it (see rules/push-down); empty = nothing, or it was not asked for. */
	readonly kernelFilter: string;
	/** What they were made of. */
	readonly files: readonly RulesFile[];
};

export type RulesOptions = {
	/** Files and folders; none = the rules that come with Lanner. */
	readonly paths: readonly string[];
	readonly ruleMatching?: RuleMatching;
	/** What the configuration adds to the files. */
	readonly loading?: Pick<LoadOptions<EventSubject>, 'minimumPriority' | 'selections' | 'appendOutput'>;
	/** Count how often each rule is asked (`RuleSet.asked`). Default false. */
	readonly profile?: boolean;
	/** Find out what the probe may leave out. Default false. */
	readonly kernelFilter?: boolean;
};

/** Prints errors to standard error and throws when there is one; warnings are for `lanner rules check`. */
export function loadRulesInForce(
	options: RulesOptions,
	io: Pick<Io, 'stderr' | 'root' | 'env'>,
): RulesInForce {
	const files = readRulesFiles(options.paths, io.root);
	const { rules, loaded } = finish(rulesInSteps(files, options));
	if (rules === null) {
		const errors = printErrors(loaded, files, io);
		throw new FailureError(
			`the rules cannot be used: ${errors} error${errors === 1 ? '' : 's'}, see above`,
			'lanner rules check FILE… shows everything that is wrong',
		);
	}
	return rules;
}

export type LoadedInForce = { readonly rules: RulesInForce | null; readonly loaded: LoadResult };

/** `rules` is null when there is an error. `seen`: event types to compile for now instead of at their next event. */
export function* rulesInSteps(
	files: readonly RulesFile[],
	{
		ruleMatching = 'first',
		loading = {},
		profile = false,
		kernelFilter = false,
	}: Omit<RulesOptions, 'paths'>,
	seen: Iterable<number> = [],
): Steps<LoadedInForce> {
	const loaded = yield* loadRulesInSteps(files, { catalogue: eventFieldCatalogue, ...loading });
	if (!loaded.ok) return { rules: null, loaded };
	const enabled = loaded.rules.filter((rule) => rule.enabled);
	const ruleSet = yield* compileRuleSetInSteps(enabled, eventFieldCatalogue, {
		...eventRuleSetOptions,
		ruleMatching,
		profile,
	});
	yield* ruleSet.prepare(seen);
	const rules = {
		ruleSet,
		eventTypes: enabled.map((rule) => rule.eventTypes.names()),
		environment: environmentOf(enabled),
		data: enabled.some((rule) => dataField.test(textOf(rule))),
		kernelFilter: kernelFilter
			? encodeKernelFilter(yield* kernelFilterInSteps(enabled, namedTypes(enabled)))
			: '',
		files,
	};
	return { rules, loaded };
}

export function errorsOf(loaded: LoadResult): Diagnostic[] {
	return relevantDiagnostics(loaded).filter(({ severity }) => severity === 'error');
}

function textOf(rule: LoadedRule): string {
	return `${rule.printCondition()} ${rule.output}`;
}

/** As with variables: what is read and written can be secrets, so the probe reports it only when a rule asks for it. */
const dataField = /\bevt\.(?:buffer|(?:raw)?arg(?:\.|\[)data)(?!\w)/;

const wholeEnvironment = '*';
/** `proc.env[NAME]`, or one of the fields that hold the whole environment: `proc.env`, `proc.aenv[2]`, `evt.arg.env`. */
const environmentField = /\b(?:proc\.a?env(?:\[([A-Za-z_]\w*)\])?|evt\.arg\.env)(?![\w.])/g;

/**
 * What rules read of the environment, in conditions and outputs. The probe reports no variable that nobody asked for, they can be
 * secrets; a rule that looks through the whole environment asks for all of them.
 */
function environmentOf(rules: readonly LoadedRule[]): string[] {
	const names = rules.flatMap((rule) =>
		[...textOf(rule).matchAll(environmentField)].map(([, name]) => name ?? wholeEnvironment),
	);
	return names.includes(wholeEnvironment) ? [wholeEnvironment] : [...new Set(names)].sort();
}

function printErrors(
	loaded: LoadResult,
	files: readonly RulesFile[],
	io: Pick<Io, 'stderr' | 'env'>,
): number {
	const errors = errorsOf(loaded);
	const paint = paintFor(io.stderr, io.env);
	const lineText = lineReader(files);
	for (const error of errors) io.stderr.write(renderDiagnostic(error, lineText, paint));
	for (const problem of loaded.pluginProblems) io.stderr.write(`${problem}\n`);
	return errors.length + loaded.pluginProblems.length + loaded.omittedDiagnostics;
}
