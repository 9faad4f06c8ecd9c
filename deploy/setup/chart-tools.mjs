/**
 * What checks the Helm chart, below dist/chart-tools: helm and kubeconform built from their Go modules (minutes, once), the schemas of
 * Kubernetes' objects from the Python package kubernetes-validate, and those of KEDA and the Prometheus operator from npm. Nothing is installed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { runProgram, step } from './step.mjs';

const programs = {
	helm: 'helm.sh/helm/v3/cmd/helm@v3.19.0',
	kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0',
};
const schemas = 'kubernetes-validate==1.37.0';
const models = ['@kubernetes-models/keda@2.0.0', '@kubernetes-models/prometheus-operator@6.0.0'];

async function buildProgram(folder, name) {
	await runProgram('go', ['install', programs[name]], {
		env: { GOBIN: join(folder, 'bin'), GOFLAGS: '-trimpath' },
		remedy: `install Go 1.24 or later and check that it reaches its module proxy, or put ${name} into ${join(folder, 'bin')}`,
	});
}

/** Oldest that the chart takes, one in between, newest known. */
export const kubernetesVersions = ['1.25.0', '1.31.0', '1.37.0'];

async function fetchSchemas(folder, target) {
	const downloads = join(folder, 'downloads');
	mkdirSync(downloads, { recursive: true });
	const remedy = 'check that pip reaches its index';
	await runProgram('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '-d', downloads, schemas], {
		remedy,
	});
	const wheel = readdirSync(downloads).find((name) => name.endsWith('.whl'));
	const unpacked = join(folder, 'downloads/unpacked');
	await runProgram('python3', ['-m', 'zipfile', '-e', join(downloads, wheel), unpacked], { remedy });
	for (const version of kubernetesVersions)
		copySchemas(
			join(unpacked, `kubernetes_validate/kubernetes-json-schema/v${version}-local-strict`),
			join(`${target}.new`, `v${version}`),
		);
	rmSync(downloads, { recursive: true });
	renameSync(`${target}.new`, target);
}

/** Their references count from an address on the web; kubeconform reads files, so here they count from the file. */
function copySchemas(from, to) {
	mkdirSync(to, { recursive: true });
	for (const name of readdirSync(from)) {
		const { $id: _, ...schema } = JSON.parse(readFileSync(join(from, name), 'utf8'));
		writeFileSync(
			join(to, name),
			JSON.stringify(schema).replaceAll('"/api/_definitions.json#', '"_definitions.json#'),
		);
	}
}

async function fetchModels(folder) {
	const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
	await runProgram('npm', ['install', ...options, ...models], {
		remedy: 'check that npm reaches its registry',
	});
}

/** Fetches what is not there yet. */
export async function ensureChartTools(root) {
	const folder = join(root, 'dist/chart-tools');
	mkdirSync(folder, { recursive: true });
	// Not under the lock of the checkout: it is for seconds, this takes minutes, and go replaces programs in one step.
	for (const name of Object.keys(programs))
		if (!existsSync(join(folder, 'bin', name)))
			await step(`building ${name} to check the chart (go install)`, () => buildProgram(folder, name));
	await withLock(root, async () => {
		const target = join(folder, 'schemas');
		if (!existsSync(target))
			await step('fetching schemas of Kubernetes (pip)', () => fetchSchemas(folder, target));
		if (!existsSync(join(folder, 'node_modules/@kubernetes-models/keda')))
			await step('fetching schemas of KEDA and the Prometheus operator (npm)', () => fetchModels(folder));
	});
}
