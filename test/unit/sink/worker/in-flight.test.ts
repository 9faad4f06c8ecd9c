/** What may come again after a crash: alerts handed over since the progress that the log has, at every moment, also when it cannot be told. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Assignment, Consumer, EventLog } from '#log/log.ts';
import { delivered, type Output } from '#sink/output.ts';
import { appendAlerts, type LogFixture, logFixture, startWorker, until } from '#test/support/sink.ts';
import { watchedAssignment } from '#test/support/watched-log.ts';

type Telling = {
	readonly told: (partition: number, next: bigint) => void;
	readonly canTell: () => boolean;
	readonly partitions: number;
};

/** A log that says what progress it has, and can be away for progress. Its partitions have the same alerts. */
function listening(log: EventLog, { told, canTell, partitions }: Telling): EventLog {
	const assignment = (inner: Assignment, partition: number): Assignment =>
		watchedAssignment(inner, () => ({
			async reportProgress(next, note) {
				if (!canTell()) return false;
				const has = await inner.reportProgress(next, note);
				told(partition, next);
				return has;
			},
		}));
	const consumer = (members: readonly Consumer[]): Consumer => ({
		async *assignments() {
			const each = members.map((member) => member.assignments()[Symbol.asyncIterator]());
			for (const [partition, one] of each.entries()) {
				const { value, done } = await one.next();
				if (done !== true) yield assignment(value, partition);
			}
			await Promise.all(each.map((one) => one.next()));
		},
		close: async () => void (await Promise.all(members.map((member) => member.close()))),
	});
	return {
		append: (topic, records) => log.append(topic, records),
		async consume({ topic, group }) {
			const members: Consumer[] = [];
			for (let i = 0; i < partitions; i++) members.push(await log.consume({ topic, group: `${group}.${i}` }));
			return consumer(members);
		},
		close: () => log.close(),
	};
}

describe('alerts in flight', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	beforeEach(async () => {
		fixture = await logFixture();
	});
	afterEach(() => fixture.cleanUp());

	for (const [batchMax, inFlightMax, partitions] of [
		[500, 100, 1],
		[7, 10, 1],
		[1, 1, 1],
		[30, 1, 1],
		[20, 100, 12],
		[500, 100, 3],
		[1, 1, 3],
	] as const)
		test(`an output that takes ${batchMax} at once never has more than ${inFlightMax} that are not told, of ${partitions} partitions`, async () => {
			let handed = 0;
			let tellsFail = 3;
			const told = new Array<number>(partitions).fill(0);
			const toldOf = (): number => told.reduce((sum, one) => sum + one, 0);
			let most = 0;
			const log = listening(fixture.log, {
				told: (partition, next) => {
					told[partition] = Number(next);
				},
				canTell: () => tellsFail-- <= 0,
				partitions,
			});
			const output: Output = {
				batchMax,
				deliver: async (alerts) => {
					handed += alerts.length;
					most = Math.max(most, handed - toldOf());
					await setImmediate();
					return alerts.map(() => delivered);
				},
				close: async () => {},
			};
			const ids = Array.from({ length: 500 }, (_, i) => ({ id: `a${i}` }));
			await appendAlerts(fixture.log, ...ids);
			const worker = startWorker(log, output, { inFlightMax });
			await until(() => handed === partitions * ids.length, 20_000);
			await worker.drain();
			assert.deepEqual(told, new Array<number>(partitions).fill(ids.length));
			assert.ok(most <= inFlightMax && most >= Math.min(inFlightMax, batchMax), `${most}`);
		});

	test('a worker that is to leave ends after the call under way, and tells how far it came', async () => {
		let release = (): void => {};
		const taken: string[] = [];
		const output: Output = {
			batchMax: 2,
			deliver: async (alerts) => {
				taken.push(...alerts.map(({ id }) => id));
				await new Promise<void>((resolve) => {
					release = resolve;
				});
				return alerts.map(() => delivered);
			},
			close: async () => {},
		};
		await appendAlerts(fixture.log, { id: 'a' }, { id: 'b' }, { id: 'c' });
		const worker = startWorker(fixture.log, output);
		await until(() => taken.length === 2);
		const left = worker.leave();
		release();
		await left;
		const next: string[] = [];
		const again = startWorker(fixture.log, {
			...output,
			deliver: async (alerts) => {
				next.push(...alerts.map(({ id }) => id));
				return alerts.map(() => delivered);
			},
		});
		await until(() => next.length === 1);
		await again.drain();
		assert.deepEqual([taken, next], [['a', 'b'], ['c']]);
	});
});
