/**
 * Users and groups of the host, from /etc/passwd and /etc/group. Only local files: name services (LDAP, sssd) would
 * mean network calls per id. Bounds: `entriesMax` of each. Lines that are not entries are skipped, as libc does.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type User = {
	readonly uid: number;
	/** Primary group. */
	readonly gid: number;
	readonly name: string;
	readonly home: string;
	readonly shell: string;
};
export type Group = { readonly gid: number; readonly name: string };
export type Users = { readonly users: readonly User[]; readonly groups: readonly Group[] };

const entriesMax = 65536;

export function parsePasswd(text: string): User[] {
	return parseLines(text, (fields) => {
		const uid = parseId(fields[2]);
		if (uid === null || fields[0] === '') return null;
		return {
			uid,
			gid: parseId(fields[3]) ?? 0,
			name: fields[0] ?? '',
			home: fields[5] ?? '',
			shell: fields[6] ?? '',
		};
	});
}

export function parseGroup(text: string): Group[] {
	return parseLines(text, (fields) => {
		const gid = parseId(fields[2]);
		return gid === null || fields[0] === '' ? null : { gid, name: fields[0] ?? '' };
	});
}

function parseLines<Entry>(text: string, parse: (fields: readonly string[]) => Entry | null): Entry[] {
	const entries: Entry[] = [];
	for (const line of text.split('\n')) {
		if (entries.length === entriesMax) break;
		if (line.startsWith('#')) continue;
		const entry = parse(line.split(':'));
		if (entry !== null) entries.push(entry);
	}
	return entries;
}

function parseId(text: string | undefined): number | null {
	if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return null;
	const id = Number(text);
	return id < 2 ** 32 ? id : null;
}

/** Reads the host's users when they have changed since the last call; null = as before. */
export class UsersSource {
	readonly #passwd: string;
	readonly #group: string;
	#stamp = '';

	constructor(root = '/') {
		this.#passwd = join(root, 'etc/passwd');
		this.#group = join(root, 'etc/group');
	}

	readIfChanged(): Users | null {
		const stamp = `${stampOf(this.#passwd)} ${stampOf(this.#group)}`;
		if (stamp === this.#stamp) return null;
		const users = { users: parsePasswd(readText(this.#passwd)), groups: parseGroup(readText(this.#group)) };
		this.#stamp = stamp;
		return users;
	}
}

/** The files are replaced by rename, so inode, size and mtime together tell a new one. */
function stampOf(file: string): string {
	const stat = statSync(file, { throwIfNoEntry: false });
	return stat === undefined ? 'absent' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

function readText(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
		throw error;
	}
}
