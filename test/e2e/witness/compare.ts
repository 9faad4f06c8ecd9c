/** One run of the random workload, watched by strace and by capture at once; every call of both is compared. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CapturedEvent, type Fields, startCapture } from '#test/support/capture.ts';
import { type Given, probeNames, specs, traced } from './calls.ts';
import { parseTrace, type TracedCall, type TracedExit } from './strace.ts';

export type Difference = {
	readonly call: string;
	readonly what: string;
	readonly strace: string;
	readonly probe: string;
};
export type Comparison = {
	readonly calls: number;
	readonly kinds: number;
	readonly failed: number;
	readonly processes: number;
	readonly lost: number;
	/** Differences that have a reason (see `explained`), counted by it. */
	readonly explained: ReadonlyMap<string, number>;
	readonly differences: readonly Difference[];
};

const timeoutMs = 280_000;
const differencesMax = 50;

/** Why the two may say different things; everything else is a difference. */
const explained: readonly (readonly [reason: string, applies: (d: Difference) => boolean])[] = [
	[
		'strace shows the link of /proc, which begins with a slash for files in memory',
		({ strace, probe }) => strace.replace('</memfd:', '<memfd:') === probe,
	],
	[
		'close drops the descriptor whatever it returns: the probe reports it when it begins',
		({ call, what }) => call === 'close' && what === 'result',
	],
];

