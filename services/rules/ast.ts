/**
 * The filter language as a tree. Purpose: the one shape that the parser makes, the loader rewrites (macros, exceptions)
 * and the compiler reads. Strings are *byte strings*: one character per byte (latin1), so that comparisons are byte-wise
 * as in the language's definition; text is decoded as UTF-8 only when something is shown to a person.
 */

/** A place in the source text of a condition: byte offsets, `end` exclusive. */
export type Span = { readonly start: number; readonly end: number };

export type ComparisonOperator =
	| '='
	| '=='
	| '!='
	| '<'
	| '<='
	| '>'
	| '>='
	| 'contains'
	| 'icontains'
	| 'bcontains'
	| 'startswith'
	| 'bstartswith'
	| 'endswith'
	| 'glob'
	| 'iglob'
	| 'regex'
	| 'in'
	| 'intersects'
	| 'pmatch';

/** How a string operator treats a list on its right: at least one, every, exactly one constant satisfies it. */
export type ListModifier = 'anyof' | 'allof' | 'oneof';

export type TransformerName =
	| 'tolower'
	| 'toupper'
	| 'b64'
	| 'basename'
	| 'len'
	| 'join'
	| 'concat'
	| 'getopt';

export type FieldNode = {
	readonly node: 'field';
	readonly field: string;
	readonly arg?: string;
	readonly span: Span;
};
export type ValueNode = { readonly node: 'value'; readonly value: string; readonly span: Span };
export type ListNode = { readonly node: 'list'; readonly values: readonly string[]; readonly span: Span };
export type TransformerNode = {
	readonly node: 'transformer';
	readonly name: TransformerName;
	readonly args: readonly TransformerArgument[];
	readonly arg?: string;
	readonly span: Span;
};
export type TransformerListNode = {
	readonly node: 'transformer_list';
	readonly children: readonly TransformerArgument[];
	readonly span: Span;
};
export type TransformerArgument = FieldNode | ValueNode | TransformerNode | TransformerListNode;

export type AndNode = { readonly node: 'and'; readonly children: readonly Expression[]; readonly span: Span };
export type OrNode = { readonly node: 'or'; readonly children: readonly Expression[]; readonly span: Span };
export type NotNode = { readonly node: 'not'; readonly child: Expression; readonly span: Span };
/** A macro's name, alone where a check could be. None is left after macros are resolved. */
export type IdentifierNode = { readonly node: 'identifier'; readonly name: string; readonly span: Span };
export type UnaryNode = {
	readonly node: 'unary';
	readonly op: 'exists';
	readonly left: FieldNode | TransformerNode;
	readonly span: Span;
};
export type BinaryNode = {
	readonly node: 'binary';
	readonly op: ComparisonOperator;
	readonly modifier?: ListModifier;
	readonly left: FieldNode | TransformerNode;
	readonly right: ValueNode | ListNode | FieldNode | TransformerNode;
	readonly span: Span;
};
export type Expression = AndNode | OrNode | NotNode | IdentifierNode | UnaryNode | BinaryNode;
