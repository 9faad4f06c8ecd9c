/**
 * What an alert of a rule says: its output text, and the values of its fields for `output_fields` (typed), with the extra
 * fields that the configuration adds (`append_output`). Everything is read at the moment of the match, in one call.
 */
import type { Plan } from '../compile/ir.ts';
import type { FieldCatalogue } from '../field.ts';
import type { JsonValue } from './render.ts';
import { type Captured, parseTemplate, type Template } from './template.ts';

/** `format` null: the value of the field `key`, with its type; else the text that the format makes. */
export type ExtraField = { readonly key: string; readonly format: string | null };

/** Values of one match: of the output, then of each extra field. */
export type CapturedOutput = readonly Captured[];

export class RuleOutput<Subject> {
	readonly #template: Template<Subject>;
	readonly #extras: readonly { readonly field: ExtraField; readonly template: Template<Subject> }[];

	/**
	 * `output` is a byte string. A star is put in front unless there is one, so missing values are `<NA>`. Throws
	 * `TemplateError`.
	 */
	constructor(
		output: string,
		extraFields: readonly ExtraField[],
		catalogue: FieldCatalogue<Subject>,
		plan: Plan<Subject>,
	) {
		this.#template = parseTemplate(output.startsWith('*') ? output : `*${output}`, catalogue, plan);
		this.#extras = extraFields.map((field) => ({
			field,
			template: parseTemplate(`*${field.format ?? `%${field.key}`}`, catalogue, plan),
		}));
	}

	/** Call it while the event is current. `eventType` as for `RuleSet.match`. */
	capture(subject: Subject, eventType: number): CapturedOutput {
		const captured = [this.#template.capture(subject, eventType)];
		for (const { template } of this.#extras) captured.push(template.capture(subject, eventType));
		return captured;
	}

	/** See `Template`. */
	get showsLateFacts(): boolean {
		return this.#template.showsLateFacts || this.#extras.some(({ template }) => template.showsLateFacts);
	}

	get showsOwners(): boolean {
		return this.#template.showsOwners || this.#extras.some(({ template }) => template.showsOwners);
	}

	recapture(captured: CapturedOutput, subject: Subject): CapturedOutput {
		const templates = [this.#template, ...this.#extras.map(({ template }) => template)];
		return templates.map((template, i) => template.recapture(captured[i] ?? [], subject));
	}

	/** Control characters of the event are in it as they were: who writes it to a terminal or a log escapes them. */
	text(captured: CapturedOutput): string {
		return this.#template.text(captured[0] ?? []).value;
	}

	/** Values by field name as written in the output; then the extra fields. */
	fields(captured: CapturedOutput): ReadonlyMap<string, JsonValue> {
		const fields = new Map(this.#template.json(captured[0] ?? []).value);
		for (const [i, { field, template }] of this.#extras.entries()) {
			const values = captured[i + 1] ?? [];
			if (field.format !== null) fields.set(field.key, template.text(values).value);
			else for (const [key, value] of template.json(values).value) fields.set(key, value);
		}
		return fields;
	}
}
