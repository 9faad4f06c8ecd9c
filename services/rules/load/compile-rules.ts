/**
 * From definitions to resolved rules: lists into texts, texts to trees, macros into trees, checks. Runs after each file
 * (a file must be complete with those before it); what did not change since the last run is kept, not done again.
 */
import { eventTypeIndex } from '#schemas/generated/event-names.ts';
import { encodeUtf8 } from '#schemas/text.ts';
import type { Expression, IdentifierNode } from '../ast.ts';
import { type CheckedCondition, ConditionChecker } from '../check/index.ts';
import { Plan } from '../compile/ir.ts';
import type { FieldCatalogue } from '../field.ts';
import { parseTemplate, type Template, TemplateError } from '../format/template.ts';
import type { Steps } from '../steps.ts';
import type { Collector } from './collector.ts';
import { ConditionTexts, locateCheck, type Place, placeOf, readable, within } from './condition-text.ts';
import type { ListDefinition, RuleDefinition } from './definitions.ts';
import { withExceptions } from './exceptions.ts';
import { MacroTable, type ResolvedMacro } from './macro-table.ts';
import {
	type AppendOutput,
	completeOutput,
	deprecatedFieldsIn,
	type ExtraField,
	suggestedOutput,
} from './outputs.ts';
import type { SourceText } from './places.ts';
import type { Problems } from './problems.ts';

/** More event codes than this in a rule draw a warning. */
const eventCodesMax = 100;
/** Event types that a warning names. */
const typesNamedMax = 5;

export type ResolvedRule = {
	readonly definition: RuleDefinition;
	readonly tree: Expression;
	readonly checked: CheckedCondition;
	/** Byte string. */
	readonly output: string;
	readonly extraFields: readonly ExtraField[];
};

export type ResolvedList = {
	readonly definition: ListDefinition;
	readonly items: readonly string[];
	used: boolean;
};

/** `null` rule: left out (an error, or `skip-if-unknown-filter`). */
type Compiled = { readonly tree: Expression; readonly output: string; readonly rule: ResolvedRule | null };
export type RuleCompilerOptions<Subject> = {
	readonly collector: Collector;
	readonly problems: Problems;
	readonly catalogue: FieldCatalogue<Subject>;
	readonly appendOutput: readonly AppendOutput[];
};

export class RuleCompiler<Subject> {
	lists: readonly ResolvedList[] = [];
	macros: readonly ResolvedMacro[] = [];
	rules: readonly ResolvedRule[] = [];
	private readonly options: RuleCompilerOptions<Subject>;
	private readonly checker: ConditionChecker<Subject>;
	private readonly texts: ConditionTexts;
	private readonly macroTable: MacroTable;
	private readonly compiled = new WeakMap<RuleDefinition, Compiled>();
	private readonly incomplete = new WeakSet<RuleDefinition>();
	private readonly suggested: string;
	private readonly onListUse = (index: number): void => {
		(this.lists[index] as ResolvedList).used = true;
	};

	constructor(options: RuleCompilerOptions<Subject>) {
		this.options = options;
		this.suggested = suggestedOutput(options.catalogue);
		this.checker = new ConditionChecker(options.catalogue);
		this.texts = new ConditionTexts(options.problems);
		this.macroTable = new MacroTable(this.texts, {
			isBroken: (name) => options.collector.broken.has(`macro ${name}`),
			onListUse: this.onListUse,
		});
	}

	/** Compiles everything collected so far; warnings about unused items are for those that `file` defines. */
	*run(file: SourceText): Steps<void> {
		this.resolveLists();
		const macros = byPosition(this.options.collector.macros);
		this.macroTable.run(this.options.collector.macros, macros);
		const rules: ResolvedRule[] = [];
		for (const definition of byPosition(this.options.collector.rules)) {
			if (!this.options.collector.options.sources.has(definition.source)) continue;
			const rule = this.compileRule(definition);
			if (rule !== null) rules.push(rule);
			yield;
		}
		this.rules = rules;
		this.macros = this.macroTable.resolved(macros);
		this.warnUnused(file);
	}

	/** An item that names a list defined before is replaced by that list's own items, one level deep. */
	private resolveLists(): void {
		const definitions = byPosition(this.options.collector.lists);
		const byName = this.options.collector.lists;
		const used = new Set<string>();
		const lists = definitions.map((definition) => {
			const items = definition.items.flatMap((item) => {
				const other = byName.get(item);
				if (other === undefined || other === definition || other.position >= definition.visibility)
					return [item];
				used.add(item);
				return other.items;
			});
			return { definition, items, used: false };
		});
		for (const list of lists) list.used = used.has(list.definition.name);
		this.lists = lists;
		this.texts.useLists(lists.map(({ definition, items }) => ({ name: definition.name, items })));
	}

