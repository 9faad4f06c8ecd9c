/** Users and groups: ids from the process, names from what the host reported of its accounts. */
import { Text } from '#schemas/text.ts';
import type { EventSubject } from '../subject.ts';
import { type Field, type FieldOptions, field } from './define.ts';

const id: FieldOptions = { print: 'ID' };

/** What rules see for an id without an account (a text, so that `user.name != root` holds). */
export const unknownAccount = new Text('<NA>');
const rootName = new Text('root');
const rootHome = new Text('/root');

/** Names of uid 0 are known even when no account was reported. */
export function userName(subject: EventSubject, uid: number): Text {
	return subject.host.userByUid(uid)?.name ?? (uid === 0 ? rootName : unknownAccount);
}

export function groupName(subject: EventSubject, gid: number): Text {
	return subject.host.groupByGid(gid) ?? (gid === 0 ? rootName : unknownAccount);
}

/** -1 = unknown, as for a process of which nothing was seen. */
function uidOf(subject: EventSubject): number | null {
	const node = subject.process;
	return node === null || node.credentials.euid === -1 ? null : node.credentials.euid;
}

function gidOf(subject: EventSubject): number | null {
	const node = subject.process;
	return node === null || node.credentials.egid === -1 ? null : node.credentials.egid;
}

export const userFields: readonly Field[] = [
	field('user.uid', 'UINT32', 'User id.', uidOf, id),
	field('user.name', 'CHARBUF', 'User name; <NA> for an id without account.', (subject) => {
		const uid = uidOf(subject);
		return uid === null ? null : userName(subject, uid);
	}),
	field('user.homedir', 'CHARBUF', 'Home directory; <NA> for an id without account.', (subject) => {
		const uid = uidOf(subject);
		if (uid === null) return null;
		return subject.host.userByUid(uid)?.home ?? (uid === 0 ? rootHome : unknownAccount);
	}),
	field('user.shell', 'CHARBUF', 'Login shell; <NA> for an id without account.', (subject) => {
		const uid = uidOf(subject);
		return uid === null ? null : (subject.host.userByUid(uid)?.shell ?? unknownAccount);
	}),
	field(
		'user.loginuid',
		'INT64',
		'User id of the login (audit); -1 = none.',
		(subject) => (subject.process === null ? null : subject.process.loginUid),
		id,
	),
	field('user.loginname', 'CHARBUF', 'Name of the login user; <NA> when there is none.', (subject) => {
		const node = subject.process;
		if (node === null) return null;
		return node.loginUid === -1 ? unknownAccount : userName(subject, node.loginUid);
	}),
	field('group.gid', 'UINT32', 'Group id.', gidOf, id),
	field('group.name', 'CHARBUF', 'Group name; <NA> for an id without group.', (subject) => {
		const gid = gidOf(subject);
		return gid === null ? null : groupName(subject, gid);
	}),
];
