/** Where the probe cannot run: a kernel without BTF, a user without privileges. A clear message, exit code 3, nothing on standard output. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { captureProgram } from '#test/support/capture.ts';
import { LannerProcess, launchArguments, outOfReach } from '#test/support/lanner-process.ts';

const rules = join(import.meta.dirname, 'rules.yaml');
const timeout = 60_000;
const nobody = 65534;

function folderOf(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-cannot-'));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Runs a program where /sys/kernel/btf is empty: in a mount namespace of its own, so nobody else notices. */
function withoutBtf(program: string, args: readonly string[]) {
	const script = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"';
	return spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', program, ...args], {
		encoding: 'utf8',
		timeout,
	});
}

test('without BTF capture ends with 3 and says which kernels have it', () => {
	const { status, stdout, stderr } = withoutBtf(captureProgram, []);
	assert.equal(status, 3, stderr);
	assert.equal(stdout, '');
	const { code, message, hint } = JSON.parse(stderr.trim().split('\n').at(-1)!) as Record<string, string>;
	assert.equal(code, 'no-btf');
	assert.match(message!, /\/sys\/kernel\/btf\/vmlinux/);
	assert.match(hint!, /CONFIG_DEBUG_INFO_BTF/);
});

test('without BTF lanner run ends with 3, with the same message and what to do, at once', (context) => {
	const args = ['run', '--json', '--rules', rules, '--data', folderOf(context)];
	const { status, stdout, stderr } = withoutBtf(process.execPath, launchArguments(args));
	assert.equal(status, 3, stderr);
	assert.equal(stdout, '');
	assert.match(stderr, /lanner: .*\/sys\/kernel\/btf\/vmlinux/);
	assert.match(stderr, /what to do: .*CONFIG_DEBUG_INFO_BTF/);
	assert.doesNotMatch(stderr, /bug in lanner/);
});

test('without BTF lanner doctor finds it, and ends with 1', () => {
	const { status, stdout, stderr } = withoutBtf(process.execPath, launchArguments(['doctor']));
	assert.equal(status, 1, stderr);
	assert.match(stdout, /btf.*\/sys\/kernel\/btf\/vmlinux is missing/s);
});

test('an ordinary user is told what capture lacks, exit code 3', {
	skip: outOfReach(nobody),
}, async (context) => {
	const folder = folderOf(context);
	chmodSync(folder, 0o777);
	// A copy without file capabilities, where the user can reach it.
	const program = join(folder, 'capture');
	copyFileSync(captureProgram, program);
	const lanner = new LannerProcess(
		['run', '--json', '--rules', rules, '--data', join(folder, 'data')],
		{ LANNER_TEST_CAPTURE: program, HOME: folder, TMPDIR: folder },
		{ uid: nobody, gid: nobody },
	);
	assert.deepEqual(await lanner.exited, { code: 3, signal: null }, lanner.stderr.join('\n'));
	assert.deepEqual(lanner.stdout, []);
	const text = lanner.stderr.join('\n');
	assert.match(text, /CAP_BPF|not permitted|privileg/i);
	assert.match(text, /what to do: .*setcap/);
});
