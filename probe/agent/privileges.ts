/**
 * Gives up root, where there is an account to become.
 *
 * `lanner run` and `lanner probe` started as root become the user of the configuration (default `lanner`) when that account
 * exists. Only capture stays privileged: a copy of it in the data folder (owner root, executable by the user's group alone)
 * carries CAP_BPF and CAP_PERFMON as file capabilities, so that it can be started again after the drop.
 * Without the account the process stays root and says so: a shared account such as `nobody` would be worse than none, since
 * every other process of it could trace, kill or impersonate the agent. Likewise where the account could not read lanner's own files (a
 * checkout in root's home), which are read later on as well.
 * Supplementary groups are the account's own: whoever puts `lanner` into the group `docker` gives it Docker's socket.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	copyFileSync,
	lchownSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	renameSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { CaptureProgram } from './capture-process.ts';
import { parseGroup, parsePasswd } from './users.ts';

export type DropResult = {
	/** The program to start capture with from now on. */
	readonly captureProgram: string;
	/** Name of the account; null = still what it was. */
	readonly user: string | null;
	/** Why root was kept, for a person; empty = dropped, or never was root. */
	readonly keptRootBecause: string;
};

export type DropOptions = {
	readonly user: string;
	readonly captureProgram: string;
	readonly dataFolder: string;
	/** One of lanner's own files. */
	readonly ownFile: string;
	/** Text of /etc/passwd and /etc/group. */
	readonly passwd: string;
	readonly group: string;
};

/** Set by probe/launch: our descriptor of the socket of the process that starts capture. */
const starterVariable = 'LANNER_CAPTURE_STARTER';

/** How capture is started where `launch` started us (the systemd units): we hold no capability at all. Null = it did not. */
export function startedBy(
	captureProgram: string,
	env: Readonly<Record<string, string | undefined>>,
): CaptureProgram | null {
	const fd = env[starterVariable];
	if (fd === undefined || !/^\d+$/.test(fd)) return null;
	return { path: join(dirname(captureProgram), 'launch'), starterFd: Number(fd) };
}

const captureCapabilities = 'cap_bpf,cap_perfmon+ep';
const setcapPrograms = ['/usr/sbin/setcap', '/sbin/setcap'];

/** Call it once, before anything is opened that the account could not open again. */
export function dropPrivileges(options: DropOptions): DropResult {
	const { captureProgram, user } = options;
	if (process.getuid?.() !== 0) return { captureProgram, user: null, keptRootBecause: '' };
	const account = findAccount(options);
	if (account === null) {
		const hint = `useradd --system --no-create-home --shell /usr/sbin/nologin ${user}`;
		const isKnown = parsePasswd(options.passwd).some(({ name }) => name === user);
		const keptRootBecause = isKnown
			? `'${user}' is root, or in its group (probe.user names an account of its own)`
			: `there is no user '${user}' (create it: ${hint})`;
		return { captureProgram, user: null, keptRootBecause };
	}
	if (!mayRead(account, options.ownFile)) {
		const keptRootBecause = `'${user}' may not read ${options.ownFile}, a file of lanner itself (keep lanner where that user may)`;
		return { captureProgram, user: null, keptRootBecause };
	}
	let copy: string;
	try {
		copy = installCapture(options, account.gid);
	} catch (error) {
		return {
			captureProgram,
			user: null,
			keptRootBecause: `capabilities cannot be given to capture: ${(error as Error).message.trim()}`,
		};
	}
	giveFolder(options.dataFolder, account, dirname(copy));
	// Missing in the type definitions, not in Node.
	(process as ProcessWithGroups).initgroups(user, account.gid);
	process.setgid?.(account.gid);
	process.setuid?.(account.uid);
	return { captureProgram: copy, user, keptRootBecause: '' };
}

type ProcessWithGroups = NodeJS.Process & { initgroups(user: string, extraGroup: number): void };

type Account = { readonly uid: number; readonly gid: number };

function findAccount({ user, passwd, group }: DropOptions): Account | null {
	const entry = parsePasswd(passwd).find((candidate) => candidate.name === user);
	// A root account by another name would be no drop at all.
	if (entry === undefined || entry.uid === 0) return null;
	const known = parseGroup(group).some((candidate) => candidate.gid === entry.gid);
	return known && entry.gid !== 0 ? { uid: entry.uid, gid: entry.gid } : null;
}

/** Where it cannot be asked: yes. */
function mayRead({ uid, gid }: Account, file: string): boolean {
	return spawnSync('test', ['-r', file], { uid, gid, stdio: 'ignore' }).status !== 1;
}

/** Copies capture beside its final name, so that a running one is never written to, and moves it there when ready. */
function installCapture({ dataFolder, captureProgram }: DropOptions, gid: number): string {
	const setcap = setcapPrograms.find(
		(program) => lstatSync(program, { throwIfNoEntry: false }) !== undefined,
	);
	if (setcap === undefined) throw new Error('setcap is missing (apt-get install libcap2-bin)');
	const folder = join(dataFolder, 'bin');
	mkdirSync(folder, { recursive: true, mode: 0o750 });
	// The account owns the parent, so it could have put a link here to make root write elsewhere.
	const stat = lstatSync(folder);
	if (!stat.isDirectory() || stat.uid !== 0) throw new Error(`${folder} is not a folder of root; remove it`);
	chownSync(folder, 0, gid);
	chmodSync(folder, 0o750);
	const copy = join(folder, 'capture');
	const fresh = `${copy}.new`;
	copyFileSync(captureProgram, fresh);
	chownSync(fresh, 0, gid);
	chmodSync(fresh, 0o750);
	// After chown, which clears capabilities.
	execFileSync(setcap, [captureCapabilities, fresh], { stdio: ['ignore', 'ignore', 'pipe'] });
	renameSync(fresh, copy);
	return copy;
}

/**
 * The folder and what earlier runs as root left in it; not the privileged copy. Once the account owns the folder it could
 * swap names under our feet, so then nothing is changed any more.
 */
function giveFolder(folder: string, account: Account, except: string): void {
	if (lstatSync(folder).uid !== 0) return;
	for (const name of readdirSync(folder)) {
		const path = join(folder, name);
		if (path === except) continue;
		if (lstatSync(path).isDirectory()) giveFolder(path, account, except);
		else lchownSync(path, account.uid, account.gid);
	}
	lchownSync(folder, account.uid, account.gid);
}
