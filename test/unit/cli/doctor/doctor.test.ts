import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkDataFolder, checkLock } from '#cli/doctor/data-folder.ts';
import { checkBtf, checkClock, checkKernel, checkPrivileges } from '#cli/doctor/host.ts';
import { checkCapture, checkRuntime } from '#cli/doctor/programs.ts';
import { lockFolder } from '#platform/folder-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-doctor-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a kernel before 5.10 and another processor than x86-64 are findings', () => {
	assert.equal(checkKernel('5.10.0-46-amd64', 'x64').ok, true);
	assert.equal(checkKernel('6.1.0', 'x64').ok, true);
	assert.equal(checkKernel('5.9.16', 'x64').ok, false);
	assert.equal(checkKernel('4.19.0', 'x64').ok, false);
	assert.match(checkKernel('6.1.0', 'arm64').remedy, /x86-64/);
});

test('a kernel without BTF is a finding', () => {
	assert.equal(checkBtf(true).ok, true);
	assert.match(checkBtf(false).remedy, /CONFIG_DEBUG_INFO_BTF/);
});

test('the capabilities that lack are named, unless capture has them itself', () => {
	const status = (capabilities: string): string => `Name:\tnode\nCapEff:\t${capabilities}\nSeccomp:\t0\n`;
	assert.equal(checkPrivileges(status('000001ffffffffff'), false).ok, true);
	assert.equal(checkPrivileges(status('000000c000000000'), false).ok, true);
	assert.equal(checkPrivileges(status('0000004000000000'), false).detail, 'CAP_BPF not held');
	assert.equal(checkPrivileges(status('0000000000000000'), false).detail, 'CAP_BPF and CAP_PERFMON not held');
	assert.equal(checkPrivileges(status('0000000000000000'), true).ok, true);
});

test('a clock that was never set is a finding', () => {
	assert.equal(checkClock(0).ok, false);
	assert.equal(checkClock(Date.UTC(2030, 1, 1)).ok, true);
});

test('a data folder that is not there yet is judged by what is above it', () => {
	assert.equal(checkDataFolder(join(folder, 'not/there/yet'), 1).ok, true);
	const full = checkDataFolder(folder, Number.MAX_SAFE_INTEGER);
	assert.equal(full.ok, false);
	assert.match(full.remedy, /lower them or make room/);
});

test('a data folder below a file cannot be used', () => {
	const file = join(folder, 'file');
	writeFileSync(file, '');
	assert.equal(checkDataFolder(join(file, 'data'), 1).ok, false);
});

test('the holder of the lock is named while it lives; a lock left behind is free', async () => {
	assert.equal((await checkLock(folder)).detail, 'free');
	mkdirSync(join(folder, 'log'));
	const lock = await lockFolder(join(folder, 'log'));
	assert.equal((await checkLock(folder)).detail, `process ${process.pid} runs on the data folder`);
	await lock.release();
	writeFileSync(join(folder, 'log/lock'), `{"pid": ${process.pid}, "start": "1"}\n`);
	assert.equal((await checkLock(folder)).detail, 'free');
});

test('a probe that is not built is a finding with the way to build it', () => {
	assert.equal(checkCapture('/bin/sh', true).ok, true);
	assert.match(checkCapture(join(folder, 'capture'), true).remedy, /npm run probe:build/);
});

test('no Docker is no finding', () => {
	assert.equal(checkRuntime('docker', null).ok, true);
	assert.equal(checkRuntime('containerd', join(folder, 'containerd.sock')).ok, true);
});
