/** Can the data folder be used: writable, with room, by nobody else. Changes nothing there. */
import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lockHolder } from '#platform/folder-lock.ts';
import { bad, type Finding, good } from './finding.ts';

const mebibyte = 1024 * 1024;

/** `bytesNeeded` is what the log may grow to. */
export function checkDataFolder(folder: string, bytesNeeded: number): Finding {
	const existing = nearestExisting(folder);
	try {
		accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (error) {
		const why = (error as Error).message;
		return bad(
			'data folder',
			`${folder} cannot be used: ${why}`,
			'choose another with --data DIR, or be its owner',
		);
	}
	const { bavail, bsize } = statfsSync(existing);
	const free = bavail * bsize;
	const shown = `${folder}, ${Math.floor(free / mebibyte)} MiB free`;
	return free >= bytesNeeded
		? good('data folder', shown)
		: bad(
				'data folder',
				shown,
				`log.*BytesMax allow ${Math.ceil(bytesNeeded / mebibyte)} MiB; lower them or make room`,
			);
}

function nearestExisting(folder: string): string {
	for (let path = folder; ; path = dirname(path)) {
		try {
			statfsSync(path);
			return path;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path === dirname(path)) return path;
		}
	}
}

/** A running lanner is no fault, only worth knowing; a lock left by a crash is taken over by the next start. */
export async function checkLock(folder: string): Promise<Finding> {
	const holders = await Promise.all(['log', 'state'].map((part) => lockHolder(join(folder, part))));
	const pid = holders.find((holder) => holder !== null);
	return good('lock', pid === undefined ? 'free' : `process ${pid} runs on the data folder`);
}
