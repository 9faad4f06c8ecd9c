/** What a newcomer meets: sizes, headers, READMEs, leftovers. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { repositoryFiles, root, sourceFiles } from './tree.ts';

const linesMax = 400;

/** Longer files and why; the number is a ratchet: it may only be lowered. */
const longerFiles: Readonly<Record<string, { lines: number; why: string }>> = {
	'services/rules/events/table.ts': { lines: 1661, why: 'generated table of event types' },
	'services/rules/events/flag-tables.ts': { lines: 702, why: 'generated table of flag names' },
	'services/rules/testing/shorthand.ts': { lines: 502, why: 'one entry for each event of the short form' },
	'services/rules/fields/parameter-values.ts': {
		lines: 439,
		why: 'one entry for each parameter of an event',
	},
	'services/rules/fields/process.ts': { lines: 449, why: 'one entry for each proc.* field' },
	'services/rules/parse/parser.ts': { lines: 444, why: 'one grammar, one function for each production' },
	'services/rules/fields/fd.ts': { lines: 420, why: 'one entry for each fd.* field' },
	'services/rules/fields/evt.ts': { lines: 412, why: 'one entry for each evt.* field' },
};

function lineCount(path: string): number {
	return readFileSync(join(root, path), 'utf8').split('\n').length - 1;
}

test(`no source file is longer than ${linesMax} lines, except those listed, which do not grow`, () => {
	const tooLong: string[] = [];
	for (const path of sourceFiles()) {
		const lines = lineCount(path);
		const allowed = longerFiles[path]?.lines ?? linesMax;
		if (lines > allowed) tooLong.push(`${path}: ${lines} lines, allowed are ${allowed}`);
	}
	assert.deepEqual(tooLong, []);
});

test('the list of longer files names only files that are longer', () => {
	const stale = Object.keys(longerFiles).filter(
		(path) => !existsSync(join(root, path)) || lineCount(path) <= linesMax,
	);
	assert.deepEqual(stale, []);
});

test('a folder with more than one source file says what it is for', () => {
	const byFolder = new Map<string, number>();
	for (const path of sourceFiles()) byFolder.set(dirname(path), (byFolder.get(dirname(path)) ?? 0) + 1);
	const silent: string[] = [];
	for (const [folder, count] of byFolder) {
		if (count < 2 || folder === '.') continue;
		// A folder's own README, a header in its index.ts, or the README of the folder it is part of.
		const index = join(root, folder, 'index.ts');
		const hasHeader = existsSync(index) && readFileSync(index, 'utf8').startsWith('/**');
		const explained = [folder, dirname(folder)].some(
			(place) => place !== '.' && existsSync(join(root, place, 'README.md')),
		);
		if (!hasHeader && !explained && !folder.startsWith('test/')) silent.push(folder);
	}
	assert.deepEqual(silent, []);
	assert.ok(existsSync(join(root, 'test/README.md')), 'test/README.md explains the suites');
});

test('nothing is left for later in the sources', () => {
	const word = new RegExp(
		`\\b(${['TO', 'FIX'].map((start) => `${start}${start === 'TO' ? 'DO' : 'ME'}`).join('|')})\\b`,
	);
	const left = sourceFiles().filter((path) => word.test(readFileSync(join(root, path), 'utf8')));
	assert.deepEqual(left, []);
});

test('every test file below test/ is found by the runner', () => {
	const calls = /^(?:import .*from 'node:test'|import \{[^}]*\} from 'node:test')/m;
	const lost = repositoryFiles().filter(
		(path) =>
			path.startsWith('test/') &&
			path.endsWith('.ts') &&
			!/\.test\.ts$/.test(path) &&
			!path.startsWith('test/support/') &&
			!path.startsWith('test/contract/') &&
			calls.test(readFileSync(join(root, path), 'utf8')),
	);
	assert.deepEqual(lost, []);
});

test('test data of others is not committed', () => {
	const foreign = repositoryFiles().filter((path) => /falco[-_].*rules|\.jsonl$/.test(path));
	assert.deepEqual(foreign, []);
});
