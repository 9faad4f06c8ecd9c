/** Paths as byte strings: joined and made normal the way rules expect (`..` and `//` removed, nothing looked up). */

/** Absolute and normal form of `path`, relative ones taken from `directory`. A trailing slash is dropped. */
export function resolvePath(directory: string, path: string): string {
	const joined = path.startsWith('/') ? path : `${directory}/${path}`;
	if (isNormal(joined)) return joined;
	const parts: string[] = [];
	for (const part of joined.split('/')) {
		if (part === '' || part === '.') continue;
		if (part === '..') parts.pop();
		else parts.push(part);
	}
	return `/${parts.join('/')}`;
}

/** No empty, `.` or `..` component and no slash at the end: most paths, found out without allocating. */
function isNormal(path: string): boolean {
	if (path.length < 2 || path.charCodeAt(0) !== 47) return path === '/';
	let before = 0;
	for (let i = 1; i <= path.length; i++) {
		if (i < path.length && path.charCodeAt(i) !== 47) continue;
		const length = i - before - 1;
		if (length === 0) return false;
		if (path.charCodeAt(before + 1) === 46) {
			if (length === 1 || (length === 2 && path.charCodeAt(before + 2) === 46)) return false;
		}
		before = i;
	}
	return true;
}

/** Directory part: `/a` for `/a/b`, `/` for `/a`; a path without slash gives ''. */
export function directoryOf(path: string): string {
	const slash = path.lastIndexOf('/');
	return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '';
}

/** Part after the last slash. */
export function fileNameOf(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
