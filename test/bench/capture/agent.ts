/**
 * `node --import tsx test/bench/capture/agent.ts [--loads 500000,10000,0] [--seconds 10] [--kinds whole,filtered]`: what capture and the agent
 * cost as processes: CPU time per event and as a share of a core, memory, losses. A real broker, a real `lanner probe` with its default
 * configuration and rules, and a program that opens files at each of the given rates (0 = idle). Root.
 *
 * `--kinds`: `whole` = as `lanner probe` is by default: every event is taken the whole way; `filtered` = `probe.kernelFilter: always`: most opens
 * are left out in the kernel, as no rule can match their values, and an event is one that the kernel side saw; `run` = `lanner run`
 * with its defaults, filter included: agent, evaluator and outputs are one process, so its figures are those of all of them.
 * CPU is user and system time of all threads (/proc/PID/stat), the load's own not counted. After `--warm` seconds (default 5) of the load it is measured.
 * What this machine takes for the load's own calls is printed first (FACTS' machine: 560 ns for an open with its close), to scale by.
 * `--kafka 'compression: none'`: further options of that section. `--profile FOLDER`: of the agent's CPU. `--node TEXT`: further arguments of
 * node, divided by blanks.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Role } from '#test/chaos/role.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { freePorts } from '#test/fleet/ports.ts';
import { buildActor } from '#test/support/capture.ts';
import { lanner } from '#test/support/cli.ts';
import { capturesOf } from '#test/support/lanner-process.ts';
import { scriptOptions } from '#test/support/script-options.ts';

const kinds = ['whole', 'filtered', 'run'] as const;
type Kind = (typeof kinds)[number];
const values = scriptOptions(import.meta.filename, {
	loads: { type: 'string', default: '500000,10000,0' },
	seconds: { type: 'string', default: '10' },
	warm: { type: 'string', default: '5' },
	kinds: { type: 'string', default: 'whole,filtered' },
	kafka: { type: 'string', default: '' },
	profile: { type: 'string' },
	node: { type: 'string', default: '' },
});
const root = join(import.meta.dirname, '../../..');
const ticksPerSecond = 100;
const mebibyte = 1 << 20;
/** Before anything is read: what starting left behind is over. */
const settleMs = 5_000;

/** Seconds of CPU time of all threads, also of those that ended. */
function cpuOf(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

type Memory = { readonly rss: number; readonly pss: number; readonly anonymous: number };

function memoryOf(pid: number): Memory {
	const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
	const of = (name: string): number =>
		(Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(rollup)?.[1]) * 1024) / mebibyte;
	return { rss: of('Rss'), pss: of('Pss'), anonymous: of('Anonymous') };
}

function showMemory(what: string, { rss, pss, anonymous }: Memory, more = ''): void {
	const file = (rss - anonymous).toFixed(1);
	console.log(
		`  ${what}: RSS ${rss.toFixed(1)} MiB (${anonymous.toFixed(1)} its own, ${file} of files: program text${more}), PSS ${pss.toFixed(1)}`,
	);
}

/** What Node alone takes here: nothing but a timer. */
async function baseline(): Promise<void> {
	const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
	try {
		await once(child, 'spawn');
		await sleep(1_000);
		console.log(`node ${process.versions.node} with a timer and nothing else`);
		showMemory('node', memoryOf(child.pid!));
	} finally {
		child.kill('SIGKILL');
	}
}

class Watched {
	readonly role: Role;
	readonly #port: number;

	constructor(role: Role, port: number) {
		this.role = role;
		this.#port = port;
	}

	async metrics(): Promise<(name: string) => number> {
		const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
		return (name) => Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
	}

	get pids(): { readonly agent: number; readonly capture: number } {
		const agent = this.role.pid!;
		const [capture] = capturesOf(agent);
		if (capture === undefined) throw new Error('capture does not run');
		return { agent, capture };
	}
}

async function startWatched(kind: Kind, kafka: KafkaCluster, folder: string): Promise<Watched> {
	const [port] = await freePorts(1);
	const config = join(folder, `${kind}.yaml`);
	const brokers = `kafka: { brokers: [${kafka.bootstrap.join(', ')}], prefix: ${kind}., replication: 1, minInSync: 1${values.kafka === '' ? '' : `, ${values.kafka}`} }\n`;
	const filter = kind === 'filtered' ? 'probe: { kernelFilter: always }\n' : '';
	const mine = kind === 'run' ? 'runPort' : 'probePort';
	writeFileSync(
		config,
		`dataFolder: ${join(folder, kind)}\nops: { ${mine}: ${port} }\n${kind === 'run' ? '' : brokers}${filter}`,
	);
	if (kind !== 'run') {
		const created = await lanner('topics', 'create', '--config', config);
		if (created.code !== 0) throw new Error(created.err);
	}
	const role = new Role(
		kind,
		[
			...(values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile]),
			...values.node.split(' ').filter((argument) => argument !== ''),
			...[join(root, 'lanner'), kind === 'run' ? 'run' : 'probe', '--config', config],
		],
		folder,
	);
	role.start();
	await role.said('"ready"');
	return new Watched(role, port!);
}

