/** Entry point for tests: the command line from the sources, with the probe as it was built. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '#cli/main.ts';

const root = join(import.meta.dirname, '../..');
/** A test may have a copy of its own, with other rights. */
const capture = process.env.LANNER_TEST_CAPTURE ?? join(root, 'probe/build/capture');

await main(process.argv.slice(2), {
	root,
	defaultConfigFile: process.env.LANNER_TEST_CONFIG ?? null,
	ensureProbe: async () => {
		if (!existsSync(capture)) throw new Error(`${capture} is not built: npm run probe:build`);
		return capture;
	},
});
