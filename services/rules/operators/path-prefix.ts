/**
 * `pmatch`: paths below any of a set of patterns. Value and patterns are cut at `/`, empty components dropped (so leading,
 * double and trailing slashes do not matter); a pattern holds when its components match the first ones of the value, each
 * being a glob. The patterns share one trie: literal components are map look-ups, globs a short list.
 */
import { compileGlob, isLiteralGlob } from './glob.ts';

type Node = {
	/** Numbers of the sets that have a pattern which ends here; null = none. */
	sets: number[] | null;
	readonly literals: Map<string, Node>;
	readonly globs: {
		readonly pattern: string;
		readonly matches: (part: string) => boolean;
		readonly node: Node;
	}[];
};

function newNode(): Node {
	return { sets: null, literals: new Map(), globs: [] };
}

function components(path: string): string[] {
	return path.split('/').filter((part) => part !== '');
}

function insert(root: Node, pattern: string, set: number): void {
	let node = root;
	for (const part of components(pattern)) node = childFor(node, part);
	node.sets ??= [];
	if (!node.sets.includes(set)) node.sets.push(set);
}

function childFor(node: Node, part: string): Node {
	if (isLiteralGlob(part)) {
		const known = node.literals.get(part);
		if (known !== undefined) return known;
		const made = newNode();
		node.literals.set(part, made);
		return made;
	}
	const known = node.globs.find((glob) => glob.pattern === part);
	if (known !== undefined) return known.node;
	const made = { pattern: part, matches: compileGlob(part, false), node: newNode() };
	node.globs.push(made);
	return made.node;
}

/**
 * Whether the path is below a pattern that ends here or further on; `at` is where its next component may begin. With `answers` the walk
 * goes on behind the first and writes 1 at the number of each set. Depth is bounded by the longest pattern.
 */
function below(node: Node, path: string, at: number, answers: Uint8Array | null): boolean {
	if (node.sets !== null) {
		if (answers === null) return true;
		for (const set of node.sets) answers[set] = 1;
	}
	if (node.literals.size === 0 && node.globs.length === 0) return node.sets !== null;
	let start = at;
	while (start < path.length && path.charCodeAt(start) === 47) start++;
	if (start >= path.length) return node.sets !== null;
	const slash = path.indexOf('/', start);
	const end = slash < 0 ? path.length : slash;
	const part = path.slice(start, end);
	let found = node.sets !== null;
	const literal = node.literals.get(part);
	if (literal !== undefined && below(literal, path, end, answers)) found = true;
	for (const glob of node.globs) {
		if (found && answers === null) return true;
		if (glob.matches(part) && below(glob.node, path, end, answers)) found = true;
	}
	return found;
}

export function compilePathPrefixes(patterns: readonly string[]): (path: string) => boolean {
	const root = newNode();
	for (const pattern of patterns) insert(root, pattern, 0);
	return (path) => below(root, path, 0, null);
}

export type PathPrefixIndex = {
	/** Writes 1 into `answers` at the number of each set that the path is below. */
	readonly find: (path: string, answers: Uint8Array) => void;
};

/** Several sets of patterns in one trie: one walk for all of them. */
export function createPathPrefixIndex(sets: readonly (readonly string[])[]): PathPrefixIndex {
	const root = newNode();
	for (const [set, patterns] of sets.entries()) for (const pattern of patterns) insert(root, pattern, set);
	return {
		find: (path, answers) => {
			below(root, path, 0, answers);
		},
	};
}
