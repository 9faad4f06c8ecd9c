/**
 * Goal: alerts per CPU-second of the sink (reading, deciding, delivering, telling) through each output against real receivers, and that each
 * receiver has every id exactly once, in order per host (UDP: what arrived). Beside it what the receiver manages with its own load tool (loggen, wrk).
 * Non-goals: the network; program with one process an alert, whose cost is the process (it has fewer alerts). The sink runs in this process,
 * receivers in others. Short form in `npm test`: few alerts, no load tools.
 *
 *     LANNER_BENCH=full node --import tsx --test test/bench/sink/throughput.bench.test.ts
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
	chmodSync,
	createWriteStream,
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import type { EventLog } from '#log/log.ts';
import { readConfig } from '#platform/config/index.ts';
import { Metrics } from '#platform/metrics.ts';
import { alertCodec } from '#schemas/codec.ts';
import { createOutput } from '#sink/outputs/index.ts';
import { runSinkWorker } from '#sink/worker/index.ts';
import { createAuthority } from '#test/fleet/certificates.ts';
import { noRsyslog, type Rsyslog, startRsyslog } from '#test/support/rsyslog.ts';
import { alertOf, collectingLogger, until } from '#test/support/sink.ts';
import { hostOf, numberOf } from './outage/truth.ts';
import { cpuSecondsOf } from './throughput/cpu.ts';
import { type Load, loggen, prepareTools, wrk } from './throughput/load-tools.ts';

const full = process.env.LANNER_BENCH === 'full';
const alerts = full ? Number(process.env.LANNER_BENCH_ALERTS ?? 100_000) : 300;
const onceAlerts = full ? 1_000 : 5;
const hosts = 8;
const settleMs = 60_000;
const loadSeconds = 5;

const folder = mkdtempSync(join(tmpdir(), 'lanner-sink-bench-'));
const root = join(import.meta.dirname, '../../..');
const datagramProgram = join(root, 'probe/build/datagram');
const authority = createAuthority(join(folder, 'ca'));
const server = authority.issue('server');
const webIds = join(folder, 'web-ids');
const toolsProblem = full ? prepareTools() : 'short form';
if (full && toolsProblem !== null) console.log(`no load tools: ${toolsProblem}`);
let log: EventLog;
let rsyslog: Rsyslog | null = null;
let web: { readonly port: number; readonly pid: number; close(): void };

const realistic =
	'Read of a sensitive file by a program that should not (user=root command=cat /etc/shadow parent=bash file=/etc/shadow container=<NA>)';

before(async () => {
	if (noRsyslog === false && !existsSync(datagramProgram))
		execFileSync('make', ['-C', join(root, 'probe'), 'build/datagram']);
	log = await openEmbeddedLog({ folder: join(folder, 'log') });
	for (let i = 0; i < alerts; ) {
		const records = [];
		for (const end = Math.min(i + 1_000, alerts); i < end; i++) {
			const host = `h${i % hosts}`;
			const alert = alertOf({
				id: `${host}-${i}`,
				hostId: host,
				hostName: host,
				sequence: i,
				output: realistic,
			});
			records.push({ key: host, value: alertCodec.encode(alert) });
		}
		await log.append('lanner.alerts', records);
	}
	if (noRsyslog === false) rsyslog = await startRsyslog();
	web = await startWeb();
});
after(async () => {
	await log.close();
	await rsyslog?.cleanUp();
	web.close();
	rmSync(folder, { recursive: true, force: true });
});

async function startWeb() {
	const args = [
		'--import',
		'tsx',
		join(import.meta.dirname, 'throughput/web-receiver.ts'),
		server.cert,
		server.key,
		webIds,
	];
	const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: root });
	const port = await new Promise<number>((resolve) =>
		child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(Number(text))),
	);
	return { port, pid: child.pid ?? 0, close: () => void child.kill('SIGKILL') };
}

type Figures = { readonly cpuS: number; readonly wallS: number; readonly taken: number };

/** Everything in the log (or the first `wanted`) through one output; CPU of this process and of the helpers that it started. */
async function through(name: string, options: string, wanted = alerts): Promise<Figures> {
	const { outputs } = readConfig({
		...{ file: join(folder, 'lanner.yaml'), text: `outputs: [{ name: ${name}, ${options} }]`, env: {} },
		readFile: (path) => readFileSync(path, 'utf8'),
	});
	const [config] = outputs;
	assert.ok(config !== undefined);
	const metrics = new Metrics();
	const { logger, lines } = collectingLogger();
	const stdout = createWriteStream(join(folder, 'stdout'));
	const surroundings = { stdout, env: process.env, now: Date.now, logger, datagramProgram };
	const [stop, drain] = [new AbortController(), new AbortController()];
	const before = process.cpuUsage();
	const childrenBefore = childCpuS();
	const startMs = performance.now();
	const running = runSinkWorker(
		{
			...{
				name,
				log,
				output: createOutput(config, surroundings),
				minimumPriority: 'Debug',
				satisfies: () => true,
			},
			retry: { firstMs: config.retryFirstMs, maxMs: config.retryMaxMs, attemptsMax: config.attemptsMax },
			...{ rate: { alerts: 0, periodMs: 60_000 }, group: { by: [], periodMs: 60_000 } },
			...{ inFlightMax: config.inFlightAlertsMax, logger, metrics, now: Date.now, random: Math.random },
		},
		{ drain: drain.signal, leave: drain.signal, stop: stop.signal },
	);
	const delivered = (): number => metrics.get('lanner_sink_alerts_delivered_total', { output: name });
	while (delivered() < wanted) await sleep(10);
	const wallS = (performance.now() - startMs) / 1000;
	drain.abort();
	await running;
	const { user, system } = process.cpuUsage(before);
	stdout.end();
	assert.deepEqual(
		lines.filter(({ level }) => level === 'error'),
		[],
	);
	return { cpuS: (user + system) / 1e6 + childCpuS() - childrenBefore, wallS, taken: delivered() };
}

