/**
 * Tests of byte strings whose answer can be read off literals: which of them the string begins with, ends with, contains or
 * is. Other tests are widened to such a one where every string that passes has a literal part.
 */

import type { TextPart } from '../field.ts';
import { isLiteralGlob } from '../operators/glob.ts';
import type { Test, TestShape } from '../operators/test.ts';

export type LiteralTest = {
	/** Holds whenever the test that it was made of holds; `exact`: and only then. */
	readonly test: Test;
	readonly exact: boolean;
	readonly literals: readonly { readonly kind: TestShape['kind']; readonly value: string }[];
	/** The answer is by components: right only for absolute paths in which no slash follows another. */
	readonly ofComponents: boolean;
};

/** `part`: what of the path it is asked of. Null = nothing can be told from literals. */
export function literalTestOf(test: Test, part: TextPart['part']): LiteralTest | null {
	if (test.subject !== 'bytes') return null;
	if (part !== 'whole') return partTest(test, part);
	if (test.pathPrefixes !== undefined) return pathPrefixTest(test, test.pathPrefixes);
	if (test.shape === undefined) return null;
	const { kind, values, exact } = test.shape;
	const literals = values.map((value) => ({ kind, value }));
	return isUsable(literals)
		? { test: exact ? test : widened(kind, values), exact, literals, ofComponents: false }
		: null;
}

/** Of absolute paths: what has this directory goes on behind its slash, what has this name goes before it with one. */
function partTest(test: Test, part: 'directory' | 'fileName'): LiteralTest | null {
	if (test.shape === undefined) return null;
	const { kind, values } = test.shape;
	let around: { kind: TestShape['kind']; values: readonly string[] } | null = null;
	if (part === 'fileName' && kind === 'oneof')
		around = { kind: 'suffix', values: values.map((v) => `/${v}`) };
	else if (part === 'fileName' && kind === 'prefix')
		around = { kind: 'contains', values: values.map((v) => `/${v}`) };
	else if (part === 'fileName' && kind === 'suffix') around = { kind, values };
	else if (part === 'directory' && kind === 'oneof')
		around = { kind: 'prefix', values: values.map((v) => (v === '/' ? v : `${v}/`)) };
	else if (part === 'directory' && kind === 'prefix') around = { kind, values };
	else if (kind === 'contains') around = { kind, values };
	if (around === null) return null;
	const literals = around.values.map((value) => ({ kind: around.kind, value }));
	if (!isUsable(literals)) return null;
	return {
		test: widened(around.kind, around.values),
		exact: false,
		literals,
		ofComponents: true,
	};
}

function pathPrefixTest(test: Test, patterns: readonly string[]): LiteralTest | null {
	const paths = patterns.map((pattern) => pattern.split('/').filter((part) => part !== ''));
	const exact = paths.every((parts) => parts.every(isLiteralGlob));
	if (exact) {
		const literals = paths.flatMap((parts) => {
			const path = `/${parts.join('/')}`;
			return [
				{ kind: 'oneof' as const, value: path },
				{ kind: 'prefix' as const, value: `${path}/` },
			];
		});
		// Everything is below the root.
		if (paths.some((parts) => parts.length === 0)) return null;
		return isUsable(literals) ? { test, exact, literals, ofComponents: true } : null;
	}
	const beginnings = paths.map((parts) => {
		const glob = parts.findIndex((part) => !isLiteralGlob(part));
		return glob < 0 ? `/${parts.join('/')}` : ['', ...parts.slice(0, glob), ''].join('/');
	});
	if (beginnings.some((one) => one === '/')) return null;
	const literals = beginnings.map((value) => ({ kind: 'prefix' as const, value }));
	return isUsable(literals)
		? { test: widened('prefix', beginnings), exact: false, literals, ofComponents: true }
		: null;
}

/** The trie of beginnings has no slash after a slash (see byte-trie.ts). */
function isUsable(literals: LiteralTest['literals']): boolean {
	return literals.every(
		({ kind, value }) =>
			/^[\0-\xff]*$/.test(value) && (kind === 'suffix' || kind === 'contains' || !value.includes('//')),
	);
}

const holds: Readonly<Record<TestShape['kind'], (value: string, literal: string) => boolean>> = {
	oneof: (value, literal) => value === literal,
	prefix: (value, literal) => value.startsWith(literal),
	suffix: (value, literal) => value.endsWith(literal),
	contains: (value, literal) => value.includes(literal),
};

function widened(kind: TestShape['kind'], values: readonly string[]): Test {
	return {
		subject: 'bytes',
		key: `widened ${kind} ${JSON.stringify(values)}`,
		cost: 10 * values.length,
		run: (value) => values.some((literal) => holds[kind](value as string, literal)),
		shape: { kind, values, exact: true },
	};
}
