/**
 * How fast EventBatches are decoded, and what interning their texts adds.
 *
 * Goal: at least 5 M small events per CPU-second of one core without texts. Not a goal: object form, encoding.
 * `--events N` events a round (default 20,000, to see that it still runs; 2,000,000 with LANNER_BENCH=full), `--json`.
 * Prints a hash of what was decoded: same batches, same hash.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import type { BatchEvent } from '#schemas/event-batch.ts';
import { familyIndex } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import {
	batch,
	fdChanged,
	fileOpened,
	processCloned,
	processExecuted,
	processExited,
	signalSent,
	socketConnected,
	socketCreated,
} from '#test/support/events.ts';

const eventsPerBatch = 300;
const differentBatches = 64;
const rounds = 6;

const address = Buffer.from([10, 0, 0, 7]);

/** No long texts: what most events are when paths are short or absent. */
function smallEvent(i: number): BatchEvent {
	const common = { pid: 1000 + (i % 90), start: 5_000_000 + i * 13, time: i * 71_003, cpu: i % 8 };
	switch (i % 4) {
		case 0:
			return processExited({ ...common, status: 256, exitCode: 1, lastThread: true });
		case 1:
			return socketCreated({ ...common, family: 2, type: 1, protocol: 6, result: 5 });
		case 2:
			return signalSent({ ...common, targetPid: 4000 + i, signal: 15 });
		default:
			return fdChanged({
				...common,
				fd: { number: 3, mode: 0o100644, device: 0x801, inode: 131_072 + i, openFlags: 0x8000 },
				newFd: 7,
				result: 7,
			});
	}
}

/** About what a busy host sends: 60 % opens, then connects, descriptors, clones, exits, execs. */
function mixedEvent(i: number): BatchEvent {
	const common = { pid: 1000 + (i % 90), start: 5_000_000 + (i % 90) * 1300, time: i * 71_003, cpu: i % 8 };
	const kind = (i * 7919) % 100;
	if (kind < 60) {
		const path = `/usr/lib/x86_64-linux-gnu/lib${(i * 31) % 700}.so.${i % 4}`;
		return fileOpened({
			...common,
			result: 3,
			name: path,
			path,
			flags: 0x80000,
			fileMode: 0o100644,
			device: 0x801,
			inode: 400_000 + (i % 700),
			dirFd: -100,
		});
	}
	if (kind < 70)
		return socketConnected({
			...common,
			fd: {
				number: 5,
				socket: {
					family: 2,
					type: 1,
					protocol: 6,
					localAddress: address,
					localPort: 40_000 + (i % 9000),
					remoteAddress: address,
					remotePort: 443,
				},
			},
			address: { family: 2, address, port: 443 },
		});
	if (kind < 82) return smallEvent(i * 4 + 3);
	if (kind < 90)
		return processCloned({
			...common,
			childPid: 5000 + i,
			childTid: 5000 + i,
			childStart: 9_000_000 + i,
			cloneFlags: 0x1200011,
			comm: `worker-${i % 20}`,
			result: 5000 + i,
		});
	if (kind < 98) return smallEvent(i * 4);
	return processExecuted({
		...common,
		path: '/usr/bin/gcc',
		name: 'gcc',
		process: {
			...{
				pid: 1000,
				start: 5_000_000,
				comm: 'gcc',
				exePath: '/usr/bin/gcc',
				cwd: `/src/project/${i % 30}`,
				cgroup: '/system.slice/build.service',
				argsCount: 12,
			},
			args: [
				'gcc',
				'-O2',
				'-g',
				'-Wall',
				'-c',
				`file-${i}.c`,
				'-o',
				`file-${i}.o`,
				'-I',
				'include',
				'-D',
				'NDEBUG',
			],
			environment: ['PATH=/usr/bin:/bin', 'HOME=/root', 'LANG=C.UTF-8'],
			stdin: { number: 0, mode: 0o20620, path: '/dev/pts/0' },
			stdout: { number: 1, mode: 0o10600, path: 'pipe:[123456]' },
			stderr: { number: 2, mode: 0o20620, path: '/dev/pts/0' },
		},
	});
}

function makeBatches(make: (i: number) => BatchEvent): Buffer[] {
	return Array.from({ length: differentBatches }, (_, b) =>
		batch(
			Array.from({ length: eventsPerBatch }, (_, i) => make(b * eventsPerBatch + i)),
			{ firstSequence: b * eventsPerBatch },
		),
	);
}

