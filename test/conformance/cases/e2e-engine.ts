/** e2e_engine.jsonl and e2e_official.jsonl: rules and events in, alerts out, on the real path. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import {
	type AppendOutput,
	loadRules,
	parsePriority,
	type RulesFile,
	type Selection,
} from '#rules/load/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import { alertToJson, alertToText } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { Adapter, type CaseEvent, type CaseThread, type Environment, exactTime } from '../adapter.ts';
import { type Case, type CaseKind, differsAsJson, type Verdict } from '../kind.ts';

type CaseAppend = {
	match?: { rule?: string; source?: string; tags?: string[] };
	extra_output?: string;
	extra_fields?: (string | Record<string, string>)[];
};
type Config = {
	rule_matching?: 'first' | 'all';
	priority?: string;
	rules?: { enable?: { rule?: string; tag?: string }; disable?: { rule?: string; tag?: string } }[];
	json_output?: boolean;
	append_output?: CaseAppend[];
	suggested_output?: boolean;
	hostname?: string;
};
export type ExpectedAlert = Record<string, unknown> & {
	output: string;
	output_fields: Record<string, unknown>;
	time: string;
};

export function readEnvironment(folder: string): Environment {
	return JSON.parse(readFileSync(join(folder, 'environment.json'), 'utf8')) as Environment;
}

export function ruleSetOf(files: readonly RulesFile[], config: Config): RuleSet<EventSubject> {
	const result = loadRules(files, {
		catalogue: eventFieldCatalogue,
		plugins: [{ name: 'container', version: '0.4.0' }],
		minimumPriority: parsePriority(config.priority ?? 'debug') ?? 'Debug',
		selections: (config.rules ?? []).map(selectionOf),
		appendOutput: [
			{ suggestedFields: config.suggested_output === true },
			...(config.append_output ?? []).map(appendOf),
		],
	});
	if (!result.ok)
		throw new Error(
			result.diagnostics
				.filter(({ severity }) => severity === 'error')
				.map(({ message }) => message)
				.join('; '),
		);
	const enabled = result.rules.filter((rule) => rule.enabled);
	return compileRuleSet(enabled, eventFieldCatalogue, {
		ruleMatching: config.rule_matching ?? 'first',
		eventTypes,
	});
}

function selectionOf(entry: NonNullable<Config['rules']>[number]): Selection {
	return { op: entry.enable === undefined ? 'disable' : 'enable', ...(entry.enable ?? entry.disable) };
}

function appendOf(entry: CaseAppend): AppendOutput {
	const extraFields = (entry.extra_fields ?? []).flatMap((field): { key: string; format: string | null }[] =>
		typeof field === 'string'
			? [{ key: field, format: null }]
			: Object.entries(field).map(([key, format]) => ({ key, format })),
	);
	return {
		match: entry.match ?? {},
		...(entry.extra_output === undefined ? {} : { extraOutput: entry.extra_output }),
		extraFields,
	} as AppendOutput;
}

/** The alerts of a case, with the numbers of the events that our stream does not have. */
export function runCase(line: Case, ruleSet: RuleSet<EventSubject>, environment: Environment) {
	const config = (line.config ?? {}) as Config;
	const adapter = new Adapter({
		threads: line.threads as CaseThread[],
		pluginFields: (line.plugin_fields ?? {}) as Record<string, unknown>,
		hostName: config.hostname ?? 'testhost',
		environment,
	});
	const reader = new EventReader();
	const view = new HostView(new HostState('case'), reader);
	const alerts: Alert[] = [];
	const left: { time: string; reason: string }[] = [];
	reader.open(adapter.begin(environment));
	evaluateBatch(reader, view, ruleSet, []);
	for (const event of line.events as CaseEvent[]) {
		const step = adapter.next(event);
		if (step.batch === null) {
			left.push({ time: timeOf(exactTime(event.ts)), reason: step.reason ?? '' });
			continue;
		}
		reader.open(step.batch);
		evaluateBatch(reader, view, ruleSet, alerts);
	}
	return { alerts, left };
}

