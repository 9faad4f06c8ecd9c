/**
 * Text of a condition → tree. Recursive descent over the grammar below; the nesting is bounded by `depthMax` in the
 * language's own units (a parenthesis costs 5, `not(` 4, a transformer 2), so that the JavaScript stack is bounded too.
 * Chains of and, or, not are loops and cost nothing. Linear time; throws ParseError and nothing else.
 *
 *     or        := and ("or" and)*            after `or`, `and`: a blank, or "(" directly
 *     and       := not ("and" not)*
 *     not       := ("not" blank)* tail
 *     tail      := "not(" or ")" | "(" or ")" | (field | transformer) condition | identifier
 *     field     := name("." name)+ ("[" argument "]")?
 *     transformer := name "(" targ ("," targ)* ")" ("[" argument "]")?
 *     targ      := transformer | field | quoted | number | "(" (targ ("," targ)*)? ")"      lists do not nest
 *     condition := "exists" | orderOp (hex | number | rhs) | textOp (modifier blank list | quoted | word | rhs)
 *                | listOp (list | rhs)
 *     rhs       := transformer | "val(" field ")"
 *     list      := "(" ((quoted | word) ("," (quoted | word))*)? ")" | identifier
 */
import type {
	BinaryNode,
	ComparisonOperator,
	Expression,
	FieldNode,
	ListModifier,
	ListNode,
	Span,
	TransformerArgument,
	TransformerListNode,
	TransformerNode,
	ValueNode,
} from '../ast.ts';
import { EscapeError, unescapeQuoted } from './escape.ts';
import {
	equalityOperators,
	listOperators,
	modifiers,
	orderOperators,
	textOperators,
	transformerNames,
} from './operators.ts';
import { ParseError } from './parse-error.ts';
import { Scanner } from './scanner.ts';

/** Nesting allowed in the conditions of rules and macros. */
export const ruleDepthMax = 1000;
/** Nesting allowed in stand-alone filters. */
export const filterDepthMax = 100;
/** Longest condition text, in bytes, after lists are put in. */
export const conditionBytesMax = 16 * 1024 * 1024;

const operatorHint =
	'one of exists = == != < <= > >= in intersects pmatch contains icontains bcontains startswith bstartswith endswith glob iglob regex';

/** `source` is a byte string (see schemas/text.ts). */
export function parseCondition(source: string, depthMax: number = ruleDepthMax): Expression {
	if (source.length > conditionBytesMax) {
		throw new ParseError(
			`the condition has ${source.length} bytes, at most ${conditionBytesMax} are allowed`,
			source,
			0,
		);
	}
	return new Parser(source, depthMax).parseWhole();
}

/**
 * The field or transformer that `text` consists of, or null. For exceptions (`fields: tolower(proc.name)`), outputs and
 * for finding constants that look like fields.
 */
export function parseFieldExpression(text: string): FieldNode | TransformerNode | null {
	const parser = new Parser(text, filterDepthMax);
	try {
		const node = parser.takeSubject();
		return node !== null && parser.atEnd ? node : null;
	} catch (error) {
		if (error instanceof ParseError) return null;
		throw error;
	}
}

/** The longest field or transformer at the start of `text`, with its length; null when there is none. */
export function parseFieldPrefix(text: string): { node: FieldNode | TransformerNode; length: number } | null {
	const parser = new Parser(text, filterDepthMax);
	try {
		const node = parser.takeSubject();
		return node === null ? null : { node, length: node.span.end };
	} catch (error) {
		if (error instanceof ParseError) return null;
		throw error;
	}
}

class Parser {
	private readonly scanner: Scanner;
	private readonly source: string;
	private readonly depthMax: number;
	private depth = 0;

	constructor(source: string, depthMax: number) {
		this.source = source;
		this.scanner = new Scanner(source);
		this.depthMax = depthMax;
	}

	get atEnd(): boolean {
		return this.scanner.atEnd;
	}

	parseWhole(): Expression {
		if (this.source.length === 0) throw this.error('the condition is empty');
		const tree = this.parseOr();
		if (!this.scanner.atEnd) throw this.unexpectedToken();
		return tree;
	}

