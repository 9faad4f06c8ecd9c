/** Where a role keeps its log, its state and its copy of capture. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { FailureError, type Io } from '../command.ts';

const rootFolder = '/var/lib/lanner';

/** As root /var/lib/lanner, else `lanner` in the state folder of the XDG base directories. */
export function defaultDataFolder(
	env: Readonly<Record<string, string | undefined>>,
	uid = process.getuid?.(),
): string {
	if (uid === 0) return rootFolder;
	return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local/state'), 'lanner');
}

/** Makes the folder (readable by its owner and group only: events tell what people do) and checks that it can be written. */
export function prepareDataFolder(folder: string): string {
	try {
		mkdirSync(folder, { recursive: true, mode: 0o750 });
		accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (error) {
		throw new FailureError(
			`the data folder ${folder} cannot be used: ${(error as Error).message}`,
			'choose another with --data DIR, or run as its owner',
		);
	}
	return folder;
}

/**
 * Runs what works in the folder, which is there, and ends that with a clear error when it, or one that a role made in it, is taken away or replaced: what
 * is open would be written on to files without a name, unseen until something else is to be opened, and then only that would be told.
 */
export async function inDataFolder<T>(folder: string, io: Io, work: (io: Io) => Promise<T>): Promise<T> {
	const lost = new AbortController();
	const seen = new Map<string, string>();
	const look = (): void => {
		const path = rolesFolders.map((name) => join(folder, name)).find((path) => isLost(path, seen));
		if (path !== undefined) lost.abort(folderLost(path));
	};
	look();
	const timer = setInterval(look, lookMs);
	timer.unref();
	const stopSignal = (): AbortSignal => AbortSignal.any([io.stopSignal(), lost.signal]);
	try {
		const result = await work({ ...io, stopSignal });
		if (!lost.signal.aborted) return result;
	} catch (error) {
		// The system may have met it first.
		look();
		if (!lost.signal.aborted) throw error;
	} finally {
		clearInterval(timer);
	}
	throw lost.signal.reason;
}

/** The folder itself, and what roles make in it. */
const rolesFolders = ['.', 'log', 'state', 'spool'];
const lookMs = 2_000;

/** What was seen once is lost when it is not there, or is another one. */
function isLost(path: string, seen: Map<string, string>): boolean {
	const stat = statSync(path, { throwIfNoEntry: false });
	const identity = stat === undefined ? '' : `${stat.dev}:${stat.ino}`;
	const before = seen.get(path);
	if (before !== undefined) return before !== identity;
	if (identity !== '') seen.set(path, identity);
	return false;
}

function folderLost(path: string): FailureError {
	return new FailureError(
		`${path} was removed or replaced while lanner ran: log, state and spool cannot be kept`,
		'what they held is lost. Start lanner again: it makes the folder anew and looks at all running processes. Keep the folder from whatever cleans up there, or choose another (dataFolder, --data)',
	);
}
