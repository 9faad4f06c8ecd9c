/**
 * Kinds of configuration options. An option knows its default, what it accepts and what it is for; checking, the
 * reference table and `--print-config` are all made from that, so they cannot disagree.
 */

export type Accepted<T> = { readonly value: T } | { readonly problem: string };

export type Option<T> = {
	readonly node: 'option';
	/** For the reference: text, integer, boolean, … */
	readonly type: string;
	/** `required` has none: the file must give it. */
	readonly default: T | typeof required;
	readonly unit: string;
	/** What is accepted, for people: `1 to 65535`, `text or json`. */
	readonly accepts: string;
	readonly description: string;
	/** Never printed. */
	readonly secret: boolean;
	/** Names a file or folder: a relative one counts from the folder of the configuration file. */
	readonly path: boolean;
	accept(value: unknown): Accepted<T>;
};

/** Options that do not fit together; `path` leads to the one to change. `doubtful`: it is told, and the file can be used. */
export type RelationProblem = {
	readonly path: readonly (string | number)[];
	readonly message: string;
	readonly doubtful?: true;
};

export const required = Symbol('required');

export type Shape = { readonly [key: string]: Option<unknown> | Shape | OneOfList };

/** A list of sections of several kinds, told apart by their `kind`. */
export type OneOfList<
	C extends Shape = Shape,
	V extends { [kind: string]: Shape } = { [kind: string]: Shape },
> = {
	readonly node: 'list';
	readonly description: string;
	readonly entriesMax: number;
	readonly common: C;
	readonly variants: V;
	/** The list in force when the file has none. */
	readonly default: readonly Readonly<Record<string, unknown>>[];
};

/** The value that a shape describes. */
export type ValueOf<S> =
	S extends Option<infer T>
		? T
		: S extends OneOfList<infer C, infer V>
			? readonly { [K in keyof V]: { readonly kind: K } & ValueOf<C> & ValueOf<V[K]> }[keyof V][]
			: { readonly [K in keyof S]: ValueOf<S[K]> };

type Common<D> = {
	readonly default: D;
	readonly description: string;
	readonly unit?: string;
	readonly secret?: boolean;
	readonly path?: boolean;
};

const textCharsMax = 4096;
const listItemsMax = 256;

function make<T>(
	type: string,
	accepts: string,
	common: Common<T | typeof required>,
	accept: (value: unknown) => Accepted<T>,
): Option<T> {
	const { default: fallback, description, unit = '', secret = false, path = false } = common;
	return { node: 'option', type, accepts, default: fallback, description, unit, secret, path, accept };
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '' && value.length <= textCharsMax && !value.includes('\0');
}

export function text(
	common: Common<string | typeof required> & { readonly pattern?: RegExp; readonly accepts?: string },
): Option<string> {
	const accepts = common.accepts ?? `text of 1 to ${textCharsMax} characters`;
	return make('text', accepts, common, (value) =>
		isText(value) && (common.pattern === undefined || common.pattern.test(value))
			? { value }
			: { problem: 'is not accepted' },
	);
}

/** Text, or null where the thing is found out (or left out) instead. */
export function optionalText(
	common: Common<string | null> & { readonly pattern?: RegExp; readonly accepts?: string },
): Option<string | null> {
	const { pattern, accepts = `text of 1 to ${textCharsMax} characters, or null` } = common;
	return make('text or null', accepts, common, (value) =>
		value === null || (isText(value) && (pattern === undefined || pattern.test(value)))
			? { value }
			: { problem: 'is not accepted' },
	);
}

export function integer(
	common: Common<number> & { readonly min: number; readonly max: number },
): Option<number> {
	const { min, max } = common;
	return make('integer', `${min} to ${max}`, common, (value) => {
		if (typeof value !== 'number' || !Number.isSafeInteger(value))
			return { problem: 'is not a whole number' };
		return value < min || value > max ? { problem: 'is out of range' } : { value };
	});
}

/** A number, or null where the thing is left out instead. */
export function optionalInteger(
	common: Common<number | null> & { readonly min: number; readonly max: number },
): Option<number | null> {
	const { min, max } = common;
	const { accept } = integer({ ...common, default: min });
	return make('integer or null', `${min} to ${max}, or null`, common, (value) =>
		value === null ? { value } : accept(value),
	);
}

export function boolean(common: Common<boolean>): Option<boolean> {
	return make('boolean', 'true or false', common, (value) =>
		typeof value === 'boolean' ? { value } : { problem: 'is not true or false' },
	);
}

export function choice<const T extends string>(choices: readonly T[], common: Common<T>): Option<T> {
	const accepts = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
	return make('choice', accepts, common, (value) => {
		const found = choices.find((item) => item === value);
		return found === undefined ? { problem: 'is none of the choices' } : { value: found };
	});
}

export function texts(common: Common<readonly string[]>): Option<readonly string[]> {
	return make(
		'list of text',
		`up to ${listItemsMax} texts of 1 to ${textCharsMax} characters`,
		common,
		(value) => {
			if (!Array.isArray(value)) return { problem: 'is not a list' };
			if (value.length > listItemsMax) return { problem: `has ${value.length} items` };
			const wrong = value.findIndex((item) => !isText(item));
			return wrong === -1 ? { value: value as string[] } : { problem: `has no text at item ${wrong + 1}` };
		},
	);
}

/** A map of names to texts, such as HTTP headers. */
export function textMap(
	common: Common<Readonly<Record<string, string>>> & { readonly names: RegExp },
): Option<Readonly<Record<string, string>>> {
	return make('map of text', `up to ${listItemsMax} names, each with a text`, common, (value) => {
		if (typeof value !== 'object' || value === null || Array.isArray(value))
			return { problem: 'is not a map' };
		const entries = Object.entries(value);
		if (entries.length > listItemsMax) return { problem: `has ${entries.length} names` };
		for (const [name, item] of entries) {
			if (!common.names.test(name)) return { problem: `has ${JSON.stringify(name)}, which is no name` };
			if (!isText(item) || /[\r\n]/.test(item)) return { problem: `has no single-line text at ${name}` };
		}
		return { value: value as Record<string, string> };
	});
}

export function oneOfList<C extends Shape, V extends { [kind: string]: Shape }>(
	list: Omit<OneOfList<C, V>, 'node'>,
): OneOfList<C, V> {
	return { node: 'list', ...list };
}
