/** `npm run test:sim -- --seed N --runs M`: many seeds; the first that fails is printed with what to type to see it again. */
import { execFileSync } from 'node:child_process';
import { scriptOptions } from '#test/support/script-options.ts';
import { simulate } from './world.ts';

const values = scriptOptions(import.meta.filename, {
	seed: { type: 'string', default: '1' },
	runs: { type: 'string', default: '100' },
});
const first = Number(values.seed);
const runs = Number(values.runs);
let alerts = 0;
let repeats = 0;
const faults: Record<string, number> = {};
for (let seed = first; seed < first + runs; seed++) {
	const result = await simulate({ seed });
	alerts += result.alerts;
	repeats += result.repeats;
	for (const [name, count] of Object.entries(result.faults)) faults[name] = (faults[name] ?? 0) + count;
	if (result.problems.length === 0) continue;
	const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
	console.log(`seed ${seed} at ${commit}:\n  ${result.problems.join('\n  ')}`);
	console.log(`again: npm run test:sim -- --seed ${seed} --runs 1`);
	process.exit(1);
}
console.log(`${runs} runs from seed ${first}: ${alerts} alerts, ${repeats} repeats with the same bytes`);
for (const [name, count] of Object.entries(faults)) console.log(`  ${count} × ${name}`);
