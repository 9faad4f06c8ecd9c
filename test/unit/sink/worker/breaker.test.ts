/** The circuit breaker, what of progress is told when, and the age of what waits: alone, and in a worker on a real log. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { EventLog } from '#log/log.ts';
import { type DeliveryResult, delivered, type Output } from '#sink/output.ts';
import { Breaker, type BreakerState } from '#sink/worker/breaker.ts';
import {
	appendAlerts,
	type LogFixture,
	logFixture,
	scriptedOutput,
	startWorker,
	until,
} from '#test/support/sink.ts';
import { watchedLog } from '#test/support/watched-log.ts';

const failed: DeliveryResult = { kind: 'retry', code: 'output-failed', reason: 'away' };
const failuresMax = 5;

async function opened(): Promise<{ breaker: Breaker; states: BreakerState[] }> {
	const states: BreakerState[] = [];
	const breaker = new Breaker((state) => states.push(state));
	for (let i = 0; i < failuresMax; i++) (await breaker.enter(10)).over(false);
	return { breaker, states };
}

describe('circuit breaker', () => {
	test('it opens after five failures in a row, not after five with a success between', async () => {
		const breaker = new Breaker(() => {});
		for (const took of [false, false, false, false, true, false, false, false, false])
			(await breaker.enter(10)).over(took);
		assert.equal((await breaker.enter(10)).alertsMax, 10);
		const { breaker: open, states } = await opened();
		assert.equal((await open.enter(10)).alertsMax, 1);
		assert.deepEqual(states, ['closed', 'open', 'half-open']);
	});

	test('while it is open one attempt at a time is let through, in turn; a success lets all go on', async () => {
		const { breaker, states } = await opened();
		const order: string[] = [];
		const first = await breaker.enter(10);
		const second = breaker.enter(10).then((permit) => {
			order.push('second');
			return permit;
		});
		const third = breaker.enter(10).then((permit) => {
			order.push('third');
			return permit;
		});
		await new Promise(setImmediate);
		assert.deepEqual(order, []);
		first.over(false);
		const probe = await second;
		await new Promise(setImmediate);
		assert.deepEqual([probe.alertsMax, order], [1, ['second']]);
		probe.over(true);
		assert.equal((await third).alertsMax, 10);
		assert.deepEqual(states, ['closed', 'open', 'half-open', 'open', 'half-open', 'closed']);
	});
});

/** The log, with `onTold` called before progress is told. */
function watched(log: EventLog, onTold: (next: bigint) => void): EventLog {
	return watchedLog(log, (inner) => ({
		reportProgress: (next) => {
			onTold(next);
			return inner.reportProgress(next);
		},
	}));
}

describe('in a worker', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	beforeEach(async () => {
		fixture = await logFixture();
	});
	afterEach(() => fixture.cleanUp());
	const ids = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `a${i}` }));

	test('an output that is away is tried with one alert; once it is back it gets batches again', async () => {
		const sizes: number[] = [];
		let failures = failuresMax + 2;
		const output: Output = {
			batchMax: 10,
			deliver: async (alerts) => {
				sizes.push(alerts.length);
				return failures-- > 0 ? [failed] : alerts.map(() => delivered);
			},
			close: async () => {},
		};
		await appendAlerts(fixture.log, ...ids(30));
		const retry = { firstMs: 1, maxMs: 2, attemptsMax: 100 };
		const worker = startWorker(fixture.log, output, { retry });
		const state = (name: BreakerState) =>
			worker.metrics.get('lanner_sink_breaker_state', { output: 'out', state: name });
		await until(() => worker.metrics.get('lanner_sink_alerts_delivered_total', { output: 'out' }) === 30);
		await worker.drain();
		assert.deepEqual(sizes, [10, 10, 10, 10, 10, 1, 1, 1, 9, 10, 10]);
		assert.deepEqual([state('closed'), state('open'), state('half-open')], [1, 0, 0]);
	});

	test('progress is told for several alerts together, never more than twenty behind, and before the worker waits', async () => {
		const { output, taken } = scriptedOutput();
		const told: bigint[] = [];
		let behindMax = 0;
		const single: Output = {
			...output,
			batchMax: 1,
			deliver: (alerts, signal) => {
				behindMax = Math.max(behindMax, taken.length - Number(told.at(-1) ?? 0n));
				return output.deliver(alerts, signal);
			},
		};
		await appendAlerts(fixture.log, ...ids(400));
		const log = watched(fixture.log, (next) => told.push(next));
		// A clock that stands still: only the number counts.
		const worker = startWorker(log, single, { now: () => 1_700_000_000_000 });
		await until(() => taken.length === 400);
		assert.ok(told.length <= 21, `${told.length} times`);
		assert.ok(behindMax < 20, `${behindMax} behind`);
		await appendAlerts(fixture.log, { id: 'last' });
		await until(() => told.at(-1) === 401n);
		await worker.drain();
	});

	test('the age of the oldest alert that is not delivered grows while it waits, and is 0 afterwards', async () => {
		let letGo = (): void => {};
		const held = new Promise<void>((resolve) => {
			letGo = resolve;
		});
		const { output, taken } = scriptedOutput(async () => {
			await held;
			return delivered;
		});
		await appendAlerts(fixture.log, ...ids(3));
		const worker = startWorker(fixture.log, output, { now: () => Date.now() + 60_000 });
		const ageS = (): number => {
			worker.metrics.render();
			return worker.metrics.get('lanner_sink_oldest_undelivered_age_seconds', { output: 'out' });
		};
		await until(() => ageS() >= 60);
		letGo();
		await until(() => taken.length === 3 && ageS() === 0);
		await worker.drain();
	});
});
