/**
 * Decision trees → statements. Each appends the indexes of the rules that match to `out` and counts them in `n`; `s` is
 * the subject. Long sequences are cut into functions, because V8 does not optimise very large ones.
 */
import type { Decision } from './decision.ts';
import type { Unit } from './emit.ts';
import { createStringIndex, type StringIndexKind } from './string-index.ts';

/** Longer sequences of statements are cut. */
const blockCharsMax = 8000;

type Switch<Subject> = Extract<Decision<Subject>, { branches: unknown }>;

export class DecisionEmitter<Subject> {
	readonly #unit: Unit<Subject>;
	/** Adds one to the rule's counter before it is asked; null = no counting, no cost. */
	readonly #counters: Float64Array | null;
	readonly #branches = new Map<readonly Decision<Subject>[], string>();
	#blocks = 0;

	constructor(unit: Unit<Subject>, counters: Float64Array | null) {
		this.#unit = unit;
		this.#counters = counters;
	}

	/** Statements for all of them. */
	sequence(decisions: readonly Decision<Subject>[]): string[] {
		const statements = decisions.map((decision) => this.#statement(decision));
		const size = statements.reduce((sum, statement) => sum + statement.length, 0);
		if (size <= blockCharsMax) return statements;
		const calls: string[] = [];
		let block: string[] = [];
		let blockChars = 0;
		for (const statement of statements) {
			if (blockChars > 0 && blockChars + statement.length > blockCharsMax) {
				calls.push(this.#call(block));
				block = [];
				blockChars = 0;
			}
			block.push(statement);
			blockChars += statement.length;
		}
		return [...calls, this.#call(block)];
	}

	#call(statements: readonly string[]): string {
		return `n = ${this.#function(statements)}(s, out, n);`;
	}

	#function(statements: readonly string[]): string {
		const name = `b${this.#blocks++}`;
		this.#unit.functions.push(`function ${name}(s, out, n) {\n\t${statements.join('\n\t')}\n\treturn n;\n}`);
		return name;
	}

	#statement(decision: Decision<Subject>): string {
		switch (decision.kind) {
			case 'rule':
				return this.rule(decision);
			case 'guard':
				return `if (${this.#unit.predicate(decision.condition)}) { ${this.sequence(decision.body).join(' ')} }`;
			case 'oneof':
				return this.#values(decision, String, (operand) => `${operand}.value`);
			case 'number':
				// As numbers, whatever they come as: no key is beyond what a double holds exactly.
				return this.#values(decision, Number, (operand) => `Number(${operand})`);
			default:
				return this.#strings(decision);
		}
	}

	/** Asks a rule for what is left of its condition. */
	protected rule({ index, condition }: Extract<Decision<Subject>, { kind: 'rule' }>): string {
		const count = this.#counters === null ? '' : `${this.#unit.constant(this.#counters)}[${index}]++; `;
		const hit = `out[n++] = ${index};`;
		if (condition.length === 0) return `${count}${hit}`;
		return `${count}if (${condition.map((part) => this.#unit.predicate(part)).join(' && ')}) ${hit}`;
	}

	/** One look-up of the value in a map to the branch's number, then a call out of an array of functions. */
	#values(
		{ operand, branches }: Switch<Subject>,
		keyOf: (value: string) => string | number,
		keyIn: (operand: string) => string,
	): string {
		const [functions, numbers] = this.#branchFunctions(branches);
		const map = this.#unit.constant(
			new Map([...branches.keys()].map((value, i) => [keyOf(value), numbers[i]])),
		);
		const value = keyIn(this.#unit.variable(operand));
		const found = `v${this.#blocks++}`;
		return (
			`if (${this.#unit.load(operand)} !== null) { const ${found} = ${map}.get(${value}); ` +
			`if (${found} !== undefined) n = ${functions}[${found}](s, out, n); }`
		);
	}

	/** One walk along the value, then the branch of everything found on the way. */
	#strings({ kind, operand, branches }: Switch<Subject>): string {
		const [functions, numbers] = this.#branchFunctions(branches);
		const index = this.#unit.constant(createStringIndex(kind as StringIndexKind, [...branches.keys()]));
		const found = this.#unit.constant([] as number[]);
		const toFunction = this.#unit.constant(numbers);
		const count = `v${this.#blocks++}`;
		return (
			`if (${this.#unit.load(operand)} !== null) { ` +
			`const ${count} = ${index}.find(${this.#unit.variable(operand)}.value, ${found}); ` +
			`for (let i = 0; i < ${count}; i++) n = ${functions}[${toFunction}[${found}[i]]](s, out, n); }`
		);
	}

	/** Name of the array of functions, and for each branch its place there. */
	#branchFunctions(
		branches: ReadonlyMap<string, readonly Decision<Subject>[]>,
	): [name: string, numbers: number[]] {
		const names: string[] = [];
		const numbers: number[] = [];
		for (const branch of branches.values()) {
			const name = this.#branches.get(branch) ?? this.#function(this.sequence(branch));
			this.#branches.set(branch, name);
			const known = names.indexOf(name);
			numbers.push(known >= 0 ? known : names.push(name) - 1);
		}
		const table = `w${this.#blocks++}`;
		this.#unit.functions.push(`const ${table} = [${names.join(', ')}];`);
		return [table, numbers];
	}
}
