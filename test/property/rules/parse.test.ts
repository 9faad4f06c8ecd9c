import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Expression, FieldNode, TransformerNode } from '#rules/ast.ts';
import {
	EscapeError,
	ParseError,
	parseCondition,
	printParseable,
	quoteForParsing,
	transformerNames,
	unescapeQuoted,
} from '#rules/parse/index.ts';

const span = { start: 0, end: 0 };
const bytes = fc.string({
	unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
	maxLength: 12,
});
const word = fc
	.stringMatching(/^[a-z][a-z0-9_]{0,5}$/)
	.filter((text) => !['and', 'or', 'not', 'val'].includes(text));
const fieldName = fc.array(word, { minLength: 2, maxLength: 3 }).map((parts) => parts.join('.'));
const field: fc.Arbitrary<FieldNode> = fc
	.record({ field: fieldName, arg: fc.option(bytes, { nil: undefined }) })
	.map(({ field: name, arg }) =>
		arg === undefined ? { node: 'field', field: name, span } : { node: 'field', field: name, arg, span },
	);
const value = bytes.map((text) => ({ node: 'value' as const, value: text, span }));
const transformer: fc.Arbitrary<TransformerNode> = fc.record({
	node: fc.constant('transformer' as const),
	name: fc.constantFrom(...transformerNames),
	args: fc.array(
		fc.oneof(
			field,
			value,
			fc
				.array(fc.oneof(field, value), { maxLength: 3 })
				.map((children) => ({ node: 'transformer_list' as const, children, span })),
		),
		{ minLength: 1, maxLength: 3 },
	),
	span: fc.constant(span),
});
const subject = fc.oneof(field, transformer);
const list = fc.array(bytes, { maxLength: 4 }).map((values) => ({ node: 'list' as const, values, span }));
const leaf: fc.Arbitrary<Expression> = fc.oneof(
	fc
		.oneof(word, fc.constantFrom('and', 'or', 'not', 'notx'))
		.map((name) => ({ node: 'identifier' as const, name, span })),
	subject.map((left) => ({ node: 'unary' as const, op: 'exists' as const, left, span })),
	fc.record({
		node: fc.constant('binary' as const),
		op: fc.constantFrom('=' as const, '==' as const, '!=' as const, 'contains' as const, 'regex' as const),
		left: subject,
		right: fc.oneof(value, field, transformer),
		span: fc.constant(span),
	}),
	fc.record({
		node: fc.constant('binary' as const),
		op: fc.constantFrom('in' as const, 'intersects' as const, 'pmatch' as const),
		left: subject,
		right: fc.oneof(list, field),
		span: fc.constant(span),
	}),
	fc.record({
		node: fc.constant('binary' as const),
		op: fc.constantFrom('=' as const, 'startswith' as const),
		modifier: fc.constantFrom('anyof' as const, 'allof' as const, 'oneof' as const),
		left: subject,
		right: list,
		span: fc.constant(span),
	}),
	fc.record({
		node: fc.constant('binary' as const),
		op: fc.constantFrom('<' as const, '>=' as const),
		left: subject,
		right: fc.oneof(
			fc.integer().map((n) => ({ node: 'value' as const, value: String(n), span })),
			field,
		),
		span: fc.constant(span),
	}),
);
const tree: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression; chain: Expression }>((tie) => ({
	tree: fc.oneof({ maxDepth: 4 }, leaf, tie('chain')),
	chain: fc.oneof(
		fc.record({
			node: fc.constantFrom('and' as const, 'or' as const),
			children: fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
			span: fc.constant(span),
		}),
		// A double negation collapses, so none is made.
		tie('tree')
			.filter((child) => child.node !== 'not')
			.map((child) => ({ node: 'not' as const, child, span })),
	),
})).tree;

/** Without places, which differ between a made tree and a parsed one. */
function plain(node: Expression): string {
	return JSON.stringify(node, (key, content) => (key === 'span' ? undefined : content));
}

test('a printed tree parses to the same tree', () => {
	fc.assert(
		fc.property(tree, (original) => {
			const text = printParseable(original);
			assert.deepEqual(JSON.parse(plain(parseCondition(text))), JSON.parse(plain(original)), text);
		}),
		{ numRuns: 500 },
	);
});

test('any bytes survive quoting', () => {
	fc.assert(
		fc.property(bytes, (text) => {
			const quoted = quoteForParsing(text);
			assert.equal(unescapeQuoted(quoted.slice(1, -1), '"'), text);
			const parsed = parseCondition(`a.b = ${quoted}`);
			assert.ok(parsed.node === 'binary' && parsed.right.node === 'value');
			assert.equal(parsed.right.value, text);
		}),
	);
});

const fragment = fc.constantFrom(
	'and',
	'or',
	'not',
	' ',
	'(',
	')',
	'a.b',
	'=',
	'in',
	'"',
	"'",
	'\\',
	',',
	'tolower(',
	'val(',
	'[',
	']',
	'1',
	'0x',
	'exists',
	'anyof ',
	'\n',
	'%',
	'x',
);

test('the parser ends on any text with a tree or with its own error', () => {
	const text = fc.oneof(
		bytes,
		fc.string({ unit: 'binary' }),
		fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')),
	);
	fc.assert(
		fc.property(text, (source) => {
			try {
				parseCondition(source);
			} catch (error) {
				assert.ok(error instanceof ParseError, String(error));
				assert.ok(error.offset >= 0 && error.offset <= source.length);
			}
		}),
		{ numRuns: 2000 },
	);
});

test('unescaping ends on any text with bytes or with its own error', () => {
	fc.assert(
		fc.property(fc.string(), fc.constantFrom('"' as const, "'" as const), (text, quote) => {
			try {
				unescapeQuoted(text, quote);
			} catch (error) {
				assert.ok(error instanceof EscapeError);
			}
		}),
	);
});
