/**
 * A body by template: JSON whose texts hold `{{field}}`. The template is parsed as JSON first and filled afterwards, so no field can end a text
 * or add a member; what a field holds is never looked at for fields again. A text that is one field alone becomes that field's JSON value
 * (number, list, object); within other text a field becomes text. A field that is not there is null, or nothing within text.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const whole = /^\{\{\s*([^{}\s]+)\s*\}\}$/;
const within = /\{\{\s*([^{}\s]+)\s*\}\}/g;

export function compileTemplate(text: string): (alert: Alert) => string {
	const template = JSON.parse(text) as Json;
	return (alert) => {
		const fields = JSON.parse(alertToJson(alert)) as { readonly [key: string]: Json };
		return JSON.stringify(filled(template, fields));
	};
}

function filled(part: Json, fields: { readonly [key: string]: Json }): Json {
	if (typeof part === 'string') {
		const alone = whole.exec(part);
		if (alone !== null) return lookUp(fields, alone[1] ?? '');
		return part.replace(within, (_, name: string) => asText(lookUp(fields, name)));
	}
	if (typeof part !== 'object' || part === null) return part;
	if (Array.isArray(part)) return part.map((item) => filled(item as Json, fields));
	return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, filled(item, fields)]));
}

/** `output_fields.proc.name`: names of fields hold dots, so the longest own name goes first. */
function lookUp(fields: { readonly [key: string]: Json }, path: string): Json {
	if (Object.hasOwn(fields, path)) return fields[path] ?? null;
	const dot = path.indexOf('.');
	if (dot === -1) return null;
	const section = Object.hasOwn(fields, path.slice(0, dot)) ? fields[path.slice(0, dot)] : null;
	if (typeof section !== 'object' || section === null || Array.isArray(section)) return null;
	return lookUp(section as { readonly [key: string]: Json }, path.slice(dot + 1));
}

function asText(value: Json): string {
	if (value === null) return '';
	return typeof value === 'string' ? value : JSON.stringify(value);
}
