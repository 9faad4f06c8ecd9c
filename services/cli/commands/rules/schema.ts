/** `lanner rules schema`: the JSON Schema of rules files. */
import { editorSchema } from '#rules/load/index.ts';
import { type Command, type ExitCode, type Io, parseArguments } from '../../command.ts';

const help = `Usage: lanner rules schema

Prints the JSON Schema (draft-07) of rules files, for editors: completion, descriptions, and mistakes as you type. It knows keys and
types; whether conditions make sense is for lanner rules check. deploy/rules/rules.schema.json is its output.

Examples:
  lanner rules schema > rules.schema.json
  # first line of a rules file, for editors with yaml-language-server:
  # yaml-language-server: $schema=rules.schema.json
`;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	parseArguments({ args: [...argv], options: {} });
	io.stdout.write(`${JSON.stringify(editorSchema(), null, 2)}\n`);
	return 0;
}

export const rulesSchema: Command = { help, run };
