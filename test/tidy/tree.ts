/** The files of the repository as git knows them, so that build results and local leftovers are not judged. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Tracked files and new ones that are not ignored, relative to the root. */
export function repositoryFiles(): string[] {
	const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
		cwd: root,
		encoding: 'utf8',
	});
	return list.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

/** Hand-written source files: TypeScript, JavaScript and C, without what a generator wrote. */
export function sourceFiles(): string[] {
	return repositoryFiles().filter(
		(path) => /\.(ts|mjs|c|h)$/.test(path) && !path.startsWith('schemas/generated/'),
	);
}
