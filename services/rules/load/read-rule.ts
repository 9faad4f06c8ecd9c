/** Reads one rule item: a definition, an append, an override, or a switch of `enabled`. */
import type { Priority } from '#schemas/alert/priority.ts';
import type { Collector, ItemContext } from './collector.ts';
import {
	ItemError,
	optionalBoolean,
	optionalText,
	optionalUint32,
	requiredText,
	scalarTexts,
} from './decode.ts';
import { type Origin, parsePriority, type RuleDefinition } from './definitions.ts';
import { appendExceptions, completeException, readExceptions } from './exceptions.ts';
import type { Operation } from './item-keys.ts';
import { readLegacyAppend, readOverrides, refuseBothAppends } from './overrides.ts';
import type { MappingNode } from './source.ts';

const definingKeys = ['condition', 'output', 'desc', 'priority'];

export function readRule(collector: Collector, item: MappingNode, context: ItemContext): void {
	const name = requiredText(item, 'rule');
	const isAppend = readLegacyAppend(item, context.report);
	const overrides = readOverrides(item, 'rule');
	if (isAppend && overrides.size > 0) throw refuseBothAppends(item);
	const reader = new RuleReader(collector, item, context, name);
	if (overrides.size > 0) reader.override(overrides);
	else if (isAppend) reader.append();
	else if (definingKeys.some((key) => item.entries.has(key))) reader.define();
	else reader.enable();
}

class RuleReader {
	private readonly collector: Collector;
	private readonly item: MappingNode;
	private readonly context: ItemContext;
	private readonly name: string;

	constructor(collector: Collector, item: MappingNode, context: ItemContext, name: string) {
		this.collector = collector;
		this.item = item;
		this.context = context;
		this.name = name;
	}

	define(): void {
		const { item, collector } = this;
		const condition = requiredText(item, 'condition');
		const output = requiredText(item, 'output').trim();
		const description = requiredText(item, 'desc');
		const priority = this.priority();
		const source = optionalText(item, 'source') ?? 'syscall';
		this.assertSameSource(source);
		const rule: RuleDefinition = {
			name: this.name,
			condition,
			conditionOrigin: this.originOf('condition'),
			output,
			outputOrigin: this.originOf('output'),
			description,
			priority,
			source,
			enabled: optionalBoolean(item, 'enabled') ?? true,
			tags: this.tags([]),
			exceptions: this.newExceptions(),
			warnEvttypes: optionalBoolean(item, 'warn_evttypes') ?? true,
			skipIfUnknownFilter: optionalBoolean(item, 'skip-if-unknown-filter') ?? false,
			capture: optionalBoolean(item, 'capture') ?? false,
			captureDurationMs: optionalUint32(item, 'capture_duration'),
			origin: { source: this.context.source, offset: item.start },
			position: collector.rules.get(this.name)?.position ?? collector.takePosition(),
		};
		this.warnUnknownSource(rule);
		collector.rules.set(this.name, rule);
	}

	/** The old `append: true`: condition and exceptions only, other keys are ignored. */
	append(): void {
		const previous = this.previous();
		const { item } = this;
		if (!item.entries.has('condition') && !item.entries.has('exceptions')) {
			throw new ItemError('LOAD_ERR_VALIDATE', 'appends neither condition nor exceptions', item.start, {
				hint: "append works on these two; other keys need 'override'",
			});
		}
		this.assertSameSource(optionalText(item, 'source'));
		const condition = optionalText(item, 'condition');
		const exceptions = this.appendedExceptions(previous);
		if (condition !== null) this.appendCondition(previous, condition);
		previous.exceptions = exceptions;
	}

	override(operations: ReadonlyMap<string, Operation>): void {
		const previous = this.previous();
		this.assertSameSource(optionalText(this.item, 'source'));
		// Everything is read before anything is changed: a bad item leaves the rule as it was.
		const changes = [...operations].map(([key, operation]) => this.changeOf(key, operation, previous));
		const appends = changes.filter((_, i) => [...operations.values()][i] === 'append');
		for (const change of appends) change();
		for (const change of changes) if (!appends.includes(change)) change();
	}

	enable(): void {
		const { item } = this;
		const enabled = optionalBoolean(item, 'enabled');
		if (enabled === null) {
			throw new ItemError(
				'LOAD_ERR_YAML_VALIDATE',
				`has none of ${definingKeys.join(', ')} and no 'enabled'`,
				item.start,
				{
					hint: 'a rule needs condition, output, desc and priority',
				},
			);
		}
		this.context.report(
			'LOAD_DEPRECATED_ITEM',
			"a rule item with 'enabled' alone is deprecated",
			'write override: {enabled: replace}',
			item.keyStarts.get('enabled'),
		);
		this.previous().enabled = enabled;
	}

