import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostCensus } from '#evaluator/census.ts';
import { emptyMeta } from '#state/meta.ts';

const meta = { ...emptyMeta('boot'), incomplete: false };

test('hosts that a partition is taken over with are unknown until they are heard or looked at', () => {
	const census = new HostCensus();
	census.expect(['a', 'b', 'c', 'd']);
	assert.deepEqual(census.counts, { heard: 0, silent: 0, stopped: 0, unknown: 4 });
	census.note('a', meta);
	census.note('b', { ...meta, silent: true });
	census.note('c', { ...meta, probe: 'STOPPED' });
	assert.deepEqual(census.counts, { heard: 1, silent: 1, stopped: 1, unknown: 1 });
});

test('a host is in one state at a time, as it was last seen', () => {
	const census = new HostCensus();
	census.note('a', meta);
	census.note('a', { ...meta, silent: true });
	census.note('a', { ...meta, silent: true });
	census.note('a', meta);
	// A probe that stopped is not silent, whatever was said before.
	census.note('b', { ...meta, silent: true, probe: 'STOPPED' });
	assert.deepEqual(census.counts, { heard: 1, silent: 0, stopped: 1, unknown: 0 });
});

test('incomplete hosts are counted until their next snapshot', () => {
	const census = new HostCensus();
	census.note('a', { ...meta, incomplete: true });
	census.note('b', { ...meta, incomplete: true });
	assert.equal(census.incomplete, 2);
	census.note('a', meta);
	assert.equal(census.incomplete, 1);
});
