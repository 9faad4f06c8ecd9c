/** Helm for the tests of the chart: from dist/chart-tools (npm run test:deploy puts it there), else from the PATH. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const root = join(import.meta.dirname, '../../..');
export const chart = join(root, 'deploy/helm/lanner');
export const tools = join(root, 'dist/chart-tools');
/** What `helm template` renders for; go install leaves helm's own default at an old one. */
export const kubeVersion = '1.31.0';
export const needed = [
	'--set',
	'kafka.brokers={kafka.example.com:9092}',
	'--set',
	'redis.addresses={redis.example.com:6379}',
];

function find(name: string): string | null {
	const own = join(tools, 'bin', name);
	if (existsSync(own)) return own;
	return spawnSync(name, ['version'], { stdio: 'ignore' }).error === undefined ? name : null;
}

export const helmProgram = find('helm');
export const kubeconformProgram = existsSync(join(tools, 'bin/kubeconform'))
	? join(tools, 'bin/kubeconform')
	: null;
export const noHelm = helmProgram === null ? 'helm is missing (npm run test:deploy builds it)' : false;

export type KubernetesObject = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly annotations?: Readonly<Record<string, string>>;
		readonly labels: Readonly<Record<string, string>>;
	};
	readonly spec: Record<string, unknown>;
	readonly data?: Readonly<Record<string, string>>;
};

export function helm(
	args: readonly string[],
	input?: string,
): { code: number; stdout: string; stderr: string } {
	const options = {
		encoding: 'utf8',
		maxBuffer: 64 << 20,
		...(input === undefined ? {} : { input }),
	} as const;
	const { status, stdout, stderr } = spawnSync(helmProgram ?? 'helm', args, options);
	return { code: status ?? -1, stdout, stderr };
}

/** What the chart renders to. `values`: a values file's text over the least that is needed. */
export function renderText(values: string, more: readonly string[] = needed): string {
	const args = ['template', 'demo', chart, '--namespace', 'security', '--kube-version', kubeVersion, ...more];
	const { code, stdout, stderr } = helm([...args, '--values', '-'], values);
	if (code !== 0) throw new Error(stderr);
	return stdout;
}

export function objectsOf(text: string): KubernetesObject[] {
	return parseAllDocuments(text)
		.map((document) => document.toJS() as KubernetesObject | null)
		.filter((object) => object !== null);
}

export function render(values = '', more: readonly string[] = needed): KubernetesObject[] {
	return objectsOf(renderText(values, more));
}

export function one(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
	const found = objects.filter(
		(object) => object.kind === kind && object.metadata.name === `demo-lanner-${name}`,
	);
	if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} demo-lanner-${name}`);
	return found[0]!;
}
