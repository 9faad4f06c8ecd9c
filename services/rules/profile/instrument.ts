/**
 * Makes the code of a rule set with counters and clocks in it: the same code from the same emitters, with the same prefilter, decision
 * tree and sharing, so that what is counted is what the engine does. Slots are per event type; `report.ts` puts them together.
 */
import type { BinaryNode, UnaryNode } from '../ast.ts';
import { Unit } from '../compile/emit.ts';
import { DecisionEmitter } from '../compile/emit-decisions.ts';
import { wordsOf } from '../compile/emit-prefilter.ts';
import type { Instrument, InstrumentedType, Match, TypeToInstrument } from '../compile/instrument.ts';
import type { FieldOperand, Operand, Predicate, TransformOperand } from '../compile/ir.ts';
import { rulesPerWord } from '../compile/prefilter.ts';
import type { Test } from '../operators/test.ts';
import { Owners, type Part } from './owners.ts';
import { type ClockNs, Recorder } from './recorder.ts';

export type SharedSlot<Subject> = {
	readonly slot: number;
	/** `together`: the question for all strings that rules want of a text. */
	readonly kind: 'condition' | 'value' | 'together';
	readonly part: Part<Subject>;
	readonly rules: ReadonlySet<number>;
};

export type RuleOfType = {
	readonly rule: number;
	readonly slot: number;
	matches: number;
	/** Events for which the prefilter left it; not counted where the prefilter tells nothing of single rules. */
	left: number;
	/** Events for which it left nothing else: without this rule no rule would have been asked. */
	leftAlone: number;
};

export type TypeProfile<Subject> = {
	readonly eventType: number;
	/** The prefilter (counts all events) and the decision tree with its look-ups (counts those that were not ruled out). */
	readonly ahead: number;
	readonly tree: number;
	/** The prefilter tells of single rules; otherwise only whether any is left. */
	readonly tellsRules: boolean;
	readonly rules: readonly RuleOfType[];
	readonly shared: readonly SharedSlot<Subject>[];
};

export class ProfileInstrument<Subject> implements Instrument<Subject> {
	readonly recorder: Recorder;
	readonly types: TypeProfile<Subject>[] = [];
	/** A comparison as an author wrote it, by the id of what it became. */
	readonly leaves = new Map<number, BinaryNode | UnaryNode>();
	/** Events of types that no rule is about. */
	unwanted = 0;

	constructor(clock: ClockNs) {
		this.recorder = new Recorder(clock);
	}

	planned(leaf: BinaryNode | UnaryNode, predicate: Predicate<Subject>): void {
		if (!this.leaves.has(predicate.id)) this.leaves.set(predicate.id, leaf);
	}

	forType(type: TypeToInstrument<Subject>): InstrumentedType<Subject> {
		const { recorder } = this;
		const owners = new Owners(type.candidates, type.prefilter);
		const rules = type.candidates.map(({ index }) => ({
			rule: index,
			slot: recorder.slot(),
			matches: 0,
			left: 0,
			leftAlone: 0,
		}));
		const words = type.prefilter === null ? [] : wordsOf(type.prefilter, rules.length);
		const shared: SharedSlot<Subject>[] = [];
		const profile = {
			eventType: type.eventType,
			ahead: recorder.slot(),
			tree: recorder.slot(),
			tellsRules: words.length > 0,
			rules,
			shared,
		};
		this.types.push(profile);
		const unit = new ProfiledUnit(type, { recorder, owners, rules, shared });
		const reached = unit.constant((...masks: number[]) =>
			recorder.replace(profile.tree, () => countLeft(rules, masks)),
		);
		return {
			unit,
			emitter: new ProfiledEmitter(unit),
			reached: [`${reached}(${words.join(', ')});`],
			wrap: (match) => this.#wrap(match, profile),
		};
	}

	#wrap(match: Match<Subject>, { ahead, rules }: TypeProfile<Subject>): Match<Subject> {
		if (rules.length === 0)
			return () => {
				this.unwanted++;
				return 0;
			};
		const { recorder } = this;
		const byRule = new Map(rules.map((one) => [one.rule, one]));
		return (subject, out) => {
			recorder.begin(ahead);
			const count = match(subject, out);
			recorder.end();
			for (let i = 0; i < count; i++) byRule.get(out[i] as number)!.matches++;
			return count;
		};
	}
}