/** Shared by as many programs as there are processors: one alone may not be able to. */
function startLoad(perSecond: number, seconds: number): ChildProcess[] {
	const programs = perSecond < 1000 * availableParallelism() ? 1 : availableParallelism();
	return Array.from({ length: perSecond === 0 ? 0 : programs }, () =>
		spawn(buildActor(), ['rate', String(Math.round(perSecond / programs)), String(seconds)], {
			stdio: ['ignore', 'ignore', 'inherit'],
		}),
	);
}

/** CPU time of an open with its close while nothing watches; least of three. */
async function scale(): Promise<void> {
	let least = Number.POSITIVE_INFINITY;
	for (let round = 0; round < 3; round++) {
		const flood = spawn('bash', ['-c', `TIMEFORMAT='%U %S'; time ${buildActor()} flood 1`], {
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let said = '';
		for (const stream of [flood.stdout, flood.stderr])
			stream.on('data', (chunk: Buffer) => {
				said += chunk.toString();
			});
		await once(flood, 'close');
		const [opens = 0, user = 0, system = 0] = said.split(/\s+/).map(Number);
		least = Math.min(least, ((user + system) * 1e9) / opens);
	}
	console.log(`an open with its close takes ${least.toFixed(0)} ns here while nothing watches`);
}

async function measure(watched: Watched, kind: Kind, perSecond: number): Promise<void> {
	const seconds = Number(values.seconds);
	const warm = Number(values.warm);
	const loads = startLoad(perSecond, seconds + warm + 1);
	await sleep(warm * 1000);
	const { agent, capture } = watched.pids;
	const look = (): { cpu: [number, number]; ms: number } => ({
		cpu: [cpuOf(capture), cpuOf(agent)],
		ms: performance.now(),
	});
	const told = await watched.metrics();
	const before = look();
	await sleep(seconds * 1000);
	const after = look();
	const tells = await watched.metrics();
	const [ofCapture, ofAgent] = [memoryOf(capture), memoryOf(agent)];
	for (const load of loads) if (load.exitCode === null) await once(load, 'close');

	const wall = (after.ms - before.ms) / 1000;
	const grown = (name: string): number => tells(name) - told(name);
	const sent = grown('lanner_agent_events_total');
	const filtered = grown('lanner_agent_events_filtered_total');
	const seen = sent + filtered;
	const cost = (index: 0 | 1): string => {
		const cpu = after.cpu[index] - before.cpu[index];
		const perEvent = perSecond === 0 ? '' : `, ${((cpu * 1e9) / seen).toFixed(0)} ns an event`;
		return `${((100 * cpu) / wall).toFixed(2)} % of a core${perEvent}`;
	};
	const both = before.cpu.map((cpu, i) => after.cpu[i]! - cpu).reduce((sum, cpu) => sum + cpu, 0);
	console.log(
		`${kind}, ${perSecond === 0 ? 'idle' : `${perSecond} opens a second`}: ${Math.round(seen / wall)} events a second seen, ${Math.round(sent / wall)} sent in ${(grown('lanner_agent_batches_total') / wall).toFixed(1)} batches of ${(grown('lanner_agent_bytes_total') / Math.max(1, sent)).toFixed(0)} bytes an event, ${filtered === 0 ? 'none' : Math.round(filtered / wall)} left out in the kernel, ${grown('lanner_agent_events_lost_total') + grown('lanner_agent_events_lost_on_the_way_total')} lost in all`,
	);
	console.log(`  capture: ${cost(0)}`);
	console.log(`  agent: ${cost(1)}`);
	console.log(
		`  both: ${((100 * both) / wall).toFixed(2)} % of a core${perSecond === 0 ? '' : `, ${((both * 1e9) / seen).toFixed(0)} ns an event`}`,
	);
	const part = (name: string): string => (tells(name) / mebibyte).toFixed(1);
	showMemory('capture', ofCapture);
	showMemory(
		'agent',
		ofAgent,
		`; V8 heap ${part('nodejs_heap_total_bytes')}, ${part('nodejs_heap_used_bytes')} of it used; external ${part('nodejs_external_memory_bytes')}`,
	);
}

const wanted = values.kinds.split(',') as Kind[];
const unknown = wanted.find((kind) => !kinds.includes(kind));
if (unknown !== undefined) throw new Error(`--kinds: ${unknown} is none of ${kinds.join(', ')}`);
await baseline();
await scale();
const folder = mkdtempSync(join(tmpdir(), 'lanner-agent-'));
const kafka = await startKafka({ folder: join(folder, 'kafka') });
try {
	for (const kind of wanted) {
		const watched = await startWatched(kind, kafka, folder);
		try {
			await sleep(settleMs);
			for (const perSecond of values.loads.split(',')) await measure(watched, kind, Number(perSecond));
		} finally {
			await watched.role.stop();
		}
	}
} finally {
	await kafka.stop();
	rmSync(folder, { recursive: true, force: true });
}
