/** `lanner config`: checks a lanner.yaml, prints what is in force with secrets masked, prints the reference of all options. */
import { ConfigError, configReference, printConfig, readConfigInFull } from '#platform/config/index.ts';
import { type Command, type ExitCode, type Io, parseArguments, UsageError } from '../command.ts';
import { configFileInForce, configSources } from '../roles/settings.ts';

const help = `Usage: lanner config check FILE [--json]
       lanner config --print [FILE]
       lanner config --reference

Checks a lanner.yaml and tells every problem with line, column and what is accepted; prints the configuration in force.

  --print       every option as it is in force (FILE, else /etc/lanner/lanner.yaml where it exists and this is no checkout, else the defaults), secrets masked
  --reference   every option with type, default, range and meaning, as a Markdown table
  --json        the problems as JSON

Exit: 0 the file is good, 1 it has problems, 2 usage, 3 it cannot be read.

Examples:
  lanner config check /etc/lanner/lanner.yaml
  lanner config --print deploy/lanner.yaml
`;

export const config: Command = {
	help,
	async run(argv, io) {
		const { values, positionals } = parseArguments({
			args: [...argv],
			allowPositionals: true,
			options: { print: { type: 'boolean' }, reference: { type: 'boolean' }, json: { type: 'boolean' } },
		});
		const [first, file, ...rest] = positionals;
		if (values.reference && first === undefined && !values.print) {
			io.stdout.write(configReference());
			return 0;
		}
		if (values.print && file === undefined && !values.reference) return print(first, io);
		if (first !== 'check' || file === undefined || rest.length > 0 || values.print || values.reference)
			throw new UsageError('expected "check FILE", "--print [FILE]" or "--reference"');
		return check(file, values.json === true, io);
	},
};

function check(file: string, json: boolean, io: Io): ExitCode {
	let doubts: readonly string[];
	try {
		({ doubts } = readConfigInFull(configSources(file, io)));
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		if (json) io.stdout.write(`${JSON.stringify({ file, ok: false, problems: error.problems })}\n`);
		else io.stderr.write(`lanner: ${error.message}\n  what to do: ${error.remedy}\n`);
		return 1;
	}
	if (!json) for (const doubt of doubts) io.stderr.write(`lanner: ${doubt}\n`);
	io.stdout.write(json ? `${JSON.stringify({ file, ok: true, problems: [], doubts })}\n` : `${file}: good\n`);
	return 0;
}

function print(named: string | undefined, io: Io): ExitCode {
	const file = configFileInForce(named, io);
	const defaults = { file: 'defaults', text: '', env: {}, readFile: () => '' };
	io.stdout.write(printConfig(readConfigInFull(file === null ? defaults : configSources(file, io))));
	return 0;
}
