/** `lanner sink` as a process while its lanner.yaml changes: by the watch, by SIGHUP, and with an error in it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';
import { appendAlerts, until } from '#test/support/sink.ts';

/** The suites share two cores. */
const waitMs = 60_000;

test('outputs that are added are run, a broken file is refused, SIGHUP asks again; alerts of all times reach all', {
	timeout: 240_000,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-sink-reload-'));
	const configFile = join(folder, 'lanner.yaml');
	const write = (...names: string[]): void =>
		writeFileSync(
			configFile,
			`dataFolder: ${folder}\noutputs:\n  - { name: stdout, kind: stdout, enabled: false }\n${names
				.map((name) => `  - { name: ${name}, kind: file, path: ${join(folder, name)} }\n`)
				.join('')}`,
		);
	const idsIn = (name: string): string[] =>
		existsSync(join(folder, name))
			? readFileSync(join(folder, name), 'utf8')
					.split('\n')
					.slice(0, -1)
					.map((line) => (JSON.parse(line) as { id: string }).id)
			: [];
	const log = await openEmbeddedLog({ folder: join(folder, 'log') });
	await appendAlerts(log, { id: 'a' }, { id: 'b' });
	await log.close();
	write('one');
	const lanner = new LannerProcess(['sink', '--config', configFile]);
	t.after(async () => {
		await lanner.stop('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	});
	await lanner.line('stderr', (line) => line.includes('"msg":"ready"'), { waitMs });
	await until(() => idsIn('one').length === 2, waitMs);
	write('one', 'two');
	await until(() => idsIn('two').length === 2, waitMs);
	writeFileSync(configFile, 'outputs: [{ name: one, kind: filee }]\n');
	await lanner.line(
		'stderr',
		(line) => line.includes('the old outputs stay in force') && line.includes('1:'),
	);
	write('one', 'two', 'three');
	lanner.child.kill('SIGHUP');
	await until(() => idsIn('three').length === 2, waitMs);
	const changed = (what: string): Promise<unknown> =>
		lanner.line('stderr', (line) => line.includes('changed outputs are in force') && line.includes(what), {
			waitMs,
		});
	// With none left it waits for one.
	write();
	await changed('"removed":["one","two","three"]');
	write('one', 'two', 'three');
	await changed('"added":["one","two","three"]');
	assert.deepEqual(await lanner.stop(), { code: 0, signal: null });
	assert.deepEqual(['one', 'two', 'three'].map(idsIn), [
		['a', 'b'],
		['a', 'b'],
		['a', 'b'],
	]);
});
