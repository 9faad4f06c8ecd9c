/** What may come again after a crash: alerts handed over since the progress that the log has, at every moment, also when it cannot be told. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Assignment, Consumer, EventLog } from '#log/log.ts';
import { delivered, type Output } from '#sink/output.ts';
import { appendAlerts, type LogFixture, logFixture, startWorker, until } from '#test/support/sink.ts';

type Telling = { readonly told: (next: bigint) => void; readonly canTell: () => boolean };

/** A log that says what progress it has, and can be away for progress. */
function listening(log: EventLog, { told, canTell }: Telling): EventLog {
	const assignment = (inner: Assignment): Assignment =>
		new Proxy(inner, {
			get(target, name) {
				if (name === 'reportProgress')
					return async (next: bigint, note?: string) => {
						if (!canTell()) return false;
						const has = await target.reportProgress(next, note);
						told(next);
						return has;
					};
				const value: unknown = Reflect.get(target, name, target);
				return typeof value === 'function' ? value.bind(target) : value;
			},
		});
	const consumer = (inner: Consumer): Consumer => ({
		async *assignments() {
			for await (const each of inner.assignments()) yield assignment(each);
		},
		close: () => inner.close(),
	});
	return {
		append: (topic, records) => log.append(topic, records),
		consume: async (options) => consumer(await log.consume(options)),
		close: () => log.close(),
	};
}

describe('alerts in flight', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	beforeEach(async () => {
		fixture = await logFixture();
	});
	afterEach(() => fixture.cleanUp());

	for (const [batchMax, inFlightMax] of [
		[500, 100],
		[7, 10],
		[1, 1],
		[30, 1],
	] as const)
		test(`an output that takes ${batchMax} at once never has more than ${inFlightMax} that are not told`, async () => {
			let handed = 0;
			let tellsFail = 3;
			let toldOf = 0;
			let most = 0;
			const log = listening(fixture.log, {
				told: (next) => {
					toldOf = Number(next);
				},
				canTell: () => tellsFail-- <= 0,
			});
			const output: Output = {
				batchMax,
				deliver: async (alerts) => {
					handed += alerts.length;
					most = Math.max(most, handed - toldOf);
					return alerts.map(() => delivered);
				},
				close: async () => {},
			};
			const ids = Array.from({ length: 500 }, (_, i) => ({ id: `a${i}` }));
			await appendAlerts(fixture.log, ...ids);
			const worker = startWorker(log, output, { inFlightMax });
			await until(() => handed === ids.length, 20_000);
			await worker.drain();
			assert.equal(toldOf, ids.length);
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
