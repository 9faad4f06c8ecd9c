/**
 * Who else can read or change lanner.yaml and the files its secrets come from. It names programs to run and where alerts go, so one that
 * everybody may write is refused, as sshd and sudo do. Secrets that everybody may read are told and not refused: in a container, where the
 * mount decides the mode and there is nobody else, that is usual.
 */
import { type Stats, statSync } from 'node:fs';
import type { Origins, RelationProblem } from '#platform/config/index.ts';

const othersRead = 0o004;
const othersWrite = 0o002;

export function permissionProblems(
	file: string,
	{ brought, literalSecrets }: Origins,
	look: (path: string) => Pick<Stats, 'mode' | 'isFile'> | undefined = lookAt,
): RelationProblem[] {
	const allowed = (path: string): number => {
		const stat = look(path);
		return stat?.isFile() === true ? stat.mode & 0o777 : 0;
	};
	const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
	const mode = allowed(file);
	const problems: RelationProblem[] = [];
	if ((mode & othersWrite) !== 0)
		problems.push({
			path: [],
			message: `everybody may change this file (mode ${octal(mode)}), and it says which programs run: chmod o-w ${file}`,
		});
	if ((mode & othersRead) !== 0)
		for (const path of literalSecrets.filter((path) => path.at(-1) !== 'url'))
			problems.push({
				path,
				message: `this secret stands in a file that everybody may read (mode ${octal(mode)}): ${remedy(file)}; or bring it in as $\{file:PATH}`,
				doubtful: true,
			});
	for (const { path, file: from } of brought) {
		if (from === null) continue;
		const secretMode = allowed(from);
		if ((secretMode & (othersRead | othersWrite)) === 0) continue;
		const what = (secretMode & othersWrite) === 0 ? 'read' : 'change';
		problems.push({
			path,
			message: `everybody may ${what} ${from} (mode ${octal(secretMode)}): ${remedy(from)}`,
			doubtful: true,
		});
	}
	return problems;
}

/** The role itself must still be able to read it. */
function remedy(file: string): string {
	return `chmod o= ${file}, and chgrp it to the group of the role (lanner)`;
}

function lookAt(path: string): Stats | undefined {
	return statSync(path, { throwIfNoEntry: false });
}
