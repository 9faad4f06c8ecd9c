/**
 * `node --import tsx test/bench/sink/outage/run.ts [--calm 30] [--down 600] [--faulty 60] [--kills 20] [--rate 50] [--seed 1] [--folder DIR]`: the long form
 * of test/integration/sink/outage.test.ts. Exit 1 when something does not hold; the result is JSON on standard output.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOptions } from '#test/support/script-options.ts';
import { runOutage } from './outage.ts';

const values = scriptOptions(import.meta.filename, {
	calm: { type: 'string', default: '30' },
	down: { type: 'string', default: '600' },
	faulty: { type: 'string', default: '60' },
	kills: { type: 'string', default: '20' },
	rate: { type: 'string', default: '50' },
	seed: { type: 'string', default: '1' },
	folder: { type: 'string' },
});
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'lanner-outage-'));
console.error(`in ${folder}`);
const result = await runOutage({
	...{ folder, seed: Number(values.seed), alertsPerS: Number(values.rate), hosts: 8 },
	calmS: Number(values.calm),
	...{ downS: Number(values.down), faultyS: Number(values.faulty), kills: Number(values.kills) },
	...{ inFlightMax: 100, faultShare: 0.3, faultyBatch: 20, say: (text: string) => console.error(text) },
});
console.log(JSON.stringify(result, null, 2));
process.exit(result.problems.length === 0 ? 0 : 1);
