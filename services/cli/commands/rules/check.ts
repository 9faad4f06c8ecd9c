/** `lanner rules check`: loads rules files and tells every problem in them. */

import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type LoadResult, loadRules, type RulesFile, reportAsFalco } from '#rules/load/index.ts';
import { type Command, type ExitCode, type Io, parseArguments } from '../../command.ts';
import { lineReader, paintFor, relevantDiagnostics, renderDiagnostic } from './diagnostics.ts';
import { readRulesFiles } from './files.ts';

const help = `Usage: lanner rules check [FILE…] [--json]

Loads rules files in the given order and tells every problem, with file, line, column and what to do about it.
A folder stands for its *.yaml files in the order of their names. Without FILE: the rules that come with Lanner.

  --json    the result in the shape of Falco's validation JSON
  --quiet   errors only, no warnings

Exit: 0 all files are good (warnings do not count), 1 some are not, 2 usage, 3 a file cannot be read.

Examples:
  lanner rules check my-rules.yaml
  lanner rules check deploy/rules my-rules.yaml --json | jq .falco_load_results
`;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: { json: { type: 'boolean', default: false }, quiet: { type: 'boolean', default: false } },
	});
	const files = readRulesFiles(positionals, io.root);
	const result = loadRules(files, { catalogue: eventFieldCatalogue });
	if (values.json) io.stdout.write(`${JSON.stringify(reportAsFalco(result), null, 2)}\n`);
	else writeText(result, files, io, values.quiet === true);
	return result.ok ? 0 : 1;
}

function writeText(result: LoadResult, files: readonly RulesFile[], io: Io, errorsOnly: boolean): void {
	const paint = paintFor(io.stderr, io.env);
	const shown = relevantDiagnostics(result).filter(({ severity }) => !errorsOnly || severity === 'error');
	const lineText = lineReader(files);
	for (const diagnostic of shown) io.stderr.write(renderDiagnostic(diagnostic, lineText, paint));
	if (result.omittedDiagnostics > 0) io.stderr.write(`… and ${result.omittedDiagnostics} more\n`);
	for (const problem of result.pluginProblems) io.stderr.write(`${paint.error('error')}: ${problem}\n`);
	const errors = shown.filter(({ severity }) => severity === 'error').length + result.pluginProblems.length;
	const warnings = shown.length - shown.filter(({ severity }) => severity === 'error').length;
	const { rules, macros, lists } = result;
	io.stdout.write(
		`${files.length} files: ${rules.length} rules (${rules.filter((rule) => rule.enabled).length} enabled), ${macros.length} macros, ${lists.length} lists; ${errors} errors, ${warnings} warnings\n`,
	);
}

export const rulesCheck: Command = { help, run };
