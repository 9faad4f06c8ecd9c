/**
 * Fields of an alert in the rule language: what `when`, templates and grouping are made of. A field without a value satisfies no
 * comparison, as in rules, and is `<NA>` in text.
 */

import {
	type Extractor,
	FieldArgumentError,
	type FieldCatalogue,
	type FieldDefinition,
} from '#rules/field.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type Priority, priorities } from '#schemas/alert/priority.ts';
import { alertClock, alertTime } from '#schemas/alert/render.ts';
import type { Alert, OutputField } from '#schemas/generated/alert.ts';
import { encodeUtf8, Text } from '#schemas/text.ts';

type Field = FieldDefinition<Alert>;

const text = (value: string): Text => new Text(encodeUtf8(value));
/** Empty = there is none. */
const optionalText = (value: string): Text | null => (value === '' ? null : text(value));

function field(
	name: string,
	type: Field['type'],
	meaning: string,
	read: Extractor<Alert>,
	given: Partial<Field> = {},
): Field {
	return {
		...{ name, type, meaning, isList: false, print: 'DEC', argument: 'none', flags: new Set() },
		bind: () => read,
		...given,
	};
}

const definitions: ReadonlyMap<string, Field> = new Map(
	[
		field('alert.id', 'CHARBUF', 'Id of the alert.', ({ id }) => text(id)),
		field('alert.rule', 'CHARBUF', 'Name of the rule.', ({ rule }) => text(rule)),
		field('alert.priority', 'CHARBUF', 'Emergency to Debug, as a word.', ({ priority }) => text(priority)),
		field(
			'alert.severity',
			'UINT32',
			'The priority as the number of syslog: 0 Emergency, 4 Warning, 7 Debug.',
			({ priority }) => priorities.indexOf(priority as Priority),
		),
		field('alert.time', 'CHARBUF', 'Time of the event, UTC, ISO 8601.', (alert) => text(alertTime(alert))),
		field('alert.source', 'CHARBUF', 'Event source of the rule.', ({ source }) => text(source)),
		field('alert.tags', 'CHARBUF', 'Tags of the rule.', ({ tags }) => tags.map(text), { isList: true }),
		field('alert.output', 'CHARBUF', 'Output text with its fields filled in.', ({ output }) => text(output)),
		field('alert.incomplete', 'BOOL', 'Events of the host had been lost.', ({ incomplete }) => incomplete),
		field(
			'alert.field',
			'CHARBUF',
			'A field of the output as text: alert.field[proc.name]; lists joined with commas.',
			() => null,
			{ argument: 'required', argumentForm: 'brackets', bind: bindOutputField },
		),
		field('evt.type', 'CHARBUF', 'Name of the event.', ({ eventType }) => text(eventType)),
		field('host.id', 'CHARBUF', 'Id of the host.', ({ hostId }) => text(hostId)),
		field('host.name', 'CHARBUF', 'Name of the host.', ({ hostName }) => text(hostName)),
		field('container.id', 'CHARBUF', 'Container; no value on the host itself.', ({ containerId }) =>
			optionalText(containerId),
		),
		field('proc.pid', 'INT64', 'Process id; no value without a process.', ({ pid }) =>
			pid > 0 ? pid : null,
		),
	].map((definition) => [definition.name, definition]),
);

export const alertCatalogue: FieldCatalogue<Alert> = {
	find: (name) => definitions.get(name),
	all: () => [...definitions.values()],
};

function bindOutputField(argument: string | null): Extractor<Alert> {
	if (argument === null) throw new FieldArgumentError('alert.field needs a name: alert.field[proc.name]');
	return readOutputField(argument);
}

function readOutputField(wanted: string): Extractor<Alert> {
	return ({ outputFields }) => {
		const found = outputFields.find(({ name }) => name === wanted);
		return found === undefined ? null : textOf(found.value);
	};
}

function textOf(value: OutputField['value']): Text | null {
	if (value === null) return null;
	const [content] = Object.values(value);
	if (!Array.isArray(content)) return text(String(content));
	return text(content.map((item) => (item === null ? '' : String(Object.values(item)[0]))).join(','));
}

/**
 * For templates and grouping: beside those of `when` every field of the rule language, whose value is that in the output of the
 * rule, as text; no value where that output does not have it.
 */
export const textCatalogue: FieldCatalogue<Alert> = {
	find: (name) => definitions.get(name) ?? clocks.get(name) ?? eventField(name),
	all: () => [...definitions.values()],
};

/** Those that every alert has. */
const clocks: ReadonlyMap<string, Field> = new Map([
	['evt.time', field('evt.time', 'CHARBUF', 'Local time of the host.', (alert) => text(alertClock(alert)))],
]);

function eventField(name: string): Field | undefined {
	const known = eventFieldCatalogue.find(name);
	if (known === undefined) return undefined;
	const { argument, argumentForm } = known;
	return {
		...field(name, 'CHARBUF', known.meaning, () => null, { argument }),
		...(argumentForm === undefined ? {} : { argumentForm }),
		bind: (given) => outputFieldNamed(name, given),
	};
}

/** An argument may have been written in the rule either way. */
function outputFieldNamed(name: string, argument: string | null): Extractor<Alert> {
	if (argument === null) return readOutputField(name);
	const forms = [readOutputField(`${name}[${argument}]`), readOutputField(`${name}.${argument}`)];
	return (alert) => forms.map((read) => read(alert)).find((value) => value !== null) ?? null;
}
