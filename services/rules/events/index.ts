/**
 * What can be known of event types without an event: names, categories, parameters, system calls, flag names.
 * The table is data (`table.ts`, `flag-tables.ts`; generated, see `generate.ts`); this module gives it a shape.
 */
import { type FlagTableName, flagTables } from './flag-tables.ts';
import { eventRows, genericSyscallNames } from './table.ts';

export type { FlagTableName };
export { flagTables, genericSyscallNames };

export type EventKind = 'syscall' | 'tracepoint' | 'iterator' | 'meta' | 'plugin' | 'generic-syscall';

export type EventParameter = {
	readonly name: string;
	/** The reference's own type name: `FD`, `FSPATH`, `FLAGS32`, `SOCKTUPLE`… */
	readonly type: string;
	/** `DEC`, `HEX`, `OCT` or `NA`. */
	readonly format: string;
	/** Where the names of its flags or enum values are; null when it has none. */
	readonly flags: FlagTableName | null;
};

export type EventInfo = {
	readonly name: string;
	readonly kind: EventKind;
	readonly category: string;
	readonly flags: readonly string[];
	/** Kernel names of the system calls (or tracepoints) that make this event. */
	readonly syscalls: readonly string[];
	readonly keepsState: boolean;
	readonly isIo: boolean;
	readonly ignoredByDefault: boolean;
	readonly parameters: readonly EventParameter[];
};

function splitList(cell: string, separator: string): readonly string[] {
	return cell === '' ? [] : cell.split(separator);
}

function parseParameter(text: string): EventParameter {
	const [name, type, format, flags] = text.split(':');
	return { name: name!, type: type!, format: format!, flags: (flags as FlagTableName | undefined) ?? null };
}

function parseRow(row: (typeof eventRows)[number]): EventInfo {
	const [name, kind, category, flags, syscalls, sets, parameters] = row;
	return {
		name,
		kind: kind as EventKind,
		category,
		flags: splitList(flags, '|'),
		syscalls: splitList(syscalls, ' '),
		keepsState: sets.includes('s'),
		isIo: sets.includes('i'),
		ignoredByDefault: sets.includes('g'),
		parameters: splitList(parameters, ',').map(parseParameter),
	};
}

/** Of calls without an event of their own, those without a name among them. */
export const genericParameters: readonly EventParameter[] = [
	{ name: 'ID', type: 'SYSCALLID', format: 'DEC', flags: null },
	{ name: 'nativeID', type: 'UINT16', format: 'DEC', flags: null },
];

function genericEvent(name: string): EventInfo {
	return {
		name,
		kind: 'generic-syscall',
		category: 'OTHER',
		flags: [],
		syscalls: [name],
		keepsState: false,
		isIo: false,
		ignoredByDefault: false,
		parameters: genericParameters,
	};
}

/** Every event type by name, system calls without an event of their own included. */
export const events: ReadonlyMap<string, EventInfo> = new Map(
	[...eventRows.map(parseRow), ...genericSyscallNames.map(genericEvent)].map((info) => [info.name, info]),
);

/**
 * System call and tracepoint names that are not event names (`pread64`, `sched_process_exit`): rules may name them in
 * `evt.type` checks, but no event ever bears them.
 */
export const syscallSpellings: ReadonlySet<string> = new Set(
	[...events.values()].flatMap((info) => info.syscalls).filter((name) => !events.has(name)),
);
