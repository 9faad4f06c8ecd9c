/**
 * Puts the alert rules and dashboards of deploy/ into the chart, which can only hold files of its own folder:
 *
 *   node deploy/helm/sync.mjs [--check]      (--check: only says what differs; exit 1)
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const deploy = join(import.meta.dirname, '..');
const files = join(import.meta.dirname, 'lanner/files');

/** Path in the chart → contents. */
function wanted() {
	const dashboards = readdirSync(join(deploy, 'grafana')).filter((name) => name.endsWith('.json'));
	const sources = [
		['lanner.rules.yaml', 'prometheus/lanner.rules.yaml'],
		...dashboards.map((name) => [`dashboards/${name}`, `grafana/${name}`]),
	];
	return new Map(sources.map(([path, source]) => [path, readFileSync(join(deploy, source), 'utf8')]));
}

function present() {
	const list = readdirSync(files, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const paths = list.map((entry) => join(entry.parentPath, entry.name));
	return new Map(paths.map((path) => [path.slice(files.length + 1), readFileSync(path, 'utf8')]));
}

/** Paths in the chart that are not what they should be. */
export function differences() {
	const [should, is] = [wanted(), present()];
	const paths = new Set([...should.keys(), ...is.keys()]);
	return [...paths].filter((path) => should.get(path) !== is.get(path)).sort();
}

function copy() {
	rmSync(files, { recursive: true, force: true });
	mkdirSync(join(files, 'dashboards'), { recursive: true });
	for (const [path, text] of wanted()) writeFileSync(join(files, path), text);
}

if (import.meta.filename === process.argv[1]) {
	if (process.argv.includes('--check')) {
		const paths = differences();
		for (const path of paths)
			console.log(`deploy/helm/lanner/files/${path} differs: node deploy/helm/sync.mjs`);
		process.exitCode = paths.length === 0 ? 0 : 1;
	} else copy();
}
