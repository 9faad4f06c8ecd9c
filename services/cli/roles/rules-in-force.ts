/** Rules files → the compiled rules that a role runs. A file with an error stops the role before it begins. */

import { compileRuleSet, type RuleMatching, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type LoadedRule, type LoadResult, loadRules } from '#rules/load/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { FailureError, type Io } from '../command.ts';
import { paintFor, relevantDiagnostics, renderDiagnostic } from '../commands/rules/diagnostics.ts';
import { readRulesFiles } from '../commands/rules/files.ts';

export type RulesInForce = {
	readonly ruleSet: RuleSet<EventSubject>;
	/** Event types of each enabled rule. */
	readonly eventTypes: readonly (readonly string[])[];
	/** Names of the environment variables that enabled rules read. */
	readonly environment: readonly string[];
};

export type RulesOptions = {
	/** Files and folders; none = the rules that come with Lanner. */
	readonly paths: readonly string[];
	readonly ruleMatching?: RuleMatching;
};

/** Prints errors to standard error and throws when there is one; warnings are for `lanner rules check`. */
export function loadRulesInForce(
	{ paths, ruleMatching = 'first' }: RulesOptions,
	io: Pick<Io, 'stderr' | 'root' | 'env'>,
): RulesInForce {
	const files = readRulesFiles(paths, io.root);
	const loaded = loadRules(files, { catalogue: eventFieldCatalogue });
	if (!loaded.ok) {
		const errors = printErrors(
			loaded,
			(file) => String(files.find(({ name }) => name === file)?.content ?? ''),
			io,
		);
		throw new FailureError(
			`the rules cannot be used: ${errors} error${errors === 1 ? '' : 's'}, see above`,
			'lanner rules check FILE… shows everything that is wrong',
		);
	}
	const enabled = loaded.rules.filter((rule) => rule.enabled);
	return {
		ruleSet: compileRuleSet(enabled, eventFieldCatalogue, { ruleMatching, eventTypes }),
		eventTypes: enabled.map((rule) => rule.eventTypes.names()),
		environment: environmentOf(enabled),
	};
}

/** `proc.env[NAME]` in conditions and outputs: the probe reports no variable that nobody asked for, they can be secrets. */
function environmentOf(rules: readonly LoadedRule[]): string[] {
	const names = rules.flatMap((rule) =>
		[...`${rule.printCondition()} ${rule.output}`.matchAll(/\bproc\.a?env\[([A-Za-z_]\w*)\]/g)].map(
			([, name]) => name as string,
		),
	);
	return [...new Set(names)].sort();
}

function printErrors(
	loaded: LoadResult,
	content: (file: string) => string,
	io: Pick<Io, 'stderr' | 'env'>,
): number {
	const errors = relevantDiagnostics(loaded).filter(({ severity }) => severity === 'error');
	const paint = paintFor(io.stderr, io.env);
	const lineText = (file: string, line: number): string | null => content(file).split('\n')[line - 1] ?? null;
	for (const error of errors) io.stderr.write(renderDiagnostic(error, lineText, paint));
	for (const problem of loaded.pluginProblems) io.stderr.write(`${problem}\n`);
	return errors.length + loaded.pluginProblems.length + loaded.omittedDiagnostics;
}
