/** The rate limit of an output: the bucket, the summary, and in a worker on a real log that nothing is lost or told twice. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Alert } from '#schemas/generated/alert.ts';
import { delivered, type Output } from '#sink/output.ts';
import { HeldBack, TokenBucket } from '#sink/worker/rate-limit.ts';
import {
	alertOf,
	appendAlerts,
	type LogFixture,
	logFixture,
	startWorker,
	until,
} from '#test/support/sink.ts';

const rate = { alerts: 2, periodMs: 60_000 };
const startMs = 1_700_000_000_000;

describe('token bucket', () => {
	test('so many at once, then evenly; no more after a long silence; a clock set back gives nothing', () => {
		const bucket = new TokenBucket(rate, startMs);
		const at = (seconds: number): boolean => bucket.take(startMs + seconds * 1000);
		assert.deepEqual([at(0), at(0), at(0), at(29), at(30), at(31)], [true, true, false, false, true, false]);
		assert.deepEqual([at(10_000), at(10_000), at(10_000)], [true, true, false]);
		assert.deepEqual([at(0), at(29), at(30)], [false, false, true]);
	});

	test('0 is no limit', () => {
		const bucket = new TokenBucket({ alerts: 0, periodMs: 1_000 }, startMs);
		assert.ok(Array.from({ length: 1_000 }, () => bucket.take(startMs)).every(Boolean));
	});
});

function heldOf(alerts: readonly Partial<Alert>[]): HeldBack {
	const [first, ...rest] = alerts.map((given, i) => ({
		alert: alertOf(given),
		alerts: 1,
		record: { offset: BigInt(i), appendedMs: i, key: '', value: new Uint8Array() },
		place: { next: BigInt(i + 1), note: '' },
	}));
	const held = new HeldBack(first!);
	for (const each of rest) held.add(each);
	return held;
}

describe('summary', () => {
	test('it says how many of which rule, first and last time, and has the most urgent priority', () => {
		const held = heldOf([
			{ id: 'a', rule: 'A', priority: 'Notice', timeS: 1_700_000_000, timeNs: 0 },
			{ id: 'b', rule: 'B', priority: 'Critical', timeS: 1_700_000_001, hostId: 'other', hostName: 'db1' },
			{ id: 'c', rule: 'A', priority: 'Debug', timeS: 1_700_000_060, timeNs: 5_000_000 },
		]);
		const { output, priority, rule, hostName } = held.summary('pager');
		assert.deepEqual([rule, priority, hostName], ['Alerts held back', 'Critical', 'several hosts']);
		assert.equal(
			output,
			'3 alerts were held back by the rate limit of output pager, the originals are in the log (first=2023-11-14T22:13:20.000Z last=2023-11-14T22:14:20.005Z): A (2), B (1)',
		);
	});

	test('its id follows from the alerts and the output alone', () => {
		const id = (ids: readonly string[], output = 'pager') =>
			heldOf(ids.map((each) => ({ id: each }))).summary(output).id;
		assert.match(id(['a', 'b']), /^[0-9a-f]{32}$/);
		assert.equal(id(['a', 'b']), id(['a', 'b']));
		const different = [id(['a', 'b']), id(['a']), id(['b', 'a']), id(['a', 'b'], 'chat')];
		assert.equal(new Set(different).size, different.length);
	});

	test('it names twenty rules and counts the others', () => {
		const { output } = heldOf(Array.from({ length: 30 }, (_, i) => ({ id: `${i}`, rule: `R${i}` }))).summary(
			'pager',
		);
		assert.match(output, /^30 alerts .*R19 \(1\), others \(10\)$/);
	});
});

describe('in a worker', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	beforeEach(async () => {
		fixture = await logFixture();
	});
	afterEach(() => fixture.cleanUp());

	function keeping(): { output: Output; taken: Alert[] } {
		const taken: Alert[] = [];
		const output: Output = {
			batchMax: 10,
			deliver: async (alerts) => {
				taken.push(...alerts);
				return alerts.map(() => delivered);
			},
			close: async () => {},
		};
		return { output, taken };
	}

	const labels = { output: 'out' };

	test('what finds no token is one summary once there is one, in order, each alert accounted for', async () => {
		let nowMs = startMs;
		const { output, taken } = keeping();
		await appendAlerts(fixture.log, ...['a', 'b', 'c', 'd', 'd', 'e'].map((id) => ({ id })));
		const worker = startWorker(fixture.log, output, { rate, now: () => nowMs });
		const { metrics } = worker;
		await until(() => metrics.get('lanner_sink_alerts_received_total', labels) === 6);
		await until(() => taken.length === 2);
		await appendAlerts(fixture.log, { id: 'c' }, { id: 'f' });
		await until(() => metrics.get('lanner_sink_alerts_received_total', labels) === 8);
		nowMs += 30_000;
		await until(() => taken.length === 3);
		nowMs += 30_000;
		await appendAlerts(fixture.log, { id: 'g' });
		await until(() => taken.length === 4);
		await worker.drain();
		assert.deepEqual(
			taken.map(({ id, rule }) => (rule === 'Alerts held back' ? rule : id)),
			['a', 'b', 'Alerts held back', 'g'],
		);
		assert.match(
			taken[2]?.output ?? '',
			/^4 alerts were held back by the rate limit of output out.*: Shadow read \(4\)$/,
		);
		const counts = ['received', 'delivered', 'held_back', 'repeated', 'left'] as const;
		assert.deepEqual(
			counts.map((name) => metrics.get(`lanner_sink_alerts_${name}_total`, labels)),
			[10, 4, 4, 2, 0],
		);
		assert.equal(metrics.get('lanner_sink_alerts_in_flight', labels), 0);
		await fixture.reopen();
		const again = keeping();
		const next = startWorker(fixture.log, again.output, { rate, now: () => nowMs });
		await appendAlerts(fixture.log, { id: 'h' });
		await until(() => again.taken.length === 1);
		await next.drain();
		assert.deepEqual(
			again.taken.map(({ id }) => id),
			['h'],
		);
	});

	test('what was held back and not summed up when the process ended is read again', async () => {
		const first = keeping();
		await appendAlerts(fixture.log, ...['a', 'b', 'c', 'd'].map((id) => ({ id })));
		const worker = startWorker(fixture.log, first.output, { rate, now: () => startMs });
		await until(() => first.taken.length === 2);
		await worker.drain();
		assert.equal(worker.metrics.get('lanner_sink_alerts_left_total', labels), 2);
		await fixture.reopen();
		const second = keeping();
		const next = startWorker(fixture.log, second.output, { rate, now: () => startMs });
		await until(() => second.taken.length === 2);
		await next.drain();
		assert.deepEqual(
			second.taken.map(({ id }) => id),
			['c', 'd'],
		);
	});
});
