/**
 * What rules cost on real events: replays one recording with more and more rules and prints events per CPU-second, of evaluation
 * (decoded, folded, asked) and of the whole replay with reading and inflating. One process per run; the best of the rounds, since whatever
 * else runs here only makes it slower.
 *
 *   node --import tsx test/bench/replay-rules.ts RECORDING [FALCO RULES FILE…]
 *
 * RECORDING: test/bench/record-mix.sh makes one. Falco's files, given in order, are measured as the first alone and as all together.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = Number(process.env.ROUNDS ?? 3);
const lanner = join(import.meta.dirname, '../../lanner');

type Report = {
	events: number;
	alerts: number;
	eventsPerCpuS: { whole: number; decode: number; all: number };
};

function replay(recording: string, rules: readonly string[]): Report {
	const options = rules.flatMap((file) => ['--rules', file]);
	const { stderr } = runLanner(['replay', recording, '--stats-json', ...options]);
	return JSON.parse(stderr.trim().split('\n').at(-1) as string) as Report;
}

function runLanner(argv: readonly string[]): { stderr: string } {
	const file = join(work, 'stderr');
	execFileSync('/bin/sh', ['-c', 'exec "$0" "$@" 2>"$STDERR" >/dev/null', lanner, ...argv], {
		env: { ...process.env, STDERR: file },
	});
	return { stderr: execFileSync('cat', [file], { encoding: 'utf8' }) };
}

/** Rules as people write them: one in four for each of files written, programs started, connections, files removed. */
function generated(count: number): string {
	const conditions = [
		(i: number) =>
			`evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.name startswith /generated/${i}/`,
		(i: number) =>
			`evt.type in (execve, execveat) and (proc.name = generated-${i} or proc.cmdline contains generated-${i})`,
		(i: number) =>
			`evt.type = connect and fd.sport = ${10_000 + i} and not proc.name in (generated-a, generated-${i})`,
		(i: number) => `evt.type in (unlink, unlinkat) and fs.path.name = /generated/file-${i} and user.uid != 0`,
	];
	const rules = Array.from({ length: count }, (_, i) => {
		const condition = (conditions[i % conditions.length] as (i: number) => string)(i);
		return `- rule: generated ${i}\n  desc: generated\n  condition: ${condition}\n  output: generated ${i}\n  priority: NOTICE\n`;
	});
	const file = join(work, `generated-${count}.yaml`);
	writeFileSync(file, rules.join(''));
	return file;
}

const [recording, ...falco] = process.argv.slice(2);
if (recording === undefined) {
	console.error('usage: node --import tsx test/bench/replay-rules.ts RECORDING [FALCO RULES FILE…]');
	process.exit(2);
}
const work = mkdtempSync(join(tmpdir(), 'lanner-replay-rules-'));
try {
	const sets: (readonly [name: string, files: readonly string[]])[] = [
		['ours', []],
		...(falco.length > 0
			? ([
					['falco, first file', falco.slice(0, 1)],
					['falco, all', falco],
				] as const)
			: []),
		...[25, 81, 500, 5000].map((count) => [`generated ${count}`, [generated(count)]] as const),
	];
	console.log(
		'rules                 evaluation     whole   decode alone   (events per CPU second, best of rounds)',
	);
	for (const [name, files] of sets) {
		const reports = Array.from({ length: rounds }, () => replay(recording, files));
		const best = (of: (report: Report) => number): string =>
			Math.max(...reports.map(of))
				.toLocaleString('en-US')
				.padStart(11);
		console.log(
			`${name.padEnd(20)} ${best((r) => r.eventsPerCpuS.all)} ${best((r) => r.eventsPerCpuS.whole)} ${best((r) => r.eventsPerCpuS.decode)}   ${reports[0]?.events} events, ${reports[0]?.alerts} alerts`,
		);
	}
} finally {
	rmSync(work, { recursive: true, force: true });
}
