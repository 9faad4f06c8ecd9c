/**
 * lanner.yaml → Config. The whole file is checked and every problem reported at once, with line, column, value and what
 * is accepted; unknown keys are refused. `${env:NAME}` and `${file:/path}` as a whole text value are replaced, so that
 * secrets need not stand in the file; what came in that way is never shown. Environment and file reading are arguments:
 * nothing here looks around by itself. A relative path counts from the folder of the file.
 */
import { resolve } from 'node:path';
import {
	isAlias,
	isMap,
	isNode,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	type Pair,
	parseDocument,
	type YAMLMap,
} from 'yaml';
import { suggest } from '../suggest.ts';
import { type OneOfList, type Option, type RelationProblem, required, type Shape } from './option.ts';
import { type Config, checkRelations, configSchema } from './schema.ts';

const fileCharsMax = 1 << 20;
const problemsMax = 100;
const shownValueMax = 80;

export type ConfigProblem = {
	readonly path: string;
	readonly line: number;
	readonly column: number;
	readonly message: string;
};

export class ConfigError extends Error {
	override readonly name = 'ConfigError';
	readonly code = 'config-invalid';
	readonly problems: readonly ConfigProblem[];
	readonly remedy = 'correct the lines above; "lanner config --reference" lists every option';

	constructor(file: string, problems: readonly ConfigProblem[]) {
		const lines = problems.map((problem) => problemText(file, problem));
		super(
			`${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`,
		);
		this.problems = problems;
	}
}

