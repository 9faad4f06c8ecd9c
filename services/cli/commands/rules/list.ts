/** `lanner rules list`: the rules of files, in the order in which they match. */
import { type Command, type ExitCode, type Io, parseArguments } from '../../command.ts';
import { loadOrFail } from './load.ts';
import { formOf, formOptions, writeTable } from './table.ts';

const help = `Usage: lanner rules list [FILE…] [--tag TAG] [--json | --markdown]

Lists rules in the order of their definition, which is the order of matching. Without FILE: the rules that come with Lanner.

  --tag TAG    only rules with this tag (may be repeated: all of them)
  --json       with description, condition, output and event types
  --markdown   a table for documents

Examples:
  lanner rules list
  lanner rules list --tag T1611
  lanner rules list my-rules.yaml --json
`;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: { ...formOptions, tag: { type: 'string', multiple: true, default: [] } },
	});
	const tags = values.tag as string[];
	const rules = loadOrFail(positionals, io).rules.filter((rule) =>
		tags.every((tag) => rule.tags.includes(tag)),
	);
	const rows = rules.map(({ name, priority, enabled, tags: own, file, line }) => ({
		rule: name,
		priority,
		enabled: enabled ? 'yes' : 'no',
		tags: own.join(','),
		place: `${file}:${line}`,
	}));
	const records = rules.map((rule) => ({
		rule: rule.name,
		priority: rule.priority,
		enabled: rule.enabled,
		source: rule.source,
		tags: rule.tags,
		description: rule.description.trim(),
		condition: rule.conditionText.trim(),
		output: rule.output,
		file: rule.file,
		line: rule.line,
	}));
	writeTable(formOf(values), rows, records, io);
	return 0;
}

export const rulesList: Command = { help, run };
