/** The spool on a real disk: order, bounds, what is counted as lost, crashes. */
import assert from 'node:assert/strict';
import {
	appendFileSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OwnStream } from '#agent/own-stream.ts';
import type { OutgoingBatch } from '#agent/spool/record.ts';
import { Spool, type SpoolOptions } from '#agent/spool/spool.ts';

function folderOf(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-spool-'));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

type Clock = { wallMs: number; monotonicMs: number };

async function openSpool(
	context: TestContext,
	folder: string,
	options: Partial<SpoolOptions> & { readonly clock?: Clock } = {},
): Promise<Spool> {
	const { clock = { wallMs: 0, monotonicMs: 0 }, ...rest } = options;
	const spool = await Spool.open({
		folder,
		bytesMax: 1 << 20,
		ageMaxMs: 3_600_000,
		syncMs: 0,
		now: () => clock.wallMs,
		nowMs: () => clock.monotonicMs,
		onProblem: (error) => assert.fail(error),
		...rest,
	});
	context.after(() => spool.close());
	return spool;
}

/** Batch `i` holds ten events from sequence 10 × i on. */
function batch(i: number, bytes = 100): OutgoingBatch {
	return {
		value: Buffer.alloc(bytes, i),
		producer: 'CAPTURE',
		events: 10,
		firstSequence: 10 * i,
		reportsLoss: false,
	};
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Takes and acknowledges everything; which batches there were. */
async function drain(spool: Spool, bytes = 1000): Promise<number[]> {
	const seen: number[] = [];
	for (let taken = await spool.take(bytes); taken !== null; taken = await spool.take(bytes)) {
		for (const { firstSequence, value, events } of taken.batches) {
			assert.equal(value[0], (firstSequence / 10) & 255);
			assert.equal(events, 10);
			seen.push(firstSequence / 10);
		}
		await spool.acknowledge(taken);
	}
	return seen;
}

test('batches leave in the order they came, and nothing stays on disk', async (context) => {
	const folder = folderOf(context);
	const spool = await openSpool(context, folder);
	for (const i of range(0, 50)) await spool.append([batch(i)]);
	await spool.append(range(50, 60).map((i) => batch(i, 30_000)));
	assert.deepEqual(await drain(spool), range(0, 60));
	assert.ok(spool.isEmpty);
	assert.deepEqual(
		readdirSync(folder).filter((name) => name.endsWith('.spool')),
		[],
	);
	assert.deepEqual(spool.takeLosses(), []);
});

test('what was not acknowledged is given again, what was is not, also after a restart', async (context) => {
	const folder = folderOf(context);
	const first = await openSpool(context, folder);
	await first.append(range(0, 20).map((i) => batch(i)));
	const taken = await first.take(500);
	assert.ok(taken !== null && taken.batches.length < 20);
	await first.release(taken);
	const again = await first.take(500);
	assert.deepEqual(again?.batches.length, taken.batches.length);
	await first.acknowledge(again!);
	// As after kill -9: nothing is closed, the lock is left behind.
	rmSync(join(folder, 'lock'));
	const second = await openSpool(context, folder);
	await second.append([batch(20)]);
	assert.deepEqual(await drain(second), range(taken.batches.length, 21));
});

test('a second process is refused while the first has the folder', async (context) => {
	const folder = folderOf(context);
	await openSpool(context, folder);
	await assert.rejects(openSpool(context, folder), { code: 'folder-in-use' });
});

test('above the bound the oldest go, and what is missing is said exactly', async (context) => {
	const folder = folderOf(context);
	const spool = await openSpool(context, folder, { bytesMax: 512 << 10 });
	for (const i of range(0, 100)) await spool.append([batch(i, 10_000)]);
	assert.ok(spool.bytes <= 512 << 10);
	const losses = spool.takeLosses();
	const kept = await drain(spool, 100_000);
	const lost = 100 - kept.length;
	assert.ok(lost > 0);
	assert.deepEqual(kept, range(lost, 100));
	assert.deepEqual(losses, [
		{
			stage: 'SPOOL',
			reason: 'spool-full',
			producer: 'CAPTURE',
			batches: lost,
			events: lost * 10,
			firstSequence: 0,
			lastSequence: lost * 10 - 1,
		},
	]);
});

test('an eviction that was not told before a crash is counted again, once told it is not', async (context) => {
	const folder = folderOf(context);
	const first = await openSpool(context, folder, { bytesMax: 512 << 10 });
	for (const i of range(0, 100)) await first.append([batch(i, 10_000)]);
	const losses = first.takeLosses();
	rmSync(join(folder, 'lock'));
	const second = await openSpool(context, folder, { bytesMax: 512 << 10 });
	assert.deepEqual(second.takeLosses(), losses);
	await second.lossesReported();
	rmSync(join(folder, 'lock'));
	const third = await openSpool(context, folder, { bytesMax: 512 << 10 });
	assert.equal(third.hasLosses, false);
	assert.deepEqual(await drain(third, 100_000), range(losses[0]!.batches, 100));
});

test('a batch on its way to the log is not lost by an eviction, unless it does not arrive', async (context) => {
	for (const arrives of [true, false]) {
		const spool = await openSpool(context, folderOf(context), { bytesMax: 512 << 10 });
		await spool.append([batch(0, 10_000)]);
		const taken = await spool.take(10_000);
		for (const i of range(1, 100)) await spool.append([batch(i, 10_000)]);
		const before = spool.takeLosses()[0]!;
		assert.equal(before.firstSequence, 10);
		if (arrives) await spool.acknowledge(taken!);
		else await spool.release(taken!);
		assert.deepEqual(
			spool
				.takeLosses()
				.map(({ batches, firstSequence, lastSequence }) => [batches, firstSequence, lastSequence]),
			arrives ? [] : [[1, 0, 9]],
		);
		assert.deepEqual(await drain(spool, 100_000), range(1 + before.batches, 100));
	}
});

test('batches older than the bound go, whatever the wall clock does meanwhile', async (context) => {
	const folder = folderOf(context);
	const clock = { wallMs: 1_700_000_000_000, monotonicMs: 0 };
	const spool = await openSpool(context, folder, { ageMaxMs: 1000, clock });
	await spool.append([batch(0)]);
	clock.wallMs += 86_400_000;
	assert.deepEqual((await spool.take(1000))?.batches.length, 1, 'a jump of the wall clock is no age');
	clock.monotonicMs += 500;
	await spool.append([batch(1)]);
	clock.monotonicMs += 600;
	await spool.append([batch(2)]);
	await spool.release({ batches: [], segment: -1, end: 0 });
	assert.deepEqual(
		spool.takeLosses().map(({ reason, batches }) => [reason, batches]),
		[],
	);
	assert.deepEqual(await drain(spool), [1, 2]);
});

test('an eviction that itself told of losses brings those back', async (context) => {
	const spool = await openSpool(context, folderOf(context), { bytesMax: 512 << 10 });
	const own = new OwnStream({
		identity: { hostId: 'h', hostName: 'n', bootId: 'b', machine: 'x86_64' },
		probeVersion: '1',
		firstSequence: 5,
		now: () => new Date(0),
	});
	const told = {
		stage: 'SPOOL',
		reason: 'spool-full',
		producer: 'CAPTURE',
		batches: 7,
		events: 70,
		firstSequence: 1,
		lastSequence: 70,
	} as const;
	await spool.append([own.losses([told])]);
	for (const i of range(8, 100)) await spool.append([batch(i, 10_000)]);
	const losses = spool.takeLosses();
	const capture = losses.find(({ producer }) => producer === 'CAPTURE')!;
	const kept = await drain(spool, 100_000);
	assert.deepEqual(
		[capture.batches, capture.events, capture.firstSequence, capture.lastSequence],
		[7 + 92 - kept.length, 70 + 10 * (92 - kept.length), 1, 10 * kept[0]! - 1],
	);
	const agent = losses.find(({ producer }) => producer === 'AGENT')!;
	assert.deepEqual([agent.batches, agent.firstSequence], [1, 5]);
});

test('a record cut off by a crash is counted, and what comes before and after it is kept', async (context) => {
	for (const headerToo of [true, false]) {
		const folder = folderOf(context);
		const first = await openSpool(context, folder);
		await first.append([batch(0), batch(1)]);
		await first.close();
		const [name] = readdirSync(folder).filter((file) => file.endsWith('.spool'));
		const path = join(folder, name!);
		const record = readFileSync(path).subarray(140, 280);
		appendFileSync(path, record.subarray(0, headerToo ? 139 : 30));
		const second = await openSpool(context, folder);
		assert.deepEqual(
			second.takeLosses().map(({ reason, batches, events, firstSequence }) => ({
				reason,
				batches,
				events,
				firstSequence,
			})),
			[
				headerToo
					? { reason: 'spool-cut-off', batches: 1, events: 10, firstSequence: 10 }
					: { reason: 'spool-cut-off', batches: 0, events: -1, firstSequence: -1 },
			],
		);
		await second.append([batch(2)]);
		assert.deepEqual(await drain(second), [0, 1, 2]);
	}
});

test('a damaged message loses that batch alone; a damaged header the rest of its file; both are counted', async (context) => {
	const folder = folderOf(context);
	const first = await openSpool(context, folder);
	for (const i of range(0, 6)) await first.append([batch(i, 50_000)]);
	await first.close();
	const names = readdirSync(folder)
		.filter((file) => file.endsWith('.spool'))
		.sort();
	assert.ok(names.length >= 2, 'one segment only');
	const path = join(folder, names[0]!);
	const bytes = readFileSync(path);
	bytes[40 + 7]! ^= 255;
	bytes[50_040 + 50_040 + 9]! ^= 255;
	writeFileSync(path, bytes);
	const second = await openSpool(context, folder);
	const inFirst = Math.round(bytes.length / 50_040);
	assert.deepEqual(await drain(second, 60_000), [1, ...range(inFirst, 6)]);
	assert.deepEqual(
		second.takeLosses().map(({ reason, producer, batches, events, firstSequence }) => ({
			reason,
			producer,
			batches,
			events,
			firstSequence,
		})),
		[
			{ reason: 'spool-corrupt', producer: 'CAPTURE', batches: 1, events: 10, firstSequence: 0 },
			{ reason: 'spool-corrupt', producer: 'UNKNOWN', batches: 0, events: -1, firstSequence: -1 },
		],
	);
	assert.ok(!existsSync(path));
});
