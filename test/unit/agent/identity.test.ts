import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostIdOf, readHostIdentity } from '#agent/identity.ts';

test("the host id comes from the host's files, also where they are mounted elsewhere", (t) => {
	const root = mkdtempSync(join(tmpdir(), 'lanner-identity-'));
	t.after(() => rmSync(root, { recursive: true }));
	mkdirSync(join(root, 'etc'));
	const machineId = '0123456789abcdef0123456789abcdef';
	writeFileSync(join(root, 'etc/machine-id'), `${machineId}\n`);
	const identity = readHostIdentity({ dataFolder: root, root });
	assert.equal(identity.hostId, hostIdOf(machineId));
	assert.doesNotMatch(identity.hostId, new RegExp(machineId.slice(0, 8)));
	assert.equal(identity.bootId, readFileSync('/proc/sys/kernel/random/boot_id', 'ascii').trim());
});

test('without a machine id a random one is kept', (t) => {
	const root = mkdtempSync(join(tmpdir(), 'lanner-identity-'));
	t.after(() => rmSync(root, { recursive: true }));
	const first = readHostIdentity({ dataFolder: root, root }).hostId;
	assert.equal(readHostIdentity({ dataFolder: root, root }).hostId, first);
	assert.match(first, /^[0-9a-f-]{36}$/);
});
