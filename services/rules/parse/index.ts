/** Parsing: text of a condition ↔ tree. Pure; strings are byte strings. See parser.ts for the grammar. */
export { EscapeError, escapeForDisplay, quoteForParsing, unescapeQuoted } from './escape.ts';
export { operatorNames, transformerNames } from './operators.ts';
export { ParseError } from './parse-error.ts';
export {
	conditionBytesMax,
	filterDepthMax,
	parseCondition,
	parseFieldExpression,
	parseFieldPrefix,
	ruleDepthMax,
} from './parser.ts';
export { printCondition, printFieldExpression, printParseable } from './print.ts';