	/** A field or a transformer call, or null (cursor unmoved). */
	takeSubject(): FieldNode | TransformerNode | null {
		return this.takeField() ?? this.takeTransformer();
	}

	private parseOr(): Expression {
		return this.parseChain('or', () => this.parseAnd());
	}

	private parseAnd(): Expression {
		return this.parseChain('and', () => this.parseNot());
	}

	private parseChain(word: 'and' | 'or', parseChild: () => Expression): Expression {
		const scanner = this.scanner;
		this.enter(1);
		scanner.skipBlanks();
		const children = [parseChild()];
		scanner.skipBlanks();
		while (scanner.takeText(word)) {
			if (scanner.skipBlanks()) children.push(parseChild());
			else if (scanner.takeText('(')) children.push(this.parseEmbedded());
			else throw this.error(`expected a blank or '(' after '${word}'`);
			scanner.skipBlanks();
		}
		this.leave(1);
		if (children.length === 1) return children[0]!;
		const span = { start: children[0]!.span.start, end: children.at(-1)!.span.end };
		return { node: word, children, span };
	}

	private parseNot(): Expression {
		const scanner = this.scanner;
		this.enter(1);
		scanner.skipBlanks();
		const start = scanner.position;
		let negated = false;
		while (scanner.takeWordAndBlank('not')) negated = !negated;
		let child: Expression;
		if (scanner.takeText('not(')) {
			negated = !negated;
			child = this.parseEmbedded();
		} else child = this.parseCheck();
		this.leave(1);
		return negated ? { node: 'not', child, span: { start, end: child.span.end } } : child;
	}

	/** What follows an opening parenthesis. */
	private parseEmbedded(): Expression {
		this.enter(1);
		const child = this.parseOr();
		this.scanner.skipBlanks();
		if (!this.scanner.takeText(')'))
			throw this.error("expected ')'", 'close the parenthesis, or join checks with and / or');
		this.leave(1);
		return child;
	}

	private parseCheck(): Expression {
		const scanner = this.scanner;
		this.enter(1);
		try {
			scanner.skipBlanks();
			if (scanner.takeText('(')) return this.parseEmbedded();
			this.enter(2);
			const start = scanner.position;
			const left = this.takeSubject();
			const check = left === null ? this.takeMacro() : this.parseComparison(left);
			this.leave(2);
			if (check === null) throw this.error("expected '(', a field or a macro name", this.hintForStart(start));
			return check;
		} finally {
			this.leave(1);
		}
	}

	private takeMacro(): Expression | null {
		const start = this.scanner.position;
		const name = this.scanner.takeIdentifier();
		return name === null ? null : { node: 'identifier', name, span: this.spanFrom(start) };
	}

	private parseComparison(left: FieldNode | TransformerNode): Expression {
		const scanner = this.scanner;
		scanner.skipBlanks();
		if (scanner.takeText('exists')) {
			return { node: 'unary', op: 'exists', left, span: this.spanFrom(left.span.start) };
		}
		for (const op of orderOperators) {
			if (scanner.takeText(op)) return this.finish(left, op, this.parseNumberOrRight());
		}
		for (const op of equalityOperators) {
			if (scanner.takeText(op)) return this.parseTextComparison(left, op, scanner.skipBlanks());
		}
		for (const op of textOperators) {
			if (scanner.takeWordAndBlank(op)) return this.parseTextComparison(left, op, true);
		}
		for (const op of listOperators) {
			if (scanner.takeText(op)) return this.finish(left, op, this.parseListOrRight());
		}
		throw this.error('expected an operator', operatorHint);
	}

	private finish(
		left: BinaryNode['left'],
		op: ComparisonOperator,
		right: BinaryNode['right'],
		modifier?: ListModifier,
	): BinaryNode {
		const span = this.spanFrom(left.span.start);
		return modifier === undefined
			? { node: 'binary', op, left, right, span }
			: { node: 'binary', op, modifier, left, right, span };
	}

