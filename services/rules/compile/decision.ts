/**
 * From the rules of one event type to a decision tree, so that the cost of an event hardly grows with the number of rules.
 *
 * A rule is a set of conditions that must all hold (the children of its topmost `and`). Three steps, most rules first:
 * - guard: rules that share a condition are asked only when it holds;
 * - value switch: rules that want a field to be one of some byte strings or numbers are found by one look-up of the field's value;
 * - string switch: rules that want a field to begin with, end with or contain one of some byte strings are found by one
 *   walk along the value.
 * The tree answers exactly what the rules answer one by one (conditions are pure, see ir.ts); only the order in which
 * matches are found is lost, and restored after the fact, as matches are rare.
 */
import type { TestShape } from '../operators/test.ts';
import { type Operand, type Predicate, passOf } from './ir.ts';

/** A look-up costs as much as this many comparisons. */
const switchRulesMin = 8;
const guardRulesMin = 2;

export type SwitchKind = TestShape['kind'] | 'number';
type Shape = Omit<TestShape, 'kind'> & { readonly kind: SwitchKind };

export type Decision<Subject> =
	| { readonly kind: 'rule'; readonly index: number; readonly condition: readonly Predicate<Subject>[] }
	| {
			readonly kind: 'guard';
			readonly condition: Predicate<Subject>;
			readonly body: readonly Decision<Subject>[];
	  }
	| {
			readonly kind: SwitchKind;
			readonly operand: Operand<Subject>;
			/** What to do for a value (numbers as text), or for everything it begins with, ends with, contains. A rule may be in several. */
			readonly branches: ReadonlyMap<string, readonly Decision<Subject>[]>;
	  };

export type Candidate<Subject> = {
	readonly index: number;
	/** All must hold; empty = always. */
	readonly conditions: readonly Predicate<Subject>[];
};

/** A way to divide some candidates off from the rest. */
type Division<Subject> = {
	readonly kind: 'guard' | SwitchKind;
	readonly key: string;
	readonly operand: Operand<Subject> | null;
	/** Candidates it concerns, each with the condition that it answers. */
	readonly members: Map<Candidate<Subject>, Predicate<Subject>>;
};

export function conditionsOf<Subject>(condition: Predicate<Subject>): readonly Predicate<Subject>[] {
	if (condition.kind === 'and') return condition.children;
	return condition.kind === 'constant' && condition.value ? [] : [condition];
}

export function decide<Subject>(candidates: readonly Candidate<Subject>[]): Decision<Subject>[] {
	const decisions: Decision<Subject>[] = [];
	const left = new Set(candidates);
	for (const division of divisions(candidates)) {
		const taken = new Map([...division.members].filter(([candidate]) => left.has(candidate)));
		if (taken.size < (division.kind === 'guard' ? guardRulesMin : switchRulesMin)) continue;
		for (const candidate of taken.keys()) left.delete(candidate);
		decisions.push(divide(division, taken));
	}
	for (const { index, conditions } of left) decisions.push({ kind: 'rule', index, condition: conditions });
	return decisions;
}

/** Most saved first. */
function divisions<Subject>(candidates: readonly Candidate<Subject>[]): Division<Subject>[] {
	const found = new Map<string, Division<Subject>>();
	const add = (
		kind: Division<Subject>['kind'],
		key: string,
		operand: Operand<Subject> | null,
		candidate: Candidate<Subject>,
		condition: Predicate<Subject>,
	): void => {
		const known = found.get(key) ?? { kind, key, operand, members: new Map() };
		if (!known.members.has(candidate)) known.members.set(candidate, condition);
		found.set(key, known);
	};
	for (const candidate of candidates) {
		for (const condition of candidate.conditions) {
			add('guard', `guard ${condition.id}`, null, candidate, condition);
			const shape = shapeOf(condition);
			if (shape === null || condition.kind !== 'test') continue;
			add(shape.kind, `${shape.kind} ${condition.operand.id}`, condition.operand, candidate, condition);
		}
	}
	return [...found.values()]
		.filter((division) => division.members.size >= guardRulesMin)
		.sort((a, b) => saved(b) - saved(a) || (a.key < b.key ? -1 : 1));
}

