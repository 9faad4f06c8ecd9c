/**
 * Checks a resolved condition against a catalogue of fields: every leaf by itself, so that all problems of a condition are
 * found at once. What an operator takes is the planner's knowledge (services/rules/compile); this module asks it leaf by
 * leaf and adds what is about names: event types, deprecated fields, fields that the stream cannot give.
 *
 * Macros share their trees between rules, and a leaf is checked once however often it is used.
 */
import type { BinaryNode, Expression, FieldNode, Span, UnaryNode } from '../ast.ts';
import { Plan } from '../compile/ir.ts';
import { PlanError, type PlanWarning, planExpression } from '../compile/plan.ts';
import { resolveField } from '../compile/resolve-field.ts';
import type { DiagnosticCode } from '../diagnostic.ts';
import type { FieldCatalogue } from '../field.ts';
import { printFieldExpression } from '../parse/index.ts';
import { EventTypeSet, isEventTypeName } from './event-type-set.ts';
import { EventTypeAnalysis, EventTypeError, fieldsOf } from './event-types.ts';

/** Longest constant, in bytes. */
export const constantBytesMax = 255;

export type ConditionProblem = {
	readonly message: string;
	readonly hint: string;
	/** Into the text that was parsed; of a macro's own text when the leaf came from a macro. */
	readonly span: Span;
	/** Left side and operator of the check, as printed (`proc.name startswith`); empty when it is about the whole. */
	readonly check: string;
	/** A field or event type that does not exist: `skip-if-unknown-filter` forgives it. */
	readonly isUnknownName: boolean;
};

export type ConditionWarning = {
	readonly code: DiagnosticCode;
	readonly message: string;
	readonly hint: string;
	readonly span: Span;
	/** As in a problem. */
	readonly check: string;
	readonly deprecatedField?: string;
};

export type CheckedCondition = {
	readonly errors: readonly ConditionProblem[];
	readonly warnings: readonly ConditionWarning[];
	/** Event types that can satisfy the condition. */
	readonly eventTypes: EventTypeSet;
	/** The event type is compared with what is not constant: allowed in a filter, not in a rule (which is indexed). */
	readonly eventTypeProblem: ConditionProblem | null;
	/** Fields used, as written: `proc.aname[2]`. */
	readonly fields: ReadonlySet<string>;
};

type Leaf = UnaryNode | BinaryNode;
type Found<T> = Omit<T, 'check'>;
type LeafResult = {
	readonly errors: readonly ConditionProblem[];
	readonly warnings: readonly ConditionWarning[];
	readonly fields: readonly string[];
};

/** Always there or never: events of calls that begin are not delivered. */
const deprecatedFields: ReadonlySet<string> = new Set([
	'evt.dir',
	'evt.latency',
	'evt.latency.s',
	'evt.latency.ns',
	'evt.latency.human',
	'evt.wait_latency',
]);

export class ConditionChecker<Subject> {
	private readonly catalogue: FieldCatalogue<Subject>;
	private readonly leaves = new WeakMap<Leaf, LeafResult>();
	private readonly analysis = new EventTypeAnalysis();

	constructor(catalogue: FieldCatalogue<Subject>) {
		this.catalogue = catalogue;
	}

	check(tree: Expression): CheckedCondition {
		const errors: ConditionProblem[] = [];
		const warnings: ConditionWarning[] = [];
		const fields = new Set<string>();
		const once = new Set<string>();
		this.walk(tree, (leaf) => {
			const result = this.checkLeaf(leaf);
			errors.push(...result.errors);
			for (const warning of result.warnings) {
				if (isPerField(warning) && once.has(warning.message)) continue;
				once.add(warning.message);
				warnings.push(warning);
			}
			for (const field of result.fields) fields.add(field);
		});
		return { errors, warnings, ...this.eventTypesOf(tree), fields };
	}

	private walk(tree: Expression, visit: (leaf: Leaf) => void): void {
		const seen = new Set<Expression>();
		const pending: Expression[] = [tree];
		while (pending.length > 0) {
			const node = pending.pop() as Expression;
			if (seen.has(node)) continue;
			seen.add(node);
			if (node.node === 'and' || node.node === 'or') {
				for (let i = node.children.length - 1; i >= 0; i--) pending.push(node.children[i] as Expression);
			} else if (node.node === 'not') pending.push(node.child);
			else if (node.node !== 'identifier') visit(node);
		}
	}

	private eventTypesOf(tree: Expression): Pick<CheckedCondition, 'eventTypes' | 'eventTypeProblem'> {
		try {
			return { eventTypes: this.analysis.of(tree), eventTypeProblem: null };
		} catch (error) {
			if (!(error instanceof EventTypeError)) throw error;
			const problem = {
				message: error.message,
				hint: 'compare it with names',
				span: tree.span,
				check: '',
				isUnknownName: false,
			};
			return { eventTypes: EventTypeSet.all, eventTypeProblem: problem };
		}
	}

	private checkLeaf(leaf: Leaf): LeafResult {
		const known = this.leaves.get(leaf);
		if (known !== undefined) return known;
		const result = this.computeLeaf(leaf);
		this.leaves.set(leaf, result);
		return result;
	}

