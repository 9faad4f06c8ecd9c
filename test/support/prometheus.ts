/** Queries and alert rules as the tests look at them: which metrics and labels they use. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type MetricDefinition, metricCatalogue } from '#platform/metrics-catalogue.ts';

const root = join(import.meta.dirname, '../..');
export const rulesFile = join(root, 'deploy/prometheus/lanner.rules.yaml');
export const rulesTestFile = join(root, 'deploy/prometheus/lanner.rules.test.yaml');

export type AlertRule = {
	readonly alert: string;
	readonly expr: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
};

export function alertRules(): AlertRule[] {
	const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: AlertRule[] }[] };
	return groups.flatMap(({ rules }) => rules);
}

/** What Prometheus adds to every series it scrapes, and `le` of histograms. */
const addedLabels = ['job', 'instance', 'le'];

const catalogue = new Map<string, MetricDefinition>(Object.entries(metricCatalogue));

/** Name in a query → metric of the catalogue: a histogram is asked for by its parts. */
export function definitionOf(name: string): MetricDefinition | undefined {
	const whole = catalogue.get(name);
	if (whole !== undefined) return whole.kind === 'histogram' ? undefined : whole;
	const part = catalogue.get(name.replace(/_(?:bucket|sum|count)$/, ''));
	return part?.kind === 'histogram' ? part : undefined;
}

export function metricsIn(expr: string): string[] {
	return [...expr.matchAll(/\b(?:lanner|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name);
}

/** What is wrong with the metrics and labels of a query; `legend`: text with `{{label}}`. */
export function problemsOf(expr: string, legend = ''): string[] {
	const problems: string[] = [];
	const known = new Set(addedLabels);
	for (const name of metricsIn(expr)) {
		const definition = definitionOf(name);
		if (definition === undefined)
			problems.push(`${name} is not in the catalogue (or a histogram without a part)`);
		else for (const label of Object.keys(definition.labels)) known.add(label);
	}
	for (const [, name = '', matchers = ''] of expr.matchAll(/\b([a-z0-9_]+)\{([^}]*)\}/g))
		for (const [, label = '', value = ''] of matchers.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g))
			problems.push(...problemsOfMatcher(name, label, value));
	const grouped = [...expr.matchAll(/\b(?:by|on|without)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
		list.split(','),
	);
	const shown = [...legend.matchAll(/\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}/g)].map(
		([, label = '']) => label,
	);
	for (const label of [...grouped.map((one) => one.trim()), ...shown])
		if (!known.has(label)) problems.push(`no metric of the query has the label ${label}`);
	return problems;
}

function problemsOfMatcher(name: string, label: string, value: string): string[] {
	if (addedLabels.includes(label)) return [];
	const values = definitionOf(name)?.labels[label];
	if (values === undefined) return [`${name} has no label ${label}`];
	if (typeof values === 'string') return [];
	return value
		.split('|')
		.filter((one) => !values.includes(one))
		.map((one) => `${name}: ${label} is never ${one}`);
}
