/**
 * Predicates → JavaScript expressions. Everything that comes from a rule enters the source as an escaped literal or as a
 * reference into an array of constants, never as text. Written into a `Unit`, the code of one event type:
 *
 *   f3  value of field 3 of the current event; undefined = not read yet      e3  its extractor
 *   t7  result of a transformer, likewise                                     k9  a constant (function, helper)
 *   p5  answer of shared predicate 5: serial of the event × 2 + answer        q5  computes it
 *   h6  a large expression in a function of its own (V8 does not optimise functions beyond 60 KB of bytecode)
 */
import type { Text } from '#schemas/text.ts';
import type { Extractor, Scalar } from '../field.ts';
import type { Raw, Test } from '../operators/test.ts';
import { costOf, type FieldOperand, type Operand, type Predicate, type TransformOperand } from './ir.ts';
import type { Memo } from './memo.ts';
import { holdsFor } from './specialise.ts';
import { TestIndex } from './test-index.ts';

/** Longer expressions get a function of their own. */
const expressionCharsMax = 4000;
/** Cheaper predicates are not worth a variable. */
const sharedCostMin = 16;

export class Unit<Subject> {
	readonly constants: unknown[] = [];
	/** Function declarations, in order. */
	readonly functions: string[] = [];
	/** Names of variables that must be undefined when an event begins. */
	readonly values = new Set<string>();
	/** Names of variables holding answers of shared predicates. */
	readonly answers = new Set<string>();
	readonly #constantNames = new Map<unknown, string>();
	readonly #memo: Memo;
	readonly #extractor: (operand: FieldOperand<Subject>) => Extractor<Subject> | null;
	#uses: ReadonlyMap<number, number> = new Map();

	constructor(memo: Memo, extractor: (operand: FieldOperand<Subject>) => Extractor<Subject> | null) {
		this.#memo = memo;
		this.#extractor = extractor;
	}

	/** How often each predicate occurs in what will be emitted; those that occur more than once are evaluated once. */
	countUses(roots: Iterable<Predicate<Subject>>): void {
		const uses = new Map<number, number>();
		const visit = (predicate: Predicate<Subject>): void => {
			const count = uses.get(predicate.id) ?? 0;
			uses.set(predicate.id, count + 1);
			if (count > 0) return;
			if (predicate.kind === 'not') visit(predicate.child);
			else if (predicate.kind === 'and' || predicate.kind === 'or') predicate.children.forEach(visit);
		};
		for (const root of roots) visit(root);
		this.#uses = uses;
	}

	constant(value: unknown, prefix = 'k'): string {
		const known = this.#constantNames.get(value);
		if (known !== undefined) return known;
		const name = `${prefix}${this.constants.length}`;
		this.constants.push(value);
		this.#constantNames.set(value, name);
		return name;
	}

	/** Name of the constant at `index`. */
	nameOf(index: number): string {
		return this.#constantNames.get(this.constants[index]) as string;
	}

	/** JavaScript of the predicate's answer; `s` is the subject. */
	predicate(predicate: Predicate<Subject>): string {
		const shared = (this.#uses.get(predicate.id) ?? 0) > 1 && costOf(predicate) >= sharedCostMin;
		if (!shared || predicate.kind === 'constant') return this.#large(predicate.id, this.plain(predicate));
		const name = `p${predicate.id}`;
		if (!this.answers.has(name)) {
			this.answers.add(name);
			const body = this.plain(predicate);
			this.functions.push(
				`function q${predicate.id}(s) { const r = ${body}; ${name} = serial * 2 + (r ? 1 : 0); return r; }`,
			);
		}
		return `(${name} >> 1 === serial ? (${name} & 1) === 1 : q${predicate.id}(s))`;
	}

	#large(id: number, expression: string): string {
		if (expression.length <= expressionCharsMax) return expression;
		return this.#hoist(`h${id}`, expression);
	}

	readonly #hoisted = new Set<string>();