	private parseNumberOrRight(): BinaryNode['right'] {
		const scanner = this.scanner;
		scanner.skipBlanks();
		const start = scanner.position;
		const value = scanner.takeHexNumber() ?? scanner.takeNumber();
		if (value !== null) return { node: 'value', value, span: this.spanFrom(start) };
		const right = this.takeRight();
		if (right !== null) return right;
		throw this.error('expected a number or a transformer', 'a field on the right is written val(field)');
	}

	/** After a text operator; `modifierAllowed` when a blank stood behind the operator. */
	private parseTextComparison(
		left: BinaryNode['left'],
		op: ComparisonOperator,
		modifierAllowed: boolean,
	): BinaryNode {
		const scanner = this.scanner;
		if (modifierAllowed) {
			for (const modifier of modifiers) {
				const right = this.takeModified(modifier);
				if (right !== null) return this.finish(left, op, right, modifier);
			}
		}
		const right = this.takeRight() ?? this.takeString();
		if (right !== null) return this.finish(left, op, right);
		const hint =
			scanner.source[scanner.position] === '(' ? `a list needs 'in', or a modifier: ${op} anyof (…)` : '';
		throw this.error('expected a value, a quoted string or a transformer', hint);
	}

	/** The list after a modifier. A modifier's name that no list follows (`= oneof and …`) is an ordinary value. */
	private takeModified(modifier: ListModifier): ListNode | ValueNode | null {
		const scanner = this.scanner;
		const start = scanner.position;
		if (!scanner.takeWordAndBlank(modifier)) return null;
		const next = scanner.peekIdentifier();
		const keyword = next === 'and' || next === 'or' || next === 'not';
		const list = keyword ? null : this.takeList();
		if (list === null) scanner.position = start;
		return list;
	}

	private parseListOrRight(): BinaryNode['right'] {
		this.scanner.skipBlanks();
		const right = this.takeRight() ?? this.takeList();
		if (right !== null) return right;
		throw this.error('expected a list, the name of a list or a transformer', 'a list is written (a, b, c)');
	}

	/** `(…)`, or an identifier, which stands for a list of one. */
	private takeList(): ListNode | ValueNode | null {
		const scanner = this.scanner;
		const start = scanner.position;
		if (!scanner.takeText('(')) {
			const value = scanner.takeIdentifier();
			return value === null ? null : { node: 'value', value, span: this.spanFrom(start) };
		}
		const values: string[] = [];
		scanner.skipBlanks();
		let value = this.takeString();
		while (value !== null) {
			values.push(value.value);
			scanner.skipBlanks();
			if (!scanner.takeText(',')) break;
			scanner.skipBlanks();
			value = this.takeString();
			if (value === null) throw this.error("expected a value after ','", 'no comma after the last value');
		}
		if (!scanner.takeText(')')) throw this.error("expected ')' at the end of the list");
		return { node: 'list', values, span: this.spanFrom(start) };
	}

	private takeString(): ValueNode | null {
		const start = this.scanner.position;
		const value = this.takeQuoted() ?? this.scanner.takeBareWord();
		return value === null ? null : { node: 'value', value, span: this.spanFrom(start) };
	}

	private takeQuoted(): string | null {
		const token = this.scanner.takeQuoted();
		if (token === null) return null;
		try {
			return unescapeQuoted(token.body, token.quote);
		} catch (error) {
			if (!(error instanceof EscapeError)) throw error;
			this.scanner.position = token.start + error.offset;
			throw this.error(error.message, 'escapes are \\b \\f \\n \\r \\t \\\\ \\/ \\xHH and the quote itself');
		}
	}

	/** A transformer or `val(field)` on the right of an operator. */
	private takeRight(): FieldNode | TransformerNode | null {
		const scanner = this.scanner;
		if (!scanner.takeText('val(')) return this.takeTransformer();
		scanner.skipBlanks();
		const field = this.takeField();
		if (field === null) throw this.error("expected a field inside 'val('");
		scanner.skipBlanks();
		if (!scanner.takeText(')')) throw this.error("expected ')' after the field of 'val('");
		if (scanner.source[scanner.position] === '[')
			throw this.error("'val(…)' takes no argument", 'write it at the field: val(field[argument])');
		return field;
	}

