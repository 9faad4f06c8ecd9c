/** What mutations start from: our rules and tests, and the small files of corpus/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');

function readFolder(folder: string, pattern: RegExp): string[] {
	return readdirSync(folder)
		.filter((name) => pattern.test(name))
		.sort()
		.map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Items of a list file, each a text of its own: small inputs get deep, whole files only slow. */
function itemsOf(file: string): string[] {
	return file.split(/\n(?=- )/).map((item) => `${item}\n`);
}

export function startingCorpus(target: string): string[] {
	const rules = readFolder(join(root, 'deploy/rules'), /\.yaml$/);
	const own = readFolder(join(root, 'test/fuzz/corpus'), /\.yaml$/);
	const found = (pattern: RegExp): string[] =>
		[...rules, ...own].flatMap((text) => [...text.matchAll(pattern)].map(([, value]) => value as string));
	if (target === 'condition') return found(/^ {2}condition: (?:>\n)?((?:.+\n)(?: {4}.+\n)*)/gm);
	if (target === 'output') return found(/^ {2}output: (?:>\n)?((?:.+\n)(?: {4}.+\n)*)/gm);
	if (target === 'tests') return readFolder(join(root, 'deploy/rules/tests'), /\.yaml$/).flatMap(itemsOf);
	return [...own, ...rules.flatMap(itemsOf)];
}
