/** Synthetic mixed traffic for benches: deterministic, many distinct paths, long-lived processes and short-lived children. */
import type { BatchEvent } from '#schemas/event-batch.ts';
import * as make from './events.ts';
import { createRandom } from './slot-events.ts';

const batchEvents = 500;
const pathCount = 20_000;
const longLivedDefault = 400;
const childPidMin = 1000;
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

/** One event of a running process. */
function ordinary(kind: number, pid: number, draw: Draw): BatchEvent {
	// A shell that connects would be an alert, too; what a child is called is not known here.
	const mayConnect = pid < childPidMin && (pid - 1) % programs.length !== programs.indexOf('bash');
	if (kind < 58 || (kind < 73 && !mayConnect)) {
		const n = draw(pathCount);
		const path = `${directories[n % directories.length]}/d${n % 97}/file${n}`;
		// Programs write below /var/lib and /home; elsewhere it would be an attack, and alerts the cost that is measured.
		const write = draw(4) === 0 && (n % directories.length === 2 || n % directories.length === 3);
		return make.fileOpened({
			pid,
			path,
			name: path,
			// O_RDWR, O_RDONLY.
			flags: write ? 2 : 0,
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

export type HostTrafficOptions = {
	readonly seed: number;
	/** Long-lived processes; default 400. */
	readonly processes?: number;
};

/** The events of one host: a snapshot first, then as many as wanted. */
export class HostTraffic {
	readonly #draw: Draw;
	readonly #processes: number;
	readonly #alive: number[] = [];
	#next = childPidMin;

	constructor({ seed, processes = longLivedDefault }: HostTrafficOptions) {
		const random = createRandom(seed);
		this.#draw = (below) => Math.floor(random() * below);
		this.#processes = processes;
	}

	snapshot(): BatchEvent[] {
		return Array.from({ length: this.#processes }, (_, i) => {
			const pid = i + 1;
			const facts = processOf(pid, i === 0 ? 0 : 1 + (i >> 2), programs[i % programs.length] as string);
			return make.processSnapshotted({ pid, process: facts } as never);
		});
	}

	/** `count` events, or two more. */
	events(count: number): BatchEvent[] {
		const draw = this.#draw;
		const alive = this.#alive;
		const events: BatchEvent[] = [];
		while (events.length < count) {
			if (draw(100) < 8) this.#startChild(events);
			else {
				const pid =
					draw(3) === 0 && alive.length > 0
						? (alive[draw(alive.length)] as number)
						: 1 + draw(this.#processes);
				events.push(ordinary(draw(100), pid, draw));
			}
		}
		return events;
	}

	#startChild(events: BatchEvent[]): void {
		const draw = this.#draw;
		const parent = 1 + draw(this.#processes);
		const pid = this.#next++;
		this.#alive.push(pid);
		events.push(
			make.processCloned({
				pid: parent,
				...{ childTid: pid, childPid: pid, childStart: pid * 1000, childVpid: pid },
				...{ parentPid: parent, parentStart: parent * 1000, comm: 'bash' },
			} as never),
			make.processExecuted({ pid, process: processOf(pid, parent, programs[draw(10)] as string) } as never),
		);
		if (this.#alive.length > 40)
			events.push(make.processExited({ pid: this.#alive.shift() as number, lastThread: true }));
	}
}

/** Batches of about `count` events of one host; the first is a snapshot. */
export function mixedBatches(count: number): Uint8Array[] {
	const traffic = new HostTraffic({ seed: 7 });
	const batches: Uint8Array[] = [];
	let sequence = 1;
	const push = (events: BatchEvent[]): void => {
		batches.push(make.batch(events, { firstSequence: sequence }));
		sequence += events.length;
	};
	push(traffic.snapshot());
	while (sequence < count) push(traffic.events(batchEvents));
	return batches;
}
