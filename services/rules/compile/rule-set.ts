/**
 * Many rules → one matcher. Rules are planned together (what they share is one node), and for each event type, when its
 * first event comes, specialised, arranged in a decision tree and turned into code. `match` allocates nothing for an event
 * that no rule matches.
 *
 * Rules are named by their index in the order given, which is the order of definition: `first` = the first of them that
 * matches, `all` = every one, in that order.
 */
import type { FieldCatalogue } from '../field.ts';
import { RuleOutput } from '../format/rule-output.ts';
import { TemplateError } from '../format/template.ts';
import { printParseable } from '../parse/index.ts';
import { finish, type Steps } from '../steps.ts';
import { askedIn, type Candidate, conditionsOf, decide } from './decision.ts';
import { digestOf } from './digest.ts';
import { Unit } from './emit.ts';
import { DecisionEmitter } from './emit-decisions.ts';
import { askedByPrefilter, emitPrefilter, type ProcessMemoryOf, Slots } from './emit-prefilter.ts';
import { fieldsOf } from './fields-of.ts';
import type { Instrument, Match } from './instrument.ts';
import { costOf, Plan, type Predicate } from './ir.ts';
import { Memo } from './memo.ts';
import { instantiate } from './module.ts';
import { type PlanContext, PlanError, planExpression } from './plan.ts';
import { type Prefilter, planPrefilter } from './prefilter.ts';
import type { Rule } from './rule.ts';
import { Specialiser } from './specialise.ts';

export type RuleMatching = 'first' | 'all';

export type RuleSetOptions<Subject> = {
	readonly ruleMatching: RuleMatching;
	/** Names of the event types by index; empty for subjects without event types (use -1 then). */
	readonly eventTypes: readonly string[];
	/** Count how often each rule is asked (see `asked`); costs an addition per rule asked. Default false. */
	readonly profile?: boolean;
	/** The memory of a subject's process (see process-memory.ts); absent = nothing is remembered with processes and paths. */
	readonly processMemory?: ProcessMemoryOf<Subject>;
	/** Counters and clocks in the code (`lanner replay --profile`); absent = none. */
	readonly instrument?: Instrument<Subject>;
};

/** A rule that does not fit the catalogue; the cause is a `PlanError` or `TemplateError` with the place. */
export class RuleError extends Error {
	readonly rule: string;

	constructor(rule: string, cause: Error) {
		super(`rule '${rule}': ${cause.message}`, { cause });
		this.rule = rule;
	}
}

export type CostClass = 'cheap' | 'moderate' | 'expensive';

export type Explanation = {
	readonly name: string;
	readonly digest: string;
	/** Condition with lists and macros put in, canonical text (byte string). */
	readonly condition: string;
	/** Event types that it can match; null = it does not depend on the type. */
	readonly eventTypes: readonly string[] | null;
	readonly fields: readonly string[];
	readonly cost: CostClass;
};

type TypeCode<Subject> = { readonly source: string; readonly match: Match<Subject>; readonly rules: number };

/** Rules with everything resolved that does not depend on the event type. */
export type PlannedRules<Subject> = {
	readonly rules: readonly Rule[];
	readonly plan: Plan<Subject>;
	readonly conditions: readonly Predicate<Subject>[];
	readonly outputs: readonly RuleOutput<Subject>[];
	readonly digests: readonly string[];
};

/** Bounds of the cost classes, in the rough nanoseconds of ir.ts. */
const cheapMax = 100;
const moderateMax = 1000;

export class RuleSet<Subject> {
	readonly rules: readonly Rule[];
	/** What an alert of each rule says. */
	readonly outputs: readonly RuleOutput<Subject>[];
	readonly #options: RuleSetOptions<Subject>;
	readonly #plan: Plan<Subject>;
	readonly #memo = new Memo();
	readonly #slots = new Slots(this.#memo.owner);
	readonly #conditions: readonly Predicate<Subject>[];
	readonly #digests: readonly string[];
	readonly #counters: Float64Array | null;
	/** Code by event type + 1. */
	readonly #code: (TypeCode<Subject> | undefined)[];