/** Of children that have ended and been waited for. */
function childCpuS(): number {
	const fields = readFileSync('/proc/self/stat', 'latin1')
		.replace(/^.*\) /s, '')
		.split(' ');
	return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Each once, those of a host in order; `mayMiss`: datagrams. */
function assertOnceInOrder(ids: readonly string[], wanted: number, mayMiss = false): void {
	assert.equal(new Set(ids).size, ids.length, 'no id twice');
	const newest = new Map<string, number>();
	for (const id of ids) {
		assert.ok(numberOf(id) > (newest.get(hostOf(id)) ?? -1), `${id} is out of order`);
		newest.set(hostOf(id), numberOf(id));
	}
	if (mayMiss) assert.ok(ids.length > 0 && ids.length <= wanted, `${ids.length}`);
	else assert.equal(ids.length, wanted);
}

const perS = (count: number, seconds: number): string =>
	Math.round(count / Math.max(seconds, 0.01)).toLocaleString('en');

function report(
	name: string,
	{ cpuS, wallS, taken }: Figures,
	receiverCpuS: number | null,
	load: Load | null,
): void {
	if (!full) return;
	const receiver = receiverCpuS === null ? '' : `; receiver ${perS(taken, receiverCpuS)} per CPU-second`;
	const beside =
		load === null
			? ''
			: `; its load tool ${perS(load.messages, load.wallS)}/s, ${perS(load.messages, load.receiverCpuS)} per CPU-second of the receiver`;
	console.log(
		`${name}: ${taken} alerts, ${perS(taken, cpuS)} per CPU-second, ${perS(taken, wallS)}/s${receiver}${beside}`,
	);
}

const idsOfLines = (path: string): string[] =>
	existsSync(path)
		? readFileSync(path, 'utf8')
				.split('\n')
				.slice(0, -1)
				.map((line) => (line.startsWith('{') ? (JSON.parse(line) as { id: string }).id : line))
		: [];

test('standard output', { timeout: 300_000 }, async () => {
	const figures = await through('stdout', 'kind: stdout, format: json');
	await until(() => idsOfLines(join(folder, 'stdout')).length === alerts, settleMs);
	assertOnceInOrder(idsOfLines(join(folder, 'stdout')), alerts);
	report('stdout', figures, null, null);
});

for (const [name, more] of [
	['file', ''],
	['file, synced before each ack', ', sync: batch'],
] as const)
	test(name, { timeout: 300_000 }, async () => {
		const id = more === '' ? 'file' : 'file-sync';
		const figures = await through(id, `kind: file, path: ${join(folder, id)}${more}`);
		assertOnceInOrder(idsOfLines(join(folder, id)), alerts);
		report(name, figures, null, null);
	});