	private compileRule(definition: RuleDefinition): ResolvedRule | null {
		const place = placeOf('rule', definition.name, definition.conditionOrigin);
		const text = withExceptions(definition.condition, definition.exceptions);
		const parsed = this.texts.parse(text, place, this.onListUse);
		const find = (node: IdentifierNode): Expression => this.macroTable.find(node);
		const tree = parsed === null ? null : this.texts.replaceMacros(parsed, find, place);
		const { output, extraFields } = completeOutput(definition, this.options.appendOutput, this.suggested);
		if (tree === null) {
			if (parsed !== null) this.reportRest(definition, parsed, place);
			return null;
		}
		const before = this.compiled.get(definition);
		if (before !== undefined && before.output === output && isSameTree(before.tree, tree)) {
			return before.rule === null ? null : { ...before.rule, definition };
		}
		const rule = this.checkRule({ definition, tree, output: encodeUtf8(output), extraFields }, place);
		this.compiled.set(definition, { tree, output, rule });
		return rule;
	}

	/** What else is wrong with a condition whose macros are not all there; said once. */
	private reportRest(definition: RuleDefinition, parsed: Expression, place: Place): void {
		if (this.incomplete.has(definition)) return;
		this.incomplete.add(definition);
		this.reportConditionErrors(
			this.checker.check(parsed),
			within(place, 'rule condition', 'condition expression'),
		);
	}

	private reportConditionErrors({ errors }: CheckedCondition, place: Place): void {
		for (const { message, hint, check } of errors) {
			this.options.problems.error({
				code: 'LOAD_ERR_COMPILE_CONDITION',
				message: `rule '${place.name}': ${readable(message)}`,
				hint,
				origin: locateCheck(place.origin, check),
				contexts: place.contexts,
			});
		}
	}

	private checkRule(rule: Omit<ResolvedRule, 'checked'>, place: Place): ResolvedRule | null {
		const { definition } = rule;
		const checked = this.check(rule.tree);
		const conditionPlace = within(place, 'rule condition', 'condition expression');
		for (const { code, message, hint, check, deprecatedField } of checked.warnings) {
			this.options.problems.warn({
				code,
				message: `rule '${definition.name}': ${readable(message)}`,
				hint,
				...(deprecatedField === undefined ? {} : { deprecatedField }),
				...conditionPlace,
				origin: locateCheck(place.origin, check),
			});
		}
		const outputProblem = this.checkOutput(rule, place);
		if (definition.skipIfUnknownFilter && this.isSkipped(checked, outputProblem)) {
			const reason = checked.errors[0]?.message ?? outputProblem?.message ?? '';
			const message = `rule '${definition.name}' is left out: ${readable(reason)}`;
			this.options.problems.warn({
				code: 'LOAD_UNKNOWN_FILTER',
				message,
				hint: 'skip-if-unknown-filter is set',
				...conditionPlace,
			});
			return null;
		}
		this.reportConditionErrors(checked, conditionPlace);
		if (outputProblem !== null) {
			const outputPlace = within({ ...place, origin: definition.outputOrigin }, 'rule output');
			const message = `rule '${definition.name}': ${readable(outputProblem.message)}`;
			this.options.problems.error({
				code: 'LOAD_ERR_COMPILE_OUTPUT',
				message,
				hint: "list the fields with 'lanner rules fields'",
				...outputPlace,
			});
		}
		if (checked.errors.length > 0 || outputProblem !== null) return null;
		this.warnManyEventTypes(definition, checked, place);
		this.warnNoEvent(definition, checked, place);
		return { ...rule, checked };
	}

	/** Rules are indexed by event type, so what cannot be indexed is an error here. */
	private check(tree: Expression): CheckedCondition {
		const checked = this.checker.check(tree);
		const { errors, eventTypeProblem } = checked;
		return errors.length > 0 || eventTypeProblem === null
			? checked
			: { ...checked, errors: [eventTypeProblem] };
	}

	private isSkipped(checked: CheckedCondition, output: { isUnknownName: boolean } | null): boolean {
		const first = checked.errors[0];
		return first === undefined ? output?.isUnknownName === true : first.isUnknownName;
	}

	private checkOutput(
		rule: Omit<ResolvedRule, 'checked'>,
		place: Place,
	): { message: string; isUnknownName: boolean } | null {
		this.warnOutput(rule.definition, place);
		const { catalogue } = this.options;
		const formats = rule.extraFields.map(({ key, format }) => encodeUtf8(format ?? `%${key}`));
		try {
			if (rule.output === '') throw new TemplateError('the output is empty', 0);
			for (const source of [`*${rule.output}`, ...formats]) {
				const template = parseTemplate(source, catalogue, new Plan<Subject>());
				this.warnWithoutValue(rule.definition, template.withoutValue, place);
			}
			return null;
		} catch (error) {
			if (!(error instanceof TemplateError)) throw error;
			return { message: error.message, isUnknownName: /unknown filter/.test(error.message) };
		}
	}

