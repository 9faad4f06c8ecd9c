/**
 * Output templates: `%field`, `%field[arg]`, `%10field` (cut or padded to 10), `%transformer(…)` in text. Parsed once, when
 * a rule is loaded; `capture` reads the values at the moment of the match, and rendering needs no event any more.
 *
 * After `%` the longest beginning that is a valid field is taken, the rest is text (`%proc.name.` ends a sentence). There
 * is no escape for `%`. A leading `*` means that missing values are printed as `<NA>`; without it the text ends at the
 * first one and the output is incomplete. Rules always have the star.
 */
import { decodeUtf8 } from '#schemas/text.ts';
import type { FieldNode, TransformerArgument, TransformerNode } from '../ast.ts';
import type { Operand, Plan } from '../compile/ir.ts';
import { type PlanContext, planField, planTransformer } from '../compile/plan.ts';
import { bindOperand } from '../compile/read.ts';
import { UnknownFieldError } from '../compile/resolve-field.ts';
import { FieldArgumentError, type FieldCatalogue, type FieldValue } from '../field.ts';
import { ConstantError } from '../operators/constant-error.ts';
import { parseFieldExpression, parseFieldPrefix, printFieldExpression } from '../parse/index.ts';
import { type Display, type JsonValue, renderJson, renderText } from './render.ts';

/** Longest text after `%` that is looked at for a field; longer transformer calls are refused. */
const fieldCharsMax = 1024;
const widthMax = 1024;

export class TemplateError extends Error {
	/** Byte offset in the template. */
	readonly offset: number;

	constructor(message: string, offset: number) {
		super(message);
		this.offset = offset;
	}
}

type ValueSegment = { readonly index: number; readonly width: number; readonly display: Display };
type Segment = string | ValueSegment;

/** Values of one match, in the order of the template's operands. */
export type Captured = readonly FieldValue[];

export type TemplateField = { readonly key: string; readonly index: number; readonly display: Display };

/** `complete` is false when a missing value ended it early (never with a leading `*`). */
export type Rendered<T> = { readonly value: T; readonly complete: boolean };

export class Template<Subject> {
	/** The template as written, a byte string. */
	readonly source: string;
	/** Fields whose values go into `output_fields`; a transformer contributes the fields inside it. */
	readonly fields: readonly TemplateField[];
	/** Fields and transformers in order of appearance, repetitions included. */
	readonly names: readonly string[];
	readonly #segments: readonly Segment[];
	readonly #operands: readonly Operand<Subject>[];
	readonly #optional: boolean;
	/** Places of the operands that are made of a container's facts alone. */
	readonly #late: readonly number[];
	readonly #readers = new Map<number, readonly ((subject: Subject) => FieldValue)[]>();

	constructor(parts: {
		source: string;
		segments: readonly Segment[];
		operands: readonly Operand<Subject>[];
		fields: readonly TemplateField[];
		names: readonly string[];
		optional: boolean;
	}) {
		this.source = parts.source;
		this.fields = parts.fields;
		this.names = parts.names;
		this.#segments = parts.segments;
		this.#operands = parts.operands;
		this.#optional = parts.optional;
		this.#late = parts.operands.flatMap((operand, i) => (isLate(operand) ? [i] : []));
	}

	/** Reads what the template needs of `subject`; call it while the event is current. */
	capture(subject: Subject, eventType = -1): Captured {
		let readers = this.#readers.get(eventType);
		if (readers === undefined) {
			readers = this.#operands.map((operand) => bindOperand(operand, eventType));
			this.#readers.set(eventType, readers);
		}
		return readers.map((read) => read(subject));
	}

