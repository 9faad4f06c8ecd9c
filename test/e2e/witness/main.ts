/**
 * `node --import tsx test/e2e/witness/main.ts [--seed N] [--calls N]`: the probe against strace, call by call (default: 100,000 calls).
 * Prints what was compared and every difference; exit 1 when there is one without a reason.
 */
import { captureProblem } from '#test/support/capture.ts';
import { scriptOptions } from '#test/support/script-options.ts';
import { compareRun } from './compare.ts';

const values = scriptOptions(import.meta.filename, {
	seed: { type: 'string', default: '1' },
	calls: { type: 'string', default: '100000' },
});
const problem = captureProblem();
if (problem !== null) {
	console.error(`witness: skipped, ${problem}`);
	process.exit(3);
}
const { differences, explained, ...figures } = await compareRun(Number(values.seed), Number(values.calls));
console.log(JSON.stringify(figures));
for (const [reason, count] of explained) console.log(`explained ${count}: ${reason}`);
for (const { call, what, strace, probe } of differences)
	console.log(`DIFFERENT ${call} ${what}\n  strace ${strace}\n  probe  ${probe}`);
process.exitCode = differences.length === 0 && figures.lost === 0 ? 0 : 1;
