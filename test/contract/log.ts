/**
 * What every adapter of the event log must do. An adapter's test file calls `logContract` with a way to make a log and,
 * where it can be done, to open the same log again.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Assignment, EventLog, LogRecord } from '#log/log.ts';

export type LogFixture = {
	readonly log: EventLog;
	/** Closes the log and opens it again on the same data. */
	reopen(): Promise<EventLog>;
	cleanUp(): Promise<void>;
};

const record = (key: string, text: string) => ({ key, value: Buffer.from(text) });
const text = (one: LogRecord): string => Buffer.from(one.value).toString();
const topic = 'lanner.events';

export async function assigned(
	log: EventLog,
	group = 'g',
	of: Parameters<EventLog['append']>[0] = topic,
): Promise<{ assignment: Assignment; close: () => Promise<void> }> {
	const consumer = await log.consume({ topic: of, group });
	for await (const assignment of consumer.assignments()) return { assignment, close: () => consumer.close() };
	throw new Error('No partition was assigned.');
}

/** Reads until `count` records are there; values copied. */
export async function readTexts(assignment: Assignment, count: number): Promise<string[]> {
	const texts: string[] = [];
	while (texts.length < count) {
		const records = await assignment.read({ maxBytes: 1 << 20, waitMs: 10_000 });
		assert.ok(records.length > 0, `only ${texts.length} of ${count} records came`);
		texts.push(...records.map(text));
	}
	return texts;
}

