/**
 * Reads the items of one file after another into definitions: redefinition, append, override, enable-only. One bad item
 * is reported and left out, the rest of the file is read; its name is remembered, so that what refers to it is not
 * reported as well.
 */
import type { DiagnosticContext } from '../diagnostic.ts';
import type { Steps } from '../steps.ts';
import { ItemError, requiredText, requiredTexts } from './decode.ts';
import type {
	ListDefinition,
	MacroDefinition,
	Origin,
	PluginRequirement,
	RuleDefinition,
} from './definitions.ts';
import type { FieldProblem } from './exceptions.ts';
import { type ItemKind, itemKinds, keysOf } from './item-keys.ts';
import { type ReportWarning, readLegacyAppend, readOverrides, refuseBothAppends } from './overrides.ts';
import type { SourceText } from './places.ts';
import type { Problems } from './problems.ts';
import { readPluginRequirements } from './read-plugins.ts';
import { readRule } from './read-rule.ts';
import { schemaProblem } from './schema.ts';
import { decodeSource, type MappingNode, parseSource, SourceError, type SourceNode } from './source.ts';
import { formatVersion, isNewer, parseEngineVersion, satisfies, type Version } from './versions.ts';

export type CollectorOptions = {
	readonly problems: Problems;
	readonly engine: Version;
	readonly sources: ReadonlySet<string>;
	readonly fieldProblem: FieldProblem;
};

export class Collector {
	readonly lists = new Map<string, ListDefinition>();
	readonly macros = new Map<string, MacroDefinition>();
	readonly rules = new Map<string, RuleDefinition>();
	readonly plugins: PluginRequirement[] = [];
	/** The highest engine version that a file asks for. */
	requiredEngine: Version = { major: 0, minor: 0, patch: 0 };
	/** Names of items that could not be read, as `kind name`. */
	readonly broken = new Set<string>();
	/** What the schema says of each file that is YAML: `ok`, or what is wrong; nothing of an empty one. */
	readonly schemas = new Map<string, string>();
	readonly options: CollectorOptions;
	private nextPosition = 0;

	constructor(options: CollectorOptions) {
		this.options = options;
	}

	/** Reads a whole file; false when it could not be read as YAML rules at all. */
	*readFile(source: SourceText): Steps<boolean> {
		try {
			const documents = yield* parseSource(source.text);
			this.schemas.set(source.name, schemaResult(documents));
			for (const document of documents) yield* this.readDocument(document, source);
			return true;
		} catch (error) {
			if (!(error instanceof SourceError)) throw error;
			this.reportSourceError(error, source);
			return false;
		}
	}

	/** Text of a file; null after reporting why it has none. */
	decode(content: string | Uint8Array, unread: SourceText): string | null {
		try {
			return decodeSource(content);
		} catch (error) {
			if (!(error instanceof SourceError)) throw error;
			this.reportSourceError(error, unread);
			return null;
		}
	}

	takePosition(): number {
		return this.nextPosition++;
	}

	private reportSourceError(error: SourceError, source: SourceText): void {
		const origin = { source, offset: error.offset };
		const { message, hint } = error;
		this.options.problems.error({
			code: 'LOAD_ERR_YAML_PARSE',
			message,
			hint,
			origin,
			contexts: [rulesContent],
		});
	}

	private *readDocument(document: SourceNode, source: SourceText): Steps<void> {
		if (document.kind === 'null') return;
		const origin = { source, offset: document.start };
		if (document.kind !== 'sequence') {
			const hint = 'a rules file is a list of items: - rule: …, - macro: …, - list: …';
			const message = `the document is a ${document.kind === 'mapping' ? 'mapping' : 'text'}, expected a list of items`;
			this.options.problems.error({
				code: 'LOAD_ERR_YAML_VALIDATE',
				message,
				hint,
				origin,
				contexts: [rulesContent],
			});
			return;
		}
		for (const item of document.items) {
			this.readItem(item, source);
			yield;
		}
	}

	private readItem(item: SourceNode, source: SourceText): void {
		if (item.kind === 'null') return;
		const origin = { source, offset: item.start };
		if (item.kind !== 'mapping') {
			const message = `an item is a ${item.kind}, expected a mapping`;
			const contexts = [rulesContent, { kind: 'rules content item', name: '' }];
			this.options.problems.error({
				code: 'LOAD_ERR_YAML_VALIDATE',
				message,
				hint: 'write - rule: name',
				origin,
				contexts,
			});
			return;
		}
		const kind = itemKinds.find((candidate) => item.entries.has(candidate));
		if (kind === undefined) {
			const keys = [...item.entries.keys()].slice(0, 5).join(', ');
			const message = `unknown item${keys === '' ? '' : ` with the keys ${keys}`}: ignored`;
			const contexts = [rulesContent, { kind: 'rules content item', name: '' }];
			this.options.problems.warn({
				code: 'LOAD_UNKNOWN_ITEM',
				message,
				hint: `an item has one of the keys ${itemKinds.join(', ')}`,
				origin,
				contexts,
			});
			return;
		}
		this.readKnownItem(item, kind, source);
	}

	private readKnownItem(item: MappingNode, kind: ItemKind, source: SourceText): void {
		const nameNode = item.entries.get(kind);
		const name = nameNode?.kind === 'scalar' && kind !== 'required_engine_version' ? nameNode.text : '';
		const contextKind = kind === 'required_plugin_versions' ? 'required plugin versions' : kind;
		const contexts = [rulesContent, { kind: contextKind, name }];
		const report = reporter(this.options.problems, item, source, contexts);
		this.warnUnknownKeys(item, kind, report);
		try {
			this.define(item, kind, { source, report, contexts });
		} catch (error) {
			if (!(error instanceof ItemError)) throw error;
			this.broken.add(`${kind} ${name}`);
			if (error.isConsequence) return;
			this.options.problems.error({
				code: error.code,
				message: `${name === '' ? kind : `${kind} '${name}'`}: ${error.message}`,
				hint: error.hint,
				origin: { source, offset: error.offset },
				contexts: [...contexts, ...error.contexts],
			});
		}
	}

