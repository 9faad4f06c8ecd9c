/**
 * `npm run conformance -- [--cases DIR] [FILE…]`: runs a folder of case files (default ../shared/reference/cases beside
 * the repository) and prints each failing case, a count per file, and last `N passed, N failed`. Exit 0 all agree or
 * the default folder is absent (said clearly), 1 a failure, 2 usage.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case, CaseKind, Verdict } from './kind.ts';
import { kinds } from './kinds.ts';
import { knownDifferences } from './known-differences.ts';

const textLengthMax = 600;
const defaultFolder = resolve(fileURLToPath(import.meta.url), '../../../../shared/reference/cases');

type Tally = { passed: number; failed: number; known: number };

function readArguments(args: readonly string[]): { folder: string; only: ReadonlySet<string> } {
	let folder = defaultFolder;
	const only = new Set<string>();
	for (let i = 0; i < args.length; i++) {
		const argument = args[i]!;
		if (argument === '--cases') {
			const value = args[++i];
			if (value === undefined) usage('--cases needs a folder');
			folder = resolve(value);
		} else if (argument.startsWith('-')) usage(`unknown option ${argument}`);
		else only.add(argument.endsWith('.jsonl') ? argument : `${argument}.jsonl`);
	}
	return { folder, only };
}

function usage(problem: string): never {
	console.error(`conformance: ${problem}\nusage: npm run conformance -- [--cases DIR] [FILE…]`);
	process.exit(2);
}

function readCases(path: string): Case[] {
	const lines = readFileSync(path, 'utf8').split('\n');
	return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Case);
}

function reasonFor(file: string, id: string): string | undefined {
	const found = knownDifferences.find(
		(known) => known.file === file && (typeof known.id === 'string' ? known.id === id : known.id.test(id)),
	);
	return found?.reason;
}

/** Long values are cut around the first place where they differ, so that the difference is always on the screen. */
function shorten(text: string, from: number): string {
	const start = Math.max(0, from - textLengthMax / 2);
	const cut = text.slice(start, start + textLengthMax);
	return `${start > 0 ? '…' : ''}${cut}${start + textLengthMax < text.length ? '…' : ''}`;
}

function printFailure(file: string, id: string, verdict: { expected: string; got: string }): void {
	console.log(`FAIL ${file} ${id}`);
	printDifference(verdict);
}

function printDifference(verdict: { expected: string; got: string }): void {
	let first = 0;
	while (first < verdict.expected.length && verdict.expected[first] === verdict.got[first]) first++;
	console.log(`  expected ${shorten(verdict.expected, first)}`);
	console.log(`  got      ${shorten(verdict.got, first)}`);
}

async function judgeSafely(judge: (line: Case) => unknown, line: Case): Promise<Verdict | 'not a case'> {
	try {
		return (await judge(line)) as Verdict | 'not a case';
	} catch (error) {
		return { expected: 'a verdict', got: `the runner threw: ${(error as Error).stack ?? String(error)}` };
	}
}

async function runFile(kind: CaseKind, folder: string): Promise<Tally> {
	const lines = readCases(join(folder, kind.file));
	const judge = await kind.prepare(lines, folder);
	const tally: Tally = { passed: 0, failed: 0, known: 0 };
	for (const [index, line] of lines.entries()) {
		const verdict = await judgeSafely(judge, line);
		if (verdict === 'not a case') continue;
		const id = line.id ?? kind.idOf?.(line) ?? `line ${index + 1}`;
		const reason = reasonFor(kind.file, id);
		if (verdict === null && reason === undefined) tally.passed++;
		else if (verdict === null) {
			tally.failed++;
			console.log(
				`FAIL ${kind.file} ${id}\n  agrees, but is listed as a known difference: remove it from the list`,
			);
		} else if (reason !== undefined) {
			tally.known++;
			console.log(`KNOWN ${kind.file} ${id}: ${reason}`);
			printDifference(verdict);
		} else {
			tally.failed++;
			printFailure(kind.file, id, verdict);
		}
	}
	return tally;
}

async function main(): Promise<void> {
	const { folder, only } = readArguments(process.argv.slice(2));
	if (!existsSync(folder)) {
		console.log(
			`conformance: skipped, the folder ${folder} does not exist (the cases are not part of this repository)`,
		);
		process.exit(folder === defaultFolder ? 0 : 2);
	}
	const files = readdirSync(folder).filter(
		(name) => name.endsWith('.jsonl') && (only.size === 0 || only.has(name)),
	);
	const total: Tally = { passed: 0, failed: 0, known: 0 };
	const counts: string[] = [];
	for (const file of files.sort()) {
		const kind = kinds.find((candidate) => candidate.file === file);
		const tally = kind
			? await runFile(kind, folder)
			: { passed: 0, failed: readCases(join(folder, file)).length, known: 0 };
		const note = kind ? '' : ' (no runner for this kind of case)';
		counts.push(
			`${file}: ${tally.passed} passed, ${tally.failed} failed, ${tally.known} known differences${note}`,
		);
		total.passed += tally.passed;
		total.failed += tally.failed;
		total.known += tally.known;
	}
	for (const count of counts) console.log(count);
	if (total.known > 0)
		console.log(`${total.known} known differences (reasons above; test/conformance/known-differences.ts)`);
	console.log(`${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed > 0 ? 1 : 0;
}

await main();
