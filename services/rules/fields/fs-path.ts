/**
 * Paths of file system calls (fs.path.*), for calls that succeeded. With two paths, the new name of a link is its source
 * and what it points to its target, as the language has it.
 */
import { familyIndex } from '#schemas/generated/event-names.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import { Text } from '#schemas/text.ts';
import type { ReadBytes } from '../field.ts';
import type { EventSubject } from '../subject.ts';
import { bound, type Field, perType, type Read } from './define.ts';
import { infoOf } from './event-type.ts';
import { askedPath, changedNewPath, changedPath, type PlaceOf } from './path-bytes.ts';
import { resolvePath } from './paths.ts';

type Paths = { readonly plain?: PathPair; readonly source?: PathPair; readonly target?: PathPair };
type PathPair = {
	readonly path: (reader: EventReader) => Text | null;
	readonly raw: (reader: EventReader) => Text | null;
	/** Where the bytes of `path` stand. */
	readonly place?: PlaceOf;
};

const opened: PathPair = {
	path: ({ fileOpened }) => fileOpened.askedPath ?? fileOpened.path,
	raw: ({ fileOpened }) => fileOpened.name,
	place: askedPath,
};
const first: PathPair = {
	path: (r) => r.pathChanged.path,
	raw: (r) => r.pathChanged.name,
	place: changedPath,
};
const second: PathPair = {
	path: (r) => r.pathChanged.newPath,
	raw: (r) => r.pathChanged.newName,
	place: changedNewPath,
};
const ofFd: PathPair = {
	path: (r) => r.pathChanged.fd?.path ?? null,
	raw: (r) => r.pathChanged.fd?.path ?? null,
};
/** Calls that come with raw arguments, and a path beside them. */
const other: PathPair = { path: (r) => r.otherSyscall.path, raw: (r) => r.otherSyscall.name };
const mountSource: PathPair = { path: (r) => r.mountChanged.source, raw: (r) => r.mountChanged.source };
const mountTarget: PathPair = { path: (r) => r.mountChanged.target, raw: (r) => r.mountChanged.target };

function entries(names: string, paths: Paths): [string, Paths][] {
	return names.split(' ').map((name) => [name, paths]);
}

const pathsByType = new Map<string, Paths>([
	...entries('open openat openat2 creat open_by_handle_at', { plain: opened }),
	...entries(
		'unlink unlinkat rmdir mkdir mkdirat chmod fchmodat fchmodat2 chown lchown fchownat mknod mknodat',
		{
			plain: first,
		},
	),
	...entries(
		'quotactl stat lstat stat64 lstat64 newfstatat access faccessat faccessat2 statx readlink readlinkat truncate statfs ' +
			'utime utimes futimesat utimensat setxattr lsetxattr getxattr lgetxattr listxattr llistxattr removexattr ' +
			'lremovexattr swapon swapoff acct uselib',
		{ plain: other },
	),
	...entries('fchmod fchown', { plain: ofFd }),
	...entries('rename renameat renameat2', { source: first, target: second }),
	...entries('link linkat', { source: second, target: first }),
	...entries('symlink symlinkat', { source: second, target: first }),
	...entries('umount umount2', { plain: mountTarget }),
	...entries('mount', { source: mountSource, target: mountTarget }),
]);

const familyByMember = {
	opened: familyIndex.FileOpened,
	changed: familyIndex.PathChanged,
	mount: familyIndex.MountChanged,
};

function familyOfPaths(name: string): number {
	if (pathsByType.get(name)?.plain === other) return familyIndex.OtherSyscall;
	if (name.startsWith('open') || name === 'creat') return familyByMember.opened;
	return name.includes('mount') ? familyByMember.mount : familyByMember.changed;
}

function path(name: string, member: keyof Paths, part: 'path' | 'raw', meaning: string): Field {
	return bound(
		name,
		'CHARBUF',
		meaning,
		perType((eventType): Read | null => {
			const found = pathOf(eventType, member);
			if (found === null) return null;
			const { typeName, pair, happened } = found;
			const pick = pair[part];
			const relative = part === 'path' && mayBeRelative(typeName);
			return ({ reader, process }) => {
				if (!happened(reader)) return null;
				const value = pick(reader);
				if (!relative || value === null || value.value.startsWith('/') || process === null) return value;
				return new Text(resolvePath(process.cwd.value, value.value));
			};
		}),
	);
}

function pathOf(eventType: number, member: keyof Paths) {
	const typeName = infoOf(eventType)?.name ?? '';
	const pair = pathsByType.get(typeName)?.[member];
	if (pair === undefined) return null;
	const family = familyOfPaths(typeName);
	const opens = family === familyIndex.FileOpened;
	const happened = ({ family: own, header: { result } }: EventReader): boolean =>
		own === family && (opens ? result >= 0 : result === 0);
	return { typeName, pair, happened };
}

/** What these calls name is made absolute when it is asked for. */
export function mayBeRelative(typeName: string): boolean {
	return typeName.startsWith('symlink') || typeName === 'mount';
}

/** Of the path as it stands in the event: null for types where it may be another that rules see. */
export function bytesOfPath(member: keyof Paths): (eventType: number) => ReadBytes<EventSubject> | null {
	return (eventType) => {
		const found = pathOf(eventType, member);
		if (found === null || mayBeRelative(found.typeName)) return null;
		const { pair, happened } = found;
		const { place } = pair;
		return place === undefined ? null : ({ reader }, range) => happened(reader) && place(reader, range);
	};
}

export const fsPathFields: readonly Field[] = [
	path('fs.path.name', 'plain', 'path', 'Absolute path of a file system call with one path.'),
	path('fs.path.nameraw', 'plain', 'raw', 'The same as the caller passed it.'),
	path('fs.path.source', 'source', 'path', 'Absolute source of rename, link, symlink and mount.'),
	path('fs.path.sourceraw', 'source', 'raw', 'The same as the caller passed it.'),
	path('fs.path.target', 'target', 'path', 'Absolute target of rename, link, symlink and mount.'),
	path('fs.path.targetraw', 'target', 'raw', 'The same as the caller passed it.'),
];
