/**
 * Provokes rules on this host, live: starts `lanner run`, does what each rule looks for, and compares. Root only.
 *
 *   node --import tsx test/e2e/provoke/run.ts [--official FOLDER] [--only TEXT]
 *
 * Without --official: our rules. With it: the rules of the official Falco files in that folder, loaded by path as they are, one file
 * a run; then those that a file switches off, switched on by a file beside it.
 *
 * Prints a line per rule and ends with 1 when one that could be provoked did not alert. Rules that need a container, a
 * login session or hardware are listed as not provoked.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scriptOptions } from '#test/support/script-options.ts';
import { actions } from './actions.ts';
import { type Outcome, provokeAll, root } from './live.ts';
import { notProvoked, officialFiles } from './official.ts';

type Report = { readonly outcomes: readonly Outcome[]; readonly never: readonly string[] };

type Rule = { readonly rule?: string };

function rulesOf(file: string): string[] {
	return ((parse(readFileSync(file, 'utf8')) ?? []) as Rule[]).flatMap(({ rule }) =>
		rule === undefined ? [] : [rule],
	);
}

/** Of `rules`, those that nothing provoked. */
function withoutOutcome(rules: readonly string[], outcomes: readonly Outcome[]): string[] {
	const tried = new Set(outcomes.map(({ rule }) => rule));
	return rules.filter((rule) => !tried.has(rule));
}

async function provokeOurs(only: string): Promise<Report> {
	const folder = join(root, 'deploy/rules');
	const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
	const rules = files.sort().flatMap((name) => rulesOf(join(folder, name)));
	const outcomes = await provokeAll({ rulePaths: [], actions, only });
	return { outcomes, never: withoutOutcome(rules, outcomes) };
}

async function provokeOfficial(folder: string, only: string): Promise<Report> {
	const outcomes: Outcome[] = [];
	const rules: string[] = [];
	const beside = mkdtempSync(join(tmpdir(), 'provoke-enable-'));
	try {
		for (const { file, actions, whenEnabled } of officialFiles) {
			const path = join(folder, file);
			rules.push(...rulesOf(path));
			outcomes.push(...(await provokeAll({ rulePaths: [path], actions, only })));
			const enabling = join(beside, file);
			const enabled = whenEnabled.map(({ rule }) => ({
				rule,
				enabled: true,
				override: { enabled: 'replace' },
			}));
			writeFileSync(enabling, JSON.stringify(enabled));
			outcomes.push(...(await provokeAll({ rulePaths: [path, enabling], actions: whenEnabled, only })));
		}
	} finally {
		rmSync(beside, { recursive: true, force: true });
	}
	return { outcomes, never: withoutOutcome(rules, outcomes) };
}

function reasonOf(rule: string): string {
	const reason = Object.keys(notProvoked).find((key) => notProvoked[key]?.includes(rule));
	return reason ?? 'it has no action yet';
}

function print({ outcomes, never }: Report, isOfficial: boolean): void {
	for (const { rule, result, output } of outcomes)
		process.stdout.write(`${result.padEnd(8)} ${rule}${output === '' ? '' : `\n           ${output}`}\n`);
	process.stdout.write('\nnot provoked here:\n');
	for (const rule of never) process.stdout.write(`  ${rule}${isOfficial ? `: ${reasonOf(rule)}` : ''}\n`);
	const count = (result: Outcome['result']): number =>
		outcomes.filter((outcome) => outcome.result === result).length;
	process.stdout.write(
		`${count('alerted')} alerted, ${count('silent')} silent, ${count('skipped')} skipped, ${never.length} not provoked\n`,
	);
}

async function main(): Promise<number> {
	const values = scriptOptions(import.meta.filename, {
		official: { type: 'string' },
		only: { type: 'string', default: '' },
	});
	const { official, only } = values;
	if (process.getuid?.() !== 0) {
		process.stderr.write('provoking rules needs root: skipped\n');
		return 0;
	}
	if (official !== undefined && !existsSync(official)) {
		process.stderr.write(`no folder ${official} with the official rules here: skipped\n`);
		return 0;
	}
	const report = await (official === undefined ? provokeOurs(only) : provokeOfficial(official, only));
	print(report, official !== undefined);
	return report.outcomes.some(({ result }) => result === 'silent') ? 1 : 0;
}

process.exit(await main());
