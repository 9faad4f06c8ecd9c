/** The worker against a real log in a temporary folder and outputs that do as told. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type DeliveryResult, delivered } from '#sink/output.ts';
import {
	appendAlerts,
	deadLetters,
	type LogFixture,
	logFixture,
	scriptedOutput,
	startWorker,
	until,
} from '#test/support/sink.ts';

const retry: DeliveryResult = { kind: 'retry', code: 'output-failed', reason: 'away' };

describe('sink worker', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	beforeEach(async () => {
		fixture = await logFixture();
	});
	afterEach(() => fixture.cleanUp());

	test('an alert that fails is tried again, in order, and delivered once', async () => {
		let failures = 2;
		const { output, taken } = scriptedOutput((alert) =>
			alert.id === 'b' && failures-- > 0 ? retry : delivered,
		);
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' }, { id: 'c' });
		const worker = startWorker(fixture.log, output);
		await until(() => taken.length === 3);
		assert.deepEqual(taken, ['a', 'b', 'c']);
		assert.equal(worker.metrics.get('lanner_sink_attempts_failed_total', { output: 'out' }), 2);
		await worker.drain();
		assert.deepEqual(await deadLetters(fixture.log), []);
	});

	test('attempts used up and refusals become dead letters with reason and bytes; the rest goes on', async () => {
		const { output, taken } = scriptedOutput((alert) =>
			alert.id === 'a'
				? retry
				: alert.id === 'b'
					? { kind: 'refused', code: 'no', reason: 'never' }
					: delivered,
		);
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' }, { id: 'c' });
		const worker = startWorker(fixture.log, output);
		await until(() => taken.length === 1);
		await worker.drain();
		assert.deepEqual(taken, ['c']);
		assert.deepEqual(
			(await deadLetters(fixture.log)).map(({ alertId, code, reason, attempts, stage }) => ({
				id: alertId?.string,
				code,
				reason,
				attempts,
				stage,
			})),
			[
				{ id: 'a', code: 'output-failed', reason: 'away', attempts: 3, stage: 'out' },
				{ id: 'b', code: 'no', reason: 'never', attempts: 1, stage: 'out' },
			],
		);
	});

	test('wrong settings are said as errors and never give an alert up', async () => {
		let attempts = 0;
		const { output, taken } = scriptedOutput(() =>
			++attempts <= 10 ? { kind: 'blocked', code: 'output-http-401', reason: 'answered 401' } : delivered,
		);
		await appendAlerts(fixture.log, { id: 'a' });
		const worker = startWorker(fixture.log, output);
		await until(() => taken.length === 1);
		await worker.drain();
		assert.equal(worker.lines.filter(({ level }) => level === 'error').length, 10);
		assert.deepEqual(await deadLetters(fixture.log), []);
	});

	test('what cannot be decoded is a dead letter with its bytes', async () => {
		const { output, taken } = scriptedOutput();
		await fixture.log.append('lanner.alerts', [{ key: 'k', value: Buffer.from('junk') }]);
		await appendAlerts(fixture.log, { id: 'a' });
		const worker = startWorker(fixture.log, output);
		await until(() => taken.length === 1);
		await worker.drain();
		const [dead] = await deadLetters(fixture.log);
		assert.equal(dead?.code, 'alert-undecodable');
		assert.equal(Buffer.from(dead.value).toString(), 'junk');
	});

	test('repeats with the same id are delivered once; less urgent or unwanted ones are left out', async () => {
		const { output, taken } = scriptedOutput();
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'a' }, { id: 'low', priority: 'Debug' }, { id: 'x' });
		const satisfies = ({ id }: { id: string }) => id !== 'x';
		const worker = startWorker(fixture.log, output, { minimumPriority: 'Warning', satisfies });
		await until(() => taken.length === 1);
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' });
		await until(() => taken.length === 2);
		await worker.drain();
		assert.deepEqual(taken, ['a', 'b']);
		assert.equal(worker.metrics.get('lanner_sink_alerts_repeated_total', { output: 'out' }), 2);
		assert.equal(worker.metrics.get('lanner_sink_alerts_filtered_total', { output: 'out' }), 2);
	});

	test('a new run goes on at the cursor: nothing old again, nothing lost', async () => {
		const first = scriptedOutput((alert) => (alert.id === 'c' ? retry : delivered));
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' }, { id: 'c' });
		const worker = startWorker(fixture.log, first.output, {
			retry: { firstMs: 60_000, maxMs: 60_000, attemptsMax: 9 },
		});
		await until(() => first.taken.length === 2);
		await worker.drain();
		await fixture.reopen();
		await appendAlerts(fixture.log, { id: 'd' });
		const second = scriptedOutput();
		const again = startWorker(fixture.log, second.output);
		await until(() => second.taken.length === 2);
		await again.drain();
		assert.deepEqual(first.taken, ['a', 'b']);
		assert.deepEqual(second.taken, ['c', 'd']);
	});

	test('a repeat is known after a restart; what was not delivered before it is not hidden', async () => {
		const first = scriptedOutput((alert) => (alert.id === 'c' ? retry : delivered));
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' }, { id: 'c' });
		const slow = { firstMs: 60_000, maxMs: 60_000, attemptsMax: 9 };
		const worker = startWorker(fixture.log, first.output, { retry: slow });
		await until(() => first.taken.length === 2);
		await worker.drain();
		await fixture.reopen();
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'c' }, { id: 'b' }, { id: 'd' });
		const second = scriptedOutput();
		const again = startWorker(fixture.log, second.output);
		await until(() => second.taken.includes('d'));
		await again.drain();
		assert.deepEqual(second.taken, ['c', 'd']);
		assert.equal(again.metrics.get('lanner_sink_alerts_repeated_total', { output: 'out' }), 3);
	});

	test('draining delivers what the log has and then ends', async () => {
		const { output, taken } = scriptedOutput();
		const worker = startWorker(fixture.log, output);
		await new Promise((resolve) => setTimeout(resolve, 50));
		const ids = Array.from({ length: 100 }, (_, i) => `a${i}`);
		await appendAlerts(fixture.log, ...ids.map((id) => ({ id })));
		await worker.drain();
		assert.deepEqual(taken, ids);
	});

	test('an output that hangs does not delay another', async () => {
		const slow = scriptedOutput(() => new Promise<DeliveryResult>(() => {}));
		const quick = scriptedOutput();
		const stuck = startWorker(fixture.log, slow.output, { name: 'slow' });
		const fine = startWorker(fixture.log, quick.output, { name: 'quick' });
		const from = performance.now();
		await appendAlerts(fixture.log, { id: 'a' });
		await until(() => quick.taken.length === 1, 1_000);
		assert.ok(performance.now() - from < 1_000);
		assert.deepEqual(slow.taken, []);
		await fine.drain();
		void stuck;
	});
});
