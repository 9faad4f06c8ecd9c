/**
 * One set-up at a time per checkout: two terminals, or test files running side by side, must not run `npm ci` or make
 * into each other. The lock is a file with the holder's pid, created exclusively; a dead holder's lock is taken over.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './step.mjs';

const waitMsMax = 600_000;
const pollMs = 50;

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}

function tryTake(path) {
	try {
		writeFileSync(path, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if (error.code !== 'EEXIST') throw error;
	}
	let holder;
	try {
		holder = Number(readFileSync(path, 'utf8'));
	} catch {
		return false; // Released between the two calls; the next round takes it.
	}
	// An empty file is a lock being written at this moment.
	if (holder > 0 && !isAlive(holder)) rmSync(path, { force: true });
	return false;
}

/** Runs `work` while holding the checkout's set-up lock; `work` must look again whether it is still needed. */
export async function withLock(root, work) {
	const folder = join(root, 'dist');
	const path = join(folder, 'setup.lock');
	try {
		mkdirSync(folder, { recursive: true });
		for (let waitedMs = 0; !tryTake(path); waitedMs += pollMs) {
			if (waitedMs > waitMsMax)
				throw new SetupError(
					`another set-up holds ${path} for ${waitMsMax / 1000} s`,
					`end that process, or remove ${path}`,
				);
			await sleep(pollMs);
		}
	} catch (error) {
		if (error.code === 'EACCES' || error.code === 'EROFS') {
			throw new SetupError(
				`cannot write below ${folder}: ${error.message}`,
				'run ./lanner once as the owner of the checkout, or make it writable',
			);
		}
		throw error;
	}
	try {
		return await work();
	} finally {
		rmSync(path, { force: true });
	}
}
