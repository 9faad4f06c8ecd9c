/** The output of a rule with what the configuration appends to it (`append_output`). */
import type { FieldCatalogue } from '../field.ts';

export type AppendOutput = {
	readonly match?: { readonly source?: string; readonly rule?: string; readonly tags?: readonly string[] };
	/** Put after one blank; an empty text still adds the blank. */
	readonly extraOutput?: string;
	/** Fields that appear in the alert's JSON only: by name, or as a text made of a format. */
	readonly extraFields?: readonly ExtraField[];
	/** Also every field that is suggested for outputs, as `container_id=%container.id`. */
	readonly suggestedFields?: boolean;
};

/** `format` null: the value of the field `key`, with its type. */
export type ExtraField = { readonly key: string; readonly format: string | null };

type OutputRule = {
	readonly name: string;
	readonly source: string;
	readonly tags: readonly string[];
	readonly output: string;
};

export function completeOutput(
	rule: OutputRule,
	entries: readonly AppendOutput[],
	suggested: string,
): { output: string; extraFields: readonly ExtraField[] } {
	let output = rule.output.replaceAll('%container.info', '');
	const extraFields: ExtraField[] = [];
	for (const entry of entries) {
		if (!applies(entry, rule)) continue;
		if (entry.extraOutput !== undefined) output += ` ${entry.extraOutput}`;
		if (entry.suggestedFields === true) output += suggested;
		extraFields.push(...(entry.extraFields ?? []));
	}
	return { output, extraFields };
}

/** With a blank before each; nothing where the catalogue suggests none. */
export function suggestedOutput<Subject>(catalogue: FieldCatalogue<Subject>): string {
	return catalogue
		.all()
		.filter(({ flags }) => flags.has('SUGGESTED_OUTPUT'))
		.map(({ name }) => ` ${name.replaceAll('.', '_')}=%${name}`)
		.join('');
}

function applies({ match = {} }: AppendOutput, rule: OutputRule): boolean {
	if (match.source !== undefined && match.source !== rule.source) return false;
	if (match.rule !== undefined && match.rule !== rule.name) return false;
	return (match.tags ?? []).every((tag) => rule.tags.includes(tag));
}

/** Deprecated fields that an output names, as Falco finds them: anywhere in the text. */
const deprecatedInOutput = [
	'evt.dir',
	'evt.latency',
	'evt.latency.s',
	'evt.latency.ns',
	'evt.latency.human',
	'evt.wait_latency',
];

export function deprecatedFieldsIn(output: string): string[] {
	return deprecatedInOutput.filter((field) => output.includes(field));
}