/** What state and rules ask of nearly every event: the texts of the hot families. */
function readTexts(reader: EventReader): number {
	switch (reader.family) {
		case familyIndex.FileOpened:
			return reader.fileOpened.path.value.length + reader.fileOpened.name.value.length;
		case familyIndex.SocketConnected:
			return reader.socketConnected.fd.socket!.remoteAddress.value.length;
		case familyIndex.ProcessCloned:
			return reader.processCloned.comm.value.length;
		case familyIndex.ProcessExecuted: {
			const process = reader.processExecuted.process!;
			let sum =
				process.comm.value.length +
				process.exePath.value.length +
				process.cwd.value.length +
				process.cgroup.value.length;
			for (let i = 0; i < process.args.count; i++) sum += process.args.at(i).value.length;
			for (let i = 0; i < process.environment.count; i++) sum += process.environment.at(i).value.length;
			return sum;
		}
		default:
			return 0;
	}
}

type Pass = { readonly name: string; readonly batches: Buffer[]; readonly texts: boolean };

/** Sums so that nothing can be optimised away; equal batches give equal sums. */
function run(pass: Pass, reader: EventReader, events: number): { done: number; sum: number } {
	let done = 0;
	let sum = 0;
	for (let b = 0; done < events; b = (b + 1) % pass.batches.length) {
		reader.open(pass.batches[b]!);
		while (reader.next()) {
			sum = (sum + reader.header.pid + reader.header.result + reader.family) | 0;
			if (pass.texts) sum = (sum + readTexts(reader)) | 0;
			done++;
		}
	}
	return { done, sum };
}

function measure(
	pass: Pass,
	events: number,
): {
	name: string;
	eventsPerCpuSecond: number;
	nsPerEvent: { best: number; median: number; worst: number };
	bytesPerEvent: number;
	hash: string;
} {
	const reader = new EventReader();
	const times: number[] = [];
	let last = run(pass, reader, Math.min(events, 100_000));
	for (let round = 0; round < rounds; round++) {
		const before = process.cpuUsage();
		last = run(pass, reader, events);
		const { user, system } = process.cpuUsage(before);
		times.push(((user + system) * 1000) / last.done);
	}
	times.sort((a, b) => a - b);
	const bytes = pass.batches.reduce((sum, one) => sum + one.length, 0);
	return {
		name: pass.name,
		eventsPerCpuSecond: Math.round(1e9 / times[0]!),
		nsPerEvent: { best: times[0]!, median: times[times.length >> 1]!, worst: times.at(-1)! },
		bytesPerEvent: bytes / (differentBatches * eventsPerBatch),
		hash: createHash('sha256').update(`${last.done} ${last.sum}`).digest('hex').slice(0, 16),
	};
}

const { values } = parseArgs({
	options: {
		events: { type: 'string', default: process.env.LANNER_BENCH === 'full' ? '2000000' : '20000' },
		json: { type: 'boolean', default: false },
	},
});
const events = Number(values.events);
const small = makeBatches(smallEvent);
const mixed = makeBatches(mixedEvent);
test('batches decode to the same sums, round after round', () => {
	const results = [
		{ name: 'small events, no texts', batches: small, texts: false },
		{ name: 'mixed events, no texts', batches: mixed, texts: false },
		{ name: 'mixed events, texts interned', batches: mixed, texts: true },
	].map((pass) => measure(pass, events));

	if (values.json)
		console.log(JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, events, results }));
	else {
		console.log(
			`decode: ${events} events a round, ${rounds} rounds, Node ${process.version}, ${cpus()[0]?.model}`,
		);
		for (const { name, eventsPerCpuSecond, nsPerEvent, bytesPerEvent, hash } of results) {
			const ns = `${nsPerEvent.best.toFixed(0)} / ${nsPerEvent.median.toFixed(0)} / ${nsPerEvent.worst.toFixed(0)} ns`;
			console.log(
				`${name.padEnd(30)} ${(eventsPerCpuSecond / 1e6).toFixed(2)} M/CPU-s   ${ns} (best / median / worst)   ${bytesPerEvent.toFixed(0)} B   ${hash}`,
			);
		}
	}
	// The texts of the mix are part of its hash: a pass that read none would have that of the pass without.
	assert.equal(new Set(results.map(({ hash }) => hash)).size, results.length);
});