function timeOf(ns: bigint): string {
	const date = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19);
	return `${date}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}

/**
 * The machine on which the cases were recorded had none of the addresses in them, so its engine took the server's end for
 * the local one. Ours is the process's own end: for what the process connected, the two are exchanged before comparing.
 */
export function exchangeEnds(alert: ExpectedAlert): ExpectedAlert {
	const fields = alert.output_fields;
	if (fields['evt.type'] === 'accept' || fields['evt.type'] === 'accept4' || fields['evt.type'] === 'listen')
		return alert;
	const exchanged = { ...fields };
	let { output } = alert;
	for (const part of ['port', 'ip']) {
		const [local, remote] = [`fd.l${part}`, `fd.r${part}`];
		if (!(local in fields) || !(remote in fields)) continue;
		exchanged[local] = fields[remote];
		exchanged[remote] = fields[local];
		output = output.replace(new RegExp(`(l${part}=)(\\S*)( .*?r${part}=)(\\S*)`), '$1$4$3$2');
		output = output.replace(new RegExp(`(r${part}=)(\\S*)( .*?l${part}=)(\\S*)`), '$1$2$3$4');
	}
	return { ...alert, output, output_fields: exchanged };
}

/** Our own additions to the JSON are left out, and numbers are compared as JSON.parse reads them. */
export function comparable(alert: Alert): ExpectedAlert {
	const {
		id: _id,
		lanner: _lanner,
		...rest
	} = JSON.parse(alertToJson(alert)) as ExpectedAlert & { id: string; lanner: unknown };
	return rest as ExpectedAlert;
}

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, member]) => [key, sorted(member)]),
	);
}

export function compareAlerts(
	expected: readonly (ExpectedAlert | string)[],
	alerts: readonly Alert[],
	left: readonly { time: string }[],
): Verdict {
	const gone = new Set(left.map(({ time }) => time));
	const clocks = new Set(left.map(({ time }) => time.slice(11, -1)));
	const wanted = expected.filter((alert) =>
		typeof alert === 'string' ? !clocks.has(alert.slice(0, 18)) : !gone.has(alert.time),
	);
	const texts = wanted.some((alert) => typeof alert === 'string');
	if (texts) return differsAsJson(wanted, alerts.map(alertToText));
	const normal = (wanted as ExpectedAlert[]).map((alert) => sorted(exchangeEnds(alert)));
	const got = alerts.map((alert) => sorted(comparable(alert)));
	return differsAsJson(normal, got);
}

/** Rules that the reference refuses must be refused. */
function refusal(files: readonly RulesFile[], config: Config): Verdict {
	try {
		ruleSetOf(files, config);
	} catch {
		return null;
	}
	return { expected: 'rules with an error', got: 'rules that load' };
}

export const e2eEngineKind: CaseKind = {
	file: 'e2e_engine.jsonl',
	prepare: (_lines, folder) => {
		const environment = readEnvironment(folder);
		return (line) => {
			const files = line.rules as RulesFile[];
			const { loads } = line.expect as { loads?: { ok: boolean }[] };
			if (loads?.some(({ ok }) => !ok)) return refusal(files, (line.config ?? {}) as Config);
			const ruleSet = ruleSetOf(files, (line.config ?? {}) as Config);
			const { alerts, left } = runCase(line, ruleSet, environment);
			return compareAlerts((line.expect as { alerts: ExpectedAlert[] }).alerts, alerts, left);
		};
	},
};

export const e2eOfficialKind: CaseKind = {
	file: 'e2e_official.jsonl',
	prepare: (lines, folder) => {
		const environment = readEnvironment(folder);
		const rulesFolder = join(folder, '../../peer/falco-rules');
		if (!existsSync(rulesFolder))
			return () => ({ expected: 'the official rules', got: `${rulesFolder} does not exist` });
		const files = ['falco_rules.yaml', 'falco-incubating_rules.yaml', 'falco-sandbox_rules.yaml'];
		const contents = files.map((name) => ({ name, content: readFileSync(join(rulesFolder, name), 'utf8') }));
		const ruleSet = ruleSetOf(contents, (lines[0]?.config ?? {}) as Config);
		return (line) => {
			const { alerts, left } = runCase(line, ruleSet, environment);
			return compareAlerts((line.expect as { alerts: ExpectedAlert[] }).alerts, alerts, left);
		};
	},
};
