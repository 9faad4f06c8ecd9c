/** Started as root with an account to become: only capture stays privileged, and can be started again. Needs root. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { capturesOf, LannerProcess, outOfReach } from '#test/support/lanner-process.ts';

const rules = join(import.meta.dirname, 'rules.yaml');
const hack = '/bin/lanner-e2e-hack';
/** An account of every Debian that nothing here uses. */
const account = { name: 'daemon', uid: 1 };

function uidOf(pid: number): number {
	return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}

const skip = existsSync('/usr/sbin/setcap') ? outOfReach(account.uid) : 'setcap is missing (libcap2-bin)';

test('root is given up for the configured user, and capture is restarted without it', {
	skip,
	timeout: 60_000,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-drop-'));
	const config = join(folder, 'lanner.yaml');
	const data = join(folder, 'data');
	execFileSync('chmod', ['755', folder]);
	writeFileSync(config, `probe:\n  user: ${account.name}\n`);
	const lanner = new LannerProcess(['run', '--config', config, '--rules', rules, '--json', '--data', data]);
	t.after(async () => {
		await lanner.stop('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
		rmSync(hack, { force: true });
	});
	await lanner.ready();
	const [first] = capturesOf(lanner.child.pid!);
	assert.ok(first !== undefined);
	assert.equal(uidOf(lanner.child.pid!), account.uid);
	assert.equal(uidOf(first), account.uid);
	const copy = statSync(join(data, 'bin/capture'));
	assert.deepEqual([copy.uid, copy.mode & 0o777], [0, 0o750]);

	process.kill(first, 'SIGKILL');
	await lanner.line('stdout', (line) => line.includes('capture-restarted'));
	while ((capturesOf(lanner.child.pid!)[0] ?? first) === first)
		await new Promise((resolve) => setTimeout(resolve, 50));
	const touching = setInterval(() => execFileSync('touch', [hack]), 200);
	try {
		await lanner.line('stdout', (line) => line.includes('Binary directory written'));
	} finally {
		clearInterval(touching);
	}
	assert.deepEqual(await lanner.stop('SIGTERM'), { code: 0, signal: null });
});
