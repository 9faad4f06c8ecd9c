/** Where a role keeps its log, its state and its copy of capture. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { FailureError } from '../command.ts';

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
