/**
 * Evaluators under every fault that the simulation knows, for a fixed set of seeds; `npm run test:sim -- --seed N --runs M` tries more.
 * The canary breaks the order "alerts acknowledged, then committed" on purpose and must be caught.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { simulate } from './world.ts';

const seeds = [4, 5, 6, 11, 12, 13];
const canarySeeds = [1, 2, 3];
const again = (seed: number): string => `npm run test:sim -- --seed ${seed} --runs 1`;

describe('evaluators in a simulated world', () => {
	for (const seed of seeds) {
		test(`seed ${seed}: nothing acknowledged is lost, changed or out of order, and the lag reaches zero`, async () => {
			const { problems, alerts } = await simulate({ seed, faultyMs: 60_000 });
			assert.deepEqual(problems, [], again(seed));
			assert.ok(alerts > 50, `only ${alerts} alerts`);
		});
	}

	test('the same seed is the same run', async () => {
		const [first, second] = [
			await simulate({ seed: 21, faultyMs: 20_000 }),
			await simulate({ seed: 21, faultyMs: 20_000 }),
		];
		const values = ({ log }: typeof first): unknown =>
			log.records('lanner.alerts', 1).map(({ value }) => Buffer.from(value).toString('base64'));
		assert.deepEqual(values(first), values(second));
	});

	test('canary: commits that overtake their alerts are caught by the checks', async () => {
		let caught = 0;
		for (const seed of canarySeeds) {
			const { problems } = await simulate({ seed, faultyMs: 60_000, breakOrder: true });
			if (problems.some((problem) => problem.startsWith('alert missing'))) caught++;
		}
		assert.ok(caught > 0, 'no seed of the canary lost an alert');
	});

	test('without faults nothing is repeated', async () => {
		const { problems, repeats } = await simulate({ seed: 31, faultyMs: 20_000, faults: 0, evaluators: 1 });
		assert.deepEqual([problems, repeats], [[], 0]);
	});
});
