/** Parameters of the event: evt.arg, evt.rawarg, evt.args, evt.info. */
import { eventTypes } from '#schemas/generated/event-names.ts';
import { Text } from '#schemas/text.ts';
import { type EventParameter, events, genericParameters } from '../events/index.ts';
import { FieldArgumentError, type FieldType, type FieldValue } from '../field.ts';
import type { EventSubject } from '../subject.ts';
import { type Bind, bound, type Field, perType, type Read } from './define.ts';
import { familyOf, infoOf, notACall } from './event-type.ts';
import {
	addressText,
	type ParameterReader,
	parameterReader,
	rawText,
	resolvedPath,
	resolvedText,
} from './parameter-text.ts';
import { sourceOf } from './parameter-values.ts';

/** First definition of every parameter name, for types and for telling unknown names. */
const parametersByName = new Map<string, EventParameter>();
for (const info of events.values()) {
	for (const parameter of info.parameters) {
		if (!parametersByName.has(parameter.name)) parametersByName.set(parameter.name, parameter);
	}
}

/** Of the type without a name those of a call that has none; other events of it are of other families. */
function parametersOf(eventType: number): readonly EventParameter[] {
	return infoOf(eventType)?.parameters ?? (eventType === notACall ? genericParameters : []);
}

function readerOf(eventType: number, parameter: EventParameter): ParameterReader | null {
	const family = familyOf(eventType);
	const source = sourceOf(eventTypes[eventType] ?? '', family, parameter.name);
	return source === null ? null : parameterReader(parameter, source, eventType);
}

function isAddress({ parameter }: ParameterReader): boolean {
	return parameter.type === 'SOCKTUPLE' || parameter.type === 'SOCKADDR' || parameter.type === 'FDLIST';
}

/** `raw(resolved)`, as evt.args shows it. */
function bothTexts(reader: ParameterReader, subject: EventSubject): string {
	if (isAddress(reader)) return addressText(reader, subject) ?? 'NULL';
	const value = reader.source.value(subject);
	const raw = rawText(reader.parameter, value);
	const resolved = value === null ? '' : resolvedText(reader, subject, value);
	return resolved === '' ? raw : `${raw}(${resolved})`;
}

/** The resolved text when there is one, else the raw one. */
function argumentText(reader: ParameterReader, subject: EventSubject): Text {
	if (isAddress(reader)) return new Text(addressText(reader, subject) ?? 'NULL');
	const value = reader.source.value(subject);
	// Texts of the event itself, on which answers are remembered.
	if (value instanceof Text && reader.parameter.type !== 'BYTEBUF')
		return resolvedPath(reader, subject, value) ?? value;
	const resolved = value === null ? '' : resolvedText(reader, subject, value);
	return new Text(resolved === '' ? rawText(reader.parameter, value) : resolved);
}

/** A text per value for flags and numbers that come again, so that rules can remember what they found out about it. */
const numberTextsMax = 4096;

function argumentReader(reader: ParameterReader, family: number): Read {
	const { parameter, source } = reader;
	const dependsOnValueAlone =
		parameter.flags !== null || parameter.type === 'ERRNO' || parameter.type === 'SIGTYPE';
	if (!dependsOnValueAlone) {
		return (subject) => (subject.reader.family === family ? argumentText(reader, subject) : null);
	}
	const texts = new Map<number, Text>();
	return (subject) => {
		if (subject.reader.family !== family) return null;
		const value = source.value(subject);
		if (typeof value !== 'number') return argumentText(reader, subject);
		let text = texts.get(value);
		if (text === undefined) {
			text = argumentText(reader, subject);
			if (texts.size < numberTextsMax) texts.set(value, text);
		}
		return text;
	};
}

