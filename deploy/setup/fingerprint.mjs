/**
 * Whether files changed since a build, told from path, size and modification time (a few milliseconds for the whole
 * tree). A touched file with the same contents costs one needless build, never a stale one.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One line per file; a missing file has a line of its own, so that its return is a change too. */
export function fingerprint(root, paths) {
	const hash = createHash('sha256');
	for (const path of [...paths].sort()) {
		const stat = statSync(join(root, path), { throwIfNoEntry: false });
		hash.update(stat === undefined ? `${path} missing\n` : `${path} ${stat.size} ${stat.mtimeMs}\n`);
	}
	return hash.digest('hex');
}

/** Files below a folder (relative to root), without those `skip` names. */
export function filesBelow(root, folder, skip = () => false) {
	const found = [];
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		const path = `${folder}/${entry.name}`;
		if (skip(path)) continue;
		if (entry.isDirectory()) found.push(...filesBelow(root, path, skip));
		else found.push(path);
	}
	return found;
}
