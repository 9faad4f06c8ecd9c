/**
 * Receivers that are down, fail at random and show wrong certificates, while the sink is killed with -9 again and again. What must hold:
 *
 *   - each receiver, dropping repeats by id, has every alert of the log once, in the order of each host (UDP: what arrived);
 *   - a repeat of what a run of the sink was told to be taken comes only from a kill, and no kill makes more than were in flight;
 *   - outputs whose receiver is well are not delayed by the others.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import { type Certificate, createAuthority } from '#test/fleet/certificates.ts';
import { Random } from '#test/sim/random.ts';
import { type Rsyslog, startRsyslog } from '#test/support/rsyslog.ts';
import { judge, linesTaken, type OutageResult } from './judge.ts';
import {
	type FaultName,
	faultNames,
	randomFaults,
	startUdpReceiver,
	startWebReceiver,
	type Taken,
	type UdpReceiver,
	type WebReceiver,
} from './receivers.ts';
import type { RoleOptions } from './role.ts';
import { idsOf } from './truth.ts';

export type OutageOptions = {
	readonly folder: string;
	readonly seed: number;
	readonly alertsPerS: number;
	readonly hosts: number;
	/** All is well for so long, for comparison. */
	readonly calmS: number;
	/** Then the receivers are down for so long, then fail at random for `faultyS`; kills are spread over both. */
	readonly downS: number;
	readonly faultyS: number;
	readonly kills: number;
	readonly inFlightMax: number;
	/** Of the requests, while the receiver fails; `faultyBatch` alerts each. */
	readonly faultShare: number;
	readonly faultyBatch: number;
	readonly say: (text: string) => void;
};

const settleMsMax = 300_000;
/** The machine may be shared by others that need all of it. */
const followMsMax = 300_000;
const root = join(import.meta.dirname, '../../../..');
const everyFaultMsMax = 60_000;
const wrongCertificateMs = 2_000;

/** The sink of the moment; `number` grows with each start. */
class Runs {
	number = 0;
	#child: ChildProcess | null = null;
	readonly #options: RoleOptions;
	readonly #script: string;
	#said = '';

	constructor(options: RoleOptions, script: string) {
		this.#options = options;
		this.#script = script;
	}

