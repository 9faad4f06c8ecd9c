/** The same sources give the same release, byte for byte: built again, in another folder, later, by somebody with another umask and other locale and zone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { release } from './release.ts';

const root = join(import.meta.dirname, '../../..');

test('a release built a second time has the same checksums', { timeout: 600_000 }, (t) => {
	const out = mkdtempSync(join(tmpdir(), 'lanner-again-'));
	t.after(() => rmSync(out, { recursive: true, force: true }));
	const { version, archive } = release('7.0.0');
	const build = `umask 077 && exec "${process.execPath}" deploy/package/main.mjs --fast --version ${version} --out "${out}"`;
	const { status, stderr } = spawnSync('sh', ['-c', build], {
		cwd: root,
		env: { ...process.env, TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' },
		encoding: 'utf8',
	});
	assert.equal(status, 0, stderr);
	const sums = (folder: string): string => readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
	assert.equal(sums(out), sums(dirname(archive)));
	assert.equal(sums(out).trim().split('\n').length, 4);
});
