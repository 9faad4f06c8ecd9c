/**
 * Provokes our rules on this host, live: starts `lanner run`, does what each rule looks for, and compares. Root only.
 *
 *   node --import tsx test/e2e/provoke/run.ts [--only TEXT]
 *
 * Prints a line per rule and ends with 1 when one that could be provoked did not alert. Rules that need a container, a
 * login session or hardware are listed as not provoked.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Action, actions } from './actions.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const readyTimeoutMs = 120_000;
const actionTimeoutMs = 20_000;
const alertTimeoutMs = 5_000;

export type Outcome = {
	readonly rule: string;
	readonly result: 'alerted' | 'silent' | 'skipped';
	readonly output: string;
};

/** Rules of the shipped set, in order. */
function shippedRules(): string[] {
	const folder = join(root, 'deploy/rules');
	return readdirSync(folder)
		.filter((name) => name.endsWith('.yaml'))
		.sort()
		.flatMap((name) => (parse(readFileSync(join(folder, name), 'utf8')) ?? []) as { rule?: string }[])
		.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
}

function shell(script: string, folder: string): Promise<boolean> {
	return new Promise((resolve) => {
		const child = execFile(
			'bash',
			['-c', script],
			{ env: { ...process.env, T: folder }, cwd: folder, timeout: actionTimeoutMs },
			(error) => resolve(error === null),
		);
		child.stdin?.end();
	});
}

/** Lines of standard error until `lanner run` says it is ready. */
function waitUntilReady(lanner: ChildProcess): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('lanner run was not ready in time')), readyTimeoutMs);
		lanner.once('exit', (code) => reject(new Error(`lanner run ended with ${code}`)));
		createInterface({ input: lanner.stderr! }).on('line', (line) => {
			if (!/"msg":"ready"|ready:/.test(line)) return;
			clearTimeout(timer);
			resolve();
		});
	});
}

async function provoke(action: Action, alerts: ReadonlyMap<string, string>): Promise<Outcome> {
	const { rule, script, undo, needs } = action;
	const folder = mkdtempSync(join(tmpdir(), 'provoke-'));
	try {
		if (needs !== undefined && !(await shell(needs, folder)))
			return { rule, result: 'skipped', output: `needs ${needs}` };
		await shell(script, folder);
		const deadline = Date.now() + alertTimeoutMs;
		while (!alerts.has(rule) && Date.now() < deadline)
			await new Promise((resolve) => setTimeout(resolve, 50));
		const output = alerts.get(rule);
		return { rule, result: output === undefined ? 'silent' : 'alerted', output: output ?? '' };
	} finally {
		if (undo !== undefined) await shell(undo, folder);
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Each rule gets an event of its own: where only the first match of an event alerts, another rule may take a shared one. */
export async function provokeAll(only: string): Promise<Outcome[]> {
	const data = mkdtempSync(join(tmpdir(), 'provoke-data-'));
	const lanner = spawn(join(root, 'lanner'), ['run', '--json', '--data', data], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const alerts = new Map<string, string>();
	createInterface({ input: lanner.stdout! }).on('line', (line) => {
		const { rule, output } = JSON.parse(line) as { rule: string; output: string };
		if (!alerts.has(rule)) alerts.set(rule, output);
	});
	try {
		await waitUntilReady(lanner);
		const outcomes: Outcome[] = [];
		for (const action of actions.filter(({ rule }) => rule.includes(only)))
			outcomes.push(await provoke(action, alerts));
		return outcomes;
	} finally {
		lanner.removeAllListeners('exit');
		const ended = new Promise((resolve) => lanner.once('exit', resolve));
		lanner.kill('SIGTERM');
		await ended;
		rmSync(data, { recursive: true, force: true });
	}
}

async function main(): Promise<number> {
	if (process.getuid?.() !== 0) {
		process.stderr.write('provoking rules needs root: skipped\n');
		return 0;
	}
	const only = process.argv[2] === '--only' ? (process.argv[3] ?? '') : '';
	const outcomes = await provokeAll(only);
	for (const { rule, result, output } of outcomes)
		process.stdout.write(`${result.padEnd(8)} ${rule}${output === '' ? '' : `\n           ${output}`}\n`);
	const count = (result: Outcome['result']): number =>
		outcomes.filter((outcome) => outcome.result === result).length;
	const tried = new Set(actions.map(({ rule }) => rule));
	const never = shippedRules().filter((rule) => !tried.has(rule));
	process.stdout.write(`\nnot provoked here: ${never.join('; ')}\n`);
	process.stdout.write(
		`${count('alerted')} alerted, ${count('silent')} silent, ${count('skipped')} skipped, ${never.length} not provoked\n`,
	);
	return count('silent') === 0 ? 0 : 1;
}

process.exit(await main());
