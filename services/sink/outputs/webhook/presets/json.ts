/** The alert as JSON, or a body by template; several as an array or one a line. */
import { alertToJson } from '#schemas/alert/render.ts';
import type { Preset } from '../preset.ts';
import { compileTemplate } from '../template.ts';

/** Compiled once for each template text. */
const templates = new Map<string, ReturnType<typeof compileTemplate>>();
const templatesMax = 64;

function template(body: string): ReturnType<typeof compileTemplate> {
	let found = templates.get(body);
	if (found === undefined) {
		if (templates.size >= templatesMax) templates.clear();
		found = compileTemplate(body);
		templates.set(body, found);
	}
	return found;
}

export const jsonPreset: Preset = {
	alertsMax: 1_000,
	contentType: ({ form }, isBatch) =>
		isBatch && form === 'ndjson' ? 'application/x-ndjson' : 'application/json',
	entry: (alert, { body }) => (body === null ? alertToJson(alert) : template(body)(alert)),
	join: (entries, { form }, isBatch) => {
		if (!isBatch) return entries.join('');
		return form === 'ndjson' ? `${entries.join('\n')}\n` : `[${entries.join(',')}]`;
	},
};