	private warnWithoutValue(
		definition: RuleDefinition,
		fields: Template<Subject>['withoutValue'],
		place: Place,
	): void {
		const outputPlace = within({ ...place, origin: definition.outputOrigin }, 'rule output');
		for (const { field, reason } of fields) {
			const message = `rule '${definition.name}': the field ${field} in the output never has a value: ${reason}`;
			this.options.problems.warn({
				code: 'LOAD_FIELD_UNAVAILABLE',
				message,
				hint: 'it is printed as <NA>',
				...outputPlace,
			});
		}
	}

	private warnOutput(definition: RuleDefinition, place: Place): void {
		const outputPlace = within({ ...place, origin: definition.outputOrigin }, 'rule output');
		for (const field of deprecatedFieldsIn(definition.output)) {
			const message = `rule '${definition.name}': the output uses the deprecated field ${field}`;
			this.options.problems.warn({
				code: 'LOAD_DEPRECATED_ITEM',
				message,
				hint: 'remove it',
				deprecatedField: field,
				...outputPlace,
			});
		}
		if (!definition.output.includes('%container.info')) return;
		const message = `rule '${definition.name}': %container.info is deprecated and removed from the output`;
		this.options.problems.warn({
			code: 'LOAD_DEPRECATED_ITEM',
			message,
			hint: 'name the fields, for example %container.id',
			...outputPlace,
		});
	}

	private warnManyEventTypes(definition: RuleDefinition, checked: CheckedCondition, place: Place): void {
		if (!definition.warnEvttypes || checked.eventTypes.codeCount <= eventCodesMax) return;
		const message = `rule '${definition.name}' is evaluated for nearly every event: its condition does not say which event types it is about`;
		this.options.problems.warn({
			code: 'LOAD_NO_EVTTYPE',
			message,
			hint: 'add evt.type = … or evt.type in (…); warn_evttypes: false silences this',
			...place,
		});
	}

	/** A rule whose event types are all known by name and never come would be silent for ever. */
	private warnNoEvent(definition: RuleDefinition, { eventTypes }: CheckedCondition, place: Place): void {
		if (eventTypes.isAll || eventTypes.isEmpty) return;
		const names = eventTypes.names();
		if (names.some((name) => eventTypeIndex.has(name))) return;
		const message = `rule '${definition.name}' never matches: no event of the stream has the type ${names.slice(0, typesNamedMax).join(', ')}`;
		this.options.problems.warn({
			code: 'LOAD_EVENT_UNAVAILABLE',
			message,
			hint: "list the event types with 'lanner rules events --all'",
			...place,
		});
	}

	private warnUnused(file: SourceText): void {
		for (const { definition, used } of this.lists) {
			if (used || definition.origin.source !== file) continue;
			const contexts = [
				{ kind: 'rules content', name: '' },
				{ kind: 'list', name: definition.name },
			];
			this.options.problems.warn({
				code: 'LOAD_UNUSED_LIST',
				message: `the list '${definition.name}' is used nowhere`,
				hint: 'remove it, or check the spelling where it should be used',
				origin: definition.origin,
				contexts,
			});
		}
		for (const { definition, used } of this.macros) {
			if (used || definition.origin.source !== file) continue;
			const contexts = [
				{ kind: 'rules content', name: '' },
				{ kind: 'macro', name: definition.name },
			];
			this.options.problems.warn({
				code: 'LOAD_UNUSED_MACRO',
				message: `the macro '${definition.name}' is used nowhere`,
				hint: 'remove it, or check the spelling where it should be used',
				origin: definition.origin,
				contexts,
			});
		}
	}
}

function byPosition<T extends { readonly position: number }>(items: ReadonlyMap<string, T>): T[] {
	return [...items.values()].sort((left, right) => left.position - right.position);
}

/** Equal by parts: replacing macros makes new nodes above the macros, the trees of macros and leaves stay the same. */
function isSameTree(left: Expression, right: Expression): boolean {
	if (left === right) return true;
	if (left.node === 'not' && right.node === 'not') return isSameTree(left.child, right.child);
	if ((left.node === 'and' || left.node === 'or') && left.node === right.node) {
		return (
			left.children.length === right.children.length &&
			left.children.every((child, i) => isSameTree(child, right.children[i] as Expression))
		);
	}
	return false;
}
