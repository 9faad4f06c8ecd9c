import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeMessage, Message, ProtobufError } from '#agent/containers/protobuf.ts';

test("fields by number, in any order, of bytes that protobuf's own documentation gives", () => {
	// 1: varint 150; 2: "testing".
	const message = new Message(Buffer.from('089601120774657374696e67', 'hex'));
	assert.equal(message.number(1), 150);
	assert.equal(message.text(2), 'testing');
	assert.deepEqual([message.number(3), message.text(3)], [0, '']);
});

test('of a field that comes twice the last counts, a repeated one keeps all; fixed widths are passed over', () => {
	const bytes = Buffer.concat([
		encodeMessage([1, 5], [2, 'a'], [1, 7], [3, encodeMessage([1, 'x'])], [3, encodeMessage([1, 'y'])]),
		Buffer.from('2100000000000000002d00000000', 'hex'),
	]);
	const message = new Message(bytes);
	assert.equal(message.number(1), 7);
	assert.deepEqual(
		message.messages(3).map((item) => item.text(1)),
		['x', 'y'],
	);
});

test('what is written is read', () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.string(), (number, text) => {
			const message = new Message(encodeMessage([1, number], [200, text]));
			assert.equal(message.number(1), number);
			assert.equal(message.text(200), Buffer.from(text).toString());
		}),
	);
});

test('bytes that are no message throw an error of their own, whatever they are', () => {
	for (const hex of ['08', '12ff', '1205aa', '0b', `08${'ff'.repeat(11)}`])
		assert.throws(() => new Message(Buffer.from(hex, 'hex')), ProtobufError, hex);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
			try {
				new Message(bytes).map(1);
			} catch (error) {
				assert.ok(error instanceof ProtobufError);
			}
		}),
	);
});