function problemText(file: string, { line, column, path, message }: ConfigProblem): string {
	return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

export type ConfigSources = {
	readonly file: string;
	readonly text: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Reads a secret's file; throws as `readFileSync` does. */
	readonly readFile: (path: string) => string;
	/** What only other parts of the product can check, such as expressions; paths count from the root. */
	readonly check?: (config: Config, origins: Origins) => readonly RelationProblem[];
};

type Path = readonly (string | number)[];

/** Where values came from, for who can look at files. */
export type Origins = {
	/** Options whose value is that of a file (`${file:…}`; absolute) or of the environment (null). */
	readonly brought: readonly { readonly path: Path; readonly file: string | null }[];
	/** Secret options whose value stands in the file itself. */
	readonly literalSecrets: readonly Path[];
};

export function pathText(path: Path): string {
	return path
		.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
		.join('');
}

export type ReadConfig = {
	readonly config: Config;
	/** Paths (`outputs[0].path`) of the options whose value came from the environment or from another file. */
	readonly hidden: ReadonlySet<string>;
	/** What can be used, and should be looked at: `file:line:column: option: message`. */
	readonly doubts: readonly string[];
};

export function readConfig(sources: ConfigSources): Config {
	return readConfigInFull(sources).config;
}

/** With what stands beside it: doubts, and what `printConfig` must not show beside the options that are always secret. */
export function readConfigInFull(sources: ConfigSources): ReadConfig {
	const reader = new Reader(sources);
	const config = reader.read();
	return { config, hidden: reader.hidden, doubts: reader.doubts };
}

/** The configuration with nothing set. */
export function defaultConfig(): Config {
	return readConfig({ file: 'defaults', text: '', env: {}, readFile: () => '' });
}

class Reader {
	readonly hidden = new Set<string>();
	readonly doubts: string[] = [];
	readonly #brought: { readonly path: Path; readonly file: string | null }[] = [];
	readonly #literalSecrets: Path[] = [];
	readonly #sources: ConfigSources;
	readonly #lines = new LineCounter();
	readonly #problems: ConfigProblem[] = [];
	readonly #document: ReturnType<typeof parseDocument>;

	constructor(sources: ConfigSources) {
		this.#sources = sources;
		const tooLong = sources.text.length > fileCharsMax;
		this.#document = parseDocument(tooLong ? '' : sources.text, {
			lineCounter: this.#lines,
			prettyErrors: false,
			uniqueKeys: true,
		});
		if (tooLong)
			this.#report([], 0, `has ${sources.text.length} characters; at most ${fileCharsMax} are read`);
	}

	read(): Config {
		for (const error of this.#document.errors)
			this.#report([], error.pos[0], `is not valid YAML: ${error.message}`);
		const root = this.#document.contents;
		let config: Config | null = null;
		if (this.#problems.length === 0) config = this.#section(configSchema, root, []) as Config;
		if (this.#problems.length === 0 && config !== null) this.#check(config);
		if (this.#problems.length > 0 || config === null)
			throw new ConfigError(this.#sources.file, this.#problems);
		return deepFreeze(config);
	}

	#check(config: Config): void {
		const origins = { brought: this.#brought, literalSecrets: this.#literalSecrets };
		const found = [...checkRelations(config), ...(this.#sources.check?.(config, origins) ?? [])];
		for (const { path, message, doubtful } of found) {
			const offset = this.#positionOf(path);
			if (doubtful !== true) this.#report(path, offset, message);
			else if (this.doubts.length < problemsMax)
				this.doubts.push(problemText(this.#sources.file, this.#problem(path, offset, message)));
		}
	}

	#report(path: Path, offset: number, message: string): void {
		if (this.#problems.length < problemsMax) this.#problems.push(this.#problem(path, offset, message));
	}

	#problem(path: Path, offset: number, message: string): ConfigProblem {
		const { line, col } = this.#lines.linePos(offset);
		return { path: pathText(path), line: Math.max(line, 1), column: Math.max(col, 1), message };
	}

	/** Where a value stands, or the nearest thing around it. */
	#positionOf(path: Path): number {
		for (let length = path.length; length > 0; length--) {
			const node: unknown = this.#document.getIn(path.slice(0, length), true);
			if (isNode(node) && node.range) return node.range[0];
		}
		return 0;
	}

	#resolved(node: unknown): unknown {
		return isAlias(node) ? node.resolve(this.#document) : node;
	}

	#section(
		shape: Shape,
		given: unknown,
		path: Path,
		extraKeys: readonly string[] = [],
	): Record<string, unknown> {
		const node = this.#resolved(given);
		const pairs = new Map<string, Pair>();
		if (isMap(node)) this.#collectPairs(node, [...Object.keys(shape), ...extraKeys], path, pairs);
		else if (!isEmpty(node))
			this.#report(
				path,
				offsetOf(node),
				`is ${describe(node)}; expected a section with: ${Object.keys(shape).join(', ')}`,
			);
		const result: Record<string, unknown> = {};
		for (const [key, item] of Object.entries(shape)) {
			const at = [...path, key];
			const value = pairs.get(key)?.value;
			if (isOption(item)) result[key] = this.#option(item, pairs.has(key), value, at, offsetOf(node));
			else if (isList(item)) result[key] = this.#list(item, value, at);
			else result[key] = this.#section(item, value, at);
		}
		return result;
	}

	#collectPairs(map: YAMLMap, known: readonly string[], path: Path, into: Map<string, Pair>): void {
		for (const pair of map.items) {
			const key = isScalar(pair.key) ? String(pair.key.value) : '';
			if (known.includes(key)) {
				into.set(key, pair);
				continue;
			}
			const near = suggest(key, known);
			const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
			this.#report(path, offsetOf(pair.key), `unknown option ${shown(key)}; ${hint}`);
		}
	}

	#option(
		option: Option<unknown>,
		present: boolean,
		given: unknown,
		path: Path,
		sectionOffset: number,
	): unknown {
		const node = this.#resolved(given);
		if (!present) {
			if (option.default === required)
				this.#report(path, sectionOffset, `is missing; accepted: ${option.accepts}`);
			return option.default;
		}
		const offset = isNode(node) && node.range ? node.range[0] : this.#positionOf(path);
		const failed = this.#problems.length;
		const value = this.#replaceAll(plain(node, this.#document), path, offset);
		if (this.#problems.length > failed) return option.default;
		const accepted = option.accept(value);
		if ('value' in accepted) {
			if (option.secret && value !== null && !this.hidden.has(pathText(path)))
				this.#literalSecrets.push(path);
			return option.path ? this.#absolute(accepted.value) : accepted.value;
		}
		const what = option.secret || this.hidden.has(pathText(path)) ? 'the value (not shown)' : shown(value);
		this.#report(
			path,
			offset,
			`${what} ${accepted.problem}; accepted: ${option.accepts}${option.unit === '' ? '' : ` ${option.unit}`}`,
		);
		return option.default;
	}

	#absolute(value: unknown): unknown {
		if (Array.isArray(value)) return value.map((item) => this.#absolute(item));
		return typeof value === 'string' ? resolve(this.#sources.file, '..', value) : value;
	}

	#replaceAll(value: unknown, path: Path, offset: number): unknown {
		if (typeof value === 'string') return this.#replace(value, path, offset);
		if (Array.isArray(value)) return value.map((item) => this.#replaceAll(item, path, offset));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([key, item]) => [key, this.#replaceAll(item, path, offset)]),
		);
	}

	#replace(value: string, path: Path, offset: number): string {
		const match = /^\$\{(env|file):([^}]+)\}$/.exec(value);
		if (match === null) return value;
		const [, source, name = ''] = match;
		this.hidden.add(pathText(path));
		const file = source === 'env' ? null : resolve(this.#sources.file, '..', name);
		this.#brought.push({ path, file });
		if (file === null) {
			const found = this.#sources.env[name];
			if (found !== undefined && found !== '') return found;
			this.#report(
				path,
				offset,
				`${value}: the environment has no ${name}; set it, or give the value another way`,
			);
			return value;
		}
		try {
			return this.#sources.readFile(file).replace(/\r?\n$/, '');
		} catch (error) {
			this.#report(path, offset, `${value}: the file cannot be read: ${(error as Error).message}`);
			return value;
		}
	}

	#list(list: OneOfList, given: unknown, path: Path): unknown[] {
		const node = this.#resolved(given);
		const kinds = Object.keys(list.variants);
		if (isEmpty(node)) return list.default.map((entry) => withDefaults(list, entry));
		if (!isSeq(node)) {
			this.#report(
				path,
				offsetOf(node),
				`is ${describe(node)}; expected a list of sections, each with a kind: ${kinds.join(', ')}`,
			);
			return [];
		}
		if (node.items.length > list.entriesMax)
			this.#report(
				path,
				offsetOf(node),
				`has ${node.items.length} entries; accepted: up to ${list.entriesMax}`,
			);
		return node.items.slice(0, list.entriesMax).map((item, i) => this.#variant(list, item, [...path, i]));
	}

	#variant(list: OneOfList, given: unknown, path: Path): Record<string, unknown> {
		const node = this.#resolved(given);
		const kinds = Object.keys(list.variants);
		const kindNode = isMap(node) ? node.get('kind', true) : undefined;
		const kind = isScalar(kindNode) ? String(kindNode.value) : '';
		const variant = Object.hasOwn(list.variants, kind) ? list.variants[kind] : undefined;
		if (variant === undefined) {
			const near = suggest(kind, kinds);
			const problem =
				kind === ''
					? 'has no kind'
					: `kind ${shown(kind)} is unknown${near === null ? '' : `, did you mean "${near}"?`}`;
			this.#report(path, offsetOf(kindNode ?? node), `${problem}; accepted: ${kinds.join(', ')}`);
			return {};
		}
		return { kind, ...this.#section({ ...list.common, ...variant }, node, path, ['kind']) };
	}
}

