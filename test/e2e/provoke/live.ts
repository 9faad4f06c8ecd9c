/** Runs `lanner run` on this host with given rules, does one action after the other, and says for each whether its rule alerted. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Action } from './scripts.ts';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const readyTimeoutMs = 120_000;
const actionTimeoutMs = 20_000;
const alertTimeoutMs = 5_000;

export type Outcome = {
	readonly rule: string;
	readonly result: 'alerted' | 'silent' | 'skipped';
	readonly output: string;
};

type Provocation = {
	/** Empty: the rules that come with lanner. */
	readonly rulePaths: readonly string[];
	readonly actions: readonly Action[];
	/** Only rules whose name has this text. */
	readonly only: string;
};

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

async function provoke(action: Action, alerts: Map<string, string>): Promise<Outcome> {
	const { rule, script, undo, needs } = action;
	const folder = mkdtempSync(join(tmpdir(), 'provoke-'));
	try {
		if (needs !== undefined && !(await shell(needs, folder)))
			return { rule, result: 'skipped', output: `needs ${needs}` };
		// What others do on this machine may have raised it before: that is no answer to this action.
		alerts.delete(rule);
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
export async function provokeAll({ rulePaths, actions, only }: Provocation): Promise<Outcome[]> {
	const chosen = actions.filter(({ rule }) => rule.includes(only));
	if (chosen.length === 0) return [];
	const data = mkdtempSync(join(tmpdir(), 'provoke-data-'));
	const rules = rulePaths.flatMap((path) => ['--rules', path]);
	const lanner = spawn(join(root, 'lanner'), ['run', '--json', '--data', data, ...rules], {
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
		for (const action of chosen) outcomes.push(await provoke(action, alerts));
		return outcomes;
	} finally {
		lanner.removeAllListeners('exit');
		const ended = new Promise((resolve) => lanner.once('exit', resolve));
		lanner.kill('SIGTERM');
		await ended;
		rmSync(data, { recursive: true, force: true });
	}
}
