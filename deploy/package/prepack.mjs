/**
 * What npm runs before `npm pack`: the bundle in dist/package and the probe, so that the package holds them and its user needs
 * neither a compiler nor esbuild. Says nothing on standard output, which `npm pack --json` has to itself.
 */
import { resolve } from 'node:path';
import { ensurePackages } from '../setup/packages.mjs';
import { ensureProbe } from '../setup/probe.mjs';
import { explain } from '../setup/step.mjs';
import { buildBundle } from './bundle.mjs';

const root = resolve(import.meta.dirname, '../..');
try {
	await ensurePackages(root, { dev: false });
	await buildBundle(root);
	await ensureProbe(root);
} catch (error) {
	console.error(explain(error));
	process.exit(3);
}
