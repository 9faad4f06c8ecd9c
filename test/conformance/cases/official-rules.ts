/** official_rules.jsonl: the official rules files: each rule's resolved condition, output, fields and event types. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedRule, loadRules } from '#rules/load/index.ts';
import { decodeUtf8 } from '#schemas/text.ts';
import { type Case, type CaseKind, differsAsJson, type Verdict } from '../kind.ts';
import { eventFieldCatalogue } from './catalogue.ts';
import { falcoEventNames } from './evttypes.ts';

const filesOfSet: Readonly<Record<string, string>> = {
	stable: 'falco_rules.yaml',
	incubating: 'falco-incubating_rules.yaml',
	sandbox: 'falco-sandbox_rules.yaml',
};

export const officialRulesKind: CaseKind = {
	file: 'official_rules.jsonl',
	idOf: (line) => `${line.set}/${line.rule}`,
	prepare: (_lines, folder) => {
		const rulesFolder = join(folder, '../../peer/falco-rules');
		const loaded = new Map<string, ReadonlyMap<string, LoadedRule>>();
		for (const [set, name] of Object.entries(filesOfSet)) {
			const path = join(rulesFolder, name);
			if (!existsSync(path)) continue;
			const result = loadRules([{ name, content: readFileSync(path) }], {
				catalogue: eventFieldCatalogue,
			});
			if (!result.ok)
				throw new Error(
					`${name}: ${result.diagnostics.find((d) => d.severity === 'error')?.message ?? result.pluginProblems[0]}`,
				);
			loaded.set(set, new Map(result.rules.map((rule) => [rule.name, rule])));
		}
		return (line: Case): Verdict | 'not a case' => judge(line, loaded);
	},
};

function judge(
	line: Case,
	loaded: ReadonlyMap<string, ReadonlyMap<string, LoadedRule>>,
): Verdict | 'not a case' {
	if (typeof line.rule !== 'string') return 'not a case';
	const rule = loaded.get(line.set as string)?.get(line.rule);
	if (rule === undefined) return { expected: `rule ${line.rule}`, got: `no such rule in ${line.set}` };
	const names = falcoEventNames(rule.eventTypes);
	const events = names === 'ALL' ? names : [...new Set([...names, 'asyncevent'])].sort();
	const expectedEvents = Array.isArray(line.events) ? [...line.events].sort() : line.events;
	return (
		differsAsJson(line.condition_compiled, rule.printCondition()) ??
		differsAsJson(line.output_compiled, decodeUtf8(rule.output)) ??
		differsAsJson([...(line.condition_fields as string[])].sort(), [...rule.conditionFields].sort()) ??
		differsAsJson(expectedEvents, events) ??
		differsAsJson([line.priority, line.enabled, line.tags], [rule.priority, rule.enabled, rule.tags])
	);
}
