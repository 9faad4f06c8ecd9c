import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseGroup, parsePasswd, UsersSource } from '#agent/users.ts';

test('entries of passwd are read, everything else is skipped', () => {
	const text =
		'root:x:0:0:root:/root:/bin/bash\n# no\nbroken\n:x:1:1::/:/bin/sh\nbig:x:4294967294:65534::/nonexistent:\nbad:x:abc:0::/:\n+::::::\n';
	assert.deepEqual(parsePasswd(text), [
		{ uid: 0, gid: 0, name: 'root', home: '/root', shell: '/bin/bash' },
		{ uid: 4294967294, gid: 65534, name: 'big', home: '/nonexistent', shell: '' },
	]);
	assert.deepEqual(parseGroup('adm:x:4:a,b\nx:x:4294967296:\n'), [{ gid: 4, name: 'adm' }]);
});

test('users are given at first and again only after a change', (t) => {
	const root = mkdtempSync(join(tmpdir(), 'lanner-users-'));
	t.after(() => rmSync(root, { recursive: true }));
	mkdirSync(join(root, 'etc'));
	writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
	const source = new UsersSource(root);
	assert.equal(source.readIfChanged()?.users.length, 1);
	assert.equal(source.readIfChanged(), null);
	// As useradd does it: a new file takes the name.
	writeFileSync(join(root, 'etc/passwd+'), 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n');
	renameSync(join(root, 'etc/passwd+'), join(root, 'etc/passwd'));
	assert.deepEqual(
		source.readIfChanged()?.users.map((user) => user.name),
		['root', 'ann'],
	);
	rmSync(join(root, 'etc/passwd'));
	assert.deepEqual(source.readIfChanged()?.users, []);
});
