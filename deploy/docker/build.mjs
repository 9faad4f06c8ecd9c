/**
 * Builds the images of all roles from this checkout:
 *
 *   node deploy/docker/build.mjs [--prefix lanner] [--role probe|evaluator|sink|console]… [-- FURTHER ARGUMENTS OF docker buildx build]
 *
 * Names are PREFIX-ROLE:VERSION. Version, revision and the time of everything in the images are those of package.json and the last commit
 * (or SOURCE_DATE_EPOCH), so that the same commit and bases give the same digest, told at the end; that takes BuildKit 0.13 or later with an
 * image store that can export (`docker info`: containerd-snapshotter, or any buildx builder).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const roles = ['probe', 'evaluator', 'sink', 'console'];
const root = resolve(import.meta.dirname, '../..');

function git(...args) {
	const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
	return status === 0 ? stdout.trim() : '';
}

/** What a build is of: the same for two builds of one commit. */
export function buildFacts(env = process.env) {
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const epoch = env.SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct') || '0';
	return { VERSION: version, REVISION: git('rev-parse', 'HEAD'), SOURCE_DATE_EPOCH: epoch };
}

/** Arguments of `docker` that write the image of a role to an archive that `docker load` takes. */
export function buildArguments({ role, name, archive, facts, further }) {
	return [
		...['buildx', 'build', '--file', join(root, 'deploy/docker/Dockerfile'), '--target', role],
		...Object.entries(facts).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
		...['--provenance=false', '--output', `type=docker,dest=${archive},name=${name},rewrite-timestamp=true`],
		...further,
		root,
	];
}

function main() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			prefix: { type: 'string', default: 'lanner' },
			role: { type: 'string', multiple: true, default: roles },
		},
	});
	const facts = buildFacts();
	const folder = join(root, 'dist/images');
	mkdirSync(folder, { recursive: true });
	for (const role of values.role) {
		const name = `${values.prefix}-${role}:${facts.VERSION}`;
		const archive = join(folder, `${role}.tar`);
		execFileSync('docker', buildArguments({ role, name, archive, facts, further: positionals }), {
			stdio: 'inherit',
		});
		const loaded = execFileSync('docker', ['load', '--input', archive], { encoding: 'utf8' });
		console.log(`${name}  ${archive}\n  ${loaded.trim()}`);
	}
}

if (import.meta.filename === process.argv[1]) main();
