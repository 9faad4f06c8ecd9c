/**
 * Fields with given values, for `lanner filter --fields`: the names and types of the real catalogue, values from JSON. A
 * field that was not given has no value.
 */
import type { FieldCatalogue, FieldDefinition, FieldType, FieldValue, Scalar } from '#rules/field.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { parseAddress } from '#rules/operators/net.ts';
import { encodeUtf8, Text } from '#schemas/text.ts';
import { UsageError } from '../command.ts';

type Given = ReadonlyMap<string, FieldValue>;

/** `{"proc.name": "cat", "proc.aname[2]": "sshd", "fd.sport": 22}`. Throws UsageError for what is no field or no value of it. */
export function givenCatalogue(json: string): FieldCatalogue<null> {
	const given = parseGiven(json);
	const definitions = new Map(
		eventFieldCatalogue.all().map((definition) => [definition.name, withValues(definition, given)]),
	);
	return { find: (name) => definitions.get(name), all: () => [...definitions.values()] };
}

function parseGiven(json: string): Given {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch (error) {
		throw new UsageError(`--fields is no JSON: ${(error as Error).message}`);
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new UsageError('--fields must be a JSON object: {"proc.name": "cat"}');
	return new Map(Object.entries(value).map(([key, member]) => [key, givenValue(key, member)]));
}

function givenValue(key: string, member: unknown): FieldValue {
	const name = key.replace(/\[.*$/, '');
	// Fields such as evt.arg.path take what follows their name as argument.
	const definition = eventFieldCatalogue.find(name) ?? eventFieldCatalogue.find(name.replace(/\.[^.]*$/, ''));
	if (definition === undefined) throw new UsageError(`${name} is no field; see lanner rules fields`);
	if (member === null) return null;
	if (Array.isArray(member)) return member.map((item) => scalarOf(key, definition.type, item));
	const scalar = scalarOf(key, definition.type, member);
	return definition.isList || definition.anyOf === true ? [scalar] : scalar;
}

function scalarOf(key: string, type: FieldType, value: unknown): Scalar {
	const refuse = (): never => {
		throw new UsageError(`${key}: ${JSON.stringify(value)} is no ${type}`);
	};
	if (type === 'BOOL') return typeof value === 'boolean' ? value : refuse();
	if (isTextType(type)) return typeof value === 'string' ? new Text(encodeUtf8(value)) : refuse();
	if (type === 'IPADDR' || type === 'IPNET') {
		const address = typeof value === 'string' ? parseAddress(value) : null;
		return address === null ? refuse() : new Text(address);
	}
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	// Numbers beyond 2^53 come as text.
	return typeof value === 'string' && /^-?[0-9]{1,20}$/.test(value) ? BigInt(value) : refuse();
}

function isTextType(type: FieldType): boolean {
	return (
		type === 'CHARBUF' ||
		type === 'FSPATH' ||
		type === 'FSRELPATH' ||
		type === 'BYTEBUF' ||
		type === 'DYNAMIC'
	);
}

function withValues(
	definition: FieldDefinition<unknown> | ReturnType<typeof eventFieldCatalogue.all>[number],
	given: Given,
): FieldDefinition<null> {
	const { constantPerEventType: _, bytes: __, bind, ...rest } = definition;
	return {
		...rest,
		bind: (argument, eventType) => {
			// The real field says whether it takes this argument.
			bind(argument, eventType);
			const { name } = definition;
			const value =
				argument === null
					? given.get(name)
					: (given.get(`${name}[${argument}]`) ?? given.get(`${name}.${argument}`));
			return () => value ?? null;
		},
	};
}
