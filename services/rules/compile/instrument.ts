/**
 * The port through which a rule set is measured (`services/rules/profile`): an instrument makes the same code with counters
 * and clocks in it. Without one nothing is made differently, so that a profile costs nothing when it is off.
 */
import type { BinaryNode, UnaryNode } from '../ast.ts';
import type { Extractor } from '../field.ts';
import type { Candidate, Decision } from './decision.ts';
import type { Unit } from './emit.ts';
import type { DecisionEmitter } from './emit-decisions.ts';
import type { FieldOperand, Predicate } from './ir.ts';
import type { Memo } from './memo.ts';
import type { Prefilter } from './prefilter.ts';

/** Writes the indexes of the rules that match to the front of `out`; returns how many. */
export type Match<Subject> = (subject: Subject, out: number[]) => number;

/** What is about to be turned into code for one event type. */
export type TypeToInstrument<Subject> = {
	readonly eventType: number;
	readonly candidates: readonly Candidate<Subject>[];
	readonly decisions: readonly Decision<Subject>[];
	readonly prefilter: Prefilter<Subject> | null;
	readonly memo: Memo;
	readonly extractor: (operand: FieldOperand<Subject>) => Extractor<Subject> | null;
};

export type InstrumentedType<Subject> = {
	readonly unit: Unit<Subject>;
	readonly emitter: DecisionEmitter<Subject>;
	/** Statements behind the prefilter, where at least one rule is left. */
	readonly reached: readonly string[];
	readonly wrap: (match: Match<Subject>) => Match<Subject>;
};

export type Instrument<Subject> = {
	/** Told of every comparison and what it became in the plan. */
	readonly planned: (leaf: BinaryNode | UnaryNode, predicate: Predicate<Subject>) => void;
	readonly forType: (type: TypeToInstrument<Subject>) => InstrumentedType<Subject>;
};
