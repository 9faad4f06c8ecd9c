/** `lanner rules fields`: what conditions and outputs can ask. */
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type Command, type ExitCode, type Io, parseArguments, UsageError } from '../../command.ts';
import { formOf, formOptions, type Row, writeTable } from './table.ts';

const help = `Usage: lanner rules fields [PREFIX] [--unavailable] [--json | --markdown]

Lists the fields of the syscall source: name, type, argument, meaning. PREFIX narrows the list (proc., fd.ip).
A field that the stream cannot give yet says so; a rule that uses it loads with a warning.

  --unavailable   only those fields, with the reason of each

Examples:
  lanner rules fields proc.a
  lanner rules fields --markdown > fields.md
`;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: { ...formOptions, unavailable: { type: 'boolean', default: false } },
	});
	if (positionals.length > 1) throw new UsageError('at most one PREFIX');
	const prefix = positionals[0] ?? '';
	const fields = eventFieldCatalogue
		.all()
		.filter(({ name, flags }) => name.startsWith(prefix) && !flags.has('HIDDEN'))
		.filter(({ unavailable }) => !values.unavailable || unavailable !== undefined);
	const rows = fields.map((field) => (values.unavailable ? rowOfUnavailable(field) : rowOf(field)));
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

type Field = ReturnType<typeof eventFieldCatalogue.all>[number];

function rowOf({ name, type, isList, argument, meaning, unavailable }: Field): Row {
	return {
		field: argument === 'none' ? name : argument === 'required' ? `${name}[x]` : `${name}[x?]`,
		type: isList ? `list of ${type}` : type,
		meaning: unavailable === undefined ? meaning : `${meaning} Not available: ${unavailable}.`,
	};
}

function rowOfUnavailable({ name, meaning, unavailable }: Field): Row {
	return { field: name, meaning, 'why there is no value': `${unavailable ?? ''}.` };
}

export const rulesFields: Command = { help, run };
