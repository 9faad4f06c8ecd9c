import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCondition, EventTypeSet } from '#rules/check/index.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { parseCondition } from '#rules/parse/index.ts';

const check = (text: string) => checkCondition(parseCondition(text), eventFieldCatalogue);

test('every problem of a condition is found', () => {
	const { errors } = check(
		'no.field = 1 and fd.num contains x and proc.name = ok and fd.ip = 1.2.3 and evt.type = nope',
	);
	assert.equal(errors.length, 4);
	assert.deepEqual(
		errors.map((error) => error.isUnknownName),
		[true, false, false, true],
	);
});

test('constants longer than 255 bytes are refused', () => {
	assert.equal(check(`proc.name = ${'x'.repeat(255)}`).errors.length, 0);
	assert.match(
		check(`proc.name in (a, ${'x'.repeat(256)})`).errors[0]?.message ?? '',
		/256 bytes, at most 255/,
	);
});

test('event type names are checked for every operator and inside transformers', () => {
	assert.equal(check('evt.type startswith op').errors.length, 1);
	assert.equal(check('tolower(evt.type) = x').errors.length, 1);
	assert.equal(check('evt.type in (open, pread64, statx)').errors.length, 0);
	assert.equal(check('syscall.type = anything').errors.length, 0);
});

test('deprecated fields draw one warning each', () => {
	const codes = check('evt.dir = < and (evt.dir = > or evt.latency > 1)').warnings.map(
		(warning) => warning.code,
	);
	assert.deepEqual(codes, ['LOAD_DEPRECATED_ITEM', 'LOAD_DEPRECATED_ITEM']);
});

test('fields are told as written', () => {
	const { fields } = check('proc.aname[2] = x and tolower(fd.name) = val(proc.name)');
	assert.deepEqual([...fields].sort(), ['fd.name', 'proc.aname[2]', 'proc.name']);
});

test('and intersects event types, or unites them, not goes to the leaves', () => {
	const names = (text: string): string[] => check(text).eventTypes.names();
	assert.deepEqual(names('evt.type in (open, close) and evt.type != open'), ['close']);
	assert.deepEqual(names('evt.type = open and (proc.name = a or evt.type = close)'), ['open']);
	assert.deepEqual(names('evt.type = open and not (fd.num = 1 or evt.type = close)'), ['open']);
	assert.deepEqual(names('evt.type = open and evt.type = close'), []);
	assert.ok(check('not (evt.type = open and proc.name = a)').eventTypes.isAll);
	assert.ok(check('evt.type = open or proc.name = a').eventTypes.isAll);
	assert.ok(check('evt.num = 0').eventTypes.isEmpty);
});

test('what cannot be indexed by event type is told apart from errors', () => {
	const checked = check('evt.type = val(evt.type)');
	assert.equal(checked.errors.length, 0);
	assert.match(checked.eventTypeProblem?.message ?? '', /evt.type/);
});

test('a set of event types and its complement share nothing and miss nothing', () => {
	const set = EventTypeSet.of(['open', 'close', 'no such name']);
	assert.deepEqual(set.names(), ['open', 'close']);
	assert.ok(set.union(set.complement()).isAll);
	assert.ok(set.intersection(set.complement()).isEmpty);
	assert.ok(!set.complement().has('open') && set.complement().has('execve'));
});
