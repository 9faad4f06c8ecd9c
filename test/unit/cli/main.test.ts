import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from '#cli/commands.ts';
import { lanner } from '#test/support/cli.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lanner-cli-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('every command has help with its name and an example, by both ways of asking', async () => {
	for (const { name } of commands) {
		const asked = await lanner(...name.split(' '), '--help');
		assert.equal(asked.code, 0, name);
		assert.equal(asked.err, '', name);
		assert.ok(asked.out.includes(`lanner ${name}`), name);
		assert.match(asked.out, /Examples?:\n/, name);
		assert.equal((await lanner('help', ...name.split(' '))).out, asked.out, name);
	}
});

test('the overview names every command', async () => {
	const { code, out } = await lanner('help');
	assert.equal(code, 0);
	for (const { name, summary } of commands) assert.ok(out.includes(name) && out.includes(summary), name);
});

test('no command at all is a usage error that shows the overview', async () => {
	const { code, out, err } = await lanner();
	assert.deepEqual([code, out], [2, '']);
	assert.match(err, /Usage: lanner COMMAND/);
});

test('a misspelt command ends with 2 and the nearest name', async () => {
	const { code, err } = await lanner('reply', 'x');
	assert.equal(code, 2);
	assert.match(err, /unknown command: reply; did you mean "lanner replay"\?/);
	assert.match((await lanner('rules', 'chekc')).err, /did you mean "lanner rules check"\?/);
	assert.match((await lanner('help', 'confg')).err, /did you mean "lanner config"\?/);
});

test('an option that no command takes ends with 2 and says where help is', async () => {
	for (const { name } of commands) {
		// Without privileges it plays a recording, whatever else it was given.
		if (name === 'start') continue;
		const { code, err } = await lanner(...name.split(' '), '--no-such-option');
		assert.equal(code, 2, name);
		assert.ok(err.includes(`see: lanner help ${name}`), name);
	}
});

test('a configuration that is fine ends with 0, one with problems with 1, none with 3', async () => {
	const file = join(folder, 'lanner.yaml');
	writeFileSync(file, 'log: {syncMS: 1}\n');
	assert.equal((await lanner('config', 'check', join(root, 'deploy/lanner.yaml'))).code, 0);
	const wrong = await lanner('config', 'check', file);
	assert.equal(wrong.code, 1);
	assert.match(wrong.err, /lanner\.yaml:1:7: log: unknown option "syncMS"; did you mean "syncMs"\?/);
	const absent = await lanner('config', 'check', join(folder, 'none.yaml'));
	assert.equal(absent.code, 3);
	assert.match(absent.err, /none\.yaml cannot be read.*\n {2}what to do: /);
	assert.equal((await lanner('config')).code, 2);
});

test('config --print masks secrets and --reference lists all options', async () => {
	const file = join(folder, 'print.yaml');
	writeFileSync(file, 'outputs: [{kind: webhook, name: w, url: "http://x/token"}]\n');
	const { out, code } = await lanner('config', '--print', file);
	assert.equal(code, 0);
	assert.doesNotMatch(out, /x\/token/);
	assert.match(
		(await lanner('config', '--reference')).out,
		/\| `outputs\[webhook\]\.url` \| text, secret \| required/,
	);
});

test('doctor ends with 1 when the configuration is bad, and goes on with the other checks', async () => {
	const file = join(folder, 'bad.yaml');
	writeFileSync(file, 'nothing: 1\n');
	const { code, out } = await lanner('doctor', '--json', '--config', file, '--data', folder);
	const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: { check: string; ok: boolean }[] };
	assert.deepEqual([code, ok], [1, false]);
	assert.equal(findings.find(({ check }) => check === 'configuration')?.ok, false);
	assert.equal(findings.find(({ check }) => check === 'rules')?.ok, true);
});

test('version --json is an object with the version of the manifest', async () => {
	const { out, code } = await lanner('version', '--json');
	assert.match((JSON.parse(out) as { lanner: string }).lanner, /^\d+\.\d+\.\d+$/);
	assert.equal(code, 0);
});
