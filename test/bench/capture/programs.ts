/**
 * Kernel-side cost of several captures beside each other: all see the same calls, and the kernel's own statistics give the average time of each
 * one's program at sys_exit. Good on a busy machine, where wall clocks are not: what disturbs one disturbs all. The statistics take part of it
 * themselves (the line of getppid). Root. Usage: programs.ts CAPTURE… , each with its options in one argument; @FILE is a file's text.
 *
 *   node --import tsx test/bench/capture/programs.ts probe/build/capture "probe/build/capture --filter @filter.txt"
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const statistics = '/proc/sys/kernel/bpf_stats_enabled';
const bpftool = '/usr/sbin/bpftool';
const rounds = 5;
const attachTries = 60;
const workloads: readonly (readonly [string, ...string[]])[] = [
	['getppid', '400000'],
	['open and close below /usr/share', '100000', '/usr/share/common-licenses/GPL-2'],
	['open and close by a link', '100000', '/lib/x86_64-linux-gnu/libc.so.6'],
	['open of what is not there', '100000', '/nonexistent/file'],
];

type Total = { readonly ns: number; readonly runs: number };

function describe(id: string): string {
	return execFileSync(bpftool, ['prog', 'show', 'id', id], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
}

function programOf(pid: number): string | null {
	const folder = `/proc/${pid}/fdinfo`;
	const ids = readdirSync(folder).flatMap(
		(fd) => /^prog_id:\s+(\d+)/m.exec(readFileSync(join(folder, fd), 'utf8'))?.[1] ?? [],
	);
	return [...new Set(ids)].find((id) => describe(id).includes('on_sys_exit')) ?? null;
}

async function attached({ pid }: ChildProcess): Promise<string> {
	for (let i = 0; i < attachTries; i++) {
		const id = programOf(pid!);
		if (id !== null) return id;
		await pause(500);
	}
	throw new Error(`capture ${pid} has not attached`);
}

function total(id: string): Total {
	const found = /run_time_ns (\d+) run_cnt (\d+)/.exec(describe(id));
	return { ns: Number(found?.[1] ?? 0), runs: Number(found?.[2] ?? 0) };
}

function start(command: string): ChildProcess {
	const [program = '', ...args] = command.split(' ');
	const options = args.map((value) => (value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value));
	return spawn(program, ['--no-snapshot', ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const folder = mkdtempSync(join(tmpdir(), 'lanner-programs-'));
const captures: ChildProcess[] = [];
const before = readFileSync(statistics, 'utf8');
try {
	writeFileSync(statistics, '1');
	const caller = join(folder, 'one-call');
	execFileSync('gcc', ['-O2', '-o', caller, join(import.meta.dirname, 'one-call.c')], { stdio: 'inherit' });
	const ids: string[] = [];
	for (const command of process.argv.slice(2)) {
		const capture = start(command);
		captures.push(capture);
		ids.push(await attached(capture));
	}
	for (const [name, ...args] of workloads) {
		const best = ids.map(() => Number.POSITIVE_INFINITY);
		for (let round = 0; round < rounds; round++) {
			const from = ids.map(total);
			execFileSync(caller, args);
			for (const [i, id] of ids.entries()) {
				const { ns, runs } = total(id);
				best[i] = Math.min(best[i]!, (ns - from[i]!.ns) / Math.max(1, runs - from[i]!.runs));
			}
		}
		process.stdout.write(`${name}: ${best.map((ns) => `${ns.toFixed(0)} ns a call`).join(', ')}\n`);
	}
} finally {
	for (const capture of captures) capture.kill();
	writeFileSync(statistics, before);
	rmSync(folder, { recursive: true });
}
