/** The text of `lanner help`: the command table with its summaries, and where to go from there. */
import { suggest } from '#platform/suggest.ts';
import { commands } from './commands.ts';

const width = 16;

export function overview(): string {
	const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)} ${summary}`);
	return `lanner: watches what processes do on Linux hosts and alerts when they leave the rules.

Usage: lanner COMMAND [options]

${rows.join('\n')}
  ${'help [COMMAND]'.padEnd(width)} this text, or the help of a command

Results go to standard output, diagnostics to standard error.
Exit codes: 0 fine, 1 findings (a check or test failed), 2 usage, 3 failure.

Examples:
  lanner help version
  lanner version --json
`;
}

/** What to say about a name that is no command. */
export function unknownCommand(argv: readonly string[]): string {
	const [first = '', second] = argv;
	const group = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
	if (group.length > 0) {
		const shown = second === undefined ? `${first} needs a word more` : `unknown command: ${first} ${second}`;
		const near = second === undefined ? null : suggest(`${first} ${second}`, group);
		return near === null ? `${shown} (${group.join(', ')})` : `${shown}; did you mean "lanner ${near}"?`;
	}
	const near = suggest(first, [...commands.map(({ name }) => name), 'help']);
	return `unknown command: ${first}${near === null ? '; "lanner help" lists them' : `; did you mean "lanner ${near}"?`}`;
}
