/** The EventReader against avsc's decoding of the same bytes, and against bytes that are no batch. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type avro from 'avsc';
import fc from 'fast-check';
import { parseType } from '#schemas/codec.ts';
import { NumberList, RecordList, TextList } from '#schemas/cursor.ts';
import { DecodeError } from '#schemas/decode-error.ts';
import {
	decodeEventBatch,
	encodeEvent,
	encodeEventBatch,
	eventBatchPrefixes,
	frameToBatch,
} from '#schemas/event-batch.ts';
import type { EventBatch } from '#schemas/generated/event-batch.ts';
import { eventTypes, families } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { schemaVersions } from '#schemas/generated/schema-versions.ts';
import { Text } from '#schemas/text.ts';
import { TextTable } from '#schemas/text-table.ts';
import { batch, batchHeader, fileOpened, gap, otherSyscall, processExecuted } from '#test/support/events.ts';
import { arbitraryOf } from '#test/support/random-avro.ts';

const schema = JSON.parse(schemaVersions['event-batch'].at(-1)!) as {
	fields: { type: { items: unknown[] } }[];
};
const arbitraryBatch = (longMax: bigint): fc.Arbitrary<EventBatch> =>
	arbitraryOf(schema, { longMax, itemsMax: 8 }) as fc.Arbitrary<EventBatch>;

/** A view in the object form, so that it can be compared: fields of the record that `like` is. */
function viewAs(view: unknown, like: unknown): unknown {
	if (view === null) return null;
	if (view instanceof Text) return view.value;
	if (view instanceof TextList || view instanceof NumberList)
		return view.toArray().map((item) => viewAs(item, null));
	if (view instanceof RecordList)
		return Array.from({ length: view.count }, (_, i) => viewAs(view.at(i), (like as unknown[])[i]));
	if (typeof view !== 'object') return view;
	const fields = Object.entries(like as object).map(([name, inner]) => [
		name,
		viewAs((view as Record<string, unknown>)[name], unwrap(inner)),
	]);
	return Object.fromEntries(fields);
}

const unionKey = /^(lanner\..*|bytes|boolean|long|string|double)$/;

function unwrap(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || Array.isArray(value))
		return value;
	const keys = Object.keys(value);
	return keys.length === 1 && unionKey.test(keys[0]!) ? (value as Record<string, unknown>)[keys[0]!] : value;
}

const enumFields: Record<string, readonly string[]> = {
	type: eventTypes,
	phase: ['UNKNOWN', 'BEGIN', 'END'],
	stage: ['UNKNOWN', 'KERNEL', 'CAPTURE', 'AGENT', 'SPOOL', 'LOG'],
	state: ['UNKNOWN', 'RUNNING', 'CHANGED', 'ENDED'],
	producer: ['UNKNOWN', 'CAPTURE', 'AGENT', 'EVALUATOR'],
};

/** The object form as the views give it: byte strings latin1, enums as indices, unions unwrapped, longs as numbers. */
function asView(value: unknown, name: string): unknown {
	const inner = unwrap(value);
	if (Buffer.isBuffer(inner)) return inner.toString('latin1');
	if (Array.isArray(inner)) return inner.map((item) => asView(item, name === 'syscalls' ? 'type' : name));
	if (typeof inner === 'bigint') return Number(inner);
	if (typeof inner === 'string') {
		const index = enumFields[name]?.indexOf(inner) ?? -1;
		return index >= 0 ? index : Buffer.from(inner, 'utf8').toString('latin1');
	}
	if (typeof inner === 'object' && inner !== null)
		return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, asView(one, key)]));
	return Object.is(inner, -0) ? 0 : inner;
}

function currentView(reader: EventReader): unknown {
	const name = families[reader.family]!;
	return reader[(name.charAt(0).toLowerCase() + name.slice(1)) as keyof EventReader];
}

function readAll(reader: EventReader, bytes: Uint8Array): number {
	reader.open(bytes);
	let events = 0;
	while (reader.next()) events++;
	return events;
}

/** Touches every text of the current event. */
function touch(reader: EventReader): void {
	viewAs(currentView(reader), Object.values(reader.toObject())[0]);
}