	/** Fields in it that never have a value, with the reason. */
	get withoutValue(): readonly { readonly field: string; readonly reason: string }[] {
		return this.#operands.flatMap((operand) => {
			if (operand.kind !== 'field' || operand.definition.unavailable === undefined) return [];
			return [{ field: operand.label, reason: operand.definition.unavailable }];
		});
	}

	/** Whether it shows facts of a container, which may come after the event. */
	get showsLateFacts(): boolean {
		return this.#late.length > 0;
	}

	/** Whether owners of its pod are among them, which come from somewhere else and later still. */
	get showsOwners(): boolean {
		return this.#late.some((i) => isOfOwner(this.#operands[i]!));
	}

	/** The values with the facts of the container that `subject` is in by now; the others stay as they were. */
	recapture(captured: Captured, subject: Subject): Captured {
		const values = [...captured];
		for (const i of this.#late) values[i] = bindOperand(this.#operands[i]!, -1)(subject);
		return values;
	}

	text(captured: Captured): Rendered<string> {
		let value = '';
		for (const segment of this.#segments) {
			if (typeof segment === 'string') {
				value += segment;
				continue;
			}
			const captive = captured[segment.index] ?? null;
			if (captive === null && !this.#optional) return { value, complete: false };
			value += fit(renderText(captive, segment.display), segment.width);
		}
		return { value, complete: true };
	}

	/** Values by the field's name as written. */
	json(captured: Captured): Rendered<ReadonlyMap<string, JsonValue>> {
		const value = new Map<string, JsonValue>();
		for (const { key, index, display } of this.fields) {
			const captive = captured[index] ?? null;
			if (captive === null && !this.#optional) return { value, complete: false };
			value.set(key, renderJson(captive, display));
		}
		return { value, complete: true };
	}
}

/** Of `container.*` and `k8s.*` these do not depend on what the runtime says, or on the time of the event as well. */
const notLate: ReadonlySet<string> = new Set([
	'container.id',
	'container.full_id',
	'container.start_ts',
	'container.duration',
]);

function isLate<Subject>(operand: Operand<Subject>): boolean {
	if (operand.kind === 'transform')
		return operand.args.some(isLate) && operand.args.every((arg) => arg.kind === 'constant' || isLate(arg));
	return (
		operand.kind === 'field' &&
		/^(?:container|k8s)\./.test(operand.definition.name) &&
		!notLate.has(operand.definition.name)
	);
}

function isOfOwner<Subject>(operand: Operand<Subject>): boolean {
	if (operand.kind === 'transform') return operand.args.some(isOfOwner);
	return operand.kind === 'field' && /^k8s\.(?:rc|rs|deployment|svc)\./.test(operand.definition.name);
}

/** Cuts or pads on the right to `width` characters; 0 = as it is. */
function fit(text: string, width: number): string {
	if (width === 0) return text;
	const characters = [...text];
	return characters.length >= width
		? characters.slice(0, width).join('')
		: text + ' '.repeat(width - characters.length);
}

/** `source` is a byte string. Throws `TemplateError`. */
export function parseTemplate<Subject>(
	source: string,
	catalogue: FieldCatalogue<Subject>,
	plan: Plan<Subject>,
): Template<Subject> {
	return new TemplateParser(source, { plan, catalogue, warnings: [] }).parse();
}

class TemplateParser<Subject> {
	readonly #source: string;
	readonly #context: PlanContext<Subject>;
	readonly #segments: Segment[] = [];
	readonly #operands: Operand<Subject>[] = [];
	readonly #fields = new Map<string, TemplateField>();
	readonly #names: string[] = [];

	constructor(source: string, context: PlanContext<Subject>) {
		this.#source = source;
		this.#context = context;
	}

	parse(): Template<Subject> {
		const source = this.#source;
		const optional = source.startsWith('*');
		let at = optional ? 1 : 0;
		if (at === source.length) throw new TemplateError('the output is empty', 0);
		while (at < source.length) {
			const percent = source.indexOf('%', at);
			const end = percent < 0 ? source.length : percent;
			if (end > at) this.#segments.push(decodeUtf8(source.slice(at, end)));
			at = percent < 0 ? end : this.#takeValue(percent);
		}
		return new Template({
			source,
			segments: this.#segments,
			operands: this.#operands,
			fields: [...this.#fields.values()],
			names: this.#names,
			optional,
		});
	}

	/** Reads the token at `percent`; returns where the text goes on. */
	#takeValue(percent: number): number {
		const digits = /^[0-9]*/.exec(this.#source.slice(percent + 1))?.[0] ?? '';
		const start = percent + 1 + digits.length;
		if (start >= this.#source.length) {
			const what = digits === '' ? '%' : 'a number';
			throw new TemplateError(`the output cannot end with ${what}: there is no escape for %`, percent);
		}
		const width = digits === '' ? 0 : Number(digits);
		if (width > widthMax) throw new TemplateError(`width ${digits} is greater than ${widthMax}`, percent);
		const text = this.#source.slice(start, start + fieldCharsMax);
		const taken = this.#takeOperand(text);
		if (taken === null) {
			const word = /^\S{0,40}/.exec(text)?.[0] ?? '';
			throw new TemplateError(`unknown filter: %${word} is no field (and there is no escape for %)`, percent);
		}
		this.#segments.push({ index: this.#index(taken.operand), width, display: displayOf(taken.operand) });
		return start + taken.length;
	}

	/** The longest beginning of `text` that is a field or transformer of the catalogue. */
	#takeOperand(text: string): { operand: Operand<Subject>; length: number } | null {
		const prefix = parseFieldPrefix(text);
		const longest = prefix === null ? nameLength(text) : prefix.length;
		for (let length = longest; length > 0; length--) {
			const node = length === prefix?.length ? prefix.node : parseFieldExpression(text.slice(0, length));
			const operand = node === null ? null : this.#plan(node);
			if (node !== null && operand !== null) {
				this.#remember(node, operand);
				return { operand, length };
			}
		}
		return null;
	}

	#plan(node: FieldNode | TransformerNode): Operand<Subject> | null {
		try {
			return node.node === 'field' ? planField(this.#context, node) : planTransformer(this.#context, node);
		} catch (error) {
			if (
				error instanceof UnknownFieldError ||
				error instanceof FieldArgumentError ||
				error instanceof ConstantError
			) {
				return null;
			}
			throw error;
		}
	}

	#remember(node: FieldNode | TransformerNode, operand: Operand<Subject>): void {
		this.#rememberFields(node);
		if (operand.kind !== 'field') this.#names.push(printFieldExpression(node));
	}

	#rememberFields(node: TransformerArgument): void {
		if (node.node === 'field') {
			const operand = planField(this.#context, node);
			const key = printFieldExpression(node);
			this.#names.push(key);
			this.#fields.set(key, { key, index: this.#index(operand), display: displayOf(operand) });
		} else if (node.node === 'transformer') for (const arg of node.args) this.#rememberFields(arg);
		else if (node.node === 'transformer_list') for (const child of node.children) this.#rememberFields(child);
	}

	#index(operand: Operand<Subject>): number {
		const known = this.#operands.indexOf(operand);
		return known >= 0 ? known : this.#operands.push(operand) - 1;
	}
}

/** Length of what could be a field name at the start of `text`. */
function nameLength(text: string): number {
	return /^[A-Za-z0-9_.]*/.exec(text)?.[0].length ?? 0;
}

function displayOf<Subject>(operand: Operand<Subject>): Display {
	const { type, isList } = operand.valueType;
	if (operand.kind !== 'field') return { type, isList, print: 'DEC', anyOf: false };
	const { definition } = operand;
	return {
		type,
		isList,
		print: definition.print,
		anyOf: (definition.anyOf ?? false) && operand.argument === null,
	};
}
