import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assumed, measured } from '#cli/size/constants.ts';
import { type Fleet, planFleet } from '#cli/size/plan.ts';
import { lanner } from '#test/support/cli.ts';

const fleet: Fleet = {
	...{ hosts: 100, eventsPerHost: 99.6, processesPerHost: 200, peakFactor: 3 },
	...{ lingerMs: 50, batchBytes: 65_536, replication: 3, retentionHours: 24 },
};

test('events, records and bytes follow from the rate and the linger', () => {
	const { eventsPerSecond, eventsPerSecondAtPeak, recordsPerSecond, kafka } = planFleet(fleet);
	assert.equal(Math.round(eventsPerSecond), 10_000);
	assert.equal(Math.round(eventsPerSecondAtPeak), 30_000);
	// 100 events a second and 50 ms: a batch holds its first event and five more.
	assert.equal(Math.round(recordsPerSecond), Math.round(10_000 / 6));
	const { ofBatch, ofEvent } = measured.batchBytes.gzip;
	const perSecond = (10_000 / 6) * (ofBatch + measured.kafkaBytesOfBatch) + 10_000 * ofEvent;
	assert.ok(Math.abs(kafka.gzip.bytesPerDay - perSecond * 86_400) < 86_400);
	assert.ok(Math.abs(kafka.gzip.bytesOnDisk / (3 * kafka.gzip.bytesPerDay) - 1) < 1e-6);
});

test('a full batch ends the linger', () => {
	const busy = planFleet({ ...fleet, hosts: 1, eventsPerHost: 1e6, lingerMs: 1000 });
	assert.ok(Math.abs(busy.recordsPerSecond - 1e6 / (65_536 / measured.batchBytes.none.ofEvent)) < 1);
});

test('a longer linger costs fewer bytes, and never more', () => {
	for (const eventsPerHost of [0.1, 1, 10, 100, 1_000]) {
		const short = planFleet({ ...fleet, eventsPerHost }).kafka.gzip.bytesPerDay;
		const long = planFleet({ ...fleet, eventsPerHost, lingerMs: 500 }).kafka.gzip.bytesPerDay;
		assert.ok(long <= short);
	}
});

test('evaluators: as many as the peak needs, and one to spare; partitions for all of them', () => {
	const { evaluators, evaluatorCores, partitions } = planFleet({ ...fleet, hosts: 10_000 });
	assert.ok((evaluators - 1) * assumed.busyShareMax >= evaluatorCores);
	assert.ok((evaluators - 2) * assumed.busyShareMax < evaluatorCores);
	assert.ok(partitions >= evaluators);
	const small = planFleet({ ...fleet, hosts: 1 });
	assert.deepEqual([small.evaluators, small.partitions], [2, 12]);
});

test('redis grows with hosts and processes', () => {
	const one = planFleet(fleet).redisBytes;
	assert.ok(Math.abs(planFleet({ ...fleet, hosts: 200 }).redisBytes / one - 2) < 0.01);
	assert.ok(planFleet({ ...fleet, processesPerHost: 400 }).redisBytes > 1.5 * one);
});

test('the command prints a table, or JSON; what is no number is refused', async () => {
	const table = await lanner('size', '--hosts', '500', '--events-per-host', '100');
	assert.equal(table.code, 0);
	assert.match(table.out, /^events +50 k\/s/m);
	assert.match(table.out, /^kafka zstd .* a day/m);
	const json = await lanner('size', '--hosts', '500', '--events-per-host', '100', '--json');
	const { needs } = JSON.parse(json.out) as { needs: ReturnType<typeof planFleet> };
	assert.ok(needs.evaluators >= 2);
	for (const wrong of [
		['--hosts', '0'],
		['--hosts', 'many'],
		['--hosts', ''],
	]) {
		const { code, err } = await lanner('size', ...wrong, '--events-per-host', '1');
		assert.equal(code, 2);
		assert.match(err, /--hosts must be a number from 1/);
	}
	assert.equal((await lanner('size', '--hosts', '1')).code, 2);
});