	private takeField(): FieldNode | null {
		const start = this.scanner.position;
		const field = this.scanner.takeFieldName();
		if (field === null) return null;
		const arg = this.takeArgument();
		const span = this.spanFrom(start);
		return arg === null ? { node: 'field', field, span } : { node: 'field', field, arg, span };
	}

	private takeArgument(): string | null {
		const scanner = this.scanner;
		if (!scanner.takeText('[')) return null;
		const value = this.takeQuoted() ?? scanner.takeBareArgument();
		if (value === null)
			throw this.error(
				"expected an argument after '['",
				'a word or a quoted string, without blanks around it',
			);
		if (!scanner.takeText(']')) throw this.error("expected ']' after the argument");
		return value;
	}

	private takeTransformer(): TransformerNode | null {
		const scanner = this.scanner;
		const start = scanner.position;
		const name = transformerNames.find((candidate) => scanner.takeText(`${candidate}(`));
		if (name === undefined) return null;
		this.enter(2);
		const args = [this.parseTransformerArgument(true)];
		scanner.skipBlanks();
		while (scanner.takeText(',')) {
			args.push(this.parseTransformerArgument(true));
			scanner.skipBlanks();
		}
		if (!scanner.takeText(')')) throw this.error(`expected ')' at the end of '${name}('`);
		this.leave(2);
		const arg = this.takeArgument();
		const span = this.spanFrom(start);
		return arg === null
			? { node: 'transformer', name, args, span }
			: { node: 'transformer', name, args, arg, span };
	}

	private parseTransformerArgument(listAllowed: boolean): TransformerArgument {
		const scanner = this.scanner;
		scanner.skipBlanks();
		const subject = this.takeTransformer() ?? this.takeField();
		if (subject !== null) return subject;
		const start = scanner.position;
		const value = this.takeQuoted() ?? scanner.takeNumber();
		if (value !== null) return { node: 'value', value, span: this.spanFrom(start) };
		if (listAllowed && scanner.takeText('(')) return this.parseTransformerList(start);
		const allowed = listAllowed
			? 'a field, transformer, quoted string, number or list'
			: 'a field, transformer, quoted string or number';
		throw this.error(`expected ${allowed}`);
	}

	private parseTransformerList(start: number): TransformerListNode {
		const scanner = this.scanner;
		const children: TransformerArgument[] = [];
		scanner.skipBlanks();
		if (!scanner.takeText(')')) {
			do {
				children.push(this.parseTransformerArgument(false));
				scanner.skipBlanks();
			} while (scanner.takeText(','));
			if (!scanner.takeText(')')) throw this.error("expected ')' at the end of the list");
		}
		return { node: 'transformer_list', children, span: this.spanFrom(start) };
	}

	private enter(cost: number): void {
		this.depth += cost;
		if (this.depth > this.depthMax) {
			throw this.error(
				`nested deeper than the limit of ${this.depthMax}`,
				'parentheses cost 5, not( 4, a transformer 2; move parts into macros',
			);
		}
	}

	private leave(cost: number): void {
		this.depth -= cost;
	}

	private spanFrom(start: number): Span {
		return { start, end: this.scanner.position };
	}

	private error(message: string, hint = ''): ParseError {
		return new ParseError(message, this.source, this.scanner.position, hint);
	}

	private unexpectedToken(): ParseError {
		const { source, position, lastToken } = this.scanner;
		const rest = source.slice(position, position + 20);
		return this.error(
			`unexpected '${rest}' after '${lastToken}': expected 'and', 'or' or the end`,
			'values with blanks, commas, parentheses, quotes or = need quotes; keywords are lower case',
		);
	}

	private hintForStart(start: number): string {
		const first = this.source[start];
		if (first === '#') return 'conditions have no comments';
		if (first === '!') return "negation is written 'not '";
		return 'names start with a letter';
	}
}