function withDefaults(list: OneOfList, entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
	const shape = { ...list.common, ...list.variants[String(entry.kind)] };
	const defaults = Object.entries(shape).map(([key, item]) => [
		key,
		isOption(item) ? item.default : undefined,
	]);
	return { ...Object.fromEntries(defaults), ...entry };
}

export function isOption(item: Option<unknown> | Shape | OneOfList): item is Option<unknown> {
	return item.node === 'option';
}

export function isList(item: Option<unknown> | Shape | OneOfList): item is OneOfList {
	return item.node === 'list';
}

function isEmpty(node: unknown): boolean {
	return node === undefined || node === null || (isScalar(node) && node.value === null);
}

function offsetOf(node: unknown): number {
	return isNode(node) && node.range ? node.range[0] : 0;
}

function plain(node: unknown, document: ReturnType<typeof parseDocument>): unknown {
	return isNode(node) ? (node as Node).toJS(document, { maxAliasCount: 100 }) : (node ?? null);
}

function describe(node: unknown): string {
	if (isSeq(node)) return 'a list';
	if (isMap(node)) return 'a section';
	return isScalar(node) ? shown(node.value) : 'nothing';
}

function shown(value: unknown): string {
	const text = JSON.stringify(value) ?? 'nothing';
	return text.length > shownValueMax ? `${text.slice(0, shownValueMax)}…` : text;
}

function deepFreeze<T>(value: T): T {
	if (typeof value === 'object' && value !== null) {
		for (const item of Object.values(value)) deepFreeze(item);
		Object.freeze(value);
	}
	return value;
}
