/** Grouping: what a period counts and says, and in a worker on a real log that each alert is in exactly one message, also across restarts. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output } from '#sink/output.ts';
import { GroupPeriod } from '#sink/worker/group.ts';
import {
	alertOf,
	appendAlerts,
	type LogFixture,
	logFixture,
	type RunningWorker,
	startWorker,
	until,
} from '#test/support/sink.ts';

const group = { by: ['alert.rule', 'host.name'], periodMs: 60_000 };
const startMs = 1_700_000_000_000;
const begin = { ...group, from: 5n, startMs };

describe('a period', () => {
	test('the first of its kind goes out, those like it are counted', () => {
		const period = new GroupPeriod(begin);
		const counts = (given: Partial<Alert>): boolean => period.counts(alertOf(given));
		assert.deepEqual(
			[
				counts({ id: 'a', rule: 'A' }),
				counts({ id: 'b', rule: 'A' }),
				counts({ id: 'c', rule: 'B' }),
				counts({ id: 'd', rule: 'A', hostName: 'db1' }),
				counts({ id: 'e', rule: 'A', priority: 'Critical', timeS: 1_700_000_060 }),
			],
			[false, true, false, false, true],
		);
		const [summary, ...others] = period.summaries('pager');
		assert.deepEqual([others.length, summary?.alerts, summary?.note], [0, 2, '']);
		assert.equal(
			summary?.alert.output,
			'2 more alerts like a counted by output pager, the originals are in the log (first=2023-11-14T22:13:20.123Z last=2023-11-14T22:14:20.123Z): alert.rule=A host.name=web1',
		);
		const { rule, priority, hostName, eventType } = summary.alert;
		assert.deepEqual(
			[rule, priority, hostName, eventType],
			['Alerts grouped', 'Critical', 'web1', 'summary'],
		);
	});

	test('fields of the rule language make groups too; values cannot run into each other', () => {
		const period = new GroupPeriod({ ...begin, by: ['proc.name', 'alert.rule'] });
		const named = (name: string, rule: string): boolean =>
			period.counts(alertOf({ rule, outputFields: [{ name: 'proc.name', value: { string: name } }] }));
		assert.deepEqual(
			[named('a', 'b,c'), named('a,b', 'c'), named('a","b', 'c'), named('a', 'b,c')],
			[false, false, false, true],
		);
	});

	test('a summary keeps its size whatever was counted; groups beyond the bound go out', () => {
		const period = new GroupPeriod({ ...begin, by: ['alert.output'] });
		const long = 'x'.repeat(1_000_000);
		assert.equal(period.counts(alertOf({ output: long })), false);
		assert.equal(period.counts(alertOf({ output: long })), true);
		for (let i = 1; i < 1_000; i++) period.counts(alertOf({ output: `${i}` }));
		assert.deepEqual(
			[1, 2].map(() => period.counts(alertOf({ output: 'one more' }))),
			[false, false],
		);
		assert.ok((period.summaries('o')[0]?.alert.output.length ?? 0) < 1_000);
	});

	test('its note says where it began, by which fields, and which of its summaries are out', () => {
		const period = new GroupPeriod(begin);
		for (const rule of ['A', 'B', 'A', 'B']) period.counts(alertOf({ rule }));
		const again = GroupPeriod.fromNote(period.note());
		assert.deepEqual(again?.begin, begin);
		const [first, second] = period.summaries('o');
		assert.equal(second?.note, '');
		const after = GroupPeriod.fromNote(first?.note ?? '');
		for (const rule of ['A', 'B', 'A', 'B']) after?.counts(alertOf({ rule }));
		assert.deepEqual(
			after?.summaries('o').map(({ alert }) => alert.id),
			[second?.alert.id],
		);
		assert.equal(after?.isOver(startMs), true);
		for (const note of ['', 'x', '{}', '{"by":["no.field"],"ms":1,"from":"1","start":1,"summed":0}'])
			assert.equal(GroupPeriod.fromNote(note), null, note);
	});

	test('it ends by time, also when the clock is set back by more than its length', () => {
		const period = new GroupPeriod(begin);
		const over = [59_999, 60_000, -1_000, -60_001].map((ms) => period.isOver(startMs + ms));
		assert.deepEqual(over, [false, true, false, true]);
		assert.deepEqual(
			[period.isOf(group), period.isOf({ ...group, by: [] }), period.isOf({ ...group, periodMs: 1 })],
			[true, false, false],
		);
	});
});

describe('in a worker', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	let nowMs = startMs;
	beforeEach(async () => {
		fixture = await logFixture();
		nowMs = startMs;
	});
	afterEach(() => fixture.cleanUp());

	function keeping(answer: (alert: Alert) => DeliveryResult = () => delivered) {
		const taken: Alert[] = [];
		const output: Output = {
			batchMax: 3,
			deliver: async (alerts) => {
				const results: DeliveryResult[] = [];
				for (const alert of alerts) {
					const result = answer(alert);
					results.push(result);
					if (result.kind !== 'delivered') break;
					taken.push(alert);
				}
				return results;
			},
			close: async () => {},
		};
		/** An id, or what a summary counts. */
		const said = () =>
			taken.map(({ id, eventType, output }) =>
				eventType === 'summary' ? output.replace(/ counted by.*/, '') : id,
			);
		return { output, said };
	}
	const labels = { output: 'out' };
	const received = (worker: RunningWorker, count: number): Promise<void> =>
		until(() => worker.metrics.get('lanner_sink_alerts_received_total', labels) === count);
	const alike = (...ids: string[]): Promise<void> => appendAlerts(fixture.log, ...ids.map((id) => ({ id })));
	const start = (output: Output, given = {}): RunningWorker =>
		startWorker(fixture.log, output, { group, now: () => nowMs, ...given });

	test('each alert is out, or in one count; repeats are neither; the next period begins anew', async () => {
		const { output, said } = keeping();
		const worker = start(output);
		await alike('a', 'b', 'b', 'c');
		await appendAlerts(fixture.log, { id: 'x', rule: 'Other' }, { id: 'y', rule: 'Other' });
		await received(worker, 6);
		nowMs += 60_000;
		await until(() => said().length === 4);
		await alike('b', 'd', 'e');
		await received(worker, 6 + 2 + 3);
		nowMs += 60_000;
		await until(() => said().length === 6);
		await worker.drain();
		assert.deepEqual(said(), [
			...['a', 'x', '2 more alerts like a', '1 more alert like x'],
			...['d', '1 more alert like d'],
		]);
		const counts = ['received', 'delivered', 'grouped', 'repeated', 'held_back', 'left'] as const;
		assert.deepEqual(
			counts.map((name) => worker.metrics.get(`lanner_sink_alerts_${name}_total`, labels)),
			[12, 6, 4, 2, 0, 0],
		);
		assert.equal(worker.metrics.get('lanner_sink_alerts_in_flight', labels), 0);
	});

	test('a restart in the middle counts on; what was out is not sent again', async () => {
		const first = keeping();
		const worker = start(first.output);
		await alike('a', 'b', 'c');
		await received(worker, 3);
		await worker.drain();
		await fixture.reopen();
		const second = keeping();
		const again = start(second.output);
		await alike('c', 'd');
		await received(again, 2);
		nowMs += 60_000;
		await until(() => second.said().length === 1);
		await again.drain();
		assert.deepEqual([first.said(), second.said()], [['a'], ['3 more alerts like a']]);
		await fixture.reopen();
		const third = keeping();
		const last = start(third.output);
		await alike('z');
		await received(last, 1);
		await last.drain();
		assert.deepEqual(third.said(), ['z']);
	});

	test('a summary that is not taken waits; those before it are not repeated by the next run', async () => {
		const first = keeping(({ output }) =>
			output.includes('like x') ? { kind: 'retry', code: 'no', reason: 'away' } : delivered,
		);
		const slow = { firstMs: 60_000, maxMs: 60_000, attemptsMax: 9 };
		const worker = start(first.output, { retry: slow });
		await alike('a', 'b');
		await appendAlerts(fixture.log, { id: 'x', rule: 'Other' }, { id: 'y', rule: 'Other' });
		await received(worker, 4);
		nowMs += 60_000;
		await until(() => first.said().length === 3);
		await worker.drain();
		await fixture.reopen();
		const second = keeping();
		const again = start(second.output);
		await until(() => second.said().length === 1);
		await again.drain();
		assert.deepEqual(
			[first.said(), second.said()],
			[['a', 'x', '1 more alert like a'], ['1 more alert like x']],
		);
	});

	test('with another grouping, or none, the open period is ended as it began', async () => {
		const first = keeping();
		const worker = start(first.output);
		await alike('a', 'b');
		await received(worker, 2);
		await worker.drain();
		await fixture.reopen();
		const second = keeping();
		const again = start(second.output, { group: { by: [], periodMs: 60_000 } });
		await alike('c', 'd');
		await until(() => second.said().length === 3);
		await again.drain();
		assert.deepEqual(second.said(), ['1 more alert like a', 'c', 'd']);
	});

	test('with a rate limit the counts of groups are in the summary of what was held back', async () => {
		const { output, said } = keeping();
		const worker = start(output, { rate: { alerts: 1, periodMs: 600_000 } });
		await alike('a', 'b', 'c');
		await received(worker, 3);
		nowMs += 60_000;
		await received(worker, 4);
		await appendAlerts(fixture.log, { id: 'x', rule: 'Other' });
		await received(worker, 5);
		nowMs += 600_000;
		await until(() => said().length === 2);
		await worker.drain();
		assert.match(said()[1] ?? '', /^3 alerts were held back .*: Alerts grouped \(2\), Other \(1\)$/);
		const counts = ['received', 'delivered', 'grouped', 'held_back', 'left'] as const;
		assert.deepEqual(
			counts.map((name) => worker.metrics.get(`lanner_sink_alerts_${name}_total`, labels)),
			[6, 2, 2, 2, 0],
		);
	});
});
