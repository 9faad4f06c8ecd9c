/** What the launcher does in a checkout before a command runs: packages and bundle for all, the probe for those that ask. */
import { ensureBundle } from './bundle.mjs';
import { ensurePackages } from './packages.mjs';

export { ensureProbe } from './probe.mjs';
export { explain } from './step.mjs';

/** Path of the module that holds `main`. */
export async function entry(root) {
	await ensurePackages(root, { dev: false });
	return ensureBundle(root);
}