	/** See `compileRuleSet`. */
	constructor(
		{ rules, plan, conditions, outputs, digests }: PlannedRules<Subject>,
		options: RuleSetOptions<Subject>,
	) {
		this.rules = rules;
		this.outputs = outputs;
		this.#plan = plan;
		this.#conditions = conditions;
		this.#options = options;
		this.#digests = digests;
		this.#counters = options.profile ? new Float64Array(rules.length) : null;
		this.#code = new Array<TypeCode<Subject> | undefined>(options.eventTypes.length + 1).fill(undefined);
	}

	/**
	 * Writes the indexes of the rules that match to the front of `out`, in order of definition; returns how many (at most
	 * one with `first`). What lies behind in `out` is left over from earlier calls.
	 */
	match(subject: Subject, eventType: number, out: number[]): number {
		const code = this.#code[eventType + 1];
		return (code ?? this.#compile(eventType)).match(subject, out);
	}

	digest(index: number): string {
		return this.#digests[index] as string;
	}

	/** How many rules could match an event of this type; 0 = such events need not be looked at. */
	rulesFor(eventType: number): number {
		return (this.#code[eventType + 1] ?? this.#compile(eventType)).rules;
	}

	/** The generated JavaScript for an event type (-1 = without types). */
	source(eventType: number): string {
		return (this.#code[eventType + 1] ?? this.#compile(eventType)).source;
	}

	/** How often each rule was asked since the start; null unless `profile`. */
	asked(): Float64Array | null {
		return this.#counters?.slice() ?? null;
	}

	explain(index: number): Explanation {
		const rule = this.rules[index] as Rule;
		const condition = this.#conditions[index] as Predicate<Subject>;
		const cost = costOf(condition);
		return {
			name: rule.name,
			digest: this.digest(index),
			condition: printParseable(rule.condition),
			eventTypes: this.#eventTypesOf(condition),
			fields: fieldsOf(condition),
			cost: cost <= cheapMax ? 'cheap' : cost <= moderateMax ? 'moderate' : 'expensive',
		};
	}

	#eventTypesOf(condition: Predicate<Subject>): readonly string[] | null {
		const names = this.#options.eventTypes;
		const possible = names.filter(
			(_, type) => !isFalse(new Specialiser(this.#plan, type).specialise(condition)),
		);
		return possible.length === names.length ? null : possible;
	}

	/** Event types that came so far. */
	compiledTypes(): readonly number[] {
		return this.#code.flatMap((code, index) => (code === undefined ? [] : [index - 1]));
	}

	/** Compiles for these event types ahead of their first event, so that it finds the code ready. */
	*prepare(eventTypes: Iterable<number>): Steps<void> {
		for (const type of eventTypes) if (this.#code[type + 1] === undefined) yield* this.#compileInSteps(type);
	}

	#compile(eventType: number): TypeCode<Subject> {
		return finish(this.#compileInSteps(eventType));
	}

	*#compileInSteps(eventType: number): Steps<TypeCode<Subject>> {
		const specialiser = new Specialiser(this.#plan, eventType);
		const candidates: Candidate<Subject>[] = [];
		for (const [index, condition] of this.#conditions.entries()) {
			const special = specialiser.specialise(condition);
			if (!isFalse(special)) candidates.push({ index, conditions: conditionsOf(special) });
			yield;
		}
		const decisions = decide(candidates);
		const { instrument, processMemory, ruleMatching } = this.#options;
		const prefilter = processMemory === undefined ? null : planPrefilter(this.#plan, candidates, eventType);
		const extractor = specialiser.extractor.bind(specialiser);
		const parts = { eventType, candidates, decisions, prefilter, memo: this.#memo, extractor };
		const measured = instrument?.forType(parts);
		const unit = measured?.unit ?? new Unit<Subject>(this.#memo, extractor);
		unit.countUses([...askedIn(decisions), ...(prefilter === null ? [] : askedByPrefilter(prefilter))]);
		const head = this.#ahead(prefilter, unit, candidates.length);
		const statements = (measured?.emitter ?? new DecisionEmitter(unit, this.#counters)).sequence(decisions);
		const order = unit.constant(ruleMatching === 'first' ? keepFirst : putInOrder);
		const tree = ['let n = 0;', ...statements, `return n < 2 ? n : ${order}(out, n);`];
		const body = [...(measured?.reached ?? []), ...tree];
		const { source, entry } = instantiate(unit, ['s', 'out'], { head, body });
		const match = entry as Match<Subject>;
		const code = { source, match: measured?.wrap(match) ?? match, rules: candidates.length };
		this.#code[eventType + 1] = code;
		return code;
	}

	/** Statements that rule rules out ahead of the decision tree. */
	#ahead(prefilter: Prefilter<Subject> | null, unit: Unit<Subject>, rules: number): string[] {
		const { processMemory } = this.#options;
		if (prefilter === null || processMemory === undefined) return [];
		return emitPrefilter(prefilter, { unit, slots: this.#slots, memoryOf: processMemory, rules });
	}
}

export function compileRuleSet<Subject>(
	rules: readonly Rule[],
	catalogue: FieldCatalogue<Subject>,
	options: RuleSetOptions<Subject>,
): RuleSet<Subject> {
	return finish(compileRuleSetInSteps(rules, catalogue, options));
}

/** The same for callers that have other work to do in between; `RuleSet.prepare` is the other half of the work. */
export function* compileRuleSetInSteps<Subject>(
	rules: readonly Rule[],
	catalogue: FieldCatalogue<Subject>,
	options: RuleSetOptions<Subject>,
): Steps<RuleSet<Subject>> {
	return new RuleSet(yield* planRules(rules, catalogue, options.instrument), options);
}

function* planRules<Subject>(
	rules: readonly Rule[],
	catalogue: FieldCatalogue<Subject>,
	instrument: Instrument<Subject> | undefined,
): Steps<PlannedRules<Subject>> {
	const plan = new Plan<Subject>();
	const context: PlanContext<Subject> = {
		plan,
		catalogue,
		warnings: [],
		...(instrument === undefined ? {} : { planned: instrument.planned.bind(instrument) }),
	};
	const conditions: Predicate<Subject>[] = [];
	const outputs: RuleOutput<Subject>[] = [];
	const digests: string[] = [];
	for (const rule of rules) {
		conditions.push(named(rule, () => planExpression(context, rule.condition)));
		outputs.push(named(rule, () => new RuleOutput(rule.output, rule.extraFields ?? [], catalogue, plan)));
		digests.push(digestOf(rule));
		yield;
	}
	return { rules, plan, conditions, outputs, digests };
}

function isFalse<Subject>(predicate: Predicate<Subject>): boolean {
	return predicate.kind === 'constant' && !predicate.value;
}

/** Says which rule it was. */
function named<T>(rule: Rule, run: () => T): T {
	try {
		return run();
	} catch (error) {
		if (error instanceof PlanError || error instanceof TemplateError) throw new RuleError(rule.name, error);
		throw error;
	}
}

function keepFirst(out: number[], count: number): number {
	let first = out[0] as number;
	for (let i = 1; i < count; i++) if ((out[i] as number) < first) first = out[i] as number;
	out[0] = first;
	return 1;
}

/**
 * Insertion sort: matches of one event are few and nearly in order. A rule that was found in several ways (it contains two
 * of its strings, say) counts once.
 */
function putInOrder(out: number[], count: number): number {
	let kept = 0;
	for (let i = 0; i < count; i++) {
		const rule = out[i] as number;
		let at = kept;
		while (at > 0 && (out[at - 1] as number) > rule) at--;
		if (at > 0 && out[at - 1] === rule) continue;
		for (let move = kept; move > at; move--) out[move] = out[move - 1] as number;
		out[at] = rule;
		kept++;
	}
	return kept;
}