	async start(): Promise<void> {
		this.number++;
		const log = openSync(join(this.#options.folder, '../sink.log'), 'a');
		// It must not outlive a harness that is killed.
		const child = spawn(
			'setpriv',
			['--pdeathsig', 'KILL', '--', process.execPath, this.#script, JSON.stringify(this.#options)],
			{ stdio: ['ignore', 'pipe', log], cwd: root },
		);
		closeSync(log);
		this.#child = child;
		this.#said = '';
		child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			this.#said += text;
		});
		await this.#says('follows');
	}

	/** No new alerts from now on; how many there are. */
	async rest(): Promise<void> {
		this.#child?.kill('SIGUSR2');
		await this.#says('rests');
	}

	numberOfAlerts(): number {
		return Number(/rests (\d+)/.exec(this.#said)?.[1] ?? 0);
	}

	async #says(word: string): Promise<void> {
		for (const end = Date.now() + followMsMax; !this.#said.includes(word); await sleep(20))
			if (Date.now() > end || this.#child === null || this.#child.exitCode !== null)
				throw new Error(`the sink did not say "${word}": ${this.#said}`);
	}

	async end(signal: NodeJS.Signals): Promise<void> {
		const child = this.#child;
		this.#child = null;
		if (child === null || child.exitCode !== null) return;
		const ended = new Promise((resolve) => child.once('close', resolve));
		child.kill(signal);
		await ended;
	}
}

type World = {
	readonly options: OutageOptions;
	readonly random: Random;
	readonly runs: Runs;
	readonly faulty: WebReceiver;
	readonly well: WebReceiver;
	readonly udp: UdpReceiver;
	readonly rsyslog: Rsyslog;
	readonly right: Certificate;
	readonly wrong: Certificate;
	readonly alertsFile: string;
	/** Whether `faulty` fails at random. */
	readonly state: { isFaulty: boolean };
};

export async function runOutage(options: OutageOptions): Promise<OutageResult> {
	const world = await createWorld(options);
	const { runs, faulty, well, udp, rsyslog, state } = world;
	try {
		await runs.start();
		await sleep(options.calmS * 1000);
		const sickFromMs = Date.now();
		await down(world);
		state.isFaulty = true;
		const counted = kills(world);
		await sleep(options.downS * 1000);
		await up(world);
		const wrongCertificates = await failing(world);
		const killed = await counted;
		await failed(faulty);
		state.isFaulty = false;
		await runs.rest();
		const settled = await settle(world);
		return judge({
			...{ ...settled, sickFromMs, kills: killed, inFlightMax: options.inFlightMax },
			faults: { ...faulty.counts, 'wrong certificate': wrongCertificates },
			receivers: takenBy(world),
		});
	} finally {
		await runs.end('SIGKILL');
		await Promise.all([faulty.close(), well.close(), udp.close(), rsyslog.cleanUp()]);
	}
}

/** Its sources would be compiled anew at each of its starts. */
async function bundledRole(): Promise<string> {
	const outfile = join(root, 'dist', `outage-role-${process.pid}.mjs`);
	await build({
		...{ entryPoints: [join(import.meta.dirname, 'role.ts')], outfile, absWorkingDir: root },
		...{ bundle: true, platform: 'node', target: 'node20', format: 'esm', packages: 'external' },
	});
	process.once('exit', () => rmSync(outfile, { force: true }));
	return outfile;
}

async function createWorld(options: OutageOptions): Promise<World> {
	const { folder, seed, alertsPerS, hosts, inFlightMax, faultShare } = options;
	mkdirSync(folder, { recursive: true });
	const random = new Random(seed);
	const authority = createAuthority(join(folder, 'ca'));
	const right = authority.issue('receiver');
	const wrong = createAuthority(join(folder, 'other'), 'another authority').issue('receiver');
	const [configFile, alertsFile] = [join(folder, 'lanner.yaml'), join(folder, 'alerts.jsonl')];
	const script = await bundledRole();
	const runs = new Runs({ root, folder: join(folder, 'log'), configFile, alertsPerS, hosts }, script);
	const run = (): number => runs.number;
	const state = { isFaulty: false };
	const faults = randomFaults(random, faultShare);
	const fault = (): FaultName | null => (state.isFaulty ? faults() : null);
	const faulty = await startWebReceiver({ tls: right, fault, run });
	const well = await startWebReceiver({ tls: null, fault: () => null, run });
	const udp = await startUdpReceiver(run);
	const rsyslog = await startRsyslog();
	const common = `retryMaxMs: 1000, attemptsMax: 10000, inFlightAlertsMax: ${inFlightMax}`;
	const { cert, key } = rsyslog.client;
	writeFileSync(
		configFile,
		`outputs:
  - { name: faulty, kind: webhook, url: "https://127.0.0.1:${faulty.port}/", batch: { alertsMax: ${options.faultyBatch} }, timeoutMs: 1000, tls: { caFile: ${authority.ca} }, ${common} }
  - { name: tcp, kind: syslog, transport: tcp, port: ${rsyslog.tcpPort}, ${common} }
  - { name: tls, kind: syslog, transport: tls, port: ${rsyslog.tlsPort}, tls: { caFile: ${rsyslog.ca}, certFile: ${cert}, keyFile: ${key} }, ${common} }
  - { name: well, kind: webhook, url: "http://127.0.0.1:${well.port}/", batch: { alertsMax: 20 }, ${common} }
  - { name: udp, kind: syslog, transport: udp, port: ${udp.port}, ${common} }
  - { name: file, kind: file, path: ${alertsFile}, ${common} }
`,
	);
	return { options, random, runs, faulty, well, udp, rsyslog, right, wrong, alertsFile, state };
}

async function down({ faulty, rsyslog }: World): Promise<void> {
	await Promise.all([faulty.down(), rsyslog.stop('SIGKILL')]);
}

async function up({ options, faulty, rsyslog }: World): Promise<void> {
	options.say('the receivers are up again');
	await Promise.all([faulty.up(), rsyslog.start()]);
}

/** Evenly over the whole time, each at a moment of its own. */
async function kills({ options, random, runs }: World): Promise<number> {
	const everyMs = ((options.downS + options.faultyS) * 1000) / options.kills;
	const startMs = performance.now();
	for (let kill = 0; kill < options.kills; kill++) {
		const dueMs = startMs + everyMs * (kill + 0.2 + 0.6 * random.next());
		await sleep(Math.max(0, dueMs - performance.now()));
		await runs.end('SIGKILL');
		await runs.start();
		options.say(`kill ${kill + 1}`);
	}
	return options.kills;
}

/** Now and then the wrong certificate for a while; the other faults come with the requests. */
async function failing({ options, random, faulty, right, wrong }: World): Promise<number> {
	const end = performance.now() + options.faultyS * 1000;
	let shown = 0;
	while (performance.now() < end) {
		await sleep(random.int(1_000, 8_000));
		faulty.show(wrong);
		shown++;
		await sleep(wrongCertificateMs);
		faulty.show(right);
	}
	return shown;
}

/** Where starting the sink takes long it was hardly up while they failed: until each fault came. */
async function failed({ counts }: WebReceiver): Promise<void> {
	const end = performance.now() + everyFaultMsMax;
	while (Object.keys(counts).length < faultNames.length && performance.now() < end) await sleep(100);
}

/** No new alerts; what is in the log reaches everybody, or does not in a long time. */
async function settle(world: World): Promise<{ ids: readonly string[]; settledS: number }> {
	const { options, runs } = world;
	const startMs = performance.now();
	const log = join(options.folder, 'log');
	const wanted = runs.numberOfAlerts();
	const isThere = (): boolean =>
		Object.entries(takenBy(world)).every(
			([name, { taken }]) => name === 'udp' || new Set(taken.map(({ id }) => id)).size >= wanted,
		);
	while (!isThere() && performance.now() - startMs < settleMsMax) await sleep(500);
	const settledS = Math.round((performance.now() - startMs) / 1000);
	await runs.end('SIGTERM');
	const opened = await openEmbeddedLog({ folder: log });
	try {
		return { ids: await idsOf(opened), settledS };
	} finally {
		await opened.close();
	}
}

function takenBy({ faulty, well, udp, rsyslog, alertsFile }: World) {
	const received = rsyslog.received();
	const by = (isTls: boolean): Taken[] =>
		received
			.filter(({ input }) => (input === 'tls') === isTls)
			.map(({ sd }) => ({ ...unknown, id: / id="([^"]+)"/.exec(sd)?.[1] ?? '' }));
	return {
		faulty: { taken: faulty.taken, knowsRuns: true, isTimed: false, repeatsOnLoss: false },
		tcp: { taken: by(false), knowsRuns: false, isTimed: false, repeatsOnLoss: true },
		tls: { taken: by(true), knowsRuns: false, isTimed: false, repeatsOnLoss: true },
		well: { taken: well.taken, knowsRuns: true, isTimed: true, repeatsOnLoss: false },
		udp: { taken: udp.taken, knowsRuns: true, isTimed: true, repeatsOnLoss: false },
		file: { taken: linesTaken(alertsFile), knowsRuns: false, isTimed: false, repeatsOnLoss: false },
	};
}

const unknown = { atMs: 0, ageMs: 0, run: 0, answered: true };
