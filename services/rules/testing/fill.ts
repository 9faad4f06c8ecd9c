/**
 * Events from what a rule test says of them: every field of the schema that is not mentioned gets its neutral value
 * (0, empty, false, null). Unknown fields are refused with the names that exist. Strings given for bytes are UTF-8.
 */
import type { BatchEvent } from '#schemas/event-batch.ts';
import { schemaVersions } from '#schemas/generated/schema-versions.ts';

type Schema = string | readonly Schema[] | NamedSchema;
type NamedSchema = {
	readonly type: Schema;
	readonly name: string;
	readonly items: Schema;
	readonly symbols: readonly string[];
	readonly fields: readonly { readonly name: string; readonly type: Schema }[];
};

export type Fields = Readonly<Record<string, unknown>>;

export class FillError extends Error {}

const namespace = 'lanner.events.';
const named = new Map<string, NamedSchema>();
collect(JSON.parse(schemaVersions['event-batch'].at(-1)!) as Schema);

function collect(schema: Schema): void {
	if (typeof schema === 'string') return;
	if (isBranches(schema)) {
		for (const branch of schema) collect(branch);
		return;
	}
	if (schema.type === 'array') {
		collect(schema.items);
	} else if (schema.type === 'record' || schema.type === 'enum') {
		named.set(schema.name, schema);
		for (const field of schema.fields ?? []) collect(field.type);
	} else {
		collect(schema.type);
	}
}

function isBranches(schema: Schema): schema is readonly Schema[] {
	return Array.isArray(schema);
}

/** An event of a family as an item of `EventBatch.events`. */
export function fillEvent(family: string, fields: Fields): BatchEvent {
	const record = named.get(family);
	if (record === undefined) throw new FillError(`there is no event family "${family}"`);
	return { [namespace + family]: fillRecord(record, fields, family) } as BatchEvent;
}

function fill(schema: Schema, given: unknown, where: string): unknown {
	if (typeof schema === 'string') {
		const known = named.get(schema.startsWith(namespace) ? schema.slice(namespace.length) : schema);
		return known === undefined ? fillPrimitive(schema, given, where) : fill(known, given, where);
	}
	if (isBranches(schema)) return fillOptional(schema, given, where);
	switch (schema.type) {
		case 'array':
			return fillArray(schema.items, given, where);
		case 'enum':
			return given ?? schema.symbols[0];
		case 'record':
			return fillRecord(schema, given ?? {}, where);
		default:
			return fill(schema.type, given, where);
	}
}

/** Optional fields are unions of null and one type; the type's name wraps the value. */
function fillOptional(branches: readonly Schema[], given: unknown, where: string): unknown {
	if (given === undefined || given === null) return null;
	const branch = branches[1]!;
	const name = typeof branch === 'string' ? branch : (branch as NamedSchema).name;
	const key = named.has(name) ? namespace + name : name;
	return { [key]: fill(branch, given, where) };
}

function fillArray(items: Schema, given: unknown, where: string): unknown {
	if (given === undefined || given === null) return [];
	if (!Array.isArray(given)) throw new FillError(`${where} must be a list`);
	return given.map((item, index) => fill(items, item, `${where}[${index}]`));
}

function fillPrimitive(type: string, given: unknown, where: string): unknown {
	switch (type) {
		case 'boolean':
			return given ?? false;
		case 'bytes':
			return Buffer.isBuffer(given) ? given : Buffer.from(String(given ?? ''), 'utf8');
		case 'string':
			return String(given ?? '');
		case 'int':
		case 'long':
			if (given !== undefined && typeof given !== 'number')
				throw new FillError(`${where} must be a number, not "${String(given)}"`);
			return given ?? 0;
		default:
			throw new FillError(`${where}: type ${type} has no neutral value`);
	}
}

function fillRecord(schema: NamedSchema, given: unknown, where: string): unknown {
	if (typeof given !== 'object' || given === null) throw new FillError(`${where} must be a mapping`);
	const fields = given as Fields;
	for (const name of Object.keys(fields)) {
		if (!schema.fields.some((field) => field.name === name)) {
			const known = schema.fields.map((field) => field.name).join(', ');
			throw new FillError(`${where}: ${schema.name} has no field "${name}"; it has ${known}`);
		}
	}
	return Object.fromEntries(
		schema.fields.map(({ name, type }) => [name, fill(type, fields[name], `${where}.${name}`)]),
	);
}