	#hoist(name: string, expression: string): string {
		if (!this.#hoisted.has(name)) {
			this.#hoisted.add(name);
			this.functions.push(`function ${name}(s) { return ${expression}; }`);
		}
		return `${name}(s)`;
	}

	/** The code that computes it, wherever that is put: inline, or in the function of a shared predicate. */
	protected plain(predicate: Predicate<Subject>): string {
		switch (predicate.kind) {
			case 'constant':
				return String(predicate.value);
			case 'and':
				return this.#junction(predicate.id, predicate.children, ' && ');
			case 'or':
				return this.#junction(predicate.id, predicate.children, ' || ');
			case 'not':
				return `!${this.predicate(predicate.child)}`;
			case 'exists':
				return `(${this.load(predicate.operand)} !== null)`;
			case 'compare':
				return this.#compare(predicate);
			case 'test':
				return this.#test(predicate);
		}
	}

	/** Long lists of children are cut into functions, so that no function grows with the length of a condition. */
	#junction(id: number, children: readonly Predicate<Subject>[], operator: string): string {
		const groups: string[] = [];
		let group = '';
		for (const child of children) {
			const text = this.predicate(child);
			if (group !== '' && group.length + text.length > expressionCharsMax) {
				groups.push(this.#hoist(`h${id}_${groups.length}`, group));
				group = '';
			}
			group = group === '' ? text : `${group}${operator}${text}`;
		}
		return `(${[...groups, group].join(operator)})`;
	}

	#compare({ left, right, run }: Extract<Predicate<Subject>, { kind: 'compare' }>): string {
		const [l, r] = [this.variable(left), this.variable(right)];
		return `(${this.load(left)} !== null && ${this.load(right)} !== null && ${this.constant(run)}(${l}, ${r}))`;
	}

	readonly #indexes = new Map<
		number,
		{ readonly name: string; readonly ask: string; readonly keys: string[] }
	>();

	/** From here on these tests of the operand are answered together, when the first of them is asked. */
	answerTogether(operand: Operand<Subject>, tests: readonly Test[]): void {
		const name = `x${operand.id}`;
		this.values.add(name);
		const ask = this.askTogether(operand, tests);
		this.#indexes.set(operand.id, { name, ask, keys: tests.map(({ key }) => key) });
	}

	/** The code that answers them all. */
	protected askTogether(operand: Operand<Subject>, tests: readonly Test[]): string {
		return `${this.constant(new TestIndex(tests))}.ask(${this.variable(operand)})`;
	}

	#test({ operand, quantity, test }: Extract<Predicate<Subject>, { kind: 'test' }>): string {
		const value = this.variable(operand);
		const index = quantity === 'one' ? this.#indexes.get(operand.id) : undefined;
		const position = index?.keys.indexOf(test.key) ?? -1;
		if (index !== undefined && position >= 0) {
			const answers = `(${index.name} === undefined ? (${index.name} = ${index.ask}) : ${index.name})`;
			return `(${this.load(operand)} !== null && ${answers}[${position}] === 1)`;
		}
		const asked =
			quantity === 'one'
				? this.#ask(test, value)
				: `${this.constant(this.#overList(quantity, test))}(${value})`;
		return operand.kind === 'constant' ? `(${asked})` : `(${this.load(operand)} !== null && (${asked}))`;
	}

	#ask(test: Test, value: string): string {
		const raw = test.subject === 'bytes' ? `${value}.value` : value;
		if (test.inline !== undefined) return test.inline(raw);
		const place = test.subject === 'bytes' ? this.#memo.place(test) : null;
		if (place === null) return `${this.constant(test.run)}(${raw})`;
		const owner = `${value}.memoOwner === ${this.#memo.owner}`;
		const ask = `${this.constant(place.ask)}(${value})`;
		if (place.word < 0) {
			return `${owner} && (${value}.memoKnown & ${place.bit}) !== 0 ? (${value}.memoTruth & ${place.bit}) !== 0 : ${ask}`;
		}
		const more = `${value}.memoMore`;
		const known = `${owner} && ${more} !== null && (${more}[${place.word}] & ${place.bit}) !== 0`;
		return `${known} ? (${more}[${place.word + 1}] & ${place.bit}) !== 0 : ${ask}`;
	}

	readonly #lists = new Map<string, (values: readonly Scalar[]) => boolean>();

	#overList(quantity: 'any' | 'every' | 'everyOfSome', test: Test): (values: readonly Scalar[]) => boolean {
		const key = `${quantity} ${test.key}`;
		const known = this.#lists.get(key);
		if (known !== undefined) return known;
		const place = test.subject === 'bytes' ? this.#memo.place(test) : null;
		const run = scalarRun(test, place?.ask ?? null);
		const made = (values: readonly Scalar[]): boolean => holdsFor(quantity, values, run);
		this.#lists.set(key, made);
		return made;
	}

	/** Name of the variable that holds the operand once `load` was evaluated. */
	variable(operand: Operand<Subject>): string {
		if (operand.kind === 'constant') return this.constant(operand.value);
		return `${operand.kind === 'field' ? 'f' : 't'}${operand.id}`;
	}

	/** Reads the operand unless it was read for this event; the expression's value is the operand's. */
	load(operand: Operand<Subject>): string {
		if (operand.kind === 'constant') return this.variable(operand);
		const name = this.variable(operand);
		this.values.add(name);
		return `(${name} === undefined ? (${name} = ${this.read(operand)}) : ${name})`;
	}

	/** The code that reads a field or computes a transformer. */
	protected read(operand: FieldOperand<Subject> | TransformOperand<Subject>): string {
		if (operand.kind === 'transform') {
			return `${this.constant(operand.run)}([${operand.args.map((arg) => this.load(arg)).join(', ')}])`;
		}
		const extractor = this.#extractor(operand);
		return extractor === null ? 'null' : `${this.constant(extractor, 'e')}(s)`;
	}
}

function scalarRun(test: Test, ask: ((text: Text) => boolean) | null): (scalar: Scalar) => boolean {
	if (test.subject !== 'bytes') return (scalar) => test.run(scalar as Raw);
	if (ask !== null) return ask as (scalar: Scalar) => boolean;
	return (scalar) => test.run((scalar as Text).value);
}
