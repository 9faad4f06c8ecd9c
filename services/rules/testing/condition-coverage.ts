/**
 * Coverage of conditions: which comparisons, and which `and` and `or` of them, were never true or never false while the tests ran. Conditions are
 * those after lists, macros and exceptions were put in, and they are read from left to right as they are written: a part counts
 * only where what stands before it leaves the answer open, as only there a test can be about it.
 *
 * It listens to rule sets as an instrument and leaves their code as it is. Bounds: a tree for each rule, in which what a macro
 * brings several times is one part.
 */
import type { BinaryNode, Expression, UnaryNode } from '../ast.ts';
import { ask, type ExtractorOf, type Leaf } from '../compile/ask.ts';
import { Unit } from '../compile/emit.ts';
import { DecisionEmitter } from '../compile/emit-decisions.ts';
import type { Instrument, InstrumentedType, TypeToInstrument } from '../compile/instrument.ts';
import type { Operand, Predicate } from '../compile/ir.ts';
import type { Rule } from '../compile/rule.ts';
import { passes } from '../compile/specialise.ts';
import { printParseable } from '../parse/index.ts';

type LeafNode = BinaryNode | UnaryNode;

type Part = {
	readonly expression: Expression;
	readonly children: readonly Part[];
	wasTrue: boolean;
	wasFalse: boolean;
};

export type Uncovered = {
	/** In the language's own words (byte string). */
	readonly condition: string;
	/** A single comparison, or an `and` or `or` of several. */
	readonly kind: 'comparison' | 'and' | 'or';
	/** What it never was; `both` = it was never reached. */
	readonly never: 'true' | 'false' | 'both';
	/** True: it stands in one that was never reached. */
	readonly within: boolean;
};

export type RuleConditions = {
	readonly rule: string;
	/** Two for each part: that it was true, that it was false. */
	readonly outcomes: number;
	readonly seen: number;
	readonly uncovered: readonly Uncovered[];
};

export type ConditionReport = {
	readonly outcomes: number;
	readonly seen: number;
	readonly percent: number;
	readonly rules: readonly RuleConditions[];
};

type RuleTree = { readonly name: string; readonly root: Part };

export class ConditionCoverage {
	readonly #eventTypes: number;
	readonly #rules: readonly RuleTree[];
	readonly #listeners: { isFixed(leaf: LeafNode): boolean }[] = [];

	/** `eventTypes`: how many there are. */
	constructor(rules: readonly Rule[], eventTypes: number) {
		this.#eventTypes = eventTypes;
		this.#rules = rules.map(({ name, condition }) => ({ name, root: partOf(condition, new Map()) }));
	}

	/** For a rule set of these rules; each has its own. */
	listener<Subject>(): Instrument<Subject> {
		const listener = new Listener<Subject>(this.#rules, this.#eventTypes);
		this.#listeners.push(listener);
		return listener;
	}

	/** `only`: of this rule alone. */
	report(only: string | null = null): ConditionReport {
		const rules = this.#rules
			.filter(({ name }) => only === null || name === only)
			.map(({ name, root }) => this.#ofRule(name, root));
		const outcomes = rules.reduce((sum, rule) => sum + rule.outcomes, 0);
		const seen = rules.reduce((sum, rule) => sum + rule.seen, 0);
		const percent = outcomes === 0 ? 100 : Math.round((seen / outcomes) * 1000) / 10;
		return { outcomes, seen, percent, rules };
	}

	#ofRule(rule: string, root: Part): RuleConditions {
		const counted = new Set<Part>();
		const uncovered: Uncovered[] = [];
		let seen = 0;
		const visit = (part: Part, isWithin: boolean): void => {
			if (counted.has(part)) return;
			const { expression, children, wasTrue, wasFalse } = part;
			const isReached = wasTrue || wasFalse;
			if (expression.node !== 'not' && !this.#isFixed(expression)) {
				counted.add(part);
				seen += Number(wasTrue) + Number(wasFalse);
				if (!wasTrue || !wasFalse)
					uncovered.push({
						condition: printParseable(expression),
						kind: expression.node === 'and' || expression.node === 'or' ? expression.node : 'comparison',
						never: isReached ? (wasTrue ? 'false' : 'true') : 'both',
						within: isWithin,
					});
			}
			for (const child of children) visit(child, isWithin || !isReached);
		};
		visit(root, false);
		return { rule, outcomes: counted.size * 2, seen, uncovered };
	}

	#isFixed(expression: Expression): boolean {
		if (expression.node !== 'binary' && expression.node !== 'unary') return false;
		return this.#listeners.every((listener) => listener.isFixed(expression));
	}
}

