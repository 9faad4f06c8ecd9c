/** What the chart renders, against the schemas of Kubernetes (kubeconform), KEDA and the Prometheus operator (their models). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chart, kubeconformProgram, noHelm, objectsOf, renderText, tools } from './helm.ts';

const schemas = join(tools, 'schemas');
const absent = kubeconformProgram === null || !existsSync(schemas);
const skip =
	noHelm || (absent ? 'kubeconform or its schemas are missing (npm run test:deploy fetches them)' : false);
const files = readdirSync(join(chart, 'ci'));
/** Kinds that Kubernetes has only with an operator, and where their models are. */
const models: Readonly<Record<string, string>> = {
	ScaledObject: 'keda/keda.sh/v1alpha1',
	TriggerAuthentication: 'keda/keda.sh/v1alpha1',
	ServiceMonitor: 'prometheus-operator/monitoring.coreos.com/v1',
	PrometheusRule: 'prometheus-operator/monitoring.coreos.com/v1',
};

/** Settings over the least that is needed; each is rendered together with the others, which a file of the matrix cannot do. */
const toggles = [
	'metrics: {serviceMonitor: {enabled: true}}',
	'networkPolicy: {enabled: true}',
	'evaluator: {autoscaling: {type: keda}}',
	'evaluator: {autoscaling: {type: hpa}}',
	'probe: {data: {type: emptyDir}}',
	'probe: {dockerSocket: {enabled: true, groupId: 998}}',
	'probe: {kubernetes: {enabled: true}}',
	'sink: {replicas: 2}',
	'kafka: {tls: {enabled: true, existingSecret: ca}}',
	'kafka: {sasl: {mechanism: plain, username: u, existingSecret: s}, tls: {enabled: true}}',
	'serviceAccount: {create: false}',
	'topics: {enabled: false}',
	'rules: {existingConfigMap: mine}',
];

/** `first`, and of every other section one setting: the earliest in the list, or the latest. */
function together(first: string, others: readonly string[]): string {
	const section = (text: string): string => text.slice(0, text.indexOf(':'));
	const bySection = new Map(others.map((text) => [section(text), text] as const));
	bySection.set(section(first), first);
	return [...bySection.values()].join('\n');
}

function kubeconform(
	text: string,
	version: string,
): { status: number | null; stdout: string; stderr: string } {
	const location = join(schemas, '{{.NormalizedKubernetesVersion}}/{{.ResourceKind}}{{.KindSuffix}}.json');
	const args = [
		'-strict',
		'-kubernetes-version',
		version,
		'-schema-location',
		location,
		'-skip',
		Object.keys(models).join(','),
	];
	return spawnSync(kubeconformProgram ?? '', args, { input: text, encoding: 'utf8' });
}

describe('objects of the chart', { skip }, () => {
	const versions = absent ? [] : readdirSync(schemas).map((name) => name.slice(1));

	// All in one call: reading the schemas takes kubeconform seconds.
	test('are valid in the oldest, the newest and a Kubernetes in between: every file of the matrix, every setting with the others', () => {
		const settings = toggles.flatMap((one) => [together(one, toggles), together(one, toggles.toReversed())]);
		const rendered = [
			...files.map((name) => renderText('', ['--values', join(chart, 'ci', name)])),
			...[...new Set(settings)].map((values) => renderText(values)),
		];
		assert.equal(versions.length, 3);
		for (const version of versions) {
			const { status, stdout, stderr } = kubeconform(rendered.join('\n---\n'), version);
			assert.equal(status, 0, `${version}: ${stdout}${stderr}`);
		}
	});

	test('a misspelt field is found (the schemas are strict)', () => {
		const text = renderText('').replace('hostPID: true', 'hostPid: true');
		const { status, stdout } = kubeconform(text, '1.31.0');
		assert.equal(status, 1);
		assert.match(stdout, /hostPid/);
	});

	test('of operators are valid by their own schemas', async () => {
		const seen = new Set<string>();
		for (const name of files)
			for (const object of objectsOf(renderText('', ['--values', join(chart, 'ci', name)]))) {
				const folder = models[object.kind];
				if (folder === undefined) continue;
				const file = join(tools, 'node_modules/@kubernetes-models', folder, `${object.kind}.js`);
				const module = (await import(pathToFileURL(file).href)) as Record<
					string,
					new (
						data: object,
					) => { validate(): void }
				>;
				new module[object.kind]!(object).validate();
				assert.throws(() => new module[object.kind]!({ ...object, spec: 5 }).validate());
				seen.add(object.kind);
			}
		assert.deepEqual([...seen].sort(), Object.keys(models).sort());
	});
});
