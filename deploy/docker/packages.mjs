/** The Debian packages that the build stage needs, where its image does not have them: one layer, kept until this list changes. */
import { ensureDebianPackages, probePackages } from '../setup/debian.mjs';
import { explain } from '../setup/step.mjs';

try {
	await ensureDebianPackages('to build images', [...probePackages, 'binutils']);
} catch (error) {
	console.error(explain(error));
	process.exitCode = 3;
}