/** A guard saves nothing when it holds; going over a whole value costs more than a look-up. */
function saved<Subject>({ kind, members }: Division<Subject>): number {
	if (kind === 'contains') return members.size / 2;
	if (kind !== 'guard') return members.size;
	const [condition] = members.values();
	return (members.size * (1 - passOf(condition as Predicate<Subject>))) / 2;
}

function shapeOf<Subject>(condition: Predicate<Subject>): Shape | null {
	if (condition.kind !== 'test' || condition.quantity !== 'one') return null;
	const { subject, shape, numbers } = condition.test;
	if (numbers !== undefined) return { kind: 'number', values: numbers.map(String), exact: true };
	return subject === 'bytes' ? (shape ?? null) : null;
}

function divide<Subject>(
	division: Division<Subject>,
	taken: ReadonlyMap<Candidate<Subject>, Predicate<Subject>>,
): Decision<Subject> {
	const without = (candidate: Candidate<Subject>, answered: Predicate<Subject>): Candidate<Subject> => ({
		index: candidate.index,
		conditions: candidate.conditions.filter(
			(condition) => condition !== answered || !answers(division.kind, answered),
		),
	});
	if (division.kind === 'guard' || division.operand === null) {
		const [condition] = taken.values();
		const rest = [...taken].map(([candidate, answered]) => without(candidate, answered));
		return { kind: 'guard', condition: condition as Predicate<Subject>, body: decide(rest) };
	}
	const byValue = new Map<string, Candidate<Subject>[]>();
	for (const [candidate, answered] of taken) {
		const rest = without(candidate, answered);
		for (const value of branchValues(answered)) {
			const branch = byValue.get(value);
			if (branch === undefined) byValue.set(value, [rest]);
			else branch.push(rest);
		}
	}
	return { kind: division.kind, operand: division.operand, branches: decideBranches(byValue) };
}

/** Branches for the same rules are one object, so that their code is generated once. */
function decideBranches<Subject>(
	byValue: ReadonlyMap<string, readonly Candidate<Subject>[]>,
): ReadonlyMap<string, readonly Decision<Subject>[]> {
	const decided = new Map<string, readonly Decision<Subject>[]>();
	const branches = new Map<string, readonly Decision<Subject>[]>();
	for (const [value, rest] of byValue) {
		const key = rest.map((candidate) => candidate.index).join(' ');
		const branch = decided.get(key) ?? decide(rest);
		decided.set(key, branch);
		branches.set(value, branch);
	}
	return branches;
}

/** Whether the division leaves nothing of the condition to ask. */
function answers<Subject>(kind: Division<Subject>['kind'], condition: Predicate<Subject>): boolean {
	return kind === 'guard' || shapeOf(condition)?.exact === true;
}

function branchValues<Subject>(condition: Predicate<Subject>): readonly string[] {
	const shape = shapeOf(condition);
	if (shape === null) return [];
	const distinct = [...new Set(shape.values)];
	if (shape.kind !== 'prefix') return distinct;
	// A prefix of another prefix of the same rule covers it; kept apart, the rule would be asked twice.
	return distinct.filter((value) => distinct.every((other) => value === other || !value.startsWith(other)));
}

/** Every condition that will be asked, for counting what is shared. */
export function* askedIn<Subject>(decisions: readonly Decision<Subject>[]): Iterable<Predicate<Subject>> {
	const seen = new Set<readonly Decision<Subject>[]>();
	for (const decision of decisions) {
		if (decision.kind === 'rule') yield* decision.condition;
		else if (decision.kind === 'guard') {
			yield decision.condition;
			yield* askedIn(decision.body);
		} else {
			for (const branch of decision.branches.values()) {
				if (!seen.has(branch)) yield* askedIn(branch);
				seen.add(branch);
			}
		}
	}
}