	private warnUnknownKeys(item: MappingNode, kind: ItemKind, report: ReportWarning): void {
		const known = keysOf(kind);
		for (const key of item.entries.keys()) {
			if (known.includes(key)) continue;
			report(
				'LOAD_UNKNOWN_KEY',
				`the key '${key}' of a ${kind} is unknown and ignored`,
				`known keys: ${known.join(', ')}`,
				item.keyStarts.get(key),
			);
		}
	}

	private define(item: MappingNode, kind: ItemKind, context: ItemContext): void {
		switch (kind) {
			case 'required_engine_version':
				this.readEngineVersion(item);
				return;
			case 'required_plugin_versions':
				this.plugins.push(...readPluginRequirements(item));
				return;
			case 'list':
				this.readList(item, context);
				return;
			case 'macro':
				this.readMacro(item, context);
				return;
			case 'rule':
				readRule(this, item, context);
				return;
		}
	}

	private readEngineVersion(item: MappingNode): void {
		const text = requiredText(item, 'required_engine_version');
		const version = parseEngineVersion(text);
		if (version === null) {
			throw new ItemError('LOAD_ERR_YAML_VALIDATE', `'${text}' is no engine version`, item.start, {
				hint: 'write x.y.z',
			});
		}
		if (isNewer(version, this.requiredEngine)) this.requiredEngine = version;
		if (satisfies(this.options.engine, version)) return;
		const message = `the rules require engine version ${formatVersion(version)}, this engine is ${formatVersion(this.options.engine)}`;
		throw new ItemError('LOAD_ERR_VALIDATE', message, item.start, {
			hint: 'use rules for an older engine, or a newer Lanner',
		});
	}

	private readList(item: MappingNode, { source, report }: ItemContext): void {
		const name = requiredText(item, 'list');
		if (!/^[^()"'\s=,]+$/.test(name)) {
			report(
				'LOAD_INVALID_LIST_NAME',
				`the list name '${name}' cannot be written in a condition`,
				'no blanks, quotes, parentheses, commas or =',
			);
		}
		const isAppend = readAppendMode(item, 'list', 'items', report);
		const items = requiredTexts(item, 'items');
		const previous = this.lists.get(name);
		if (isAppend && previous === undefined) throw this.nothingToAppendTo('list', name, item);
		const position = this.takePosition();
		if (isAppend && previous !== undefined) {
			previous.items = [...previous.items, ...items];
			previous.visibility = position;
			return;
		}
		const origin = { source, offset: item.start };
		this.lists.set(name, {
			name,
			items,
			origin,
			position: previous?.position ?? position,
			visibility: position,
		});
	}

	private readMacro(item: MappingNode, { source, report }: ItemContext): void {
		const name = requiredText(item, 'macro');
		if (!/^[a-zA-Z]+[a-zA-Z0-9_]*$/.test(name)) {
			report(
				'LOAD_INVALID_MACRO_NAME',
				`the macro name '${name}' cannot be written in a condition`,
				'letters first, then letters, digits and _',
			);
		}
		const isAppend = readAppendMode(item, 'macro', 'condition', report);
		const condition = requiredText(item, 'condition');
		const previous = this.macros.get(name);
		if (isAppend && previous === undefined) throw this.nothingToAppendTo('macro', name, item);
		const position = this.takePosition();
		const conditionOrigin = { source, offset: item.entries.get('condition')?.start ?? item.start };
		if (isAppend && previous !== undefined) {
			previous.condition = `${previous.condition} ${condition}`;
			previous.conditionOrigin = conditionOrigin;
			previous.visibility = position;
			return;
		}
		const origin = { source, offset: item.start };
		const kept = previous?.position ?? position;
		this.macros.set(name, { name, condition, conditionOrigin, origin, position: kept, visibility: position });
	}

	nothingToAppendTo(kind: 'list' | 'macro' | 'rule', name: string, item: MappingNode): ItemError {
		return new ItemError('LOAD_ERR_VALIDATE', `there is no ${kind} of that name before this`, item.start, {
			hint: 'the definition comes first, in the same or an earlier file',
			isConsequence: this.broken.has(`${kind} ${name}`),
		});
	}
}

/** Of the first document, as Falco does it. */
function schemaResult([first]: readonly SourceNode[]): string {
	return first === undefined ? 'none' : (schemaProblem(first) ?? 'ok');
}

const rulesContent: DiagnosticContext = { kind: 'rules content', name: '' };

export type ItemContext = {
	readonly source: SourceText;
	readonly report: ReportWarning;
	readonly contexts: readonly DiagnosticContext[];
};

function reporter(
	problems: Problems,
	item: MappingNode,
	source: SourceText,
	contexts: readonly DiagnosticContext[],
): ReportWarning {
	return (code, message, hint = '', offset = item.start) => {
		const origin: Origin = { source, offset };
		problems.warn({ code, message, hint, origin, contexts });
	};
}

/** For lists and macros, which have one key to append to: true = append, false = define. */
function readAppendMode(
	item: MappingNode,
	kind: 'list' | 'macro',
	key: string,
	report: ReportWarning,
): boolean {
	const legacy = readLegacyAppend(item, report);
	const overrides = readOverrides(item, kind);
	if (legacy && overrides.size > 0) throw refuseBothAppends(item);
	return legacy || overrides.get(key) === 'append';
}
