/** Rules for commands that need them whole: any error ends the command with what `rules check` would say. */
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type LoadResult, loadRules } from '#rules/load/index.ts';
import { FailureError, type Io } from '../../command.ts';
import { readRulesFiles } from './files.ts';

export function loadOrFail(paths: readonly string[], io: Io): LoadResult {
	const result = loadRules(readRulesFiles(paths, io.root), { catalogue: eventFieldCatalogue });
	if (result.ok) return result;
	const first = result.diagnostics.find(({ severity }) => severity === 'error');
	const said =
		first === undefined
			? (result.pluginProblems[0] ?? 'they do not load')
			: `${first.file}:${first.line}: ${first.message}`;
	throw new FailureError(
		`the rules have errors; the first: ${said}`,
		`lanner rules check ${paths.join(' ')}`.trimEnd(),
	);
}
