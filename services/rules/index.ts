/**
 * The rule language: files in, decisions out. Pure: no I/O, no clock, no environment. See README.md for the phases.
 * Parts are imported from their own folders where only one is needed (`#rules/load/index.ts`); this is the whole face.
 */
export type { BinaryNode, Expression, FieldNode, TransformerNode } from './ast.ts';
export { type CheckedCondition, checkCondition, EventTypeSet, isEventTypeName } from './check/index.ts';
export { type CompiledCondition, compile } from './compile/compile.ts';
export { PlanError } from './compile/plan.ts';
export { compileRuleSet, type RuleMatching, type RuleSet } from './compile/rule-set.ts';
export type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
export { type EventInfo, events, flagTables } from './events/index.ts';
export type { FieldCatalogue, FieldDefinition, FieldValue } from './field.ts';
export { eventFieldCatalogue } from './fields/index.ts';
export {
	type LoadedRule,
	type LoadOptions,
	type LoadResult,
	loadRules,
	type RulesFile,
	reportAsFalco,
	type Selection,
} from './load/index.ts';
export {
	filterDepthMax,
	ParseError,
	parseCondition,
	printCondition,
	printParseable,
	ruleDepthMax,
} from './parse/index.ts';
export { EventSubject } from './subject.ts';
