/**
 * The `template` of an output, in the output format of the rule language: `%alert.priority on %host.name: %proc.name[arg]`. Parsed once; what
 * a field holds is put in as it is and never looked at for fields, so that nothing a process chose becomes a template. Control characters
 * stay in: each output escapes for where it writes. What has no value is `<NA>`.
 */
import { Plan } from '#rules/compile/ir.ts';
import { parseTemplate, TemplateError } from '#rules/format/template.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { encodeUtf8 } from '#schemas/text.ts';
import { textCatalogue } from './fields.ts';

/** As in rules: a missing value does not end the text. */
const optional = '*';

export function compileText(template: string): (alert: Alert) => string {
	const parsed = parse(template);
	return (alert) => parsed.text(parsed.capture(alert)).value;
}

/** The values of fields, as text. */
export function compileFields(names: readonly string[]): (alert: Alert) => readonly string[] {
	const texts = names.map((name) => compileText(`%${name}`));
	return (alert) => texts.map((textOf) => textOf(alert));
}

/** What is wrong with a template, with the byte; null when nothing is. */
export function templateProblem(template: string): string | null {
	try {
		parse(template);
		return null;
	} catch (error) {
		if (!(error instanceof TemplateError)) throw error;
		return `${error.message}, at byte ${Math.max(error.offset - optional.length, 0) + 1}; ${accepted}`;
	}
}

/** The same for the name of one field, written without `%`. */
export function fieldProblem(name: string): string | null {
	const [field, ...others] = fieldsOf(name);
	if (field === name && others.length === 0) return null;
	return `"${name}" is no field; ${accepted}`;
}

function fieldsOf(name: string): readonly string[] {
	try {
		return parse(`%${name}`).names;
	} catch (error) {
		if (!(error instanceof TemplateError)) throw error;
		return [];
	}
}

const accepted = `accepted: fields of the rule language (lanner rules fields) and ${textCatalogue
	.all()
	.map(({ name }) => name)
	.join(', ')}`;

function parse(template: string) {
	return parseTemplate(`${optional}${encodeUtf8(template)}`, textCatalogue, new Plan<Alert>());
}
