/**
 * Fields with given values, for conditions that are asked without an event (`lanner filter --fields`, rule tests): the names and types of
 * the real catalogue, values from JSON or YAML. A field that was not given has no value.
 */
import { encodeUtf8, Text } from '#schemas/text.ts';
import type { FieldCatalogue, FieldDefinition, FieldType, FieldValue, Scalar } from '../field.ts';
import { parseAddress } from '../operators/net.ts';
import type { EventSubject } from '../subject.ts';
import { eventFieldCatalogue } from './index.ts';

/** By the field as written, `proc.aname[2]`. */
export type GivenValues = ReadonlyMap<string, FieldValue>;

/** No field, or no value of it. */
export class GivenValueError extends Error {}

/** `{"proc.name": "cat", "proc.aname[2]": "sshd", "fd.sport": 22}`. Throws GivenValueError. */
export function parseGivenValues(given: Readonly<Record<string, unknown>>): GivenValues {
	return new Map(Object.entries(given).map(([key, value]) => [key, givenValue(key, value)]));
}

function givenValue(key: string, member: unknown): FieldValue {
	const name = key.replace(/\[.*$/, '');
	// Fields such as evt.arg.path take what follows their name as argument.
	const definition = eventFieldCatalogue.find(name) ?? eventFieldCatalogue.find(name.replace(/\.[^.]*$/, ''));
	if (definition === undefined) throw new GivenValueError(`${name} is no field; see lanner rules fields`);
	if (member === null) return null;
	if (Array.isArray(member)) return member.map((item) => scalarOf(key, definition.type, item));
	const scalar = scalarOf(key, definition.type, member);
	return definition.isList || definition.anyOf === true ? [scalar] : scalar;
}

function scalarOf(key: string, type: FieldType, value: unknown): Scalar {
	const refuse = (): never => {
		throw new GivenValueError(`${key}: ${JSON.stringify(value)} is no ${type}`);
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

const definitions = new Map(
	eventFieldCatalogue.all().map((definition) => [definition.name, ofGiven(definition)]),
);

/** The fields of system call events, read from given values. Such subjects have no event type: use -1. */
export const givenFieldCatalogue: FieldCatalogue<GivenValues> = {
	find: (name) => definitions.get(name),
	all: () => [...definitions.values()],
};

function ofGiven(definition: FieldDefinition<EventSubject>): FieldDefinition<GivenValues> {
	const { constantPerEventType: _, bytes: __, bind, ...rest } = definition;
	const { name } = definition;
	return {
		...rest,
		bind: (argument, eventType) => {
			// The real field says whether it takes this argument.
			bind(argument, eventType);
			if (argument === null) return (given) => given.get(name) ?? null;
			const [brackets, dot] = [`${name}[${argument}]`, `${name}.${argument}`];
			return (given) => given.get(brackets) ?? given.get(dot) ?? null;
		},
	};
}
