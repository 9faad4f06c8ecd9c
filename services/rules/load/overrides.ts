/** The `override:` key: which keys of an item are appended to and which are replaced. */
import type { DiagnosticCode } from '../diagnostic.ts';
import { ItemError, optionalBoolean } from './decode.ts';
import type { Operation } from './item-keys.ts';
import type { MappingNode } from './source.ts';

export type ReportWarning = (code: DiagnosticCode, message: string, hint?: string, offset?: number) => void;

/** What can be appended to and overridden. */
export type ExtendedKind = 'list' | 'macro' | 'rule';

const appendable: Readonly<Record<ExtendedKind, readonly string[]>> = {
	list: ['items'],
	macro: ['condition'],
	rule: ['condition', 'output', 'desc', 'tags', 'exceptions'],
};

const replaceable: Readonly<Record<ExtendedKind, readonly string[]>> = {
	list: ['items'],
	macro: ['condition'],
	rule: [
		...appendable.rule,
		'priority',
		'enabled',
		'warn_evttypes',
		'skip-if-unknown-filter',
		'capture',
		'capture_duration',
	],
};

/** Keys that an `override:` can name. */
export function overridable(kind: ExtendedKind): readonly string[] {
	return replaceable[kind];
}

/** Operation by key; empty when there is no override. Throws ItemError. */
export function readOverrides(item: MappingNode, kind: ExtendedKind): ReadonlyMap<string, Operation> {
	const node = item.entries.get('override');
	const operations = new Map<string, Operation>();
	if (node?.kind === 'sequence') {
		throw new ItemError(
			'LOAD_ERR_VALIDATE',
			"'override' is a list, expected a mapping from keys to append or replace",
			node.start,
			{
				hint: 'write override: {condition: append}',
			},
		);
	}
	if (node?.kind !== 'mapping') return operations;
	for (const [key, value] of node.entries) {
		const offset = node.keyStarts.get(key) ?? node.start;
		const operation = value.kind === 'scalar' ? value.text : '';
		if (operation !== 'append' && operation !== 'replace') {
			throw refuse(`the override of '${key}' is '${operation}', expected append or replace`, key, offset);
		}
		assertAllowed(kind, key, operation, offset);
		operations.set(key, operation);
	}
	for (const [key, operation] of operations) {
		if (!item.entries.has(key)) {
			const offset = node.keyStarts.get(key) ?? node.start;
			throw refuse(`override says ${operation} for '${key}', but the item has no '${key}'`, key, offset);
		}
	}
	if (kind === 'rule' && operations.size > 0) assertNoneForgotten(item, operations);
	return operations;
}

function assertAllowed(kind: ExtendedKind, key: string, operation: Operation, offset: number): void {
	const allowed = operation === 'append' ? appendable[kind] : replaceable[kind];
	if (allowed.includes(key)) return;
	throw refuse(
		`the key '${key}' of a ${kind} cannot be ${operation === 'append' ? 'appended to' : 'replaced'}`,
		key,
		offset,
		`possible: ${allowed.join(', ')}`,
	);
}

/** A key without an entry would be ignored silently. */
function assertNoneForgotten(item: MappingNode, operations: ReadonlyMap<string, Operation>): void {
	for (const key of item.entries.keys()) {
		if (!replaceable.rule.includes(key) || operations.has(key)) continue;
		const offset = item.keyStarts.get(key) ?? item.start;
		throw refuse(
			`the key '${key}' has no entry under 'override'`,
			key,
			offset,
			`add '${key}: append' or '${key}: replace'`,
		);
	}
}

function refuse(message: string, key: string, offset: number, hint = ''): ItemError {
	const contexts = [{ kind: 'overrides', name: key }];
	return new ItemError('LOAD_ERR_YAML_VALIDATE', message, offset, { hint, contexts });
}

/** `append: true`, in its old form with a warning; both forms together are an error. */
export function readLegacyAppend(item: MappingNode, report: ReportWarning): boolean {
	const isAppend = optionalBoolean(item, 'append') ?? false;
	if (isAppend) {
		report(
			'LOAD_DEPRECATED_ITEM',
			"'append: true' is deprecated",
			'write override: {condition: append} (or items, exceptions)',
			item.keyStarts.get('append'),
		);
	}
	return isAppend;
}

export function refuseBothAppends(item: MappingNode): ItemError {
	const offset = item.keyStarts.get('append') ?? item.start;
	return new ItemError(
		'LOAD_ERR_YAML_VALIDATE',
		"'append: true' and 'override' cannot be used together",
		offset,
		{ hint: "keep 'override'" },
	);
}
