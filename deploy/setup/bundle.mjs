/**
 * The product, bundled from TypeScript into dist/ by esbuild (about 0.1 s; Node 20 cannot run TypeScript itself).
 * Each build has a folder of its own, so that a running process keeps the files it may still have to load; dist/current.json
 * names the newest with the sources it was made of and is replaced in one step. Old builds are removed, but the last few.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { withLock } from './lock.mjs';
import { SetupError, step } from './step.mjs';

/** Builds kept: the newest, and those that a process started a moment ago may still load from. */
const buildsKept = 4;
const entryPoint = 'services/cli/main.ts';
/** Not in the bundle's list of inputs, yet they decide what comes out. */
const alwaysInputs = ['package.json', 'package-lock.json', 'deploy/setup/bundle.mjs'];

function readCurrent(root) {
	try {
		const current = JSON.parse(readFileSync(join(root, 'dist/current.json'), 'utf8'));
		return {
			main: join(root, 'dist', current.build, 'main.js'),
			inputs: current.inputs,
			fingerprint: current.fingerprint,
		};
	} catch (error) {
		if (error.code === 'ENOENT' || error instanceof SyntaxError || error instanceof TypeError) return null;
		throw error;
	}
}

function currentMain(root) {
	const current = readCurrent(root);
	if (current === null || !existsSync(current.main)) return null;
	return fingerprint(root, current.inputs) === current.fingerprint ? current.main : null;
}

function removeOldBuilds(dist) {
	const builds = readdirSync(dist)
		.filter((name) => name.startsWith('build-'))
		.map((name) => ({ path: join(dist, name), modifiedMs: statSync(join(dist, name)).mtimeMs }))
		.sort((a, b) => b.modifiedMs - a.modifiedMs);
	for (const { path } of builds.slice(buildsKept)) rmSync(path, { recursive: true, force: true });
}

/** Options of the build, shared with packaging: everything in, loaded by Node 20 as ES modules, split by command. */
export function bundleOptions(root, outdir) {
	return {
		absWorkingDir: root,
		entryPoints: [entryPoint],
		outdir,
		bundle: true,
		splitting: true,
		platform: 'node',
		target: 'node20',
		format: 'esm',
		sourcemap: 'linked',
		sourcesContent: false,
		legalComments: 'none',
		metafile: true,
		logLevel: 'silent',
		// CommonJS packages inside the bundle call require for Node's own modules.
		banner: {
			js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
		},
	};
}

async function build(root) {
	const { build: esbuild, formatMessages } = await import('esbuild');
	const name = `build-${Date.now().toString(36)}-${process.pid}`;
	let result;
	try {
		result = await esbuild(bundleOptions(root, join(root, 'dist', name)));
	} catch (error) {
		if (!Array.isArray(error.errors)) throw error;
		const lines = await formatMessages(error.errors, { kind: 'error', color: false });
		throw new SetupError(
			'the sources do not compile',
			'correct the lines above (git status shows what you changed)',
			lines.join('\n'),
		);
	}
	const inputs = [
		...alwaysInputs,
		...Object.keys(result.metafile.inputs).filter((path) => !path.includes(':')),
	];
	const current = { build: name, fingerprint: fingerprint(root, inputs), inputs };
	const temporary = join(root, 'dist', `current.${process.pid}.json`);
	writeFileSync(temporary, JSON.stringify(current));
	renameSync(temporary, join(root, 'dist/current.json'));
	removeOldBuilds(join(root, 'dist'));
	return join(root, 'dist', name, 'main.js');
}

/** Path of the bundle's entry, built first when a source changed. */
export async function ensureBundle(root) {
	const current = currentMain(root);
	if (current !== null) return current;
	return withLock(
		root,
		async () => currentMain(root) ?? (await step('bundling the sources', () => build(root))),
	);
}
