/** Files that are too large, too deep or no rules at all: what still loads, and what is refused, with what words, in how much time. */
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lanner } from '#test/support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-refusals-'));
after(() => rmSync(folder, { recursive: true, force: true }));
/** Processor time of one check; a loaded machine does not count. */
const cpuMsMax = 8_000;
const heapMbMax = 400;

async function check(content: string | Uint8Array) {
	const path = join(folder, 'rules.yaml');
	writeFileSync(path, content);
	return checkFile(path);
}

async function checkFile(path: string) {
	const before = process.cpuUsage();
	const result = await lanner('rules', 'check', path);
	const { user, system } = process.cpuUsage(before);
	assert.ok((user + system) / 1000 < cpuMsMax, `it took ${(user + system) / 1000} ms`);
	assert.ok(process.memoryUsage().heapUsed < heapMbMax * 2 ** 20);
	return result;
}

function rule(condition: string): string {
	return `- rule: r\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n`;
}

function nested(levels: number): string {
	let condition = 'proc.name = a';
	for (let i = 0; i < levels; i++) condition = `(proc.pid = ${i} or (${condition}))`;
	return `evt.type = open and ${condition}`;
}

test('a condition sixty-four levels deep loads', async () => {
	assert.equal((await check(rule(nested(64)))).code, 0);
});

test('a condition nested deeper than the limit is refused, with the limit and the place', async () => {
	const { code, err } = await check(rule(nested(2000)));
	assert.equal(code, 1);
	assert.match(err, /rules\.yaml:3:\d+: error .*nested deeper than the limit of 1000/);
	assert.equal((await check(rule(`evt.type = open and ${'('.repeat(100_000)}`))).code, 1);
});

test('a list of a megabyte loads', async () => {
	const items = Array.from({ length: 80_000 }, (_, i) => `item_${i}_of_many`).join(', ');
	assert.ok(items.length > 1_000_000);
	assert.equal(
		(await check(`- list: l\n  items: [${items}]\n${rule('evt.type = open and proc.name in (l)')}`)).code,
		0,
	);
});

test('macros in a circle are refused and named', async () => {
	const { code, err } = await check(
		`- macro: one\n  condition: two\n- macro: two\n  condition: one\n${rule('evt.type = open and one')}`,
	);
	assert.equal(code, 1);
	assert.match(err, /macro .*(one|two)/);
});

test('macros and lists that would grow without bound are refused', async () => {
	const macros = Array.from(
		{ length: 40 },
		(_, i) => `- macro: m${i + 1}\n  condition: (m${i} and m${i})\n`,
	).join('');
	const { code, err } = await check(
		`- macro: m0\n  condition: (proc.name = a or proc.name = b)\n${macros}${rule('evt.type = open and m40')}`,
	);
	assert.equal(code, 1);
	assert.match(err, /error .*(levels|nodes|at most|limit|larger)/);
});

test('a file of a hundred megabytes is refused without being read', async () => {
	const path = join(folder, 'large.yaml');
	const file = openSync(path, 'w');
	ftruncateSync(file, 100 * 1024 * 1024);
	closeSync(file);
	const { code, err } = await checkFile(path);
	assert.equal(code, 3);
	assert.match(err, /large\.yaml has 104857600 bytes, at most 16777216/);
	assert.match(err, /split the file/);
});

test('a bomb of aliases does not explode, whether it is of lists or of rules', async () => {
	const levels = Array.from({ length: 40 }, (_, i) => `- &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]\n`).join(
		'',
	);
	assert.equal((await check(`- &a0 [x]\n${levels}`)).code, 1);
	const items = Array.from(
		{ length: 30 },
		(_, i) => `- list: l${i + 1}\n  items: &i${i + 1} [*i${i}, *i${i}]\n`,
	).join('');
	assert.equal((await check(`- list: l0\n  items: &i0 [x, y]\n${items}`)).code, 1);
});

test('binary junk, and text that is no YAML, are refused with a sentence', async () => {
	const junk = await check(randomFillSync(Buffer.alloc(1 << 20)));
	assert.equal(junk.code, 1);
	assert.match(junk.err, /error .*(UTF-8|control character)/);
	const program = await check(Buffer.from('\x7fELF\x02\x01\x01\0\0\0'));
	assert.match(program.err, /not a text file/);
	const deep = await check('['.repeat(500_000));
	assert.equal(deep.code, 1);
	assert.match(deep.err, /nested deeper than 64 levels/);
});

test('a folder without rules, and a device, are refused', async () => {
	assert.equal((await lanner('rules', 'check', '/dev/zero')).code, 3);
	const empty = mkdtempSync(join(folder, 'empty-'));
	const { code, err } = await lanner('rules', 'check', empty);
	assert.equal(code, 3);
	assert.match(err, /no \*\.yaml file/);
});
