/** `lanner version`. */
import { readFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { type Command, type Io, parseArguments } from '../command.ts';

/** Version of the package at `root`, from its manifest. */
export function readVersion(root: string): string {
	const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	return (manifest as { version: string }).version;
}

export const version: Command = {
	help: `lanner version [--json]: version of lanner, and what it runs on.

Examples:
  lanner version
  lanner version --json
`,
	async run(argv, io: Io) {
		const { values } = parseArguments({ args: [...argv], options: { json: { type: 'boolean' } } });
		const facts = {
			lanner: readVersion(io.root),
			node: process.versions.node,
			kernel: release(),
			arch: arch(),
		};
		if (values.json) io.stdout.write(`${JSON.stringify(facts)}\n`);
		else
			io.stdout.write(`lanner ${facts.lanner} (node ${facts.node}, linux ${facts.kernel}, ${facts.arch})\n`);
		return 0;
	},
};
