/** `lanner rules explain`: what became of a rule: its whole condition, event types, fields, cost, generated code. */

import { suggest } from '#platform/suggest.ts';
import { compileRuleSet, type Explanation, type RuleSet } from '#rules/compile/rule-set.ts';
import { events } from '#rules/events/index.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import type { LoadedRule } from '#rules/load/index.ts';
import { eventTypeIndex, eventTypes } from '#schemas/generated/event-names.ts';
import { decodeUtf8 } from '#schemas/text.ts';
import {
	type Command,
	type ExitCode,
	FailureError,
	type Io,
	parseArguments,
	UsageError,
} from '../../command.ts';
import { explainKernel, kernelCalls, kernelText } from './kernel.ts';
import { loadOrFail } from './load.ts';

const help = `Usage: lanner rules explain RULE [FILE…] [--json] [--compiled] [--event TYPE]
       lanner rules explain --kernel [FILE…] [--json]

Shows what became of a rule: its condition with lists, macros and exceptions put in, the event types it can match, the
fields it reads, what it costs per event, what the kernel must capture for it, and which of these events it could leave out
if there were no other rule.

  --compiled       the generated code, by event type
  --event TYPE     with --compiled: only for this event type
  --kernel         of all rules together: which events are left out in the kernel by their values, and which rule wants the others
  --json           for machines

FILE: rules files or folders; without any, the rules that come with Lanner.

Examples:
  lanner rules explain "Binary directory written"
  lanner rules explain "Raw packet socket opened by an unexpected program" --compiled
  lanner rules explain --kernel deploy/rules
`;

/** Event types whose code is shown when none is named. */
const compiledTypesMax = 3;

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: {
			json: { type: 'boolean', default: false },
			compiled: { type: 'boolean', default: false },
			event: { type: 'string' },
			kernel: { type: 'boolean', default: false },
		},
	});
	if (values.kernel) return explainKernel(positionals, values.json, io);
	const [name, ...paths] = positionals;
	if (name === undefined) throw new UsageError('RULE is missing');
	const rule = findRule(name, loadOrFail(paths, io).rules);
	const ruleSet = compileRuleSet([rule], eventFieldCatalogue, { ruleMatching: 'all', eventTypes });
	const explanation = ruleSet.explain(0);
	const types = explanation.eventTypes ?? [...eventTypes];
	if (values.json) io.stdout.write(`${JSON.stringify({ ...record(rule, explanation, types) }, null, 2)}\n`);
	else io.stdout.write(describe(rule, explanation, types));
	if (values.compiled) io.stdout.write(compiledCode(ruleSet, types, values.event as string | undefined));
	return 0;
}

function findRule(name: string, rules: readonly LoadedRule[]): LoadedRule {
	const found =
		rules.find((rule) => rule.name === name) ??
		rules.find((rule) => rule.name.toLowerCase() === name.toLowerCase());
	if (found !== undefined) return found;
	const near = suggest(
		name,
		rules.map((rule) => rule.name),
	);
	throw new FailureError(
		`there is no rule "${name}"`,
		near === null ? 'lanner rules list shows the rules' : `did you mean "${near}"?`,
	);
}

/** System calls that the kernel must report for the rule. */
function captured(types: readonly string[]): string[] {
	return [...new Set(types.flatMap((type) => events.get(type)?.syscalls ?? []))]
		.filter((name) => name !== '')
		.sort();
}

function record(rule: LoadedRule, explanation: Explanation, types: readonly string[]): object {
	return {
		rule: rule.name,
		priority: rule.priority,
		tags: rule.tags,
		enabled: rule.enabled,
		source: rule.source,
		file: rule.file,
		line: rule.line,
		description: rule.description.trim(),
		digest: explanation.digest,
		condition: decodeUtf8(explanation.condition),
		output: decodeUtf8(rule.output),
		eventTypes: explanation.eventTypes,
		fields: explanation.fields,
		cost: explanation.cost,
		capture: captured(types),
		kernel: kernelCalls([rule]),
	};
}

function describe(rule: LoadedRule, explanation: Explanation, types: readonly string[]): string {
	const { eventTypes: own, fields, cost, digest, condition } = explanation;
	const unavailable = fields.filter(
		(field) => eventFieldCatalogue.find(field.replace(/\[.*$/, ''))?.unavailable !== undefined,
	);
	const rows: readonly (readonly [string, string])[] = [
		['rule', rule.name],
		['place', `${rule.file}:${rule.line}`],
		['priority', rule.priority],
		['enabled', rule.enabled ? 'yes' : 'no'],
		['tags', rule.tags.join(' ')],
		['digest', digest],
		['cost', `${cost} per event of these types`],
		['event types', own === null ? 'all (the condition does not restrict evt.type)' : own.join(' ')],
		['kernel captures', own === null ? 'every system call' : captured(types).join(' ')],
		['fields', fields.join(' ')],
		...(unavailable.length > 0 ? [['without a value here', unavailable.join(' ')] as const] : []),
	];
	const width = Math.max(...rows.map(([key]) => key.length));
	const head = rows.map(([key, value]) => `${key.padEnd(width)}  ${value}\n`).join('');
	const kernel = kernelText(kernelCalls([rule]), 'in the kernel, if it were the only rule');
	return `${head}\n${rule.description.trim()}\n\n${kernel}\ncondition\n  ${decodeUtf8(condition)}\n\noutput\n  ${decodeUtf8(rule.output)}\n`;
}

function compiledCode<Subject>(
	ruleSet: RuleSet<Subject>,
	types: readonly string[],
	only: string | undefined,
): string {
	if (only !== undefined && !eventTypeIndex.has(only))
		throw new UsageError(`there is no event type "${only}"`);
	const shown = only === undefined ? types.slice(0, compiledTypesMax) : [only];
	const parts = shown.map(
		(type) => `\ncode for ${type}\n${ruleSet.source(eventTypeIndex.get(type)!).replace(/^/gm, '  ')}\n`,
	);
	const rest = only === undefined ? types.length - shown.length : 0;
	return parts.join('') + (rest > 0 ? `\n… and ${rest} more event types (--event TYPE shows one)\n` : '');
}

export const rulesExplain: Command = { help, run };
