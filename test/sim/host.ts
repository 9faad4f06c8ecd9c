/**
 * A simulated host: processes that start, fork, open files and end, told by a probe that keeps what is not acknowledged and
 * sends it again. It falls silent, stops on purpose, starts again, boots, and sends what cannot be decoded.
 */
import { LogUnavailableError } from '#log/log.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import * as make from '#test/support/events.ts';
import type { SimLog } from './log.ts';
import { SimProcess } from './process.ts';
import { Random } from './random.ts';
import type { VirtualTime } from './time.ts';

export type HostPlan = {
	readonly hostId: string;
	readonly seed: number;
	readonly log: SimLog;
	readonly time: VirtualTime;
	/** Longest pause between two batches; heartbeats in between are part of them. */
	readonly pauseMsMax: number;
	/** Per batch. */
	readonly silences: number;
	readonly poison: number;
	readonly restarts: number;
};

const epochS = 1_700_000_000;
export const watchedFile = '/etc/shadow';

export class SimHost {
	readonly hostId: string;
	readonly process: SimProcess;
	/** Sequences of acknowledged events that the rule matches, as `boot sequence`. */
	readonly acknowledged = new Set<string>();
	readonly #plan: HostPlan;
	readonly #random: Random;
	#bootCount = 0;
	#sequence = 1;
	#agentSequence = 1;
	#processes: { pid: number; start: number }[] = [];
	#nextPid = 10;
	#ended = false;

	constructor(plan: HostPlan) {
		this.#plan = plan;
		this.hostId = plan.hostId;
		this.#random = new Random(plan.seed);
		this.process = new SimProcess(plan.hostId, plan.time, new Random(plan.seed + 1));
	}

	get bootId(): string {
		return `boot-${this.#bootCount}`;
	}

	end(): void {
		this.#ended = true;
	}

	/** Until `end`; then stops on purpose. */
	async run(): Promise<void> {
		const { silences, poison, restarts, pauseMsMax } = this.#plan;
		await this.send(this.#started());
		while (!this.#ended) {
			await this.process.clock.sleep(this.#random.int(10, pauseMsMax));
			if (this.#random.chance(silences)) await this.process.clock.sleep(this.#random.int(5_000, 40_000));
			if (this.#random.chance(restarts)) await this.send(this.#restart());
			if (this.#random.chance(poison)) await this.#append(this.#damaged());
			if (this.#random.chance(0.05)) await this.#agent();
			await this.send(this.work());
		}
		await this.send([make.probeStopped()]);
	}

	/** One batch of capture. */
	async send(events: readonly BatchEvent[]): Promise<void> {
		const firstSequence = this.#sequence;
		this.#sequence += events.length;
		const { bootId } = this;
		await this.#append(make.batch(events, this.#header('CAPTURE', firstSequence)));
		for (const [i, event] of events.entries())
			if ('lanner.events.FileOpened' in event) this.acknowledged.add(`${bootId} ${firstSequence + i}`);
	}

	work(): BatchEvent[] {
		const events: BatchEvent[] = [make.heartbeat({ intervalMs: 5000 })];
		const count = this.#random.int(1, 6);
		for (let i = 0; i < count; i++) events.push(this.#act());
		return events;
	}

	#act(): BatchEvent {
		const known = this.#processes.length > 0 ? this.#random.pick(this.#processes) : null;
		const what = this.#random.next();
		if (known === null || what < 0.2) return this.#execute(known);
		if (what < 0.35 && this.#processes.length > 2) {
			this.#processes = this.#processes.filter((one) => one !== known);
			return make.processExited({ ...who(known), lastThread: true });
		}
		if (what < 0.5)
			return make.rootChanged({ ...who(known), evt: 'chdir', path: `/home/${this.#random.int(1, 5)}` });
		if (what < 0.9)
			return make.fileOpened({ ...who(known), name: watchedFile, path: watchedFile, result: 3 });
		return make.processControlled({
			...who(known),
			evt: 'prctl',
			option: 15,
			text: `worker${this.#random.int(1, 3)}`,
		});
	}

	#execute(parent: { pid: number; start: number } | null): BatchEvent {
		const owner = { pid: this.#nextPid, start: this.#nextPid * 10 };
		this.#nextPid++;
		this.#processes.push(owner);
		const comm = this.#random.pick(['sh', 'cat', 'nginx', 'python3']);
		return make.processExecuted({
			...who(owner),
			process: {
				...owner,
				...(parent === null ? {} : { parentPid: parent.pid, parentStart: parent.start }),
				...{ comm, exePath: `/bin/${comm}`, args: [comm, String(this.#random.int(0, 99))] },
			},
		});
	}

	/** Capture died and came back (events in between have no place in the sequence), or the whole host booted. */
	#restart(): BatchEvent[] {
		if (this.#random.chance(0.3)) {
			this.#bootCount++;
			this.#sequence = 1;
			this.#agentSequence = 1;
			this.#processes = [];
		} else this.#sequence += this.#random.int(1, 1000);
		return this.#started();
	}

	#started(): BatchEvent[] {
		return [
			make.probeStarted(),
			make.snapshotMarked({ phase: 'BEGIN' }),
			...this.#processes.map((one) =>
				make.processSnapshotted({ ...who(one), process: { ...one, comm: 'kept' } }),
			),
			make.snapshotMarked({ phase: 'END' }),
		];
	}

	async #agent(): Promise<void> {
		const users = [{ uid: 0, name: `root${this.#random.int(1, 3)}` }];
		await this.#append(
			make.batch([make.usersReported({ users })], this.#header('AGENT', this.#agentSequence++)),
		);
	}

	/** A batch that was damaged before the log took it: its sequences are used up, and what cannot be read of it is lost. */
	#damaged(): Buffer {
		const events = this.work();
		const whole = make.batch(events, this.#header('CAPTURE', this.#sequence));
		this.#sequence += events.length;
		return this.#random.chance(0.5) ? Buffer.from('no batch at all') : whole.subarray(0, whole.length - 2);
	}

	#header(producer: 'CAPTURE' | 'AGENT', firstSequence: number) {
		const { hostId, bootId } = this;
		const ms = this.#plan.time.nowMs;
		const baseTimeS = epochS + Math.floor(ms / 1000);
		return {
			hostId,
			hostName: hostId,
			bootId,
			producer,
			firstSequence,
			baseTimeS,
			baseTimeNs: (ms % 1000) * 1e6,
		};
	}

	/** Again until it is acknowledged: so the log may have it twice. */
	async #append(value: Uint8Array): Promise<void> {
		const log = this.#plan.log.client(this.process);
		while (true) {
			try {
				await log.append('lanner.events', [{ key: this.hostId, value }]);
				return;
			} catch (error) {
				if (!(error instanceof LogUnavailableError)) throw error;
				await this.process.clock.sleep(this.#random.int(50, 500));
			}
		}
	}
}

function who({ pid, start }: { pid: number; start: number }) {
	return { pid, tid: pid, start };
}
