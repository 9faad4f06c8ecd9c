/**
 * `node --import tsx test/chaos/run.ts [--seconds 600] [--seed 1] [--folder DIR]`: the long form. Needs what `npm run fleet` needs; the
 * logs of every process stay in the folder. Exit 1 when something was lost, changed, or reached the output twice.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOptions } from '#test/support/script-options.ts';
import { faultNames, runChaos } from './chaos.ts';

const values = scriptOptions(import.meta.filename, {
	seconds: { type: 'string', default: '600' },
	seed: { type: 'string', default: '1' },
	folder: { type: 'string' },
});
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'lanner-chaos-'));
console.log(`logs in ${folder}`);
const result = await runChaos({
	...{ folder, seed: Number(values.seed), seconds: Number(values.seconds) },
	...{ brokers: 3, hosts: 20, feeders: 4, evaluators: 3, partitions: 12, pauseMs: 400 },
	...{ faultEveryS: [2, 12], stopS: [5, 20], faults: faultNames, say: (text: string) => console.log(text) },
});
console.log(JSON.stringify(result, null, 2));
process.exit(result.problems.length > 0 || result.outputRepeats > 0 ? 1 : 0);
