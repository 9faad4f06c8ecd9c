/**
 * From definitions to resolved rules: lists into texts, texts to trees, macros into trees, checks. Runs after each file
 * (a file must be complete with those before it); what did not change since the last run is kept, not done again.
 */
import { encodeUtf8 } from '#schemas/text.ts';
import type { Expression, IdentifierNode } from '../ast.ts';
import { type CheckedCondition, ConditionChecker } from '../check/index.ts';
import { Plan } from '../compile/ir.ts';
import type { DiagnosticContext } from '../diagnostic.ts';
import type { FieldCatalogue } from '../field.ts';
import { parseTemplate, TemplateError } from '../format/template.ts';
import { ParseError, parseCondition } from '../parse/index.ts';
import type { Collector } from './collector.ts';
import type { ListDefinition, MacroDefinition, Origin, RuleDefinition } from './definitions.ts';
import { withExceptions } from './exceptions.ts';
import { ListSubstitution, SubstitutionError } from './list-text.ts';
import { MacroError, MacroResolver } from './macros.ts';
import { type AppendOutput, completeOutput, deprecatedFieldsIn, type ExtraField } from './outputs.ts';
import type { SourceText } from './places.ts';
import type { Problems } from './problems.ts';

/** More event codes than this in a rule draw a warning. */
const eventCodesMax = 100;
/** Macros in macros. */
const macroNestingMax = 256;
/** Bytes of a condition shown around a problem in it. */
const excerptBytes = 60;

export type ResolvedRule = {
	readonly definition: RuleDefinition;
	readonly tree: Expression;
	readonly checked: CheckedCondition;
	/** Byte string. */
	readonly output: string;
	readonly extraFields: readonly ExtraField[];
};

export type ResolvedMacro = {
	readonly definition: MacroDefinition;
	readonly tree: Expression;
	used: boolean;
};
export type ResolvedList = {
	readonly definition: ListDefinition;
	readonly items: readonly string[];
	used: boolean;
};