class Listener<Subject> implements Instrument<Subject> {
	readonly #rules: readonly RuleTree[];
	readonly #eventTypes: number;
	readonly #predicates = new Map<LeafNode, Leaf<Subject>>();
	/** Answers for the event that is looked at, by the predicate's id. */
	readonly #answers = new Map<number, boolean>();
	readonly #fixed = new Map<number, boolean>();

	constructor(rules: readonly RuleTree[], eventTypes: number) {
		this.#rules = rules;
		this.#eventTypes = eventTypes;
	}

	planned(leaf: LeafNode, predicate: Predicate<Subject>): void {
		this.#predicates.set(leaf, predicate as Leaf<Subject>);
	}

	forType({ memo, extractor }: TypeToInstrument<Subject>): InstrumentedType<Subject> {
		const unit = new Unit(memo, extractor);
		return {
			unit,
			emitter: new DecisionEmitter(unit, null),
			reached: [],
			wrap: (match) => (subject, out) => {
				this.#look(subject, extractor);
				return match(subject, out);
			},
		};
	}

	#look(subject: Subject, extractorOf: ExtractorOf<Subject>): void {
		this.#answers.clear();
		for (const { root } of this.#rules) this.#evaluate(root, subject, extractorOf);
	}

	#evaluate(part: Part, subject: Subject, extractorOf: ExtractorOf<Subject>): boolean {
		const answer = this.#answer(part, subject, extractorOf);
		if (answer) part.wasTrue = true;
		else part.wasFalse = true;
		return answer;
	}

	#answer({ expression, children }: Part, subject: Subject, extractorOf: ExtractorOf<Subject>): boolean {
		switch (expression.node) {
			case 'and':
				return children.every((child) => this.#evaluate(child, subject, extractorOf));
			case 'or':
				return children.some((child) => this.#evaluate(child, subject, extractorOf));
			case 'not':
				return !this.#evaluate(children[0]!, subject, extractorOf);
			case 'identifier':
				throw new Error(`the macro '${expression.name}' was not put in`);
			default: {
				const leaf = this.#predicates.get(expression)!;
				const known = this.#answers.get(leaf.id);
				if (known !== undefined) return known;
				const answer = ask(leaf, extractorOf, subject);
				this.#answers.set(leaf.id, answer);
				return answer;
			}
		}
	}

	/** Such a comparison has the same answer for every event (`evt.dir = <`, `x in ()`): no test can change it. */
	isFixed(expression: LeafNode): boolean {
		const leaf = this.#predicates.get(expression)!;
		const known = this.#fixed.get(leaf.id);
		if (known !== undefined) return known;
		const isFixed = leaf.kind === 'constant' || (leaf.kind === 'test' && this.#isSameForTypes(leaf));
		this.#fixed.set(leaf.id, isFixed);
		return isFixed;
	}

	#isSameForTypes(leaf: Extract<Leaf<Subject>, { kind: 'test' }>): boolean {
		const { operand } = leaf;
		if (!isOfType(operand)) return false;
		const answers = new Set<boolean>();
		for (let type = 0; type < this.#eventTypes; type++) {
			const read = operand.definition.bind(operand.argument, type);
			// The catalogue promises that such a reader does not look at the subject.
			answers.add(read !== null && passes(leaf, read(undefined as Subject)));
		}
		return answers.size < 2;
	}
}

function isOfType<Subject>(
	operand: Operand<Subject>,
): operand is Extract<Operand<Subject>, { kind: 'field' }> {
	return operand.kind === 'field' && operand.definition.constantPerEventType === true;
}

function partOf(expression: Expression, known: Map<Expression, Part>): Part {
	const found = known.get(expression);
	if (found !== undefined) return found;
	const inner =
		expression.node === 'not'
			? [expression.child]
			: expression.node === 'and' || expression.node === 'or'
				? expression.children
				: [];
	const part = {
		expression,
		children: inner.map((child) => partOf(child, known)),
		wasTrue: false,
		wasFalse: false,
	};
	known.set(expression, part);
	return part;
}
