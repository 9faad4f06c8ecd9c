/** What `lanner run` says when its data folder, or files of it, are taken away while it works. Needs root. */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LannerProcess } from '#test/support/lanner-process.ts';

const rules = join(import.meta.dirname, 'rules.yaml');

for (const { what, taken, said } of [
	{ what: 'the data folder', taken: '.', said: /data was removed or replaced while lanner ran/ },
	{ what: 'the log in it', taken: 'log', said: /data\/log was removed or replaced while lanner ran/ },
])
	test(`${what} is removed while it runs: it ends with what happened, where, and what to do`, async (t) => {
		const folder = mkdtempSync(join(tmpdir(), 'lanner-removed-'));
		const data = join(folder, 'data');
		const lanner = new LannerProcess(['run', '--rules', rules, '--json', '--data', data]);
		t.after(async () => {
			await lanner.stop('SIGKILL');
			rmSync(folder, { recursive: true, force: true });
		});
		await lanner.ready();
		// Folders that it made are known from its next look on.
		await sleep(2_500);
		// Moved, since new files would make a removal fail; to those who have files open in it it is the same.
		renameSync(join(data, taken), join(folder, 'taken'));
		const message = await lanner.line('stderr', (line) => line.startsWith('lanner: '), { waitMs: 20_000 });
		assert.match(message, said);
		assert.match(message, new RegExp(data));
		const advice = await lanner.line('stderr', (line) => line.includes('what to do:'), { waitMs: 5_000 });
		assert.match(advice, /Start lanner again/);
		assert.equal((await lanner.exited).code, 3);
	});