	private computeLeaf(leaf: Leaf): LeafResult {
		const warnings: Found<ConditionWarning>[] = [];
		const nodes = fieldsOfLeaf(leaf);
		const errors = this.planLeaf(leaf, warnings);
		if (errors.length === 0 && leaf.node === 'binary') errors.push(...checkConstants(leaf));
		for (const node of nodes) warnings.push(...this.warnOfField(node, leaf));
		const fields = nodes.map(writtenName);
		if (errors.length === 0 && warnings.length === 0) return { errors: [], warnings: [], fields };
		const check = `${printFieldExpression(leaf.left)} ${leaf.op}`;
		return {
			errors: errors.map((error) => ({ ...error, check })),
			warnings: warnings.map((warning) => ({ ...warning, check })),
			fields,
		};
	}

	private planLeaf(leaf: Leaf, warnings: Found<ConditionWarning>[]): Found<ConditionProblem>[] {
		const found: PlanWarning[] = [];
		try {
			planExpression({ plan: new Plan<Subject>(), catalogue: this.catalogue, warnings: found }, leaf);
		} catch (error) {
			if (!(error instanceof PlanError)) throw error;
			const hint = error.unknownField ? "list the fields with 'lanner rules fields'" : '';
			return [{ message: error.message, hint, span: error.span, isUnknownName: error.unknownField }];
		}
		for (const { message, span } of found) {
			warnings.push({ code: 'LOAD_COMPILE_CONDITION', message, hint: '', span });
		}
		return [];
	}

	private warnOfField(node: FieldNode, leaf: Leaf): Found<ConditionWarning>[] {
		const { field, span } = node;
		const warnings: Found<ConditionWarning>[] = [];
		if (deprecatedFields.has(field)) warnings.push(deprecationOf(field, span));
		if (comparesWithNa(leaf) && /^(?:ka|jevt)\./.test(field)) {
			const message = `comparing ${field} with <NA> is not safe: a missing value makes every comparison false`;
			warnings.push({ code: 'LOAD_UNSAFE_NA_CHECK', message, hint: `write 'not ${field} exists'`, span });
		}
		const unavailable = this.definitionOf(node)?.unavailable;
		if (unavailable !== undefined) {
			const message = `the field ${field} never has a value: ${unavailable}`;
			warnings.push({
				code: 'LOAD_FIELD_UNAVAILABLE',
				message,
				hint: 'every comparison with it is false',
				span,
			});
		}
		return warnings;
	}

	private definitionOf(node: FieldNode): { readonly unavailable?: string } | null {
		try {
			return resolveField(this.catalogue, node.field, node.arg).definition;
		} catch {
			// The planner has reported it.
			return null;
		}
	}
}

/** Said once a condition, however often the field is used in it. */
function isPerField({ code }: ConditionWarning): boolean {
	return code === 'LOAD_DEPRECATED_ITEM' || code === 'LOAD_FIELD_UNAVAILABLE';
}

function deprecationOf(field: string, span: Span): Found<ConditionWarning> {
	const code = 'LOAD_DEPRECATED_ITEM';
	if (field !== 'evt.dir') {
		return {
			code,
			message: `the field ${field} is deprecated: it is always 0, since only ends of calls are delivered`,
			hint: 'remove the check',
			deprecatedField: field,
			span,
		};
	}
	const message =
		"the field evt.dir is deprecated: 'evt.dir = <' is always true and 'evt.dir = >' always false";
	return { code, message, hint: 'remove the check', deprecatedField: field, span };
}

function fieldsOfLeaf(leaf: Leaf): FieldNode[] {
	const left = fieldsOf(leaf.left);
	if (leaf.node === 'unary' || leaf.right.node === 'value' || leaf.right.node === 'list') return left;
	return [...left, ...fieldsOf(leaf.right)];
}

function constantsOf(leaf: BinaryNode): readonly string[] {
	if (leaf.right.node === 'list') return leaf.right.values;
	return leaf.right.node === 'value' ? [leaf.right.value] : [];
}

function writtenName({ field, arg }: FieldNode): string {
	return arg === undefined ? field : `${field}[${arg}]`;
}

function comparesWithNa(leaf: Leaf): boolean {
	return leaf.node === 'binary' && constantsOf(leaf).includes('<NA>');
}

function checkConstants(leaf: BinaryNode): Found<ConditionProblem>[] {
	const span = leaf.right.span;
	const problems: Found<ConditionProblem>[] = [];
	if (leaf.left.node === 'field' && leaf.left.field === 'evt.around' && leaf.op !== '=' && leaf.op !== '==') {
		problems.push({
			message: 'evt.around can only be compared with =',
			hint: '',
			span,
			isUnknownName: false,
		});
	}
	const comparesType = fieldsOf(leaf.left).some((node) => node.field === 'evt.type');
	for (const constant of constantsOf(leaf)) {
		if (constant.length > constantBytesMax) {
			const message = `the constant '${constant.slice(0, 40)}…' has ${constant.length} bytes, at most ${constantBytesMax} are allowed`;
			problems.push({ message, hint: '', span, isUnknownName: false });
		} else if (comparesType && !isEventTypeName(constant)) {
			const message = `unknown event type ${constant}`;
			problems.push({
				message,
				hint: "list the event types with 'lanner rules events'",
				span,
				isUnknownName: true,
			});
		}
	}
	return problems;
}
