/** Decoders of item keys: what a key must hold, and the errors when it does not. */
import type { DiagnosticCode, DiagnosticContext } from '../diagnostic.ts';
import type { ExceptionValue } from './definitions.ts';
import type { MappingNode, SequenceNode, SourceNode } from './source.ts';

type ItemErrorDetails = {
	readonly hint?: string;
	readonly contexts?: readonly DiagnosticContext[];
	readonly isConsequence?: boolean;
};

/** Ends the reading of one item; the reader reports it and goes on with the next item. */
export class ItemError extends Error {
	readonly code: DiagnosticCode;
	readonly offset: number;
	readonly hint: string;
	readonly contexts: readonly DiagnosticContext[];
	/** Follows from an item that could not be read, and was reported: not reported again. */
	readonly isConsequence: boolean;

	constructor(
		code: DiagnosticCode,
		message: string,
		offset: number,
		{ hint = '', contexts = [], isConsequence = false }: ItemErrorDetails = {},
	) {
		super(message);
		this.isConsequence = isConsequence;
		this.code = code;
		this.offset = offset;
		this.hint = hint;
		this.contexts = contexts;
	}
}

function invalid(message: string, key: string, offset: number, hint = ''): ItemError {
	return new ItemError('LOAD_ERR_YAML_VALIDATE', message, offset, {
		hint,
		contexts: [{ kind: 'value for', name: key }],
	});
}

/** The node of a key that must be there and not be empty. */
function present(mapping: MappingNode, key: string): SourceNode {
	const node = mapping.entries.get(key);
	if (node === undefined) throw invalid(`the key '${key}' is missing`, key, mapping.start, `add '${key}:'`);
	if (node.kind === 'null') throw invalid(`the key '${key}' has no value`, key, node.start);
	return node;
}

export function scalarText(node: SourceNode, key: string): string {
	if (node.kind === 'null') throw invalid(`the key '${key}' has no value`, key, node.start);
	if (node.kind !== 'scalar')
		throw invalid(`the value of '${key}' is a ${node.kind}, expected a text`, key, node.start);
	if (node.text === '') throw invalid(`the value of '${key}' is empty`, key, node.start);
	return node.text;
}

export function requiredText(mapping: MappingNode, key: string): string {
	return scalarText(present(mapping, key), key);
}

export function optionalText(mapping: MappingNode, key: string): string | null {
	const node = mapping.entries.get(key);
	return node === undefined ? null : scalarText(node, key);
}

const yes = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const no = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;

export function optionalBoolean(mapping: MappingNode, key: string): boolean | null {
	const text = optionalText(mapping, key);
	if (text === null) return null;
	if (yes.test(text)) return true;
	if (no.test(text)) return false;
	throw invalid(
		`'${text}' is not a boolean, in '${key}'`,
		key,
		mapping.entries.get(key)!.start,
		'write true or false',
	);
}

const uint32Max = 4294967295;

export function optionalUint32(mapping: MappingNode, key: string): number | null {
	const text = optionalText(mapping, key);
	if (text === null) return null;
	const value = /^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text) ? Number(text) : Number.NaN;
	if (value <= uint32Max) return value;
	const hint = `a whole number from 0 to ${uint32Max}`;
	throw invalid(`'${text}' is not a number for '${key}'`, key, mapping.entries.get(key)!.start, hint);
}

export function sequenceOf(node: SourceNode, key: string): SequenceNode {
	if (node.kind !== 'sequence')
		throw invalid(`the value of '${key}' is no list`, key, node.start, `write ${key}: [a, b]`);
	return node;
}

/** The texts of a sequence; empty texts are allowed. */
export function scalarTexts(node: SourceNode, key: string): string[] {
	return sequenceOf(node, key).items.map((item) => {
		if (item.kind === 'scalar') return item.text;
		throw invalid(`an element of '${key}' is a ${item.kind}, expected a text`, key, item.start);
	});
}

export function requiredTexts(mapping: MappingNode, key: string): string[] {
	const node = mapping.entries.get(key);
	if (node === undefined)
		throw invalid(`the key '${key}' is missing`, key, mapping.start, `add '${key}: []'`);
	return scalarTexts(node, key);
}

/** A text or a list of texts, none empty; null when the key is missing. */
export function textOrTexts(mapping: MappingNode, key: string): string | readonly string[] | null {
	const node = mapping.entries.get(key);
	if (node === undefined) return null;
	return node.kind === 'sequence' ? node.items.map((item) => scalarText(item, key)) : scalarText(node, key);
}

/** Values of exceptions: texts and lists; what is neither counts as nothing. */
export function exceptionValue(node: SourceNode): ExceptionValue {
	if (node.kind === 'scalar') return scalarText(node, 'values');
	if (node.kind === 'sequence') return node.items.map(exceptionValue);
	return '';
}