export function logContract(name: string, open: () => Promise<LogFixture>): void {
	const withLog = (body: (fixture: LogFixture) => Promise<void>) => async () => {
		const fixture = await open();
		try {
			await body(fixture);
		} finally {
			await fixture.cleanUp();
		}
	};

	describe(`event log: ${name}`, () => {
		it(
			'gives records in the order of their appends, with key, value and growing offsets',
			withLog(async ({ log }) => {
				await log.append(topic, [record('a', 'one'), record('a', 'two')]);
				await log.append(topic, [record('a', 'three')]);
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				const seen: { offset: bigint; key: string; text: string }[] = [];
				while (seen.length < 3) {
					for (const one of await assignment.read({ maxBytes: 1 << 20, waitMs: 10_000 }))
						seen.push({ offset: one.offset, key: one.key, text: text(one) });
				}
				assert.deepEqual(
					seen.map((one) => one.text),
					['one', 'two', 'three'],
				);
				assert.deepEqual(
					seen.map((one) => one.key),
					['a', 'a', 'a'],
				);
				assert.ok(seen[0]!.offset < seen[1]!.offset && seen[1]!.offset < seen[2]!.offset);
			}),
		);

		it(
			'goes on at the offset it is told',
			withLog(async ({ log }) => {
				await log.append(topic, [record('a', 'one'), record('a', 'two'), record('a', 'three')]);
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				const [first] = await assignment.read({ maxBytes: 1, waitMs: 10_000 });
				await assignment.seek(first!.offset + 1n);
				assert.deepEqual(await readTexts(assignment, 2), ['two', 'three']);
			}),
		);

		it(
			"begins behind everything with 'latest'",
			withLog(async ({ log }) => {
				await log.append(topic, [record('a', 'old')]);
				const { assignment } = await assigned(log);
				await assignment.seek('latest');
				await log.append(topic, [record('a', 'new')]);
				assert.deepEqual(await readTexts(assignment, 1), ['new']);
			}),
		);

		it(
			'gives at least one record however small the bound, and no more than about the bound',
			withLog(async ({ log }) => {
				const large = 'x'.repeat(10_000);
				await log.append(topic, [record('a', large), record('a', large), record('a', large)]);
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				const few = await assignment.read({ maxBytes: 1, waitMs: 10_000 });
				assert.ok(few.length >= 1);
			}),
		);

		it(
			'begins at a time: nothing that was appended then or later is left out',
			withLog(async ({ log }) => {
				await log.append(topic, [record('a', 'old')]);
				const sinceMs = Date.now() + 1;
				while (Date.now() <= sinceMs) await new Promise((resolve) => setImmediate(resolve));
				await log.append(topic, [record('a', 'new')]);
				const { assignment } = await assigned(log);
				await assignment.seek({ sinceMs });
				const records = await assignment.read({ maxBytes: 1 << 20, waitMs: 10_000 });
				assert.deepEqual(records.filter(({ appendedMs }) => appendedMs >= sinceMs).map(text), ['new']);
				await assignment.seek({ sinceMs: Date.now() + 60_000 });
				assert.deepEqual(await assignment.read({ maxBytes: 1 << 20, waitMs: 20 }), []);
			}),
		);

		it(
			'gives the next consumer of the group again what was read and not reported',
			withLog(async ({ log }) => {
				await log.append(topic, [record('a', 'one'), record('a', 'two'), record('a', 'three')]);
				const first = await assigned(log);
				await first.assignment.seek('earliest');
				await readTexts(first.assignment, 3);
				await first.assignment.seek('earliest');
				const [one] = await first.assignment.read({ maxBytes: 1, waitMs: 10_000 });
				await first.assignment.reportProgress(one!.offset + 1n);
				await first.close();
				const { assignment } = await assigned(log);
				await assignment.seek((await assignment.progress())!);
				assert.deepEqual(await readTexts(assignment, 2), ['two', 'three']);
			}),
		);

		it(
			'waits at the end and wakes with the next append',
			withLog(async ({ log }) => {
				const { assignment } = await assigned(log);
				await assignment.seek('latest');
				const waiting = assignment.read({ maxBytes: 1 << 20, waitMs: 30_000 });
				const before = performance.now();
				await log.append(topic, [record('a', 'now')]);
				assert.deepEqual((await waiting).map(text), ['now']);
				assert.ok(performance.now() - before < 5_000, 'it did not wait for its time to pass');
			}),
		);

		it(
			'gives nothing when the time passes at the end',
			withLog(async ({ log }) => {
				const { assignment } = await assigned(log);
				await assignment.seek('latest');
				assert.deepEqual(await assignment.read({ maxBytes: 1 << 20, waitMs: 20 }), []);
			}),
		);

		it(
			'lets groups read independently of each other',
			withLog(async ({ log }) => {
				await log.append(topic, [record('a', 'one'), record('a', 'two')]);
				const one = await assigned(log, 'one');
				const two = await assigned(log, 'two');
				await one.assignment.seek('earliest');
				await two.assignment.seek('earliest');
				assert.deepEqual(await readTexts(one.assignment, 2), ['one', 'two']);
				assert.deepEqual(await readTexts(two.assignment, 2), ['one', 'two']);
			}),
		);

		it(
			'hands the partition to the next consumer of the group when the first closes',
			withLog(async ({ log }) => {
				const first = await assigned(log);
				const second = assigned(log);
				await first.close();
				assert.equal(first.assignment.revoked.aborted, true);
				const { assignment } = await second;
				assert.equal(assignment.revoked.aborted, false);
			}),
		);

		it(
			'ends a waiting read when the consumer closes',
			withLog(async ({ log }) => {
				const { assignment, close } = await assigned(log);
				await assignment.seek('latest');
				const waiting = assignment.read({ maxBytes: 1 << 20, waitMs: 30_000 });
				await close();
				assert.deepEqual(await waiting, []);
			}),
		);

		it(
			'keeps the progress of each group, also across a restart',
			withLog(async (fixture) => {
				const { assignment } = await assigned(fixture.log);
				assert.equal(await assignment.progress(), null);
				assert.equal(await assignment.progressNote(), '');
				assert.equal(await assignment.reportProgress(7n, '{"from":"3","é":1}'), true);
				assert.equal(await assignment.progress(), 7n);
				const again = await assigned(await fixture.reopen());
				assert.equal(await again.assignment.progress(), 7n);
				assert.equal(await again.assignment.progressNote(), '{"from":"3","é":1}');
				await again.assignment.reportProgress(8n);
				assert.equal(await again.assignment.progressNote(), '');
				await assert.rejects(again.assignment.reportProgress(9n, 'x'.repeat(4_097)), RangeError);
			}),
		);

		it(
			'keeps records and their offsets across a restart, and never gives an offset twice',
			withLog(async (fixture) => {
				await fixture.log.append(topic, [record('a', 'one'), record('a', 'two')]);
				const log = await fixture.reopen();
				await log.append(topic, [record('a', 'three')]);
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				const offsets = new Set<bigint>();
				let count = 0;
				while (count < 3) {
					for (const one of await assignment.read({ maxBytes: 1 << 20, waitMs: 10_000 })) {
						offsets.add(one.offset);
						count++;
					}
				}
				assert.equal(offsets.size, 3);
				assert.equal(await assignment.endOffset(), [...offsets].at(-1)! + 1n);
			}),
		);

		it(
			'refuses a record that is too large, and writes nothing of its append',
			withLog(async ({ log }) => {
				const append = log.append(topic, [
					record('a', 'small'),
					{ key: 'a', value: Buffer.alloc(80 * 1024 * 1024) },
				]);
				await assert.rejects(append, { code: 'record-too-large' });
				const { assignment } = await assigned(log);
				assert.equal(await assignment.endOffset(), 0n);
			}),
		);

		it(
			'keeps the order of appends that are not waited for',
			withLog(async ({ log }) => {
				const numbers = Array.from({ length: 200 }, (_, i) => String(i));
				await Promise.all(numbers.map((one) => log.append(topic, [record('a', one)])));
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				assert.deepEqual(await readTexts(assignment, 200), numbers);
			}),
		);
	});
}
