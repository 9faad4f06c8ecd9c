/**
 * The reference's fields as definitions without values (no reader ever gives one): for checks of what is allowed, against
 * the reference itself rather than against our own catalogue.
 */
import { readFileSync } from 'node:fs';
import { isEventTypeName } from '#rules/check/index.ts';
import { events } from '#rules/events/index.ts';
import {
	FieldArgumentError,
	type FieldCatalogue,
	type FieldDefinition,
	type FieldFlag,
	type FieldType,
	type PrintFormat,
} from '#rules/field.ts';

const parameterNames: ReadonlySet<string> = new Set(
	[...events.values()].flatMap((info) => info.parameters.map((parameter) => parameter.name)),
);

export function readReferenceCatalogue(path: string): FieldCatalogue<unknown> {
	const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
	const columns = header!.split('\t');
	const definitions = new Map<string, FieldDefinition<unknown>>();
	for (const line of lines) {
		const row = Object.fromEntries(line.split('\t').map((cell, i) => [columns[i]!, cell]));
		definitions.set(row.name!, toDefinition(row));
	}
	return { find: (name) => definitions.get(name), all: () => [...definitions.values()] };
}

function toDefinition(row: Record<string, string>): FieldDefinition<unknown> {
	const argument = row.arg ?? '';
	const kind = argument === '' ? 'none' : argument.startsWith('required') ? 'required' : 'optional';
	return {
		name: row.name!,
		type: row.type as FieldType,
		isList: row.is_list === 'yes',
		print: (row.print_format === 'PADDED9' ? '10_PADDED_DEC' : row.print_format) as PrintFormat,
		argument: kind,
		...(row.type === 'DYNAMIC' ? { typeOf: dynamicType } : {}),
		...formOf(row.name!),
		flags: new Set((row.flags ?? '').split('|').filter((flag) => flag !== '') as FieldFlag[]),
		meaning: row.meaning ?? '',
		bind: (value) => {
			if (value !== null) assertArgument(row.name!, argument, value);
			return null;
		},
	};
}

/** The type that a parameter has wherever it occurs first; all flags and numbers compare alike. */
function dynamicType(argument: string | null): FieldType {
	for (const info of events.values()) {
		const found = info.parameters.find((parameter) => parameter.name === argument);
		if (found !== undefined) return /FLAGS|INT|MODE|FD|PID|ERRNO|ID$/.test(found.type) ? 'INT64' : 'CHARBUF';
	}
	throw new FieldArgumentError(`evt.rawarg.${argument}: unknown event argument`);
}

function formOf(name: string): { argumentForm?: 'dot' | 'brackets' } {
	if (['thread.cgroup', 'evt.type.is', 'evt.abspath', 'evt.rawarg'].includes(name))
		return { argumentForm: 'dot' };
	return name === 'proc.env' ? { argumentForm: 'brackets' } : {};
}

function assertArgument(name: string, form: string, value: string): void {
	const isIndex = /^\d+$/.test(value);
	const needsIndex = form.includes('[level]') && !form.includes('[NAME]');
	if (needsIndex && !isIndex) throw new FieldArgumentError(`${name}[${value}]: not a number`);
	if (name === 'evt.arg' && !isIndex && !parameterNames.has(value)) {
		throw new FieldArgumentError(`${name}.${value}: unknown event argument`);
	}
	if (name === 'evt.rawarg' && !parameterNames.has(value)) {
		throw new FieldArgumentError(`${name}.${value}: unknown event argument`);
	}
	if (name === 'evt.abspath' && value !== 'src' && value !== 'dst') {
		throw new FieldArgumentError(`${name}.${value}: only .src and .dst`);
	}
	if (name === 'evt.type.is' && !isIndex && !isEventTypeName(value)) {
		throw new FieldArgumentError(`${name}.${value}: unknown event type`);
	}
	const isNumberNeeded = /\[(?:index|fd|epoch_ns)\]/.test(form);
	if (isNumberNeeded && !isIndex) throw new FieldArgumentError(`${name}[${value}]: not a number`);
}
