/**
 * The bundle of a package, in dist/package: the same as a checkout's, always made afresh (the names of its parts are hashes of what
 * is in them, so the same sources give the same files).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleOptions } from '../setup/bundle.mjs';
import { step } from '../setup/step.mjs';

export async function buildBundle(root) {
	const { build } = await import('esbuild');
	const folder = join(root, 'dist/package');
	rmSync(folder, { recursive: true, force: true });
	await step('bundling for the package', () => build(bundleOptions(root, folder)));
}