/** `null` rule: left out (an error, or `skip-if-unknown-filter`). */
type Compiled = { readonly tree: Expression; readonly output: string; readonly rule: ResolvedRule | null };
type MacroState = { readonly resolved: ResolvedMacro } | { readonly failed: true };

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
	private readonly resolver = new MacroResolver();
	private readonly parsed = new Map<string, Expression | ParseError>();
	private readonly macroTrees = new Map<
		string,
		{ readonly parts: readonly Expression[]; readonly tree: Expression }
	>();
	private readonly compiled = new WeakMap<RuleDefinition, Compiled>();
	private readonly reported = new Set<string>();
	private substitution = new ListSubstitution([]);

	constructor(options: RuleCompilerOptions<Subject>) {
		this.options = options;
		this.checker = new ConditionChecker(options.catalogue);
	}

	/** Compiles everything collected so far; warnings about unused items are for those that `file` defines. */
	run(file: SourceText): void {
		this.resolveLists();
		const states = this.resolveMacros();
		const rules: ResolvedRule[] = [];
		for (const definition of byPosition(this.options.collector.rules)) {
			if (!this.options.collector.options.sources.has(definition.source)) continue;
			const rule = this.compileRule(definition, states);
			if (rule !== null) rules.push(rule);
		}
		this.rules = rules;
		this.macros = [...states.values()].flatMap((state) => ('resolved' in state ? [state.resolved] : []));
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
		this.substitution = new ListSubstitution(
			lists.map(({ definition, items }) => ({
				name: encodeUtf8(definition.name),
				items: items.map(encodeUtf8),
			})),
		);
	}

	private resolveMacros(): ReadonlyMap<string, MacroState> {
		const states = new Map<string, MacroState>();
		const open = new Set<string>();
		// Visibility is by position, so that macros can need macros that come later in this order: resolved on demand.
		const resolve = (definition: MacroDefinition): MacroState => {
			const known = states.get(definition.name);
			if (known !== undefined) return known;
			open.add(definition.name);
			const state = this.resolveMacro(definition, (node) => {
				const other = this.options.collector.macros.get(node.name);
				if (other === undefined || other.position >= definition.visibility) throw this.undefinedMacro(node);
				if (open.has(other.name)) throw new MacroError(`reference loop in macro '${other.name}'`, node);
				if (open.size > macroNestingMax)
					throw new MacroError(`macros are nested deeper than ${macroNestingMax}`, node);
				return this.treeOf(resolve(other), node);
			});
			open.delete(definition.name);
			states.set(definition.name, state);
			return state;
		};
		for (const definition of byPosition(this.options.collector.macros)) resolve(definition);
		return new Map(
			byPosition(this.options.collector.macros).map(({ name }) => [name, states.get(name) as MacroState]),
		);
	}

	private resolveMacro(definition: MacroDefinition, find: (node: IdentifierNode) => Expression): MacroState {
		const contexts = [
			{ kind: 'rules content', name: '' },
			{ kind: 'macro', name: definition.name },
		];
		const place = { origin: definition.conditionOrigin, contexts, kind: 'macro', name: definition.name };
		const parsed = this.parse(definition.condition, place);
		if (parsed === null) return { failed: true };
		const tree = this.replaceMacros(parsed, find, place);
		if (tree === null) return { failed: true };
		return { resolved: { definition, tree: this.sameTree(definition.name, parsed, tree), used: false } };
	}

	/** The tree of the last run when nothing in it changed, so that what is known of it stays known. */
	private sameTree(name: string, parsed: Expression, tree: Expression): Expression {
		const parts: Expression[] = [parsed];
		collectParts(parsed, tree, parts);
		const before = this.macroTrees.get(name);
		if (before?.parts.length === parts.length && before.parts.every((part, i) => part === parts[i]))
			return before.tree;
		this.macroTrees.set(name, { parts, tree });
		return tree;
	}

	private treeOf(state: MacroState, node: IdentifierNode): Expression {
		if ('failed' in state) throw new MacroError(`the macro '${node.name}' has an error`, node, true);
		state.resolved.used = true;
		return state.resolved.tree;
	}

	private undefinedMacro(node: IdentifierNode): MacroError {
		const isConsequence = this.options.collector.broken.has(`macro ${node.name}`);
		return new MacroError(`the macro '${node.name}' is not defined`, node, isConsequence);
	}

	private compileRule(
		definition: RuleDefinition,
		states: ReadonlyMap<string, MacroState>,
	): ResolvedRule | null {
		const contexts = [
			{ kind: 'rules content', name: '' },
			{ kind: 'rule', name: definition.name },
		];
		const place = { origin: definition.conditionOrigin, contexts, kind: 'rule', name: definition.name };
		const parsed = this.parse(withExceptions(definition.condition, definition.exceptions), place);
		const find = (node: IdentifierNode): Expression => {
			const state = states.get(node.name);
			if (state === undefined) throw this.undefinedMacro(node);
			return this.treeOf(state, node);
		};
		const tree = parsed === null ? null : this.replaceMacros(parsed, find, place);
		const { output, extraFields } = completeOutput(definition, this.options.appendOutput);
		if (tree === null) return null;
		const before = this.compiled.get(definition);
		if (before !== undefined && before.output === output && isSameTree(before.tree, tree)) {
			return before.rule === null ? null : { ...before.rule, definition };
		}
		const rule = this.checkRule({ definition, tree, output: encodeUtf8(output), extraFields }, place);
		this.compiled.set(definition, { tree, output, rule });
		return rule;
	}

	private checkRule(rule: Omit<ResolvedRule, 'checked'>, place: Place): ResolvedRule | null {
		const { definition } = rule;
		const checked = this.check(rule.tree);
		const conditionPlace = within(place, 'rule condition', 'condition expression');
		for (const { code, message, hint } of checked.warnings) {
			this.options.problems.warn({
				code,
				message: `rule '${definition.name}': ${message}`,
				hint,
				...conditionPlace,
			});
		}
		const outputProblem = this.checkOutput(rule, place);
		if (definition.skipIfUnknownFilter && this.isSkipped(checked, outputProblem)) {
			const reason = checked.errors[0]?.message ?? outputProblem?.message ?? '';
			const message = `rule '${definition.name}' is left out: ${reason}`;
			this.options.problems.warn({
				code: 'LOAD_UNKNOWN_FILTER',
				message,
				hint: 'skip-if-unknown-filter is set',
				...conditionPlace,
			});
			return null;
		}
		for (const { message, hint } of checked.errors) {
			this.options.problems.error({
				code: 'LOAD_ERR_COMPILE_CONDITION',
				message: `rule '${definition.name}': ${message}`,
				hint,
				...conditionPlace,
			});
		}
		if (outputProblem !== null) {
			const outputPlace = within({ ...place, origin: definition.outputOrigin }, 'rule output');
			const message = `rule '${definition.name}': ${outputProblem.message}`;
			this.options.problems.error({
				code: 'LOAD_ERR_COMPILE_OUTPUT',
				message,
				hint: "list the fields with 'lanner rules fields'",
				...outputPlace,
			});
		}
		if (checked.errors.length > 0 || outputProblem !== null) return null;
		this.warnManyEventTypes(definition, checked, place);
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
			for (const source of [`*${rule.output}`, ...formats])
				parseTemplate(source, catalogue, new Plan<Subject>());
			return null;
		} catch (error) {
			if (!(error instanceof TemplateError)) throw error;
			return { message: error.message, isUnknownName: /unknown filter/.test(error.message) };
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

	private parse(text: string, place: Place): Expression | null {
		try {
			const source = this.substitution.apply(encodeUtf8(text), (index) => {
				(this.lists[index] as ResolvedList).used = true;
			});
			const result = this.parseOnce(source);
			if (!(result instanceof ParseError)) return result;
			const conditionPlace = within(place, `${place.kind} condition`, 'condition expression');
			const message = `${place.kind} '${place.name}': ${result.message}, at byte ${result.offset + 1} of the condition: ${excerpt(source, result.offset)}`;
			this.reportOnce({ code: 'LOAD_ERR_COMPILE_CONDITION', message, hint: result.hint, ...conditionPlace });
		} catch (error) {
			if (!(error instanceof SubstitutionError)) throw error;
			const message = `${place.kind} '${place.name}': ${error.message}`;
			this.reportOnce({ code: 'LOAD_ERR_COMPILE_CONDITION', message, ...place });
		}
		return null;
	}

	private parseOnce(source: string): Expression | ParseError {
		const known = this.parsed.get(source);
		if (known !== undefined) return known;
		let result: Expression | ParseError;
		try {
			result = parseCondition(source);
		} catch (error) {
			if (!(error instanceof ParseError)) throw error;
			result = error;
		}
		this.parsed.set(source, result);
		return result;
	}

	private replaceMacros(
		parsed: Expression,
		find: (node: IdentifierNode) => Expression,
		place: Place,
	): Expression | null {
		try {
			return this.resolver.resolve(parsed, find);
		} catch (error) {
			if (!(error instanceof MacroError)) throw error;
			if (!error.isConsequence) {
				const message = `${place.kind} '${place.name}': ${error.message}`;
				const hint =
					error.node === null
						? 'split the rule'
						: 'a macro must be defined before it is used in a macro; names are case-sensitive';
				this.reportOnce({
					code: 'LOAD_ERR_VALIDATE',
					message,
					hint,
					...within(place, 'condition expression'),
				});
			}
			return null;
		}
	}

	/** Errors of texts are met again in every run. */
	private reportOnce(problem: Parameters<Problems['error']>[0]): void {
		if (this.reported.has(problem.message)) return;
		this.reported.add(problem.message);
		this.options.problems.error(problem);
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

type Place = {
	readonly origin: Origin;
	readonly contexts: readonly DiagnosticContext[];
	readonly kind: string;
	readonly name: string;
};

function within(place: Place, ...kinds: readonly string[]): Place {
	return { ...place, contexts: [...place.contexts, ...kinds.map((kind) => ({ kind, name: '' }))] };
}

function byPosition<T extends { readonly position: number }>(items: ReadonlyMap<string, T>): T[] {
	return [...items.values()].sort((left, right) => left.position - right.position);
}

/** Trees of what macros were put into `parsed`, in order. */
function collectParts(parsed: Expression, resolved: Expression, into: Expression[]): void {
	if (parsed === resolved) return;
	if (parsed.node === 'not' && resolved.node === 'not') {
		collectParts(parsed.child, resolved.child, into);
		return;
	}
	if ((parsed.node === 'and' || parsed.node === 'or') && resolved.node === parsed.node) {
		for (const [i, child] of parsed.children.entries())
			collectParts(child, resolved.children[i] as Expression, into);
		return;
	}
	into.push(resolved);
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

function excerpt(source: string, offset: number): string {
	const start = Math.max(0, offset - excerptBytes / 2);
	const before = source.slice(start, offset);
	const after = source.slice(offset, offset + excerptBytes / 2);
	const text = `${start > 0 ? '…' : ''}${before}⟨here⟩${after}${offset + excerptBytes / 2 < source.length ? '…' : ''}`;
	return text.replace(/\s+/g, ' ');
}
