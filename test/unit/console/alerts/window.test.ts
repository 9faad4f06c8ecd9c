import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backlog } from '#console/alerts/backlog.ts';
import { cursorAt, placeOf } from '#console/alerts/cursor.ts';
import { AlertWindow, type Read } from '#console/alerts/window.ts';
import { alertToJson } from '#schemas/alert/render.ts';
import { alertOf } from '#test/support/sink.ts';

function read(id: string, appendedMs = 0): Read {
	const alert = alertOf({ id });
	return { alert, json: alertToJson(alert), appendedMs };
}

function windowOf(alertsMax: number, ...ids: string[]): AlertWindow {
	const window = new AlertWindow({ alertsMax, bytesMax: 1 << 20 });
	for (const id of ids) window.add(read(id));
	return window;
}

const idsIn = (window: AlertWindow): string[] => [...window.entries()].map(({ alert }) => alert.id);

test('the newest alerts are kept, by number, and the oldest go', () => {
	const window = windowOf(3, 'a', 'b', 'c', 'd', 'e');
	assert.deepEqual(idsIn(window), ['c', 'd', 'e']);
	assert.deepEqual([window.first, window.next], [2, 5]);
	assert.deepEqual([window.at(1), window.at(5)], [undefined, undefined]);
	assert.equal(window.at(4)?.alert.id, 'e');
	assert.deepEqual([window.find('a'), window.find('d')?.number], [undefined, 3]);
});

test('a repeat is not added as long as the first is kept', () => {
	const window = windowOf(2, 'a', 'b');
	assert.equal(window.add(read('a')), false);
	assert.equal(window.add(read('c')), true);
	assert.equal(window.add(read('a')), true);
	assert.deepEqual(idsIn(window), ['c', 'a']);
});

test('bytes are bounded too, and one alert is kept however large it is', () => {
	const size = read('a').json.length;
	const window = new AlertWindow({ alertsMax: 100, bytesMax: size * 2 });
	for (const id of ['a', 'b', 'c']) window.add(read(id));
	assert.deepEqual(idsIn(window), ['b', 'c']);
	assert.equal(window.bytes, size * 2);
	const tiny = new AlertWindow({ alertsMax: 100, bytesMax: 1 });
	for (const id of ['a', 'b']) tiny.add(read(id));
	assert.deepEqual(idsIn(tiny), ['b']);
});

test('numbers stay right when much has gone', () => {
	const window = windowOf(10);
	for (let i = 0; i < 5_000; i++) window.add(read(String(i)));
	assert.equal(window.size, 10);
	for (let number = window.first; number < window.next; number++)
		assert.equal(window.at(number)?.alert.id, String(number));
});

test('a cursor says whether its client can go on without a gap', () => {
	const window = windowOf(3, 'a', 'b', 'c', 'd', 'e');
	assert.deepEqual(placeOf(cursorAt(window, 2), window), { kind: 'here', next: 2 });
	assert.deepEqual(placeOf(cursorAt(window, 5), window), { kind: 'here', next: 5 });
	assert.deepEqual(placeOf(cursorAt(window, 0), window), { kind: 'too-old', lost: 2 });
	assert.deepEqual(placeOf(cursorAt(window, 6), window), { kind: 'elsewhere' });
	assert.deepEqual(placeOf(cursorAt(windowOf(3), 0), window), { kind: 'elsewhere' });
	for (const made of [
		'',
		'1',
		'x.1',
		`${window.instance}.`,
		`${window.instance}.-1`,
		`${window.instance}.1e3`,
	])
		assert.equal(placeOf(made, window), null, made);
});

test('what is read back is merged by time, each partition in its own order, and bounded', () => {
	const backlog = new Backlog(4);
	// The clock of partition 1 goes back: its order stays.
	const reads = [
		[0, 'a', 10],
		[0, 'b', 40],
		[0, 'c', 50],
		[1, 'd', 20],
		[1, 'e', 5],
		[1, 'f', 45],
	] as const;
	for (const [partition, id, ms] of reads) backlog.add(partition, read(id, ms));
	assert.deepEqual(
		backlog.take().map(({ alert }) => alert.id),
		['e', 'b', 'f', 'c'],
	);
	assert.deepEqual(backlog.take(), []);
	for (let i = 0; i < 100; i++) backlog.add(2, read(`n${i}`, i));
	assert.deepEqual(
		backlog.take().map(({ alert }) => alert.id),
		['n96', 'n97', 'n98', 'n99'],
	);
});
