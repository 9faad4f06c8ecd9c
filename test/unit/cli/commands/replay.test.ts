import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRecording } from '#log/recording/index.ts';
import type { Profile } from '#rules/profile/index.ts';
import { lanner } from '#test/support/cli.ts';
import { batch, fileOpened } from '#test/support/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-replay-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const recording = join(folder, 'r.avro');
const rules = join(folder, 'r.yaml');
const opens = 1000;

before(async () => {
	const info = { version: 'test', host: 'h', kernel: '6' };
	const writer = await createRecording({ path: recording, info });
	const events = Array.from({ length: opens }, (_, i) => {
		const path = i % 40 === 0 ? '/etc/shadow' : `/srv/${'d/'.repeat(1000)}${i}`;
		return fileOpened({ pid: 10, start: 1, path, name: path, result: 3 } as never);
	});
	await writer.write(batch(events));
	await writer.close();
	const rule = (name: string, condition: string) =>
		`- {rule: ${name}, desc: d, priority: INFO, output: "o", condition: '${condition}'}\n`;
	writeFileSync(
		rules,
		rule('Cheap', 'evt.type=openat and fd.name=/etc/shadow') +
			rule('Other', 'evt.type=openat and fd.name=/etc/passwd') +
			rule('Dear', 'evt.type=openat and fd.name regex "(/[a-z]*d*[a-z]*)*/[0-9]*[a-e]+"') +
			rule('Elsewhere', 'evt.type=unlinkat and fd.name=/etc/passwd'),
	);
});

test('--profile-json counts events and matches, tells the dearest rule first, and leaves the alerts as they are', async () => {
	const plain = await lanner('replay', recording, '--rules', rules, '--json');
	const { code, out, err } = await lanner('replay', recording, '--rules', rules, '--json', '--profile-json');
	assert.equal(code, 0);
	assert.equal(out, plain.out);
	assert.equal(out.trim().split('\n').length, opens / 40);
	const profile = JSON.parse(err) as Profile;
	assert.deepEqual([profile.events, profile.matches], [opens, opens / 40]);
	const [first, ...others] = profile.rules;
	assert.equal(first!.rule, 'Dear');
	assert.ok(first!.ownMs > 3 * Math.max(...others.map(({ ownMs }) => ownMs)), err);
	assert.equal(others.find(({ rule }) => rule === 'Cheap')!.matches, opens / 40);
	assert.equal(others.find(({ rule }) => rule === 'Elsewhere')!.events, 0);
});

test('--profile prints tables with at most --top rows each', async () => {
	const { err } = await lanner('replay', recording, '--rules', rules, '--profile', '--top', '2');
	const lines = err.split('\n');
	assert.match(lines[0]!, /^profile of 1,000 events: 0 of types that no rule is about, .*, 25 matches$/);
	const header = lines.findIndex((line) => line.trim().startsWith('time ms') && line.endsWith('  rule'));
	assert.match(lines[header + 1]!, / Dear$/);
	assert.match(lines[header + 3]!, /^… and 1 cheaper rules/);
	assert.match(lines[header + 4]!, /^1 rules met no event of their types$/);
	assert.match(err, /rules +shared by several rules/);
});

test('--top takes a number, and only with a profile', async () => {
	assert.equal((await lanner('replay', recording, '--profile', '--top', 'x')).code, 2);
	assert.equal((await lanner('replay', recording, '--top', '3')).code, 2);
});

test('what is no file, and what is not there, is told with its name', async () => {
	for (const [source, what] of [
		[folder, 'EISDIR'],
		[join(folder, 'absent'), 'ENOENT'],
	] as const) {
		const { code, err } = await lanner('replay', source, '--rules', rules);
		assert.equal(code, 3);
		assert.ok(err.includes(`${source} cannot be read: ${what}`), err);
		assert.match(err, /what to do: name a recording/);
	}
});
