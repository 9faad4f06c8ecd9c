/**
 * The npm packages of the checkout. Whether they are there is read from npm's own record of what it installed
 * (node_modules/.package-lock.json, written last), compared entry by entry with package-lock.json: so an interrupted
 * install, a changed lock file and a hand-made `npm ci` are all judged rightly, and no stamp of ours can lie.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { runProgram, SetupError, step } from './step.mjs';

function readPackages(path) {
	try {
		return JSON.parse(readFileSync(path, 'utf8')).packages;
	} catch (error) {
		if (error.code === 'ENOENT' || error instanceof SyntaxError) return null;
		throw error;
	}
}

/** Needed by every checkout, since it builds itself, and by no installed package. */
const buildTool = 'node_modules/esbuild';

/** True when node_modules holds what package-lock.json asks for; `dev` includes the packages only tests need. */
export function packagesAreCurrent(root, { dev }) {
	const wanted = readPackages(join(root, 'package-lock.json'));
	if (wanted === null)
		throw new SetupError(
			'package-lock.json is missing or damaged',
			'restore it: git checkout package-lock.json',
		);
	const present = readPackages(join(root, 'node_modules/.package-lock.json'));
	if (present === null) return false;
	for (const [path, entry] of Object.entries(wanted)) {
		if (path === '') continue;
		const found = present[path];
		// Packages for other platforms are optional and stay away; a wrong version is wrong in any case.
		if (found === undefined) {
			if (entry.optional || entry.devOptional || (entry.dev && !dev && path !== buildTool)) continue;
			return false;
		}
		if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
	}
	return true;
}

/** Installs the packages when they are missing or not those of package-lock.json. */
export async function ensurePackages(root, { dev }) {
	if (packagesAreCurrent(root, { dev })) return;
	await withLock(root, async () => {
		if (packagesAreCurrent(root, { dev })) return;
		await step('installing npm packages (npm ci)', () =>
			runProgram(
				'npm',
				['ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
				{
					cwd: root,
					remedy:
						'check that npm is installed and reaches its registry (npm ping), then run the command again',
				},
			),
		);
	});
}
