/** Which lanner.yaml is in force: the named one, else that of the installed program where it exists, else none. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { FailureError } from '#cli/command.ts';
import { readSettings } from '#cli/roles/settings.ts';
import { lanner } from '#test/support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-settings-'));
after(() => rmSync(folder, { recursive: true }));
const named = join(folder, 'named.yaml');
const installed = join(folder, 'installed.yaml');
const stderr = { write: () => true };

beforeEach(() => {
	writeFileSync(named, 'dataFolder: /named\n');
	writeFileSync(installed, 'dataFolder: /installed\n');
});

function settings(configFile: string | undefined, defaultConfigFile: string | null) {
	const io = { env: { XDG_STATE_HOME: '/state' }, stderr, defaultConfigFile };
	const { configFile: inForce, dataFolder } = readSettings({ configFile, data: undefined }, io);
	return { inForce, dataFolder };
}

test('a named file is in force, whatever else there is', () => {
	assert.deepEqual(settings(named, installed), { inForce: named, dataFolder: '/named' });
});

test('an installed program reads its own file where none is named', () => {
	assert.deepEqual(settings(undefined, installed), { inForce: installed, dataFolder: '/installed' });
});

test('a checkout, and a host without the file, run on the defaults', () => {
	for (const absent of [null, join(folder, 'absent.yaml')])
		assert.equal(settings(undefined, absent).inForce, null);
});

test('a file of the present folder is never taken', (t) => {
	const here = process.cwd();
	t.after(() => process.chdir(here));
	writeFileSync(join(folder, 'lanner.yaml'), 'dataFolder: /hostile\n');
	process.chdir(folder);
	assert.equal(settings(undefined, null).inForce, null);
});

test('a default that exists and has an error, or cannot be read, is an error and not passed over', () => {
	writeFileSync(installed, 'dataFolder: 7\n');
	assert.throws(() => settings(undefined, installed), /installed\.yaml:1:\d+: dataFolder/);
	assert.throws(() => settings(undefined, folder), FailureError);
});

test('doctor says which file it looked at', async () => {
	const { out } = await lanner('doctor', '--config', named);
	assert.match(out, new RegExp(`configuration\\s+${named}`));
	assert.match((await lanner('doctor')).out, /configuration\s+the defaults/);
});
