/** For tests: what the evaluator's state becomes of capture's own output, by the project's own reader and fold. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Frame, FrameReader } from '#agent/frame.ts';
import { frameToBatch } from '#schemas/event-batch.ts';
import { familyIndex } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { captureProgram } from './capture.ts';

const identity = { hostId: 'h', hostName: 'h', bootId: 'b', machine: 'x86_64', probeVersion: 'test' };
const snapshotEnd = 2;

/** A running capture and the state that its events so far come to. */
export class Folding {
	readonly state = new HostState('h');
	readonly child: ChildProcess;
	/** Reasons of the gaps, in order; those of lost process events with a `!`. */
	readonly gaps: string[] = [];
	/** Snapshots that ended. */
	snapshots = 0;
	#waiting: (() => void)[] = [];
	readonly #reader = new EventReader();

	constructor(args: readonly string[]) {
		this.child = spawn(captureProgram, args, { stdio: ['ignore', 'pipe', 'inherit'] });
		const frames = new FrameReader((frame) => this.#fold(frame));
		this.child.stdout?.on('data', (bytes: Buffer) => frames.push(bytes));
	}

	/** Rejects after `ms` without it. */
	async until(met: () => boolean, ms = 20_000): Promise<void> {
		const end = Date.now() + ms;
		while (!met()) {
			if (Date.now() > end) throw new Error(`not within ${ms} ms; gaps so far: ${this.gaps.join(' ')}`);
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, 100);
				this.#waiting.push(() => {
					clearTimeout(timer);
					resolve();
				});
			});
		}
	}

	async stop(): Promise<void> {
		const closed = once(this.child, 'close');
		this.child.kill('SIGTERM');
		await closed;
	}

	#fold({ firstSequence, baseTimeS, baseTimeNs, utcOffsetS, events: count, body }: Frame): void {
		const header = {
			...identity,
			producer: 'CAPTURE',
			firstSequence,
			baseTimeS,
			baseTimeNs,
			utcOffsetS,
		} as const;
		const reader = this.#reader;
		reader.open(frameToBatch(header, { count, body }));
		this.state.enterBatch(reader.batch);
		while (reader.next()) {
			this.state.apply(reader);
			if (reader.family === familyIndex.Gap)
				this.gaps.push(`${reader.gap.reason.toString()}${reader.gap.processes ? '!' : ''}`);
			if (reader.family === familyIndex.SnapshotMarked && reader.snapshotMarked.phase === snapshotEnd)
				this.snapshots++;
			this.state.settle(reader);
		}
		for (const wake of this.#waiting.splice(0)) wake();
	}
}
