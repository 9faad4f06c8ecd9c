/**
 * JSON Schema of rules files, from the table of keys. Two uses:
 *
 * - `schemaProblem` is the check that Falco makes beside loading: information for `rules check --json`, never an error. Types are weak
 *   (every scalar is a text), priorities are in capitals, all kinds of items are one: so it says what Falco's says.
 * - `editorSchema` is stricter where the loader is: each kind has its own keys, and a rule is a definition, an append, an override or a
 *   switch. It accepts every spelling that loads.
 */
import {
	type ItemKind,
	itemKinds,
	itemProperties,
	operations,
	prioritySpellings,
	type Schema,
} from './item-keys.ts';
import { overridable } from './overrides.ts';
import type { MappingNode, SourceNode } from './source.ts';

function overrideSchema(keys: Iterable<string>): Schema {
	const entries = [...keys].map((key) => [key, { type: 'string', enum: operations }] as const);
	return {
		type: 'object',
		description: 'What happens to each key of the item: append to the earlier definition, or replace it.',
		properties: Object.fromEntries(entries),
		additionalProperties: false,
		minProperties: 1,
	};
}

const itemSchema: Schema = {
	type: 'object',
	properties: {
		...Object.assign({}, ...itemKinds.map((kind) => itemProperties[kind])),
		override: overrideSchema(
			new Set(['list', 'macro', 'rule'].flatMap((kind) => overridable(kind as 'rule'))),
		),
	},
	additionalProperties: false,
};
const fileSchema: Schema = { type: 'array', items: itemSchema };

/** What of a document the schema does not allow, at the first place where it does not; null = nothing. */
export function schemaProblem(document: SourceNode): string | null {
	return problemAt(document, fileSchema, '<root>');
}

const wrongType = "Value type not permitted by 'type' constraint.";

function problemAt(node: SourceNode, schema: Schema, path: string): string | null {
	const said = (problem: string): string => `failed for ${path}: ${problem}`;
	if (!isOfType(node, schema.type)) return said(wrongType);
	if (schema.enum !== undefined && !(node.kind === 'scalar' && schema.enum.includes(node.text)))
		return said('Failed to match against any enum values.');
	if (node.kind === 'sequence' && schema.items !== undefined) {
		for (const [index, item] of node.items.entries()) {
			const problem = problemAt(item, schema.items, `${path}[${index}]`);
			if (problem !== null) return problem;
		}
	}
	return node.kind === 'mapping' ? mappingProblem(node, schema, path, said) : null;
}

function mappingProblem(
	{ entries }: MappingNode,
	{ properties, required = [], minProperties = 0 }: Schema,
	path: string,
	said: (problem: string) => string,
): string | null {
	if (entries.size < minProperties)
		return said(`Object should have no fewer than ${minProperties} properties.`);
	if (properties === undefined) return null;
	for (const [key, value] of entries) {
		const schema = properties[key];
		if (schema === undefined || !Object.hasOwn(properties, key)) {
			return said(
				`Object contains a property that could not be validated using 'properties' or 'additionalProperties' constraints: '${key}'.`,
			);
		}
		const problem = problemAt(value, schema, `${path}[${key}]`);
		if (problem !== null) return problem;
	}
	const missing = required.find((key) => !entries.has(key));
	return missing === undefined ? null : said(`Missing required property '${missing}'.`);
}

/** Scalars are texts; a text that reads like a boolean or whole number is one. */
function isOfType(node: SourceNode, type: Schema['type']): boolean {
	switch (type) {
		case undefined:
			return true;
		case 'array':
			return node.kind === 'sequence';
		case 'object':
			return node.kind === 'mapping';
		case 'string':
			return node.kind === 'scalar';
		case 'boolean':
			return node.kind === 'scalar' && (node.text === 'true' || node.text === 'false');
		case 'integer':
			return node.kind === 'scalar' && /^-?[0-9]+$/.test(node.text);
	}
}

type EditorSchema = Readonly<Record<string, unknown>>;

/** YAML readers of editors give numbers and booleans where a text is meant: items: [80, true]. */
const scalar = { type: ['string', 'number', 'boolean'] };
const bool = {
	enum: [true, false, ...['yes', 'no', 'on', 'off', 'true', 'false'].flatMap(caseForms), 'y', 'Y', 'n', 'N'],
};

function caseForms(word: string): string[] {
	return [word, word.toUpperCase(), `${word[0]?.toUpperCase()}${word.slice(1)}`];
}

function editorForm(key: string, schema: Schema): EditorSchema {
	const { type, items, properties, description, ...rest } = schema;
	const doc = description === undefined ? {} : { description };
	if (key === 'priority') return { ...doc, enum: prioritySpellings() };
	if (schema.enum !== undefined) return { ...doc, enum: schema.enum };
	if (type === 'string') return { ...doc, ...scalar };
	if (type === 'boolean') return { ...doc, ...bool };
	if (type === 'integer') return { ...doc, type: ['integer', 'string'] };
	return {
		...doc,
		...(type === undefined ? {} : { type: key === 'exceptions' ? ['array', 'null'] : type }),
		...(items === undefined ? {} : { items: editorForm('', items) }),
		...(properties === undefined ? {} : { properties: editorProperties(properties) }),
		...rest,
	};
}

function editorProperties(properties: Readonly<Record<string, Schema>>): EditorSchema {
	return Object.fromEntries(
		Object.entries(properties).map(([key, schema]) => [key, editorForm(key, schema)]),
	);
}

const whole: Partial<Record<ItemKind, readonly string[]>> = {
	list: ['items'],
	macro: ['condition'],
	rule: ['condition', 'output', 'desc', 'priority'],
};

function editorItem(kind: ItemKind): EditorSchema {
	const isExtended = kind === 'list' || kind === 'macro' || kind === 'rule';
	const properties = editorProperties({
		...itemProperties[kind],
		...(isExtended ? { override: overrideSchema(overridable(kind)) } : {}),
	});
	const base = { type: 'object', properties, additionalProperties: false, required: [kind] };
	if (kind !== 'rule') return { ...base, required: [kind, ...(whole[kind] ?? [])] };
	const parts = [{ required: whole.rule }, { required: ['append'] }, { required: ['override'] }];
	// An item with none of the defining keys switches an earlier rule.
	const isSwitch = {
		required: ['enabled'],
		not: { anyOf: whole.rule?.map((key) => ({ required: [key] })) },
	};
	return { ...base, anyOf: [...parts, isSwitch] };
}

/** For yaml-language-server and the like. */
export function editorSchema(): EditorSchema {
	// biome-ignore lint/suspicious/noThenProperty: it is the keyword of JSON Schema
	const byKind = itemKinds.map((kind) => ({ if: { required: [kind] }, then: editorItem(kind) }));
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		title: 'Rules of Lanner (the language of Falco)',
		type: ['array', 'null'],
		items: {
			type: ['object', 'null'],
			anyOf: itemKinds.map((kind) => ({ required: [kind] })),
			allOf: byKind,
		},
	};
}
