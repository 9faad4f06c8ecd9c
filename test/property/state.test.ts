/** The fold of a host's events: independent of batches and of saving, never throwing, within its bounds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HostState, loadHost, takeChanges } from '#state/index.ts';
import { describeHost, feed, fold, hostLife } from '#test/support/host-events.ts';

const runs = { numRuns: 300 };

/** The events from one cut to the next, with the place of the first. */
function* pieces<E>(
	events: readonly E[],
	cuts: readonly number[],
): Iterable<readonly [readonly E[], number]> {
	let from = 0;
	for (const cut of [...cuts].sort((a, b) => a - b).concat(events.length)) {
		const to = Math.min(cut, events.length);
		yield [events.slice(from, to), from + 1];
		from = Math.max(from, to);
	}
}

test('a fold that is cut into batches anywhere equals the whole fold', () => {
	fc.assert(
		fc.property(hostLife, fc.array(fc.nat(60), { maxLength: 5 }), (events, cuts) => {
			const host = new HostState('host-1');
			for (const [piece, first] of pieces(events, cuts)) {
				feed(host, piece, first);
			}
			assert.deepEqual(describeHost(host), describeHost(fold(events)));
		}),
		runs,
	);
});

test('a host that was saved and loaded anywhere goes on like one that was not', () => {
	fc.assert(
		fc.property(hostLife, fc.array(fc.nat(60), { maxLength: 5 }), (events, cuts) => {
			const stored = new Map<string, Uint8Array>();
			let host = new HostState('host-1');
			for (const [piece, first] of pieces(events, cuts)) {
				feed(host, piece, first);
				const changes = takeChanges(host);
				if (changes?.clear) stored.clear();
				for (const key of changes?.deletes ?? []) stored.delete(key);
				for (const [key, value] of changes?.puts ?? []) stored.set(key, value);
				const before = describeHost(host);
				host = loadHost('host-1', stored);
				assert.deepEqual(describeHost(host), before);
			}
			assert.deepEqual(describeHost(host), describeHost(fold(events)));
		}),
		runs,
	);
});

test('after any commit the store holds the processes that are kept and no other, and nothing was deleted that it did not hold', () => {
	const limits = { processesMax: 4, deadMax: 2, ancestorDepthMax: 3 };
	fc.assert(
		fc.property(hostLife, fc.array(fc.nat(60), { maxLength: 8 }), (events, cuts) => {
			const host = new HostState('host-1', limits);
			const stored = new Set<string>();
			for (const [piece, first] of pieces(events, cuts)) {
				feed(host, piece, first);
				const changes = takeChanges(host);
				if (changes?.clear) stored.clear();
				for (const key of changes?.deletes ?? [])
					if (key.startsWith('p:')) assert.ok(stored.delete(key), `${key} was deleted and never put`);
				for (const key of changes?.puts.keys() ?? []) if (key.startsWith('p:')) stored.add(key);
				const { processes } = host;
				const kept = [...processes.running(), ...processes.ended()];
				assert.deepEqual([...stored].sort(), kept.map(({ pid, start }) => `p:${pid}:${start}`).sort());
			}
		}),
		runs,
	);
});

test('with tiny bounds no order of events throws, passes a bound or breaks the lineage', () => {
	const limits = { processesMax: 4, deadMax: 2, ancestorDepthMax: 3, containersMax: 2, accountsMax: 1 };
	fc.assert(
		fc.property(hostLife, (events) => {
			const host = fold(events, limits);
			const { processes } = host;
			assert.ok(processes.runningCount <= limits.processesMax);
			assert.ok(processes.endedCount <= limits.deadMax);
			const nodes = new Set([...processes.running(), ...processes.ended()]);
			for (const node of nodes) {
				const children = [...nodes].filter((other) => other.parent === node).length;
				assert.equal(node.children, children);
				assert.ok(!node.exited || children > 0, 'an ended process without children is kept');
				let depth = 0;
				for (let at = node.parent; at !== null; at = at.parent) {
					assert.ok(nodes.has(at), 'an ancestor is in no table');
					assert.ok(++depth <= nodes.size, 'the lineage has a cycle');
				}
			}
		}),
		runs,
	);
});
