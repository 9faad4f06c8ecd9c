/** `lanner rules events`: the event types, their parameters, and the system calls behind them. */

import { events } from '#rules/events/index.ts';
import { eventTypeIndex } from '#schemas/generated/event-names.ts';
import { type Command, type ExitCode, type Io, parseArguments, UsageError } from '../../command.ts';
import { formOf, formOptions, writeTable } from './table.ts';

const help = `Usage: lanner rules events [PREFIX] [--all] [--json | --markdown]

Lists the event types that rules can name in evt.type, their parameters (evt.arg.NAME) and the system calls behind them.
System calls without parameters of their own (about 270) are left out unless --all is given.

Examples:
  lanner rules events open
  lanner rules events --all --json
`;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: { ...formOptions, all: { type: 'boolean', default: false } },
	});
	if (positionals.length > 1) throw new UsageError('at most one PREFIX');
	const prefix = positionals[0] ?? '';
	const shown = [...events.values()].filter(
		({ name, kind }) =>
			name.startsWith(prefix) && eventTypeIndex.has(name) && (values.all || kind !== 'generic-syscall'),
	);
	const rows = shown.map(({ name, category, syscalls, parameters }) => ({
		event: name,
		category: category.toLowerCase(),
		'system calls': syscalls.join(' '),
		parameters: parameters.map((parameter) => parameter.name).join(' '),
	}));
	writeTable(formOf(values), rows, shown, io);
	return shown.length > 0 ? 0 : 1;
}

export const rulesEvents: Command = { help, run };
