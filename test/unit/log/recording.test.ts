import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import avro from 'avsc';
import {
	createRecording,
	openRecording,
	type ReadOptions,
	type RecordedBatch,
	RecordingError,
} from '#log/recording/index.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { batch, fileOpened } from '#test/support/events.ts';

const info = { version: '0.1.0', host: 'box', kernel: '6.1.0' };
const messages = ['/one', '/two', '/three'].map((path) =>
	batch([fileOpened({ path }), fileOpened({ path: `${path}/again` })]),
);
const sync = Buffer.from('0123456789abcdef');

async function recorded(codec: 'null' | 'deflate'): Promise<Buffer> {
	const folder = await mkdtemp(join(tmpdir(), 'lanner-recording-'));
	try {
		const path = join(folder, 'r.avro');
		const writer = await createRecording({ path, info, codec, sync });
		for (const message of messages) await writer.write(message);
		await writer.close();
		assert.equal((await readFile(path)).length, writer.bytes);
		await assert.rejects(createRecording({ path, info }), { code: 'EEXIST' });
		return await readFile(path);
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** In pieces, so that every boundary falls within a piece somewhere. */
async function* pieces(bytes: Buffer, size: number): AsyncIterable<Uint8Array> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(
	bytes: Buffer,
	options: ReadOptions = {},
	size = 7,
): Promise<{ batches: RecordedBatch[]; error: unknown }> {
	const batches: RecordedBatch[] = [];
	try {
		const recording = await openRecording(pieces(bytes, size), options);
		for await (const { position, message } of recording.batches())
			batches.push({ position, message: Buffer.from(message) });
		return { batches, error: null };
	} catch (error) {
		return { batches, error };
	}
}

for (const codec of ['null', 'deflate'] as const) {
	describe(`recording, codec ${codec}`, () => {
		it('gives back the messages byte for byte, and its metadata, whatever the pieces it comes in', async () => {
			const bytes = await recorded(codec);
			for (const size of [1, 7, 64 * 1024]) {
				const { batches, error } = await readAll(bytes, {}, size);
				assert.equal(error, null);
				assert.deepEqual(
					batches.map((one) => one.message),
					messages,
				);
			}
			const recording = await openRecording(pieces(bytes, 100));
			assert.equal(recording.metadata.get('lanner.host'), 'box');
			assert.equal(recording.metadata.get('avro.codec'), codec);
		});

		it("is read by avsc's own container decoder", async () => {
			const bytes = await recorded(codec);
			const decoder = new avro.streams.BlockDecoder({
				parseHook: (schema) => avro.Type.forSchema(schema, { wrapUnions: true }),
			});
			const seen: unknown[] = [];
			decoder.on('data', (value: { events: unknown[] }) => seen.push(value.events.length));
			await new Promise((resolve, reject) => decoder.on('end', resolve).on('error', reject).end(bytes));
			assert.deepEqual(seen, [2, 2, 2]);
		});

		it('gives every whole batch and then an error with its position when it is cut at any byte', async () => {
			const bytes = await recorded(codec);
			const { batches } = await readAll(bytes);
			const starts = batches.map((one) => one.position);
			const blockEnd = [...starts.slice(1), bytes.length];
			for (let cut = starts[0]!; cut < bytes.length; cut++) {
				const result = await readAll(bytes.subarray(0, cut), {}, 4096);
				const whole = blockEnd.filter((end) => end <= cut).length;
				assert.equal(result.batches.length, whole, `cut at ${cut}`);
				if (starts.includes(cut)) {
					assert.equal(result.error, null);
					continue;
				}
				assert.ok(result.error instanceof RecordingError);
				assert.equal(result.error.code, 'truncated');
				assert.equal(result.error.position, starts[whole]);
			}
		});

		it('skips damage to the next sync marker when asked to, and says what it skipped', async () => {
			const bytes = await recorded(codec);
			const { batches } = await readAll(bytes);
			const damaged = Buffer.from(bytes);
			// The sync marker at the end of the first block.
			damaged[batches[1]!.position - 3]! ^= 0xff;
			const stopped = await readAll(damaged);
			assert.equal(stopped.batches.length, 0);
			assert.ok(
				stopped.error instanceof RecordingError &&
					stopped.error.code === 'corrupt' &&
					stopped.error.position === batches[0]!.position,
			);
			const places: number[] = [];
			const { batches: rest, error } = await readAll(damaged, {
				keepGoing: true,
				onDamage: (one, skipped) => places.push(one.position, skipped),
			});
			assert.equal(error, null);
			// The marker of the second block is the next to be found: what follows it is whole again.
			assert.deepEqual(
				rest.map((one) => one.message),
				[messages[2]],
			);
			assert.deepEqual(places, [batches[0]!.position, batches[2]!.position - batches[0]!.position]);
		});
	});
}

describe('recordings that are none', () => {
	it('are refused with the reason', async () => {
		const bytes = await recorded('null');
		const cases: [Buffer, string][] = [
			[Buffer.alloc(0), 'not-a-recording'],
			[Buffer.from('hello, this is a text file'), 'not-a-recording'],
			[bytes.subarray(0, 200), 'not-a-recording'],
			[
				Buffer.from(bytes.toString('latin1').replace(/(avro\.codec.)null/s, '$1lzma'), 'latin1'),
				'unknown-codec',
			],
			[
				Buffer.from(bytes.toString('latin1').replace('EventBatch', 'EventBitch'), 'latin1'),
				'not-a-recording',
			],
		];
		for (const [input, code] of cases) {
			const { error } = await readAll(input);
			assert.ok(error instanceof RecordingError, String(error));
			assert.equal(error.code, code);
		}
	});

	it('written by other tools with several batches to a block are split', async () => {
		const ours = await recorded('null');
		const { batches } = await readAll(ours);
		const header = ours.subarray(0, batches[0]!.position);
		const body = Buffer.concat(messages.map((message) => message.subarray(10)));
		const size = body.length * 2;
		const head = Buffer.from([6, (size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14]);
		const { batches: split, error } = await readAll(Buffer.concat([header, head, body, sync]));
		assert.equal(error, null);
		assert.deepEqual(
			split.map((one) => one.message),
			messages,
		);
	});

	it('stream from a file to the EventReader', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'lanner-recording-'));
		const path = join(folder, 'r.avro');
		const writer = await createRecording({ path, info });
		await Promise.all(messages.map((message) => writer.write(message)));
		await writer.close();
		const reader = new EventReader();
		const paths: string[] = [];
		for await (const { message } of (await openRecording(createReadStream(path))).batches()) {
			reader.open(message);
			while (reader.next()) paths.push(reader.fileOpened.path.value);
		}
		await rm(folder, { recursive: true });
		assert.deepEqual(paths, ['/one', '/one/again', '/two', '/two/again', '/three', '/three/again']);
	});
});
