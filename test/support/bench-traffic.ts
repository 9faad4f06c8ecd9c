/** Synthetic mixed traffic for benches: deterministic, many distinct paths, long-lived processes and short-lived children. */
import type { BatchEvent } from '#schemas/event-batch.ts';
import * as make from './events.ts';
import { createRandom } from './slot-events.ts';

const batchEvents = 500;
const pathCount = 20_000;
const longLived = 400;
const directories = [
	'/usr/lib/x86_64-linux-gnu',
	'/etc/ssl/certs',
	'/var/lib/app',
	'/home/ann/src',
	'/proc/self',
];
const programs = ['nginx', 'postgres', 'node', 'python3', 'java', 'sshd', 'cron', 'bash', 'dpkg', 'git'];

type Draw = (below: number) => number;

function processOf(pid: number, parent: number, program: string): object {
	return {
		...{ pid, start: pid * 1000, vpid: pid, startTimeS: 1_699_990_000, parentPid: parent, threads: 1 },
		...{ parentStart: parent * 1000, comm: program, exePath: `/usr/bin/${program}`, cwd: '/srv' },
		args: [program, '-x', String(pid % 50)],
		credentials: { uid: pid % 3 === 0 ? 0 : 1000, euid: pid % 3 === 0 ? 0 : 1000 },
	};
}

function snapshot(): BatchEvent[] {
	return Array.from({ length: longLived }, (_, i) => {
		const pid = i + 1;
		const facts = processOf(pid, i === 0 ? 0 : 1 + (i >> 2), programs[i % programs.length] as string);
		return make.processSnapshotted({ pid, process: facts } as never);
	});
}

/** One event of a running process. */
function ordinary(kind: number, pid: number, draw: Draw): BatchEvent {
	if (kind < 58) {
		const n = draw(pathCount);
		const path = `${directories[n % directories.length]}/d${n % 97}/file${n}`;
		// Programs write below /var/lib and /home; elsewhere it would be an attack, and alerts the cost that is measured.
		const write = draw(4) === 0 && (n % directories.length === 2 || n % directories.length === 3);
		return make.fileOpened({
			pid,
			path,
			name: path,
			flags: write ? 2 : 1,
			mode: 0o100644,
			result: 3,
		} as never);
	}
	if (kind < 73) {
		const socket = {
			family: 2,
			type: 1,
			remoteAddress: Buffer.from([10, 0, draw(4), draw(250)]),
			remotePort: 443,
		};
		return make.socketConnected({ pid, fd: { number: 3, socket } } as never);
	}
	if (kind < 89) return make.pathChanged({ pid, path: `/var/tmp/f${draw(500)}` } as never);
	return make.fdChanged({ pid, fd: { number: 4, path: '/var/log/app.log' } } as never);
}

/** Batches of about `count` events; the first is a snapshot. */
export function mixedBatches(count: number): Uint8Array[] {
	const random = createRandom(7);
	const draw: Draw = (below) => Math.floor(random() * below);
	const batches: Uint8Array[] = [];
	let sequence = 1;
	const push = (events: BatchEvent[]): void => {
		batches.push(make.batch(events, { firstSequence: sequence }));
		sequence += events.length;
	};
	push(snapshot());
	let next = 1000;
	const alive: number[] = [];
	while (sequence < count) {
		const events: BatchEvent[] = [];
		while (events.length < batchEvents) {
			if (draw(100) < 8) {
				const parent = 1 + draw(longLived);
				const pid = next++;
				alive.push(pid);
				events.push(
					make.processCloned({
						pid: parent,
						...{ childTid: pid, childPid: pid, childStart: pid * 1000, childVpid: pid },
						...{ parentPid: parent, parentStart: parent * 1000, comm: 'bash' },
					} as never),
					make.processExecuted({
						pid,
						process: processOf(pid, parent, programs[draw(10)] as string),
					} as never),
				);
				if (alive.length > 40)
					events.push(make.processExited({ pid: alive.shift() as number, lastThread: true }));
			} else {
				const pid =
					draw(3) === 0 && alive.length > 0 ? (alive[draw(alive.length)] as number) : 1 + draw(longLived);
				events.push(ordinary(draw(100), pid, draw));
			}
		}
		push(events);
	}
	return batches;
}
