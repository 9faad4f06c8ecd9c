import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Frame, FrameError, FrameReader } from '#agent/frame.ts';
import { makeFrame } from '#test/support/frames.ts';

function readAll(pieces: readonly Uint8Array[]): Frame[] {
	const frames: Frame[] = [];
	const reader = new FrameReader((frame) => frames.push(frame));
	for (const piece of pieces) reader.push(piece);
	assert.equal(reader.partialBytes, 0);
	return frames;
}

const first = makeFrame({
	events: 2,
	body: Buffer.from('abcdefghijklmnopqrstuv'),
	firstSequence: 2 ** 52 + 3,
	lost: 9,
	cpuUs: 11,
	filtered: 13,
});
const second = makeFrame({
	events: 1,
	body: Buffer.from('0123456789'),
	baseTimeNs: 999_999_999,
	utcOffsetS: 19_800,
});
const stream = Buffer.concat([first, second]);

test('two frames in one piece come out with every number as written', () => {
	const frames = readAll([stream]);
	assert.deepEqual(frames, [
		{
			events: 2,
			firstSequence: 2 ** 52 + 3,
			baseTimeS: 1_700_000_000,
			baseTimeNs: 5,
			utcOffsetS: -3600,
			lost: 9,
			cpuUs: 11,
			filtered: 13,
			body: Buffer.from('abcdefghijklmnopqrstuv'),
			room: 512,
		},
		{
			events: 1,
			firstSequence: 7,
			baseTimeS: 1_700_000_000,
			baseTimeNs: 999_999_999,
			utcOffsetS: 19_800,
			lost: 0,
			cpuUs: 0,
			filtered: 0,
			body: Buffer.from('0123456789'),
			room: 512,
		},
	]);
});

test('what is around a body belongs to no other frame', () => {
	const frames = readAll([stream, stream]);
	for (const { body, room } of frames) Buffer.from(body.buffer, body.byteOffset - room, room).fill('!');
	for (const { body } of frames) Buffer.from(body.buffer, body.byteOffset + body.length, 1).fill('!');
	const texts = ['abcdefghijklmnopqrstuv', '0123456789'];
	assert.deepEqual(
		frames.map(({ body }) => body.toString()),
		[...texts, ...texts],
	);
});

test('a cut at any byte changes nothing', () => {
	const whole = readAll([stream]);
	for (let at = 0; at <= stream.length; at++) {
		assert.deepEqual(readAll([stream.subarray(0, at), stream.subarray(at)]), whole, `cut at ${at}`);
	}
	assert.deepEqual(readAll(Array.from(stream, (_, i) => stream.subarray(i, i + 1))), whole);
});

test('a reused read buffer does not reach the frames', () => {
	const frames: Frame[] = [];
	const reader = new FrameReader((frame) => frames.push(frame));
	const buffer = Buffer.from(stream);
	reader.push(buffer);
	buffer.fill(0xff);
	assert.equal(frames[0]?.body.toString(), 'abcdefghijklmnopqrstuv');
});

test('a frame without events is a frame', () => {
	assert.equal(readAll([makeFrame({ events: 0, body: Buffer.alloc(0), lost: 4 })])[0]?.lost, 4);
});

test('what has begun and not ended is told', () => {
	const reader = new FrameReader(() => assert.fail('no frame is whole'));
	reader.push(first.subarray(0, 70));
	assert.equal(reader.partialBytes, 70);
});

test('what is not a frame is refused before a body is allocated', () => {
	const broken = (change: (head: Buffer) => void): Buffer => {
		const copy = Buffer.from(first);
		change(copy);
		return copy;
	};
	const cases: [string, Buffer][] = [
		['magic', broken((head) => head.writeUInt32LE(0xdeadbeef, 0))],
		['version', broken((head) => head.writeUInt16LE(2, 4))],
		['header length', broken((head) => head.writeUInt16LE(72, 6))],
		['huge body', broken((head) => head.writeUInt32LE(0xffffffff, 12))],
		['more events than bytes', broken((head) => head.writeUInt32LE(1000, 8))],
		['bytes without events', broken((head) => head.writeUInt32LE(0, 8))],
		['sequence beyond 2^53', broken((head) => head.writeBigUInt64LE(2n ** 60n, 16))],
	];
	for (const [name, bytes] of cases) assert.throws(() => readAll([bytes]), FrameError, name);
});
