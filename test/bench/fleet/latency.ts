/**
 * `node --import tsx test/bench/fleet/latency.ts [--rate 20000] [--seconds 30] [--linger 50]`: from a system call of this process to its alert in
 * the alert topic, with a real probe, Kafka, Redis and one evaluator as processes, while another program opens files at the given rate. Root. The
 * aim is p50 below 100 ms and p99 below 300 ms.
 *
 * Stages: probe (kernel → ring → capture → agent, which waits `lingerMs`, until its record is made), evaluator (that record's append, read,
 * evaluation, until the alert's record is made), topic (the alert's append, acknowledged by the broker and read by a consumer: an upper bound).
 * Times of records are the clients' own; everything runs on this machine, so there is one clock, of 1 ms.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertCodec } from '#schemas/codec.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { Role } from '#test/chaos/role.ts';
import { buildActor } from '#test/support/capture.ts';
import { scriptOptions } from '#test/support/script-options.ts';
import { markedFleet } from './marked-fleet.ts';
import { follow, nowMs, showTimes as show } from './timing.ts';

const values = scriptOptions(import.meta.filename, {
	rate: { type: 'string', default: '20000' },
	seconds: { type: 'string', default: '30' },
	linger: { type: 'string', default: '50' },
	everyMs: { type: 'string', default: '37' },
});
const root = join(import.meta.dirname, '../../..');
const seconds = Number(values.seconds);
const captureProducer = 1;
/** Programs, caches and JIT get warm before marks count. */
const warmMs = 5_000;
const lateMs = 5_000;

type Alerted = { readonly seenMs: number; readonly appendedMs: number; readonly sequence: number };

const folder = mkdtempSync(join(tmpdir(), 'lanner-latency-'));
const marks = join(folder, 'marks');
mkdirSync(marks);
const fleet = await markedFleet(folder, {
	below: marks,
	rules: [join(root, 'deploy/rules')],
	more: `probe: { lingerMs: ${values.linger} }\n`,
});
const { config, log } = fleet;
const evaluator = Role.lanner('evaluator', ['evaluator', '--config', config], folder);
const probe = Role.lanner('probe', ['probe', '--config', config], folder);
try {
	await fleet.createTopics();
	for (const role of [evaluator, probe]) role.start();
	for (const role of [evaluator, probe]) await role.said('"ready"');

	const alerts = new Map<string, Alerted>();
	const stopAlerts = await follow(log, 'lanner.alerts', ({ value, appendedMs }) => {
		const { rule, output, sequence } = alertCodec.decode(value);
		if (rule === 'Mark') alerts.set(output, { appendedMs, sequence: Number(sequence), seenMs: nowMs() });
	});
	const reader = new EventReader();
	const batches: { firstSequence: number; appendedMs: number }[] = [];
	const stopEvents = await follow(log, 'lanner.events', ({ value, appendedMs }) => {
		reader.open(value);
		const { producer, firstSequence } = reader.batch;
		if (producer === captureProducer) batches.push({ firstSequence, appendedMs });
	});

	const load = spawn(buildActor(), ['rate', values.rate, String(seconds + (warmMs + lateMs) / 1000)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let opens = '';
	load.stdout.on('data', (chunk: Buffer) => {
		opens += chunk.toString();
	});
	await sleep(warmMs);
	const made = new Map<string, number>();
	for (const end = nowMs() + seconds * 1000; nowMs() < end; ) {
		const path = join(marks, String(made.size));
		made.set(path, nowMs());
		// Not there: the open fails, and alerts all the same.
		if (existsSync(path)) throw new Error(`${path} is there`);
		try {
			openSync(path, 'r');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
		await sleep(Number(values.everyMs));
	}
	await sleep(lateMs);
	load.kill();
	await stopAlerts();
	await stopEvents();

	const [total, byProbe, byEvaluator, byTopic]: number[][] = [[], [], [], []];
	for (const [path, startMs] of made) {
		const alert = alerts.get(path);
		if (alert === undefined) continue;
		const batch = batches.findLast(({ firstSequence }) => firstSequence <= alert.sequence)!;
		total!.push(alert.seenMs - startMs);
		byProbe!.push(batch.appendedMs - startMs);
		byEvaluator!.push(alert.appendedMs - batch.appendedMs);
		byTopic!.push(alert.seenMs - alert.appendedMs);
	}
	console.log(
		`${values.rate} opens per second (${opens.trim() || 'cut off'}), lingerMs ${values.linger}: ${total!.length} of ${made.size} marks alerted`,
	);
	show('system call → alert read', total!);
	show('  probe: until its record is made', byProbe!);
	show('  evaluator: until the alert is made', byEvaluator!);
	show('  topic: acknowledged and read', byTopic!);
	process.exitCode = total!.length === made.size ? 0 : 1;
} finally {
	await Promise.all([evaluator.kill(), probe.kill()]);
	await fleet.stop();
}