function show(value: Given): string {
	if (typeof value === 'object') return `${value.number}<${value.file ?? ''}>`;
	return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function same(expected: Given, got: Given): boolean {
	if (expected === undefined || got === undefined) return true;
	if (typeof expected === 'object' || typeof got === 'object') {
		const [a, b] = [expected, got].map((one) =>
			typeof one === 'object' ? one : { number: Number(one), file: null },
		);
		// Without a file on one side only the number is known there: closed descriptors, directories of *at calls.
		return a!.number === b!.number && (a!.file === null || typeof got !== 'object' || a!.file === b!.file);
	}
	if (typeof expected === 'number' && typeof got === 'number')
		return expected === got || expected >>> 0 === got >>> 0;
	// A name that could not be read: its pointer here, nothing there.
	if (typeof expected === 'number' && got === '') return true;
	return expected === got;
}

class Comparer {
	readonly differences: Difference[] = [];
	readonly explained = new Map<string, number>();
	readonly kinds = new Set<string>();
	calls = 0;
	failed = 0;

	add(difference: Difference): void {
		const reason = explained.find(([, applies]) => applies(difference))?.[0];
		if (reason !== undefined) this.explained.set(reason, (this.explained.get(reason) ?? 0) + 1);
		else if (this.differences.length < differencesMax) this.differences.push(difference);
	}

	call(call: TracedCall, event: CapturedEvent): void {
		const { name, args } = call;
		this.calls++;
		this.kinds.add(name);
		if (call.result < 0) this.failed++;
		const result =
			event.family === 'ProcessCloned' ? Number(event.fields.childTid) : Number(event.header.result);
		if (call.result !== result)
			this.add({ call: name, what: 'result', strace: String(call.result), probe: String(result) });
		const given = specs[name]!(event.fields, { result: call.result }, args);
		for (const [i, got] of given.entries()) {
			const arg = args[i];
			if (arg === undefined) continue;
			const expected = traced(name, i, arg);
			if (!same(expected, got))
				this.add({ call: name, what: `argument ${i}`, strace: show(expected), probe: show(got) });
		}
		this.file(call, event);
	}

	/** The file that an open gave: strace reads it from /proc, the probe from the kernel. */
	file({ name, resultFile }: TracedCall, { family, fields }: CapturedEvent): void {
		if (resultFile === null) return;
		const path = family === 'FileOpened' ? fields.path : (fields.fd as Fields | undefined)?.path;
		if (typeof path !== 'string') return;
		const [strace, probe] = [`<${resultFile}>`, `<${path}>`];
		if (strace !== probe) this.add({ call: name, what: 'file', strace, probe });
	}

	process(pid: number, traced: readonly (TracedCall | TracedExit)[], events: readonly CapturedEvent[]): void {
		for (const [i, one] of traced.entries()) {
			const event = events[i];
			const wanted = one.kind === 'exit' ? 'procexit' : (probeNames[one.name] ?? one.name);
			if (event?.header.type !== wanted) {
				const probe = event === undefined ? 'nothing' : event.header.type;
				this.add({ call: wanted, what: `sequence of process ${pid}, call ${i}`, strace: wanted, probe });
				return;
			}
			if (one.kind === 'call') this.call(one, event);
			else if (one.code !== event.fields.exitCode)
				this.add({
					call: 'exit',
					what: 'code',
					strace: String(one.code),
					probe: String(event.fields.exitCode),
				});
		}
		if (events.length > traced.length)
			this.add({
				call: events[traced.length]!.header.type,
				what: `sequence of process ${pid}`,
				strace: 'nothing',
				probe: `${events.length - traced.length} more`,
			});
	}
}

function byPid<T>(items: readonly T[], pidOf: (item: T) => number): Map<number, T[]> {
	const found = new Map<number, T[]>();
	for (const item of items) {
		const list = found.get(pidOf(item)) ?? [];
		list.push(item);
		found.set(pidOf(item), list);
	}
	return found;
}

const isStart = (event: CapturedEvent): boolean =>
	event.family === 'ProcessExecuted' && event.header.result === 0;

async function runBoth(
	seed: number,
	calls: number,
): Promise<{ trace: string; events: CapturedEvent[]; lost: number }> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-witness-'));
	try {
		const program = join(folder, 'workload');
		const source = new URL('workload.c', import.meta.url).pathname;
		execFileSync('gcc', ['-O1', '-w', '-o', program, source], { stdio: 'inherit' });
		const cwd = join(folder, 'below');
		mkdirSync(cwd);
		const names = Object.keys(specs).map((name) => probeNames[name] ?? name);
		const capture = await startCapture(['--no-snapshot', '--ring-mb', '256', '--syscalls', names.join(',')]);
		const out = join(folder, 'trace');
		const options = ['-f', '-q', '-v', '-xx', '-X', 'raw', '-y', '-s', '8192', '-o', out];
		const child = spawn('strace', [...options, program, String(seed), String(calls)], {
			cwd,
			stdio: ['ignore', 'ignore', 'inherit'],
			env: { PATH: process.env.PATH },
		});
		const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
		const [code] = (await once(child, 'close')) as [number | null];
		clearTimeout(timer);
		const { frames } = await capture.stop();
		if (code !== 0) throw new Error(`strace ended with ${code}`);
		const lost = frames.at(-1)?.lost ?? 0;
		return { trace: readFileSync(out, 'latin1'), events: frames.flatMap((frame) => frame.events), lost };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The root process begins with its own exec: what strace's child did before that is left out on both sides. */
export async function compareRun(seed: number, calls: number): Promise<Comparison> {
	const { trace, events, lost } = await runBoth(seed, calls);
	const known = parseTrace(trace).filter((one) => one.kind === 'exit' || one.name in specs);
	const traced = byPid(known, ({ pid }) => pid);
	const types = new Set([...Object.keys(specs).map((name) => probeNames[name] ?? name), 'procexit']);
	const captured = byPid(
		events.filter(({ header }) => types.has(header.type)),
		({ header }) => header.pid as number,
	);
	const comparer = new Comparer();
	for (const [i, [pid, list]] of [...traced].entries()) {
		let own = captured.get(pid) ?? [];
		if (i === 0) own = own.slice(own.findIndex(isStart));
		comparer.process(pid, list, own);
	}
	return { ...comparer, kinds: comparer.kinds.size, processes: traced.size, lost };
}
