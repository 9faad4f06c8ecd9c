/** format.jsonl: output templates over made-up fields (`mock`), and over a little process tree (`text`, `json`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Plan } from '#rules/compile/ir.ts';
import type { FieldCatalogue } from '#rules/field.ts';
import { parseTemplate, type Template, TemplateError } from '#rules/format/template.ts';
import { encodeUtf8, Text } from '#schemas/text.ts';
import { type GivenValues, givenFields } from '#test/support/given-fields.ts';
import type { Case, CaseKind, Verdict } from '../kind.ts';
import { type CaseField, given, parseExactJson } from './given.ts';

type FormatCase = {
	readonly id: string;
	readonly kind: string;
	readonly format: string;
	readonly error?: string;
	readonly [key: string]: unknown;
};

function exactJson(value: unknown): string {
	if (typeof value === 'bigint') return String(value);
	if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`;
	if (typeof value === 'object' && value !== null) {
		const entries = value instanceof Map ? [...value] : Object.entries(value);
		const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
		return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${exactJson(inner)}`).join(',')}}`;
	}
	return JSON.stringify(value);
}

function parse(format: string, catalogue: FieldCatalogue<GivenValues>): Template<GivenValues> | string {
	try {
		return parseTemplate(encodeUtf8(format), catalogue, new Plan<GivenValues>());
	} catch (error) {
		if (error instanceof TemplateError) return `refused: ${error.message}`;
		throw error;
	}
}

function compare(expected: unknown, got: unknown): Verdict {
	const [left, right] = [exactJson(expected), exactJson(got)];
	return left === right ? null : { expected: left, got: right };
}

function judgeMock(line: FormatCase, table: Readonly<Record<string, CaseField>>): Verdict {
	const { catalogue, values } = given(table);
	const template = parse(line.format, catalogue);
	if (typeof template === 'string')
		return line.error === undefined ? { expected: 'accepted', got: template } : null;
	if (line.error !== undefined) return { expected: `refused: ${line.error}`, got: 'accepted' };
	const captured = template.capture(values);
	const text = template.text(captured);
	const json = template.json(captured);
	return (
		compare(line.text, text.value) ??
		compare(line.complete, text.complete) ??
		compare(line.json, json.value.size === 0 ? null : json.value) ??
		compare(line.json_complete, json.complete) ??
		compare(line.field_names, template.names)
	);
}

/** The processes of the upstream test at its moments, as far as the cases look at them. */
const text = (value: string): Text => new Text(encodeUtf8(value));
const moments: Readonly<Record<string, GivenValues>> = {
	'1566230400020000000': { 'proc.name': text('init'), 'proc.apid': [2] },
	'1566230400030000000': {
		'proc.name': text('child'),
		'proc.aname': [text('bash'), text('init')],
		'proc.aexe': [text('bash'), text('/sbin/init')],
		'proc.aexepath': [text('/sbin/init'), text('/sbin/init')],
		'proc.acmdline': [text('bash'), text('init context ls --format {{json .}}')],
	},
};
const firstMoment: GivenValues = {
	'proc.name': text('init'),
	'proc.pid': 1,
	'thread.tid': 1,
	'proc.aname[0]': text('init'),
	'proc.apid[0]': 1,
	'evt.arg[1]': text('/test/dir'),
	'evt.arg[path]': text('/test/dir'),
};
const treeFields = givenFields({
	'proc.name': { type: 'CHARBUF' },
	'proc.pid': { type: 'INT64', print: 'ID' },
	'thread.tid': { type: 'INT64', print: 'ID' },
	'fd.type': { type: 'CHARBUF' },
	'evt.asynctype': { type: 'CHARBUF' },
	'evt.arg': { type: 'CHARBUF', argument: 'required' },
	'proc.aname': { type: 'CHARBUF', anyOf: true, argument: 'optional' },
	'proc.apid': { type: 'INT64', print: 'ID', anyOf: true, argument: 'optional' },
	'proc.aexe': { type: 'CHARBUF', anyOf: true, argument: 'optional' },
	'proc.aexepath': { type: 'CHARBUF', anyOf: true, argument: 'optional' },
	'proc.acmdline': { type: 'CHARBUF', anyOf: true, argument: 'optional' },
});

function judgeTree(line: FormatCase): Verdict {
	const template = parse(line.format, treeFields);
	if (typeof template === 'string') return { expected: 'accepted', got: template };
	// Two upstream tests share these moments; only the one about ancestors has children.
	const moment = /proc\.a[a-z]+(?!\[)\b/.test(line.format) ? moments[String(line.ts)] : undefined;
	const values = moment ?? firstMoment;
	const captured = template.capture(values);
	const { value, complete } = line.kind === 'text' ? template.text(captured) : template.json(captured);
	const out = typeof value === 'string' ? value : exactJson(value.size === 0 ? null : value);
	return compare(line.out, out) ?? compare(line.ret, complete);
}

function prepare(_lines: readonly Case[], folder: string): (line: Case) => Verdict | 'not a case' {
	const lines = readFileSync(join(folder, 'format.jsonl'), 'utf8')
		.split('\n')
		.filter((line) => line !== '');
	const exact = lines.map((line) => parseExactJson(line) as FormatCase);
	const table = exact.find((line) => line.kind === 'field_table')?.fields as Record<string, CaseField>;
	const byId = new Map(exact.map((line) => [line.id, line]));
	return ({ id }) => {
		const line = byId.get(id as string) as FormatCase;
		if (line.kind === 'field_table') return 'not a case';
		return line.kind === 'mock' ? judgeMock(line, table) : judgeTree(line);
	};
}

export const formatKind: CaseKind = { file: 'format.jsonl', prepare };