/** Without words nothing was told of single rules: all are left (see `RuleOfType.left`). */
function countLeft(rules: readonly RuleOfType[], masks: readonly number[]): void {
	let last: RuleOfType | null = null;
	let count = 0;
	for (const [word, mask] of masks.entries()) {
		for (let rest = mask; rest !== 0; rest &= rest - 1) {
			const rule = rules[word * rulesPerWord + 31 - Math.clz32(rest & -rest)]!;
			rule.left++;
			count++;
			last = rule;
		}
	}
	if (count === 1) last!.leftAlone++;
}

type Measuring<Subject> = {
	readonly recorder: Recorder;
	readonly owners: Owners<Subject>;
	readonly rules: readonly RuleOfType[];
	readonly shared: SharedSlot<Subject>[];
};

class ProfiledUnit<Subject> extends Unit<Subject> {
	readonly #recorder: Recorder;
	readonly #owners: Owners<Subject>;
	readonly #shared: SharedSlot<Subject>[];
	readonly #slotOfRule: ReadonlyMap<number, number>;
	readonly #slots = new Map<string, number>();

	constructor(type: TypeToInstrument<Subject>, { recorder, owners, rules, shared }: Measuring<Subject>) {
		super(type.memo, type.extractor);
		this.#recorder = recorder;
		this.#owners = owners;
		this.#shared = shared;
		this.#slotOfRule = new Map(rules.map(({ rule, slot }) => [rule, slot]));
	}

	protected override plain(predicate: Predicate<Subject>): string {
		const code = super.plain(predicate);
		const slot = this.#sharedSlot(predicate, 'condition');
		if (slot !== null) return this.#measured(slot, this.#holds, code);
		const rule = this.#owners.bounds.get(predicate.id);
		return rule === undefined ? code : this.#timed(this.#slotOfRule.get(rule)!, code);
	}

	protected override read(operand: FieldOperand<Subject> | TransformOperand<Subject>): string {
		const code = super.read(operand);
		const slot = this.#sharedSlot(operand, 'value');
		return slot === null ? code : this.#measured(slot, this.#hasValue, code);
	}

	protected override askTogether(operand: Operand<Subject>, tests: readonly Test[]): string {
		const code = super.askTogether(operand, tests);
		const slot = this.#slotOf({ kind: 'together', part: operand, rules: this.#owners.rules });
		return this.#measured(slot, this.#hasValue, code);
	}

	/** Statements around a rule's own. */
	around(rule: number, statement: string): string {
		const slot = this.#slotOfRule.get(rule)!;
		return `${this.#call(this.#enter)}(${slot}); ${statement} ${this.#call(this.#holds)}(false);`;
	}

	#sharedSlot(part: Part<Subject>, kind: 'condition' | 'value'): number | null {
		const shared = this.#owners.shared.get(part.id);
		return shared === undefined ? null : this.#slotOf({ kind, ...shared });
	}

	#slotOf(shared: Omit<SharedSlot<Subject>, 'slot'>): number {
		const key = `${shared.kind} ${shared.part.id}`;
		const known = this.#slots.get(key);
		if (known !== undefined) return known;
		const slot = this.#recorder.slot();
		this.#slots.set(key, slot);
		this.#shared.push({ slot, ...shared });
		return slot;
	}

	#measured(slot: number, leave: unknown, code: string): string {
		return `(${this.#call(this.#enter)}(${slot}), ${this.#call(leave)}(${code}))`;
	}

	#timed(slot: number, code: string): string {
		return `(${this.#call(this.#resume)}(${slot}), ${this.#call(this.#gives)}(${code}))`;
	}

	#call(run: unknown): string {
		return this.constant(run);
	}

	readonly #enter = (slot: number): void => this.#recorder.enter(slot);
	readonly #resume = (slot: number): void => this.#recorder.resume(slot);
	readonly #gives = (answer: boolean): boolean => {
		this.#recorder.leave(false);
		return answer;
	};
	readonly #holds = (answer: boolean): boolean => {
		this.#recorder.leave(answer);
		return answer;
	};
	readonly #hasValue = <T>(value: T): T => {
		this.#recorder.leave(value !== null);
		return value;
	};
}

class ProfiledEmitter<Subject> extends DecisionEmitter<Subject> {
	readonly #profiled: ProfiledUnit<Subject>;

	constructor(unit: ProfiledUnit<Subject>) {
		super(unit, null);
		this.#profiled = unit;
	}

	protected override rule(
		decision: Parameters<DecisionEmitter<Subject>['sequence']>[0][number] & { kind: 'rule' },
	): string {
		return this.#profiled.around(decision.index, super.rule(decision));
	}
}
