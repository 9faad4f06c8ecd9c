/** Exceptions: reading, checking, appending, and the text that they add to a condition. */
import { operatorNames } from '../parse/index.ts';
import { exceptionValue, ItemError, requiredText, sequenceOf, textOrTexts } from './decode.ts';
import type { ExceptionDefinition, ExceptionValue, Origin } from './definitions.ts';
import { quoteIfBlank } from './list-text.ts';
import type { SourceText } from './places.ts';
import type { MappingNode, SourceNode } from './source.ts';

/** Operators whose right side is a list. */
const listOperators = new Set(['in', 'pmatch', 'intersects']);

/** What the reader must know of fields: null = fine, otherwise what is wrong. */
export type FieldProblem = (field: string) => string | null;

export function readExceptions(
	rule: MappingNode,
	source: SourceText,
	isAppend: boolean,
): ExceptionDefinition[] {
	const node = rule.entries.get('exceptions');
	if (node === undefined || node.kind === 'null') return [];
	if (node.kind !== 'sequence') throw yamlError("'exceptions' is no list", '', node);
	return node.items.map((item) => readException(item, source, isAppend));
}

function readException(node: SourceNode, source: SourceText, isAppend: boolean): ExceptionDefinition {
	if (node.kind !== 'mapping') throw yamlError('an exception is no mapping', '', node);
	const name = requiredText(node, 'name');
	if (!isAppend) requirePresence(node, 'fields', name);
	const values = node.entries.get('values');
	return {
		name,
		fields: textOrTexts(node, 'fields'),
		comps: trimmed(textOrTexts(node, 'comps')),
		values:
			values === undefined || values.kind === 'null'
				? []
				: sequenceOf(values, 'values').items.map(exceptionValue),
		hasValues: values !== undefined,
		origin: { source, offset: node.start },
	};
}

function requirePresence(node: MappingNode, key: string, name: string): void {
	if (!node.entries.has(key)) throw yamlError(`the exception '${name}' has no '${key}'`, name, node);
}

function trimmed(comps: string | readonly string[] | null): string | readonly string[] | null {
	if (comps === null) return null;
	return typeof comps === 'string' ? comps.trim() : comps.map((comp) => comp.trim());
}

/** Checks a new exception and fills in what it leaves out. Throws ItemError. */
export function completeException(
	exception: ExceptionDefinition,
	fieldProblem: FieldProblem,
): ExceptionDefinition {
	const { fields } = exception;
	if (fields === null || fields.length === 0) {
		throw refuse(exception, 'has no fields', 'write fields: proc.name, or fields: [proc.name, fd.name]');
	}
	const comps =
		typeof fields === 'string' ? completeSingle(exception) : completeMany(exception, fields.length);
	for (const field of typeof fields === 'string' ? [fields] : fields) {
		const problem = fieldProblem(field);
		if (problem !== null) throw refuse(exception, `uses '${field}': ${problem}`);
	}
	const complete = { ...exception, comps };
	checkValues(complete);
	return complete;
}

function completeSingle(exception: ExceptionDefinition): string {
	const comps = exception.comps ?? 'in';
	if (typeof comps !== 'string')
		throw refuse(exception, 'has one field and a list of comps', 'write comps: in');
	if (!takesList(comps) || !isOperator(comps)) {
		const hint = 'in, pmatch, intersects, or an operator with a modifier such as startswith anyof';
		throw refuse(exception, `has the comp '${comps}', which takes no list`, hint);
	}
	return comps;
}

function completeMany(exception: ExceptionDefinition, count: number): readonly string[] {
	const comps = exception.comps ?? new Array<string>(count).fill('=');
	if (typeof comps === 'string' || comps.length !== count) {
		const have = typeof comps === 'string' ? 'one' : comps.length;
		throw refuse(exception, `has ${count} fields and ${have} comps`, 'give one comp for each field');
	}
	const unknown = comps.find((comp) => !isOperator(comp));
	if (unknown !== undefined) throw refuse(exception, `has the comp '${unknown}', which is no operator`);
	return comps;
}

function isOperator(comp: string): boolean {
	const [operator, modifier, ...rest] = comp.split(/\s+/);
	if (rest.length > 0 || !operatorNames.has(operator ?? '')) return false;
	return modifier === undefined || isModifier(modifier);
}

