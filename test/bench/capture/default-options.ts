/** Capture's options under the rules that come with Lanner, or under given ones, one a line. Usage: default-options.ts [RULES…] */
import { interestOptions } from '#agent/interest.ts';
import { interestOf } from '#cli/roles/live-agent.ts';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';

const { eventTypes, environment, data, kernelFilter } = loadRulesInForce(
	{ paths: process.argv.slice(2), kernelFilter: true },
	{ stderr: process.stderr, root: process.cwd(), env: process.env },
);
for (const option of interestOptions(interestOf({ eventTypes, environment, data, kernelFilter })))
	process.stdout.write(`${option}\n`);