	private changeOf(key: string, operation: Operation, rule: RuleDefinition): () => void {
		const { item } = this;
		const isAppend = operation === 'append';
		switch (key) {
			case 'condition': {
				const condition = requiredText(item, key);
				return () => {
					if (isAppend) this.appendCondition(rule, condition);
					else [rule.condition, rule.conditionOrigin] = [condition, this.originOf(key)];
				};
			}
			case 'output': {
				const output = requiredText(item, key).trim();
				return () => {
					rule.output = isAppend ? `${rule.output} ${output}` : output;
					rule.outputOrigin = this.originOf(key);
				};
			}
			case 'desc': {
				const description = requiredText(item, key);
				return () => {
					rule.description = isAppend ? `${rule.description} ${description}` : description;
				};
			}
			case 'tags': {
				const tags = this.tags(isAppend ? rule.tags : []);
				return () => {
					rule.tags = tags;
				};
			}
			case 'exceptions': {
				const exceptions = isAppend ? this.appendedExceptions(rule) : this.newExceptions();
				return () => {
					rule.exceptions = exceptions;
				};
			}
			default:
				return this.replacementOf(key, rule);
		}
	}

	private replacementOf(key: string, rule: RuleDefinition): () => void {
		if (key === 'priority') {
			const priority = this.priority();
			return () => {
				rule.priority = priority;
			};
		}
		if (key === 'capture_duration') {
			const duration = optionalUint32(this.item, key);
			return () => {
				rule.captureDurationMs = duration;
			};
		}
		const value = optionalBoolean(this.item, key) ?? false;
		return () => {
			if (key === 'enabled') rule.enabled = value;
			else if (key === 'warn_evttypes') rule.warnEvttypes = value;
			else if (key === 'skip-if-unknown-filter') rule.skipIfUnknownFilter = value;
			else rule.capture = value;
		};
	}

	private appendCondition(rule: RuleDefinition, condition: string): void {
		rule.condition = `${rule.condition} ${condition}`;
		rule.conditionOrigin = this.originOf('condition');
	}

	private appendedExceptions(rule: RuleDefinition): RuleDefinition['exceptions'] {
		const added = readExceptions(this.item, this.context.source, true);
		for (const exception of added) {
			if (exception.hasValues) continue;
			this.context.report(
				'LOAD_APPEND_NO_VALUES',
				`the exception '${exception.name}' is appended to without values`,
				'give it values, or leave it out',
				exception.origin.offset,
			);
		}
		this.warnDoubleNames(added);
		return appendExceptions(rule.exceptions, added, this.collector.options.fieldProblem);
	}

	private newExceptions(): RuleDefinition['exceptions'] {
		const read = readExceptions(this.item, this.context.source, false);
		this.warnDoubleNames(read);
		return read.map((exception) => completeException(exception, this.collector.options.fieldProblem));
	}

	private warnDoubleNames(exceptions: RuleDefinition['exceptions']): void {
		const seen = new Set<string>();
		for (const { name, origin } of exceptions) {
			if (seen.has(name)) {
				this.context.report(
					'LOAD_EXCEPTION_NAME_NOT_UNIQUE',
					`two exceptions are named '${name}'; both apply`,
					'give each its own name',
					origin.offset,
				);
			}
			seen.add(name);
		}
	}

	private tags(before: readonly string[]): string[] {
		const node = this.item.entries.get('tags');
		const added = node === undefined ? [] : scalarTexts(node, 'tags');
		return [...new Set([...before, ...added])].sort();
	}

	private priority(): Priority {
		const text = requiredText(this.item, 'priority');
		const priority = parsePriority(text);
		if (priority !== null) return priority;
		throw new ItemError(
			'LOAD_ERR_YAML_VALIDATE',
			`'${text}' is no priority`,
			this.originOf('priority').offset,
			{
				hint: 'Emergency, Alert, Critical, Error, Warning, Notice, Informational or Debug',
				contexts: [{ kind: 'rule priority', name: '' }],
			},
		);
	}

	private originOf(key: string): Origin {
		return { source: this.context.source, offset: this.item.entries.get(key)?.start ?? this.item.start };
	}

	private previous(): RuleDefinition {
		const previous = this.collector.rules.get(this.name);
		if (previous === undefined) throw this.collector.nothingToAppendTo('rule', this.name, this.item);
		return previous;
	}

	private assertSameSource(source: string | null): void {
		const previous = this.collector.rules.get(this.name);
		if (previous === undefined || source === null || previous.source === source) return;
		throw new ItemError(
			'LOAD_ERR_VALIDATE',
			`has the source '${source}', but was defined with the source '${previous.source}'`,
			this.item.start,
		);
	}

	private warnUnknownSource(rule: RuleDefinition): void {
		if (this.collector.options.sources.has(rule.source)) return;
		const known = [...this.collector.options.sources].join(', ');
		this.context.report(
			'LOAD_UNKNOWN_SOURCE',
			`the source '${rule.source}' is unknown, the rule is left out`,
			`known sources: ${known}`,
			this.originOf('source').offset,
		);
	}
}