function isModifier(word: string): boolean {
	return word === 'anyof' || word === 'allof' || word === 'oneof';
}

function takesList(comp: string): boolean {
	return listOperators.has(comp) || isModifier(comp.split(/\s+/)[1] ?? '');
}

function checkValues({ fields, values, ...exception }: ExceptionDefinition): void {
	if (typeof fields === 'string') {
		if (values.every((value) => typeof value === 'string')) return;
		throw refuse(exception, 'has one field, so its values are texts, not lists', 'write values: [a, b]');
	}
	const count = fields?.length ?? 0;
	const wrong = values.find((value) => typeof value === 'string' || value.length !== count);
	if (wrong === undefined) return;
	const have = typeof wrong === 'string' ? 'a text' : `a list of ${wrong.length}`;
	throw refuse(
		exception,
		`has ${count} fields, but a value that is ${have}`,
		'each value is a list with one entry for each field',
	);
}

/** Adds entries to a rule's exceptions: values to a known name, or a whole new exception. Throws ItemError. */
export function appendExceptions(
	existing: readonly ExceptionDefinition[],
	added: readonly ExceptionDefinition[],
	fieldProblem: FieldProblem,
): ExceptionDefinition[] {
	const result = [...existing];
	for (const entry of added) {
		const index = result.findIndex((known) => known.name === entry.name);
		const known = result[index];
		if (known === undefined) {
			if (entry.fields === null) throw refuse(entry, 'is new to this rule and has no fields');
			if (!entry.hasValues) throw refuse(entry, 'is new to this rule and has no values');
			result.push(completeException(entry, fieldProblem));
			continue;
		}
		for (const key of ['fields', 'comps'] as const) {
			if (entry[key] !== null)
				throw refuse(entry, `exists in this rule; '${key}' cannot be given again`, 'append values only');
		}
		const grown = { ...known, values: [...known.values, ...entry.values] };
		checkValues({ ...grown, origin: entry.origin });
		result[index] = grown;
	}
	return result;
}

/** The condition with its exceptions, as text. */
export function withExceptions(condition: string, exceptions: readonly ExceptionDefinition[]): string {
	const active = exceptions.filter((exception) => exception.values.length > 0);
	if (active.length === 0) return condition;
	return `(${condition})${active.map((exception) => ` and not ${exceptionText(exception)}`).join('')}`;
}

function exceptionText({ fields, comps, values }: ExceptionDefinition): string {
	if (typeof fields === 'string') return `${fields} ${comps as string} ${listText(values)}`;
	const tuples = values.map((value) => {
		const checks = (fields ?? []).map((field, i) => {
			const comp = (comps as readonly string[])[i] as string;
			return `${field} ${comp} ${tupleValueText((value as readonly ExceptionValue[])[i] as ExceptionValue, comp)}`;
		});
		return `(${checks.join(' and ')})`;
	});
	return `(${tuples.join(' or ')})`;
}

function tupleValueText(value: ExceptionValue, comp: string): string {
	if (typeof value !== 'string') return listText(value);
	if (takesList(comp)) return value.startsWith('(') ? value : `(${value})`;
	return quoteIfBlank(value);
}

/** Lists inside the list count as nothing. */
function listText(values: readonly ExceptionValue[]): string {
	return `(${values
		.filter((value) => typeof value === 'string')
		.map(quoteIfBlank)
		.join(', ')})`;
}

type Named = { readonly name: string; readonly origin: Origin };

function refuse({ name, origin }: Named, problem: string, hint = ''): ItemError {
	const contexts = [{ kind: 'exception', name }];
	return new ItemError('LOAD_ERR_VALIDATE', `the exception '${name}' ${problem}`, origin.offset, {
		hint,
		contexts,
	});
}

function yamlError(message: string, name: string, node: SourceNode): ItemError {
	const hint = 'write exceptions: [{name: n, fields: proc.name, values: [a, b]}]';
	return new ItemError('LOAD_ERR_YAML_VALIDATE', message, node.start, {
		hint,
		contexts: [{ kind: 'exception', name }],
	});
}