const networks = {
	udp: () => `transport: udp, port: ${rsyslog?.udpPort}`,
	tcp: () => `transport: tcp, port: ${rsyslog?.tcpPort}`,
	tls: () =>
		`transport: tls, port: ${rsyslog?.tlsPort}, tls: { caFile: ${rsyslog?.ca}, certFile: ${rsyslog?.client.cert}, keyFile: ${rsyslog?.client.key} }`,
	local: () => `transport: local, socket: ${rsyslog?.modernSocket}, format: rfc5424`,
};
for (const transport of ['udp', 'tcp', 'tls', 'local'] as const) {
	test(`rsyslog over ${transport}`, { timeout: 600_000, skip: noRsyslog }, async () => {
		assert.ok(rsyslog !== null);
		const daemon = rsyslog;
		daemon.forget();
		const received = (): string[] => daemon.received().map(({ sd }) => / ?id="([^"]+)"/.exec(sd)?.[1] ?? '');
		const settled = async (wanted: number): Promise<number> => {
			let count = 0;
			for (const end = Date.now() + settleMs; Date.now() < end; ) {
				const now = daemon.lines();
				if (now >= wanted || (now === count && now > 0 && transport === 'udp')) return now;
				count = now;
				await sleep(1_000);
			}
			return count;
		};
		const before = cpuSecondsOf(daemon.pid());
		const figures = await through(transport, `kind: syslog, ${networks[transport]()}`);
		await settled(alerts);
		const receiverCpuS = cpuSecondsOf(daemon.pid()) - before;
		const ids = received();
		assertOnceInOrder(ids, alerts, transport === 'udp');
		let load: Load | null = null;
		// loggen shows no client certificate, which this receiver asks for.
		if (toolsProblem === null && (transport === 'udp' || transport === 'tcp')) {
			daemon.forget();
			const port = transport === 'udp' ? daemon.udpPort : daemon.tcpPort;
			const bytes = 400;
			load = await loggen({
				...{ transport, port, messages: alerts, bytes, receiver: daemon.pid() },
				settled: () => settled(alerts),
			});
		}
		const arrived = transport === 'udp' ? ` (${ids.length} arrived)` : '';
		report(`syslog ${transport}${arrived}`, figures, receiverCpuS, load);
	});
}

for (const [name, alertsMax] of [
	['webhook, one alert a request', 1],
	['webhook, 100 alerts a request', 100],
] as const)
	test(name, { timeout: 600_000 }, async () => {
		rmSync(webIds, { force: true });
		const url = `https://127.0.0.1:${web.port}/`;
		const before = cpuSecondsOf(web.pid);
		const figures = await through(
			`webhook-${alertsMax}`,
			`kind: webhook, url: "${url}", batch: { alertsMax: ${alertsMax} }, tls: { caFile: ${authority.ca} }`,
		);
		const receiverCpuS = cpuSecondsOf(web.pid) - before;
		assertOnceInOrder(idsOfLines(webIds), alerts);
		const body = JSON.stringify(
			Array.from({ length: alertsMax }, (_, i) => ({ id: `h0-${i}`, output: realistic })),
		);
		const load =
			toolsProblem === null ? await wrk({ url, body, seconds: loadSeconds, receiver: web.pid }) : null;
		report(name, figures, receiverCpuS, load && { ...load, messages: load.messages * alertsMax });
	});

function program(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\n${text}\n`);
	chmodSync(path, 0o700);
	return path;
}

test('program that keeps running', { timeout: 300_000 }, async () => {
	const seen = join(folder, 'program-seen');
	const figures = await through(
		'program',
		`kind: program, program: ${program('taker', `exec cat >> ${seen}`)}`,
	);
	await until(() => idsOfLines(seen).length === alerts, settleMs);
	assertOnceInOrder(idsOfLines(seen), alerts);
	report('program, stream', figures, null, null);
});

test('program for each alert', { timeout: 300_000 }, async () => {
	const seen = join(folder, 'once-seen');
	const path = program('once', `exec cat >> ${seen}`);
	const figures = await through('once', `kind: program, program: ${path}, mode: once`, onceAlerts);
	const ids = idsOfLines(seen);
	assertOnceInOrder(ids, ids.length);
	assert.ok(ids.length >= onceAlerts);
	report('program, one process an alert', figures, null, null);
});
