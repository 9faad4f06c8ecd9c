/** What archive and .deb have in common: which file goes where, below one prefix, with one owner's modes and no others. */
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyNode } from './stage.mjs';

/** Installs `text` (or the file at `from`) at `path`. */
export function put(path, { text, from, mode = 0o644 }) {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text ?? readFileSync(from));
	chmodSync(path, mode);
}

/** `lib/lanner` and `bin/lanner` below `prefix`. */
export function putProgram({ root, program, node, prefix }) {
	const lib = join(prefix, 'lib/lanner');
	cpSync(program, lib, { recursive: true });
	copyNode(node, join(lib, 'node'));
	put(join(prefix, 'bin/lanner'), { from: join(root, 'deploy/package/files/lanner.sh'), mode: 0o755 });
	return lib;
}

/** Documentation and licences. */
export function putDocumentation({ root, folder }) {
	for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE'])
		put(join(folder, name), { from: join(root, name) });
	put(join(folder, 'lanner.yaml'), { from: join(root, 'deploy/lanner.yaml') });
}

export function units(root) {
	return readdirSync(join(root, 'deploy/systemd'))
		.filter((name) => /\.(service|socket|target)$/.test(name))
		.sort();
}

export function rulesFiles(root) {
	return readdirSync(join(root, 'deploy/rules'), { recursive: true })
		.filter((name) => name.endsWith('.yaml'))
		.sort();
}

/** Modes as a release has them, whatever the umask of the builder: what its owner may execute, all may. */
export function settleModes(path) {
	const stat = lstatSync(path);
	if (stat.isSymbolicLink()) return;
	chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
	if (stat.isDirectory()) for (const name of readdirSync(path)) settleModes(join(path, name));
}
