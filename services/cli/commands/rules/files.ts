/**
 * Rules files as a command line names them: files, or folders whose *.yaml files are taken in the order of their names
 * (not what lies in folders below them; a symbolic link to a file counts, a ConfigMap is made of them; a hidden file does not: editors
 * keep their locks there). None named: the rules that come with Lanner.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RulesFile } from '#rules/load/index.ts';
import { FailureError } from '../../command.ts';

const fileBytesMax = 16 * 1024 * 1024;
const filesMax = 10_000;

export function shippedRulesFolder(root: string): string {
	return join(root, 'deploy/rules');
}

/** Paths of YAML files in order; folders are opened one level. */
export function expandPaths(paths: readonly string[]): string[] {
	const files = paths.flatMap((path) => (statOf(path).isDirectory() ? yamlFilesIn(path) : [path]));
	if (files.length > filesMax)
		throw new FailureError(`${files.length} rules files, at most ${filesMax}`, 'name fewer files');
	return files;
}

export function yamlFilesIn(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true })
		.filter(({ name }) => /^[^.].*\.ya?ml$/.test(name))
		.map((entry) => ({ entry, path: join(folder, entry.name) }))
		.filter(({ entry, path }) => entry.isFile() || (entry.isSymbolicLink() && statOf(path).isFile()))
		.map(({ path }) => path)
		.sort();
}

export function readRulesFiles(paths: readonly string[], root: string): RulesFile[] {
	const files = expandPaths(paths.length === 0 ? [shippedRulesFolder(root)] : paths);
	if (files.length === 0)
		throw new FailureError(
			`no *.yaml file in ${paths.join(', ')}`,
			'name rules files, or a folder that has some',
		);
	return files.map((name) => ({ name, content: readBounded(name) }));
}

/** Device files and what else has no size are refused: a rules file is a regular file. */
export function readBounded(path: string): Buffer {
	const stat = statOf(path);
	if (!stat.isFile()) throw new FailureError(`${path} is not a file`, 'name a rules file or a folder');
	if (stat.size > fileBytesMax)
		throw new FailureError(`${path} has ${stat.size} bytes, at most ${fileBytesMax}`, 'split the file');
	return readFileSync(path);
}

function statOf(path: string): ReturnType<typeof statSync> & object {
	try {
		return statSync(path);
	} catch (cause) {
		throw new FailureError(
			`cannot read ${path}: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`,
			'check the path and its permissions',
		);
	}
}