const bindArgument: Bind = (argument, eventType) => {
	const index = /^\d{1,3}$/.test(argument ?? '') ? Number(argument) : -1;
	if (index < 0 && !parametersByName.has(argument ?? '')) {
		throw new FieldArgumentError(`unknown event argument ${argument}: no event has a parameter of that name`);
	}
	const parameters = parametersOf(eventType);
	const parameter = index >= 0 ? parameters[index] : parameters.find((one) => one.name === argument);
	const reader = parameter === undefined ? null : readerOf(eventType, parameter);
	return reader === null ? null : argumentReader(reader, familyOf(eventType));
};

/** Native types of evt.rawarg; what cannot be compared as a number is a buffer or a text. */
function nativeType(type: string): FieldType {
	switch (type) {
		case 'FSPATH':
		case 'FSRELPATH':
		case 'CHARBUF':
		case 'BYTEBUF':
			return type;
		case 'FD':
		case 'PID':
		case 'ERRNO':
		case 'INT64':
			return 'INT64';
		case 'INT8':
		case 'INT16':
		case 'INT32':
		case 'UINT8':
		case 'UINT16':
		case 'UINT32':
		case 'UINT64':
		case 'ABSTIME':
		case 'RELTIME':
			return type;
		case 'FLAGS8':
		case 'ENUMFLAGS8':
		case 'SIGTYPE':
			return 'UINT8';
		case 'FLAGS16':
		case 'ENUMFLAGS16':
			return 'UINT16';
		case 'FLAGS32':
		case 'ENUMFLAGS32':
		case 'UID':
		case 'GID':
		case 'MODE':
		case 'SIGSET':
			return 'UINT32';
		default:
			return 'BYTEBUF';
	}
}

function rawArgumentType(argument: string | null): FieldType {
	const parameter = parametersByName.get(argument ?? '');
	if (parameter === undefined) {
		throw new FieldArgumentError(
			`unknown event argument ${argument}: evt.rawarg takes the name of a parameter`,
		);
	}
	return nativeType(parameter.type);
}

const notThere = new Text('<NA>');

const bindRawArgument: Bind = (argument, eventType) => {
	rawArgumentType(argument);
	const parameter = parametersOf(eventType).find((one) => one.name === argument);
	const reader = parameter === undefined ? null : readerOf(eventType, parameter);
	if (reader === null || isAddress(reader)) return null;
	const family = familyOf(eventType);
	return (subject): FieldValue => {
		if (subject.reader.family !== family) return null;
		const value = reader.source.value(subject);
		// A path that the event does not have is the text <NA> in the reference's engine.
		if (value === null && parameter?.type === 'FSPATH') return notThere;
		return value instanceof Text && value.value === '' ? null : value;
	};
};

/** `name=raw(resolved)` of every parameter that our events carry, joined by blanks. */
const bindAllArguments = perType((eventType) => {
	const info = infoOf(eventType);
	if (info === undefined) return null;
	const family = familyOf(eventType);
	if (info.kind === 'generic-syscall') return () => emptyText;
	const readers = info.parameters.map((one) => readerOf(eventType, one)).filter((reader) => reader !== null);
	return (subject) => {
		if (subject.reader.family !== family) return null;
		return new Text(
			readers.map((reader) => `${reader.parameter.name}=${bothTexts(reader, subject)}`).join(' '),
		);
	};
});

const emptyText = new Text('');

export const argumentFields: readonly Field[] = [
	bound('evt.args', 'CHARBUF', 'All parameters of the event as text.', bindAllArguments),
	bound('evt.info', 'CHARBUF', 'All parameters of the event as text.', bindAllArguments),
	bound('evt.arg', 'CHARBUF', 'One parameter of the event as text, by name or number.', bindArgument, {
		argument: 'required',
	}),
	{
		...bound(
			'evt.rawarg',
			'DYNAMIC',
			'One parameter of the event by name, in its own type.',
			bindRawArgument,
			{
				print: 'DEC',
				argument: 'required',
				flags: ['NO_TRANSFORMER', 'NO_RHS'],
			},
		),
		typeOf: rawArgumentType,
	},
];
