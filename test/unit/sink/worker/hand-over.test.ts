/** A partition that is given up (a sink more in the group): the call under way is finished and told before another may have it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { EventLog } from '#log/log.ts';
import { delivered, type Output } from '#sink/output.ts';
import { appendAlerts, type LogFixture, logFixture, startWorker, until } from '#test/support/sink.ts';
import { watchedLog } from '#test/support/watched-log.ts';

/** The log as one that takes its partition away when it is told to; `happened`: progress and release, in order. */
function moving(log: EventLog, revoked: AbortSignal, lost: AbortSignal, happened: string[]): EventLog {
	return watchedLog(log, (inner) => ({
		...{ revoked, lost },
		release: () => void happened.push('released'),
		reportProgress: (next, note) => {
			happened.push(`told ${next}`);
			return inner.reportProgress(next, note);
		},
	}));
}

describe('a partition that is given up', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	beforeEach(async () => {
		fixture = await logFixture();
	});
	afterEach(() => fixture.cleanUp());

	async function begun() {
		const [revoked, lost] = [new AbortController(), new AbortController()];
		const happened: string[] = [];
		const calls: { readonly signal: AbortSignal; readonly end: () => void }[] = [];
		const output: Output = {
			batchMax: 2,
			deliver: (alerts, signal) =>
				new Promise((resolve) => {
					calls.push({ signal, end: () => resolve(alerts.map(() => delivered)) });
				}),
			close: async () => {},
		};
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' }, { id: 'c' });
		const worker = startWorker(moving(fixture.log, revoked.signal, lost.signal, happened), output);
		await until(() => calls.length === 1);
		return { revoked, lost, happened, calls, call: calls[0]!, worker };
	}

	test('is released when the call under way is over and told, and nothing more is begun', async () => {
		const { revoked, happened, calls, call, worker } = await begun();
		revoked.abort();
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual([call.signal.aborted, happened], [false, []]);
		call.end();
		await until(() => happened.includes('released'));
		assert.deepEqual([happened, calls.length], [['told 2', 'released'], 1]);
		await worker.stop();
	});

	test('leaves the call under way when another has the partition', async () => {
		const { revoked, lost, happened, call, worker } = await begun();
		revoked.abort();
		lost.abort();
		assert.equal(call.signal.aborted, true);
		call.end();
		await until(() => happened.includes('released'));
		await worker.stop();
	});
});
