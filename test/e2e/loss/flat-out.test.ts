/**
 * Every processor in a loop of opens, and programs that start and end beside them: not one exec, fork or exit is lost, whatever becomes of the
 * opens, and every open is either reported or counted as lost. The witnesses are the programs' own counts. With the default ring, and with one so
 * small that opens are lost. Needs root. LANNER_FLAT_OUT_SECONDS: how long (default 3).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Frame, FrameReader } from '#agent/frame.ts';
import { frameToBatch } from '#schemas/event-batch.ts';
import { familyIndex } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { buildActor, captureProblem, captureProgram, run } from '#test/support/capture.ts';

const skip = captureProblem() ?? false;
const seconds = process.env.LANNER_FLAT_OUT_SECONDS ?? '3';
const readyMs = 30_000;
/** The loader of a program opens its libraries. */
const opensOfStartMax = 16;
const header = {
	...{ hostId: 'h', hostName: 'h', bootId: 'b', machine: 'x86_64', probeVersion: 'test' },
	producer: 'CAPTURE',
} as const;

/** What a capture saw of the processes `storms` and of those they started. */
class Seen {
	opens = 0;
	lost = 0;
	/** By reason, with the gaps that say that process events are missing. */
	readonly gaps = new Map<string, number>();
	readonly born = new Map<number, number>();
	readonly started = new Map<number, number>();
	readonly ended = new Map<number, number>();
	readonly #storms: ReadonlySet<number>;
	readonly #floods: ReadonlySet<number>;
	/** Process → the storm that started it. */
	readonly #parents = new Map<number, number>();
	readonly #reader = new EventReader();

	constructor(storms: ReadonlySet<number>, floods: ReadonlySet<number>) {
		this.#storms = storms;
		this.#floods = floods;
	}

	take({ firstSequence, baseTimeS, baseTimeNs, utcOffsetS, events: count, body, lost }: Frame): void {
		const reader = this.#reader;
		reader.open(
			frameToBatch({ ...header, firstSequence, baseTimeS, baseTimeNs, utcOffsetS }, { count, body }),
		);
		this.lost = lost;
		while (reader.next()) this.#see(reader);
	}

	#see(reader: EventReader): void {
		const { pid } = reader.header;
		switch (reader.family) {
			case familyIndex.FileOpened:
				if (this.#floods.has(pid)) this.opens++;
				return;
			case familyIndex.ProcessCloned:
				if (!this.#storms.has(pid)) return;
				this.#parents.set(reader.processCloned.childPid, pid);
				count(this.born, pid);
				return;
			case familyIndex.ProcessExecuted:
				if (reader.processExecuted.process !== null && this.#parents.has(pid))
					count(this.started, this.#parents.get(pid)!);
				return;
			case familyIndex.ProcessExited:
				if (!this.#parents.has(pid)) return;
				count(this.ended, this.#parents.get(pid)!);
				// Its number may be given to another.
				this.#parents.delete(pid);
				return;
			case familyIndex.Gap:
				count(this.gaps, `${reader.gap.reason.toString()}${reader.gap.processes ? ', processes' : ''}`);
		}
	}
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

for (const [what, ring] of [
	['the default ring', []],
	['a ring of 1 MiB', ['--ring-mb', '1']],
] as const)
	test(
		`all processors flat out, ${what}: not one exec, fork or exit is lost, and every open is told or counted`,
		{
			skip,
			timeout: 600_000,
		},
		(t) => flatOut(t, ring),
	);

async function flatOut(t: TestContext, ring: readonly string[]): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-flat-out-'));
	try {
		const file = join(folder, 'frames');
		const output = openSync(file, 'w');
		const capture = spawn(captureProgram, ['--no-snapshot', ...ring], {
			stdio: ['ignore', output, 'inherit'],
		});
		closeSync(output);
		for (const end = Date.now() + readyMs; statSync(file).size === 0; await sleep(50))
			assert.ok(Date.now() < end, 'capture does not begin');
		const all = (scene: string) =>
			Promise.all(Array.from({ length: availableParallelism() }, () => run(buildActor(), [scene, seconds])));
		const [storms, floods] = await Promise.all([all('lives'), all('flood')]);
		capture.kill('SIGTERM');
		await once(capture, 'close');
		assert.equal(capture.exitCode, 0);

		const pids = (ran: readonly { pid: number }[]) => new Set(ran.map(({ pid }) => pid));
		const seen = new Seen(pids(storms), pids(floods));
		const frames = new FrameReader((frame) => seen.take(frame));
		for await (const bytes of createReadStream(file)) frames.push(bytes as Buffer);
		const opens = floods.reduce((sum, { stdout }) => sum + Number(stdout), 0);
		const lives = storms.reduce((sum, { stdout }) => sum + Number(stdout), 0);
		t.diagnostic(
			`${opens} opens, ${seen.opens} told, ${seen.lost} events lost; ${lives} programs; gaps: ${[...seen.gaps].map(([reason, times]) => `${times} ${reason}`).join('; ') || 'none'}`,
		);
		for (const { pid, stdout } of storms) {
			const wanted = Number(stdout);
			assert.ok(wanted > 0);
			assert.equal(seen.born.get(pid), wanted, 'forks');
			assert.equal(seen.started.get(pid), wanted, 'execs');
			assert.equal(seen.ended.get(pid), wanted, 'exits');
		}
		assert.ok(seen.opens <= opens + floods.length * opensOfStartMax);
		assert.ok(seen.opens + seen.lost >= opens, 'opens are missing that nobody counted');
		assert.ok(![...seen.gaps.keys()].some((reason) => reason.endsWith('processes')), 'a gap of processes');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
