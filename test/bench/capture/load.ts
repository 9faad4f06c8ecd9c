/**
 * Loss and CPU of capture under load. Goal: how many events are lost at a given rate, what an event costs in capture, and that
 * a flood loses no process event and counts all it loses. Not a goal: cost in the traced program (cost.sh). Root.
 *
 *   node --import tsx test/bench/capture/load.ts [RATE] [SECONDS]     RATE 0 = flat out on every processor, with forks beside it
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { buildActor, type CapturedEvent, captureProgram, decodeFrames, run } from '#test/support/capture.ts';

const rate = Number(process.argv[2] ?? 300_000);
const seconds = Number(process.argv[3] ?? 10);
const forks = 2000;

/** Counts events by frame header; only the frames of the last second and those with few events are worth decoding. */
function countingReader() {
	let rest: Buffer = Buffer.alloc(0);
	let events = 0;
	/** CPU time until the first frame: loading, most of it the verifier. */
	let startUs = -1;
	let last: Buffer = rest;
	return {
		take(chunk: Buffer) {
			rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
			let at = 0;
			while (rest.length - at >= 64) {
				const size = 64 + rest.readUInt32LE(at + 12);
				if (rest.length - at < size) break;
				events += rest.readUInt32LE(at + 8);
				if (startUs < 0) startUs = Number(rest.readBigUInt64LE(at + 48));
				last = Buffer.from(rest.subarray(at, at + size));
				at += size;
			}
			rest = rest.subarray(at);
		},
		result: () => ({ events, startUs, last: decodeFrames(last).flatMap((frame) => frame.events) }),
	};
}

const reader = countingReader();
const capture = spawn(captureProgram, ['--no-snapshot', '--exclude-pid', String(process.pid)], {
	stdio: ['ignore', 'pipe', 'inherit'],
});
capture.stdout.on('data', (chunk: Buffer) => reader.take(chunk));
await once(capture.stdout, 'data');

const made: Promise<{ stdout: string }>[] = [];
if (rate > 0) made.push(run(buildActor(), ['rate', String(rate), String(seconds)]));
else
	for (let i = 0; i < availableParallelism(); i++) made.push(run(buildActor(), ['flood', String(seconds)]));
if (rate === 0) await run(buildActor(), ['forks', String(forks)]);
const opens = (await Promise.all(made)).reduce((sum, result) => sum + Number(result.stdout), 0);
capture.kill('SIGTERM');
await once(capture, 'close');

const { events, startUs, last } = reader.result();
const heartbeat = last.find((event: CapturedEvent) => event.family === 'Heartbeat');
const losses = heartbeat?.fields.losses as { reason: string; count: number }[];
const lost = losses.reduce((sum, loss) => sum + loss.count, 0);
const cpuNs = ((Number(heartbeat?.fields.cpuUs) - startUs) * 1000) / events;
console.log(
	JSON.stringify({
		opens,
		opensPerSecond: Math.round(opens / seconds),
		events,
		lost,
		losses,
		unaccounted: Math.max(0, opens - events - lost),
		startCpuMs: Math.round(startUs / 1000),
		captureCpuNsPerEvent: Math.round(cpuNs),
		processLoss: losses.some((loss) => loss.reason !== 'ring-full'),
	}),
);
