/**
 * Macros with their macros put in. A macro sees those defined before it (an append or redefinition moves that horizon to
 * its place); since the horizon can lie after other macros, they are resolved on demand, with loops found on the way.
 */
import type { Expression, IdentifierNode } from '../ast.ts';
import { type ConditionTexts, placeOf } from './condition-text.ts';
import type { MacroDefinition } from './definitions.ts';
import { MacroError } from './macros.ts';

/** Macros in macros. */
const macroNestingMax = 256;

export type ResolvedMacro = {
	readonly definition: MacroDefinition;
	readonly tree: Expression;
	used: boolean;
};

/** `null`: it has an error, which is reported. */
type State = ResolvedMacro | null;
type Known = { readonly parts: readonly Expression[]; readonly tree: Expression };

export class MacroTable {
	private readonly texts: ConditionTexts;
	private readonly isBroken: (name: string) => boolean;
	private readonly onListUse: (index: number) => void;
	/** Of the run before, so that what is known of an unchanged tree stays known. */
	private readonly trees = new Map<string, Known>();
	private definitions: ReadonlyMap<string, MacroDefinition> = new Map();
	private states = new Map<string, State>();
	private readonly open = new Set<string>();

	/** `isBroken`: macros of that name could not be read at all. */
	constructor(
		texts: ConditionTexts,
		{ isBroken, onListUse }: { isBroken: (name: string) => boolean; onListUse: (index: number) => void },
	) {
		this.texts = texts;
		this.isBroken = isBroken;
		this.onListUse = onListUse;
	}

	/** Resolves all of `ordered` (by position). */
	run(definitions: ReadonlyMap<string, MacroDefinition>, ordered: readonly MacroDefinition[]): void {
		this.definitions = definitions;
		this.states = new Map();
		for (const definition of ordered) this.resolve(definition);
	}

	/** Those without error, in the given order. */
	resolved(ordered: readonly MacroDefinition[]): ResolvedMacro[] {
		return ordered.flatMap(({ name }) => this.states.get(name) ?? []);
	}

	/** The tree of a macro that a rule names. Throws MacroError. */
	find(node: IdentifierNode): Expression {
		const state = this.states.get(node.name);
		if (state === undefined) throw this.undefinedMacro(node);
		return treeOf(state, node);
	}

	private resolve(definition: MacroDefinition): State {
		const known = this.states.get(definition.name);
		if (known !== undefined) return known;
		this.open.add(definition.name);
		const state = this.compute(definition);
		this.open.delete(definition.name);
		this.states.set(definition.name, state);
		return state;
	}

	private compute(definition: MacroDefinition): State {
		const place = placeOf('macro', definition.name, definition.conditionOrigin);
		const parsed = this.texts.parse(definition.condition, place, this.onListUse);
		if (parsed === null) return null;
		const tree = this.texts.replaceMacros(parsed, (node) => this.findFrom(definition, node), place);
		if (tree === null) return null;
		return { definition, tree: this.sameTree(definition.name, parsed, tree), used: false };
	}

	private findFrom(definition: MacroDefinition, node: IdentifierNode): Expression {
		const other = this.definitions.get(node.name);
		if (other === undefined || other.position >= definition.visibility) throw this.undefinedMacro(node);
		if (this.open.has(other.name)) throw new MacroError(`reference loop in macro '${other.name}'`, node);
		if (this.open.size > macroNestingMax) {
			throw new MacroError(`macros are nested deeper than ${macroNestingMax}`, node);
		}
		return treeOf(this.resolve(other), node);
	}

	private sameTree(name: string, parsed: Expression, tree: Expression): Expression {
		const parts: Expression[] = [parsed];
		collectParts(parsed, tree, parts);
		const before = this.trees.get(name);
		if (before?.parts.length === parts.length && before.parts.every((part, i) => part === parts[i])) {
			return before.tree;
		}
		this.trees.set(name, { parts, tree });
		return tree;
	}

	private undefinedMacro(node: IdentifierNode): MacroError {
		return new MacroError(`the macro '${node.name}' is not defined`, node, this.isBroken(node.name));
	}
}

function treeOf(state: State, node: IdentifierNode): Expression {
	if (state === null) throw new MacroError(`the macro '${node.name}' has an error`, node, true);
	state.used = true;
	return state.tree;
}

/** Trees of what macros were put into `parsed`, in order. */
function collectParts(parsed: Expression, resolved: Expression, into: Expression[]): void {
	if (parsed === resolved) return;
	if (parsed.node === 'not' && resolved.node === 'not') {
		collectParts(parsed.child, resolved.child, into);
		return;
	}
	if ((parsed.node === 'and' || parsed.node === 'or') && resolved.node === parsed.node) {
		for (const [i, child] of parsed.children.entries()) {
			collectParts(child, resolved.children[i] as Expression, into);
		}
		return;
	}
	into.push(resolved);
}
