/**
 * One owner per data folder. The lock file names the owner's pid and start time, so that a lock left behind by a crash
 * is told from a living owner even when the pid was given to another process since.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class FolderInUseError extends Error {
	readonly code = 'folder-in-use';
	readonly folder: string;
	readonly pid: number;

	constructor(folder: string, pid: number) {
		super(`${folder} is in use by process ${pid}. Stop that process first, or choose another data folder.`);
		this.folder = folder;
		this.pid = pid;
	}
}

export type FolderLock = { release(): Promise<void> };

const attemptsMax = 5;

/** Takes the lock of an existing folder; throws FolderInUseError while a living process has it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
	const path = join(folder, 'lock');
	const mine = `${JSON.stringify({ pid: process.pid, start: await startOf(process.pid), token: randomUUID() })}\n`;
	// Written aside and linked into place: a lock is never seen half written.
	const aside = `${path}.${randomUUID()}`;
	await writeFile(aside, mine);
	try {
		for (let attempt = 0; attempt < attemptsMax; attempt++) {
			if (await linked(aside, path)) return { release: () => release(path, mine) };
			await removeStale(path, folder);
		}
		throw new Error(`${path} keeps changing: several processes start on this folder at once. Try again.`);
	} finally {
		await unlink(aside);
	}
}

async function linked(from: string, to: string): Promise<boolean> {
	try {
		await link(from, to);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	}
}

async function removeStale(path: string, folder: string): Promise<void> {
	const text = await readOrNull(path);
	if (text === null) return;
	const pid = await livingOwner(text);
	if (pid !== null) throw new FolderInUseError(folder, pid);
	// Moved away, then looked at again: another process may have replaced the stale lock by its own in between.
	const moved = `${path}.stale-${randomUUID()}`;
	try {
		await rename(path, moved);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw error;
	}
	if ((await readOrNull(moved)) !== text) await linked(moved, path);
	await unlink(moved);
}

/** Pid of the living process that has the folder; null = nobody. */
export async function lockHolder(folder: string): Promise<number | null> {
	const text = await readOrNull(join(folder, 'lock'));
	return text === null ? null : await livingOwner(text);
}

async function livingOwner(text: string): Promise<number | null> {
	const owner = parseOwner(text);
	return owner !== null && owner.start !== '' && (await startOf(owner.pid)) === owner.start
		? owner.pid
		: null;
}

async function release(path: string, mine: string): Promise<void> {
	if ((await readOrNull(path)) === mine) await unlink(path);
}

function parseOwner(text: string): { pid: number; start: string } | null {
	try {
		const value = JSON.parse(text) as { pid?: unknown; start?: unknown } | null;
		return typeof value?.pid === 'number' && typeof value.start === 'string'
			? { pid: value.pid, start: value.start }
			: null;
	} catch {
		// A lock that is no JSON has no owner that could be alive.
		return null;
	}
}

/** Start time of a process in clock ticks since boot; empty when there is no such process. */
async function startOf(pid: number): Promise<string> {
	const stat = await readOrNull(`/proc/${pid}/stat`);
	if (stat === null) return '';
	// The command name may hold blanks and parentheses: fields are counted after its last parenthesis.
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function readOrNull(path: string): Promise<string | null> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ESRCH') return null;
		throw error;
	}
}
