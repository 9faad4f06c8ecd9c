/**
 * `npm run fuzz -- [--minutes 30] [--seed 1] [--target NAME]… [--jobs 1] [--keep DIR]`: starts workers, watches them from outside, says what was found. A worker that spends too long on one input,
 * or runs out of heap, is ended and its input kept; another takes its place with the next seed. Exit 1 when anything was found.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { scriptOptions } from '#test/support/script-options.ts';
import { targets } from './targets.ts';

/** Processor time of one input; other work on the machine does not count. */
const cpuMsMax = 10_000;
const heapMbMax = 512;
const watchMs = 500;
/** The same failure again and again says nothing new. */
const sameFindingMax = 2;
const headerBytes = 64;
/** Of the clock ticks in /proc (USER_HZ is 100 on Linux, whatever the kernel's own). */
const tickMs = 10;

const values = scriptOptions(import.meta.filename, {
	minutes: { type: 'string', default: '30' },
	seed: { type: 'string', default: '1' },
	target: { type: 'string', multiple: true, default: Object.keys(targets) },
	jobs: { type: 'string', default: '1' },
	keep: { type: 'string' },
});
const unknown = values.target.find((name) => !(name in targets));
const minutes = Number(values.minutes);
if (unknown !== undefined || !(minutes > 0)) {
	console.error(
		unknown === undefined
			? '--minutes must be more than 0'
			: `no target ${unknown}; there are ${Object.keys(targets).join(', ')}`,
	);
	process.exit(2);
}
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'lanner-fuzz-'));
mkdirSync(folder, { recursive: true });
const endMs = performance.now() + minutes * 60_000;
const findings = new Map<string, number>();
let executions = 0;
let workers = 0;
let slowestMs = 0;

function keep(kind: string, what: string, text: string): void {
	// Where it was thrown, not what the input said.
	const place = /at .*?\(?([^()\s]+:\d+:\d+)/.exec(what)?.[1] ?? what.slice(0, 80);
	const count = (findings.get(`${kind} ${place}`) ?? 0) + 1;
	findings.set(`${kind} ${place}`, count);
	if (count > sameFindingMax) return;
	const file = join(folder, `${kind}-${findings.size}-${count}.txt`);
	writeFileSync(file, text);
	console.log(`${kind}: ${what}\n  input: ${file}`);
}

type State = { readonly number: number; readonly name: string; readonly text: string };

function readState(file: string): State {
	const bytes = readFileSync(file);
	const [number = 0, name = '', length = 0] = bytes.toString('latin1', 0, headerBytes).trim().split(' ');
	return {
		number: Number(number),
		name: String(name),
		text: bytes.toString('utf8', headerBytes, headerBytes + Number(length)),
	};
}

function cpuMsOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
		.replace(/^.*\) /, '')
		.split(' ');
	return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function startWorker(state: string): ChildProcess {
	const seed = Number(values.seed) + workers++;
	const worker = new URL('worker.ts', import.meta.url).pathname;
	const args = [
		`--max-old-space-size=${heapMbMax}`,
		'--import',
		'tsx',
		worker,
		state,
		String(process.pid),
		String(seed),
		...values.target,
	];
	const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
	createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
		const { finding, name, text } = JSON.parse(line) as { finding: string; name: string; text: string };
		keep(`broken-${name}`, finding, text);
	});
	let said = '';
	child.stderr?.on('data', (chunk) => {
		said = (said + String(chunk)).slice(-2000);
	});
	child.once('exit', (code, signal) => {
		if (code !== null || signal === 'SIGABRT')
			keep(
				'died',
				`worker ended with ${code ?? signal}: ${/^(FATAL ERROR|\w*Error):.*$/m.exec(said)?.[0] ?? said}`,
				readState(state).text,
			);
	});
	return child;
}

/** Until the worker has gone or the time is over. */
async function watch(job: number): Promise<void> {
	const state = join(folder, `state-${job}`);
	writeFileSync(state, '');
	const child = startWorker(state);
	const gone = new AbortController();
	child.once('exit', () => gone.abort());
	let [number, sinceMs] = [0, 0];
	while (!gone.signal.aborted && performance.now() < endMs) {
		await pause(watchMs, undefined, { signal: gone.signal }).catch(() => {});
		if (gone.signal.aborted) break;
		const current = readState(state);
		const cpuMs = cpuMsOf(child.pid as number);
		if (current.number !== number) [number, sinceMs] = [current.number, cpuMs];
		else if (number > 0) slowestMs = Math.max(slowestMs, cpuMs - sinceMs);
		if (number > 0 && cpuMs - sinceMs > cpuMsMax) {
			keep('slow', `${current.name} takes more than ${cpuMsMax} ms of processor time`, current.text);
			break;
		}
	}
	executions += readState(state).number;
	child.kill('SIGKILL');
	if (!gone.signal.aborted) await new Promise((resolve) => child.once('exit', resolve));
}

await Promise.all(
	Array.from({ length: Number(values.jobs) }, async (_, job) => {
		while (performance.now() < endMs) await watch(job);
	}),
);
const total = [...findings.values()].reduce((sum, count) => sum + count, 0);
console.log(
	`${executions} inputs in ${minutes} minutes, ${workers} workers, slowest seen ${slowestMs} ms; ${findings.size} different findings (${total} in all)${total > 0 ? `, inputs in ${folder}` : ''}`,
);
process.exitCode = total > 0 ? 1 : 0;
