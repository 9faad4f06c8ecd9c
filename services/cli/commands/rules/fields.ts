/** `lanner rules fields`: what conditions and outputs can ask. */
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type Command, type ExitCode, type Io, parseArguments, UsageError } from '../../command.ts';
import { formOf, formOptions, writeTable } from './table.ts';

const help = `Usage: lanner rules fields [PREFIX] [--json | --markdown]

Lists the fields of the syscall source: name, type, argument, meaning. PREFIX narrows the list (proc., fd.ip).
A field that the stream cannot give yet says so; a rule that uses it loads with a warning.

Examples:
  lanner rules fields proc.a
  lanner rules fields --markdown > fields.md
`;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: formOptions,
	});
	if (positionals.length > 1) throw new UsageError('at most one PREFIX');
	const prefix = positionals[0] ?? '';
	const fields = eventFieldCatalogue
		.all()
		.filter(({ name, flags }) => name.startsWith(prefix) && !flags.has('HIDDEN'));
	const rows = fields.map(({ name, type, isList, argument, meaning, unavailable }) => ({
		field: argument === 'none' ? name : argument === 'required' ? `${name}[x]` : `${name}[x?]`,
		type: isList ? `list of ${type}` : type,
		meaning: unavailable === undefined ? meaning : `${meaning} Not available: ${unavailable}.`,
	}));
	const records = fields.map(({ name, type, isList, argument, flags, meaning, unavailable }) => ({
		name,
		type,
		list: isList,
		argument,
		flags: [...flags],
		meaning,
		available: unavailable === undefined,
		...(unavailable === undefined ? {} : { unavailable }),
	}));
	writeTable(formOf(values), rows, records, io);
	return fields.length > 0 ? 0 : 1;
}

export const rulesFields: Command = { help, run };