describe('EventReader', () => {
	it("gives what avsc's decoding gives, for random batches of all families, one reader for all", () => {
		const reader = new EventReader();
		const seen = new Set<number>();
		fc.assert(
			fc.property(arbitraryBatch(2n ** 63n), (value) => {
				reader.open(encodeEventBatch(value));
				assert.equal(reader.batch.hostName, value.hostName);
				assert.equal(reader.batch.firstSequence, Number(value.firstSequence));
				assert.equal(reader.batch.utcOffsetS, value.utcOffsetS);
				for (const [i, event] of value.events.entries()) {
					assert.equal(reader.next(), true);
					const [name, fields] = Object.entries(event)[0]!;
					assert.equal(`lanner.events.${families[reader.family]}`, name);
					if (Math.abs(Number(value.firstSequence)) < 2 ** 52)
						assert.equal(reader.sequence, Number(value.firstSequence) + i);
					assert.deepEqual(viewAs(currentView(reader), fields), asView(fields, ''));
					seen.add(reader.family);
				}
				assert.equal(reader.next(), false);
				assert.equal(reader.next(), false);
			}),
			{ numRuns: 300 },
		);
		assert.equal(seen.size, families.length, 'every family came');
	});

	it('reads batches of every published version as the codec does, without going through it', () => {
		const reader = new EventReader();
		for (const [i, text] of schemaVersions['event-batch'].entries()) {
			const type = parseType(JSON.parse(text) as avro.Schema, 'exact');
			const values = arbitraryOf(JSON.parse(text) as object, { longMax: 2n ** 63n, itemsMax: 8 });
			fc.assert(
				fc.property(values, (value) => {
					const message = Buffer.concat([eventBatchPrefixes[i]!, type.toBuffer(value)]);
					const { events } = decodeEventBatch(message);
					reader.open(message);
					assert.equal(reader.cursor.version, i + 1);
					for (const event of events) {
						assert.equal(reader.next(), true);
						const [, fields] = Object.entries(event)[0]!;
						assert.deepEqual(viewAs(currentView(reader), fields), asView(fields, ''));
						assert.deepEqual(reader.toObject(), event);
					}
					assert.equal(reader.next(), false);
				}),
				{ numRuns: 60 },
			);
		}
	});

	it('says which numbers are not exact, and gives them exactly in object form', () => {
		const reader = new EventReader();
		fc.assert(
			fc.property(
				fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }),
				(values) => {
					const narrow = values.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
					reader.open(batch([otherSyscall({ arguments: narrow }), fileOpened()]));
					reader.next();
					assert.deepEqual(reader.otherSyscall.arguments.toArray(), values.map(Number));
					// -2^53 is exact, and so is 2^53 − 1; 2^53 may stand for its neighbour.
					const wide = values.some((value) => value >= 2n ** 53n || value < -(2n ** 53n));
					assert.equal(reader.wide, wide);
					const object = reader.toObject() as { 'lanner.events.OtherSyscall': { arguments: unknown } };
					assert.deepEqual(object['lanner.events.OtherSyscall'].arguments, narrow);
					reader.next();
					assert.equal(reader.wide, false);
				},
			),
		);
	});

	it('reads a batch made from encoded events like one made from objects', () => {
		fc.assert(
			fc.property(arbitraryBatch(2n ** 53n), (value) => {
				const body = Buffer.concat(value.events.map((event) => encodeEvent(event)));
				const { events, ...header } = value;
				const message = frameToBatch(header, { count: events.length, body });
				assert.deepEqual(decodeEventBatch(message), decodeEventBatch(encodeEventBatch(value)));
				assert.equal(readAll(new EventReader(), message), events.length);
				for (const room of [0, 1, 100, 16_384]) {
					const whole = Buffer.alloc(room + body.length + 1, 0xff);
					body.copy(whole, room);
					const around = whole.subarray(room, room + body.length);
					const same = frameToBatch(header, { count: events.length, body: around, room });
					assert.ok(same.equals(message), `room of ${room} bytes`);
					if (room === 16_384) assert.equal(same.buffer, whole.buffer);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it('reads arrays in several blocks, with and without sizes', () => {
		const [one, two] = [fileOpened({ path: '/one' }), fileOpened({ path: '/two' })].map(encodeEvent) as [
			Buffer,
			Buffer,
		];
		const empty = batch([]);
		const sized = frameToBatch(batchHeader, { count: 1, body: one });
		const message = Buffer.concat([sized.subarray(0, -1), Buffer.of(2), two, Buffer.of(0)]);
		assert.ok(message.length > empty.length);
		const reader = new EventReader();
		reader.open(message);
		const paths: string[] = [];
		while (reader.next()) paths.push(reader.fileOpened.path.value);
		assert.deepEqual(paths, ['/one', '/two']);
	});

	it('fails with a DecodeError, its position within the message, when a sound batch is cut anywhere', () => {
		const message = batch([
			fileOpened({ path: '/etc/shadow', askedPath: '/x' }),
			processExecuted({ process: { args: ['a', 'b'], stdin: { path: '/dev/null' } } }),
			gap({ reason: 'ring-full', cpus: [1, 2] }),
		]);
		const reader = new EventReader();
		assert.equal(readAll(reader, message), 3);
		for (let cut = 0; cut < message.length; cut++) {
			assert.throws(
				() => readAll(reader, message.subarray(0, cut)),
				(error: unknown) => error instanceof DecodeError && error.position >= 0 && error.position <= cut,
				`cut at ${cut}`,
			);
		}
	});

	it('fails with a DecodeError or gives events, but never anything else, for damaged and random bytes', () => {
		const reader = new EventReader();
		const attempt = (bytes: Uint8Array): void => {
			try {
				reader.open(bytes);
				while (reader.next()) touch(reader);
			} catch (error) {
				if (!(error instanceof DecodeError)) throw error;
				assert.ok(error.position <= bytes.length, `${error.message} in ${bytes.length} bytes`);
				assert.equal(reader.next(), false, 'a batch that failed gives no more events');
			}
		};
		fc.assert(
			fc.property(
				arbitraryBatch(2n ** 63n),
				fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
				(value, damage) => {
					const bytes = encodeEventBatch(value);
					for (const [at, byte] of damage) bytes[10 + (at % (bytes.length - 10))] = byte;
					attempt(bytes);
				},
			),
			{ numRuns: 400 },
		);
		const head = batch([]).subarray(0, -1);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
				attempt(bytes);
				attempt(Buffer.concat([head, bytes]));
				attempt(Buffer.concat([head, Buffer.of(2, (bytes.length % families.length) << 1), bytes]));
			}),
			{ numRuns: 1500 },
		);
	});

	it('refuses counts that the bytes cannot hold, at once', () => {
		const reader = new EventReader();
		const head = batch([]).subarray(0, -1);
		// 2^40 events; −2^62 events; 2^31 arguments of a system call.
		const huge = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x40]);
		const negative = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x02]);
		const started = performance.now();
		for (const bomb of [huge, negative])
			assert.throws(() => readAll(reader, Buffer.concat([head, bomb, Buffer.alloc(100)])), {
				name: 'DecodeError',
				code: 'bad-count',
			});
		assert.ok(performance.now() - started < 1000);
	});

	it('refuses a foreign marker, an unknown schema, and bytes after the end', () => {
		const reader = new EventReader();
		const message = batch([fileOpened()]);
		const changed = Buffer.from(message);
		changed[4]! ^= 1;
		assert.throws(() => reader.open(Buffer.from('hello')), { code: 'not-single-object' });
		assert.throws(() => reader.open(Buffer.alloc(0)), { code: 'not-single-object' });
		assert.throws(() => reader.open(changed), { code: 'unknown-schema' });
		assert.throws(() => readAll(reader, Buffer.concat([message, Buffer.of(0)])), { code: 'trailing-bytes' });
		assert.equal(readAll(reader, message), 1, 'and reads the next good one');
	});
});

describe('TextTable', () => {
	const bytes = fc.uint8Array({ maxLength: 40 });

	it('gives equal bytes the same text and the text the bytes', () => {
		const table = new TextTable();
		fc.assert(
			fc.property(bytes, bytes, (before, content) => {
				const buffer = Buffer.concat([before, content]);
				const text = table.intern(buffer, before.length, content.length);
				assert.equal(text.value, Buffer.from(content).toString('latin1'));
				assert.equal(table.intern(Buffer.from(content), 0, content.length), text);
			}),
		);
	});

	it('stays right when it is much too small for what it sees', () => {
		const table = new TextTable({ entriesMax: 16, bytesMax: 1024 });
		for (let round = 0; round < 3; round++) {
			for (let i = 0; i < 2000; i++) {
				const buffer = Buffer.from(`name ${i}`);
				assert.equal(table.intern(buffer, 0, buffer.length).value, `name ${i}`);
			}
		}
	});

	it('gives texts that are too long to intern as they are', () => {
		const buffer = Buffer.alloc(5000, 0xfe);
		assert.equal(new TextTable().intern(buffer, 0, 5000).value, buffer.toString('latin1'));
	});
});
