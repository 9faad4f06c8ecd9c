/**
 * The `when` of an output: an expression in the rule language over an alert. Checked with the configuration, compiled
 * once, a predicate afterwards. A field without a value satisfies no comparison, as in rules.
 */

import { type OutputConfig, type Priority, priorities } from '#platform/config/index.ts';
import { checkCondition } from '#rules/check/index.ts';
import { compile } from '#rules/compile/compile.ts';
import {
	type Extractor,
	FieldArgumentError,
	type FieldCatalogue,
	type FieldDefinition,
} from '#rules/field.ts';
import { ParseError, parseCondition } from '#rules/parse/index.ts';
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
	return ({ outputFields }) => {
		const found = outputFields.find(({ name }) => name === argument);
		return found === undefined ? null : textOf(found.value);
	};
}

function textOf(value: OutputField['value']): Text | null {
	if (value === null) return null;
	const [content] = Object.values(value);
	if (!Array.isArray(content)) return text(String(content));
	return text(content.map((item) => (item === null ? '' : String(Object.values(item)[0]))).join(','));
}

/** What is wrong with an expression, where it is known with the byte; null when nothing is. */
export function whenProblem(expression: string): string | null {
	try {
		const { errors } = checkCondition(parseCondition(encodeUtf8(expression)), alertCatalogue);
		const [first] = errors;
		if (first === undefined) return null;
		const known = first.isUnknownName ? `; fields: ${[...definitions.keys()].join(', ')}` : '';
		return `${first.message}${first.hint === '' ? '' : ` (${first.hint})`}, at byte ${first.span.start + 1}${known}`;
	} catch (error) {
		if (!(error instanceof ParseError)) throw error;
		return `${error.message}, at byte ${error.offset + 1}${error.hint === '' ? '' : ` (${error.hint})`}`;
	}
}

/** For an expression without a problem. */
export function compileWhen(expression: string): (alert: Alert) => boolean {
	const { test } = compile(parseCondition(encodeUtf8(expression)), alertCatalogue);
	return (alert) => test(alert);
}

/** Problems of a whole configuration; paths count from its root. */
export function checkWhens({ outputs }: { readonly outputs: readonly OutputConfig[] }) {
	return outputs.flatMap(({ when }, i) => {
		const problem = when === null ? null : whenProblem(when);
		return problem === null ? [] : [{ path: ['outputs', i, 'when'], message: problem }];
	});
}
