/**
 * Puts macros into trees: the identifier of a macro becomes the macro's own resolved tree. Trees are shared, not copied;
 * what a tree would be if written out is bounded in size and depth, so that a few short macros cannot describe a
 * condition that nobody could evaluate.
 */
import type { Expression, IdentifierNode } from '../ast.ts';

/** Checks, operators and macros of a condition after macros are put in. */
export const conditionNodesMax = 1_000_000;
/** Nesting after macros are put in; bounds every recursion over resolved trees. */
export const conditionLevelsMax = 1000;

export class MacroError extends Error {
	readonly node: IdentifierNode | null;
	/** The macro is there but could not be read: its own error is enough. */
	readonly isConsequence: boolean;

	constructor(message: string, node: IdentifierNode | null, isConsequence = false) {
		super(message);
		this.node = node;
		this.isConsequence = isConsequence;
	}
}

type Size = { readonly nodes: number; readonly levels: number };

const leafSize: Size = { nodes: 1, levels: 1 };

export class MacroResolver {
	private readonly sizes = new WeakMap<Expression, Size>();

	/** `find` gives the resolved tree of a macro, or throws MacroError. */
	resolve(tree: Expression, find: (node: IdentifierNode) => Expression): Expression {
		const resolved = this.replace(tree, find);
		const { nodes, levels } = this.sizeOf(resolved);
		if (nodes > conditionNodesMax) {
			throw new MacroError(
				`with its macros the condition has ${nodes} checks and operators, at most ${conditionNodesMax} are allowed`,
				null,
			);
		}
		if (levels > conditionLevelsMax) {
			throw new MacroError(
				`with its macros the condition is nested ${levels} deep, at most ${conditionLevelsMax} levels are allowed`,
				null,
			);
		}
		return resolved;
	}

	private replace(tree: Expression, find: (node: IdentifierNode) => Expression): Expression {
		switch (tree.node) {
			case 'identifier':
				return find(tree);
			case 'not': {
				const child = this.replace(tree.child, find);
				return child === tree.child ? tree : { ...tree, child };
			}
			case 'and':
			case 'or': {
				let changed = false;
				const children = tree.children.map((child) => {
					const replaced = this.replace(child, find);
					changed ||= replaced !== child;
					return replaced;
				});
				return changed ? { ...tree, children } : tree;
			}
			default:
				return tree;
		}
	}

	private sizeOf(tree: Expression): Size {
		if (tree.node === 'unary' || tree.node === 'binary' || tree.node === 'identifier') return leafSize;
		const known = this.sizes.get(tree);
		if (known !== undefined) return known;
		let nodes = 1;
		let levels = 0;
		for (const child of tree.node === 'not' ? [tree.child] : tree.children) {
			const size = this.sizeOf(child);
			nodes += size.nodes;
			levels = Math.max(levels, size.levels);
		}
		const size = { nodes, levels: levels + 1 };
		this.sizes.set(tree, size);
		return size;
	}
}
