/** A partition that is given up is let go only when what was read of it is committed: the next owner repeats nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runEvaluator } from '#evaluator/worker.ts';
import { embeddedPair, ruleSetOf, silentLogger } from '#test/support/evaluation.ts';
import { batch, fileOpened } from '#test/support/events.ts';
import { watchedLog } from '#test/support/watched-log.ts';

test('a partition is released after the last commit and its progress', async (t) => {
	const { log: embedded, store } = await embeddedPair(t);
	const opened = fileOpened({ pid: 1, tid: 1, start: 1, name: '/etc/hosts', path: '/etc/hosts', result: 3 });
	const value = batch([opened], { producer: 'CAPTURE', firstSequence: 1 });
	await embedded.append('lanner.events', [{ key: 'h', value }]);
	const [revoked, stop] = [new AbortController(), new AbortController()];
	const happened: string[] = [];
	const log = watchedLog(embedded, (inner) => ({
		revoked: revoked.signal,
		lost: new AbortController().signal,
		// Taken away as soon as something was read.
		async read(options) {
			const records = await inner.read(options);
			if (records.length > 0) revoked.abort();
			return records;
		},
		async reportProgress(next) {
			happened.push(`told ${next}`);
			return inner.reportProgress(next);
		},
		release() {
			happened.push('released');
			stop.abort();
		},
	}));
	const slowStore: typeof store = Object.create(store, {
		commit: {
			value: async (...given: Parameters<typeof store.commit>) => {
				await new Promise((resolve) => setTimeout(resolve, 50));
				happened.push('committed');
				return store.commit(...given);
			},
		},
	});
	const rules = ruleSetOf(
		'- rule: Any\n  desc: d\n  condition: evt.type = open\n  output: o\n  priority: INFO\n',
	);
	await runEvaluator({ log, store: slowStore, logger: silentLogger, ruleSet: () => rules }, stop.signal);
	assert.equal(happened[0], 'committed');
	assert.equal(happened.at(-1), 'released');
	assert.deepEqual([...new Set(happened.slice(1, -1))], ['told 1']);
});
