/** When root is kept, and what is said of it. That it is given up: test/e2e/run/privileges.test.ts. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dropPrivileges } from '#agent/privileges.ts';

const skip = process.getuid?.() === 0 ? false : 'needs root';
const passwd = 'root:x:0:0::/root:/bin/sh\nagent:x:4242:4242::/:/bin/false\nother:x:0:0::/:/bin/sh\n';
const group = 'root:x:0:\nagent:x:4242:\n';

test('root is kept where the account is none of its own, or could not read our files', { skip }, (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-keeps-root-'));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const ownFile = join(folder, 'package.json');
	writeFileSync(ownFile, '{}', { mode: 0o644 });
	// As root's home is.
	chmodSync(folder, 0o700);
	const keeps = (user: string) => {
		const files = { captureProgram: '/nowhere/capture', dataFolder: join(folder, 'data'), ownFile };
		const result = dropPrivileges({ ...files, user, passwd, group });
		assert.deepEqual([result.captureProgram, result.user], ['/nowhere/capture', null]);
		assert.equal(process.getuid?.(), 0);
		return result.keptRootBecause;
	};
	assert.match(keeps('agent'), /'agent' may not read .*package\.json, a file of lanner itself/);
	assert.match(keeps('nobody-here'), /there is no user 'nobody-here' \(create it: useradd/);
	assert.match(keeps('other'), /'other' is root/);
	assert.equal(existsSync(join(folder, 'data')), false, 'and nothing was made');
});
