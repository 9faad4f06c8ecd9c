/** `lanner rules format`: one layout for all rules files. */
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { formatRules, LayoutError, SourceError } from '#rules/layout/index.ts';
import { type Command, type ExitCode, type Io, parseArguments, UsageError } from '../../command.ts';
import { expandPaths, readBounded } from './files.ts';

const help = `Usage: lanner rules format FILE… [--check | --write]

Lays rules files out in one way: items with an empty line between them, keys in one order, indented by two. Comments are kept with what
they are about; conditions and texts keep their line breaks. What a file says does not change: that is checked before anything is written.
Without an option the result of one file goes to standard output.

  --check   change nothing; name the files that are laid out otherwise, exit 1 if there are any
  --write   change the files

Exit: 0 fine, 1 a file is laid out otherwise (--check) or cannot be formatted, 2 usage, 3 a file cannot be read.

Examples:
  lanner rules format my-rules.yaml
  lanner rules format --check deploy/rules
  lanner rules format --write deploy/rules my-rules.yaml
`;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: { check: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
	});
	if (positionals.length === 0) throw new UsageError('FILE is missing');
	if (values.check && values.write) throw new UsageError('--check and --write exclude each other');
	const files = expandPaths(positionals);
	if (files.length !== 1 && !values.check && !values.write)
		throw new UsageError(`${files.length} files: say --check or --write`);
	let isGood = true;
	for (const file of files) {
		const formatted = formatFile(file, io);
		if (formatted === null) isGood = false;
		else if (values.write) replace(file, formatted, io);
		else if (!values.check) io.stdout.write(formatted.text);
		else if (!formatted.isAsBefore) {
			isGood = false;
			io.stdout.write(`${file}\n`);
		}
	}
	return isGood ? 0 : 1;
}

type Formatted = { readonly text: string; readonly isAsBefore: boolean };

/** Null after telling why it cannot be formatted. */
function formatFile(file: string, io: Io): Formatted | null {
	const content = readBounded(file);
	try {
		const text = formatRules(content);
		return { text, isAsBefore: content.equals(Buffer.from(text)) };
	} catch (error) {
		if (!(error instanceof SourceError || error instanceof LayoutError)) throw error;
		io.stderr.write(`${file}: ${error.message}; it is left as it is (see: lanner rules check)\n`);
		return null;
	}
}

/** By rename, so that whoever reads the rules meanwhile (a running lanner) never sees half a file. */
function replace(file: string, { text, isAsBefore }: Formatted, io: Io): void {
	if (isAsBefore) return;
	const fresh = `${file}.new-${process.pid}`;
	writeFileSync(fresh, text, { mode: statSync(file).mode & 0o777 });
	renameSync(fresh, file);
	io.stdout.write(`${file}\n`);
}

export const rulesFormat: Command = { help, run };
