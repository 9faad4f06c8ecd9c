import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '#agent/back-off.ts';
import type { CaptureExit, CaptureOptions, CaptureProcess } from '#agent/capture-process.ts';
import {
	CaptureUnavailableError,
	type Restart,
	Supervisor,
	type SupervisorState,
} from '#agent/supervisor.ts';
import { makeFrame } from '#test/support/frames.ts';

type FakeRun = { readonly options: CaptureOptions; end(exit: Partial<CaptureExit>): void; asked: string[] };

/** Capture as a double: each start is a run that the test feeds and ends. */
function makeSupervisor() {
	const runs: FakeRun[] = [];
	const restarts: Restart[] = [];
	const states: SupervisorState[] = [];
	const frames: number[] = [];
	let started: (() => void) | null = null;
	const supervisor = new Supervisor({
		program: { path: '/capture', starterFd: null },
		args: (restart) => ['--restarts', String(restart)],
		temporaryFolder: '/tmp',
		onFrame: (frame) => frames.push(frame.firstSequence),
		onRestart: (restart) => restarts.push(restart),
		onDiagnostic: () => {},
		onState: (state) => states.push(state),
		random: () => 0,
		nowMs: () => 1000,
		start: async (options) => {
			const asked: string[] = [];
			let end: FakeRun['end'] = () => {};
			const ended = new Promise<CaptureExit>((resolve) => {
				end = (exit) => resolve({ code: null, signal: null, error: null, ...exit });
			});
			const process: CaptureProcess = {
				pid: 1,
				ended,
				pause: () => asked.push('pause'),
				resume: () => asked.push('resume'),
				tell: (line) => asked.push(line),
				stop: () => {
					asked.push('stop');
					end({ code: 0 });
				},
				kill: () => {
					asked.push('kill');
					end({ signal: 'SIGKILL' });
				},
			};
			runs.push({ options, end, asked });
			setImmediate(() => started?.());
			return process;
		},
	});
	const nextRun = (): Promise<FakeRun> =>
		new Promise((resolve) => {
			started = () => resolve(runs.at(-1) as FakeRun);
		});
	return { supervisor, restarts, states, frames, nextRun };
}

test('a killed capture is started again, and the restart is told before its first frame', async () => {
	const { supervisor, restarts, states, frames, nextRun } = makeSupervisor();
	let next = nextRun();
	const running = supervisor.run();
	const first = await next;
	first.options.onBytes(makeFrame({ firstSequence: 1 }));
	next = nextRun();
	first.end({ signal: 'SIGKILL' });
	const second = await next;
	assert.deepEqual(restarts, [{ restarts: 1, cause: 'signal SIGKILL', silentMs: 0 }]);
	assert.deepEqual(second.options.args, ['--restarts', '1']);
	second.options.onBytes(makeFrame({ firstSequence: 100 }));
	supervisor.stop();
	await running;
	assert.deepEqual(frames, [1, 100]);
	assert.deepEqual(states, ['running', 'backing-off', 'starting', 'running', 'stopping', 'stopped']);
});

test('half a frame of a killed run is not joined with the next run', async () => {
	const { supervisor, frames, nextRun } = makeSupervisor();
	let next = nextRun();
	const running = supervisor.run();
	const first = await next;
	first.options.onBytes(makeFrame({ firstSequence: 1 }).subarray(0, 66));
	next = nextRun();
	first.end({ signal: 'SIGKILL' });
	(await next).options.onBytes(makeFrame({ firstSequence: 2 }));
	supervisor.stop();
	await running;
	assert.deepEqual(frames, [2]);
});

test('output that is not frames ends the run and starts another', async () => {
	const { supervisor, restarts, nextRun } = makeSupervisor();
	let next = nextRun();
	const running = supervisor.run();
	const first = await next;
	next = nextRun();
	first.options.onBytes(Buffer.alloc(64, 1));
	await next;
	assert.deepEqual(first.asked, ['kill']);
	assert.match(restarts[0]?.cause ?? '', /not a frame/);
	supervisor.stop();
	await running;
});

test('a capture that cannot run here ends the supervisor with what capture said', async () => {
	const { supervisor, states, nextRun } = makeSupervisor();
	const next = nextRun();
	const running = supervisor.run();
	const first = await next;
	first.options.onDiagnostic({
		level: 'error',
		code: 'no-btf',
		message: 'the kernel has no BTF',
		hint: 'use another',
	});
	first.end({ code: 3 });
	await assert.rejects(running, (error) => {
		assert.ok(error instanceof CaptureUnavailableError);
		assert.equal(error.message, 'the kernel has no BTF');
		assert.equal(error.hint, 'use another');
		return true;
	});
	assert.equal(states.at(-1), 'failed');
});

test('a paused supervisor pauses the run that follows, and lets it drain when it stops', async () => {
	const { supervisor, nextRun } = makeSupervisor();
	const next = nextRun();
	supervisor.pause();
	const running = supervisor.run();
	const first = await next;
	supervisor.stop();
	await running;
	assert.deepEqual(first.asked, ['pause', 'resume', 'stop']);
});

test('the waiting time doubles to its bound and starts again after a reset', () => {
	const backOff = new BackOff({ firstMs: 100, maxMs: 1000, random: () => 0.5 });
	const waits = Array.from({ length: 6 }, () => backOff.nextMs());
	assert.deepEqual(waits, [75, 150, 300, 600, 750, 750]);
	backOff.reset();
	assert.equal(backOff.nextMs(), 75);
});

test('a restart that was asked for comes at once, tells its cause, and what was said meanwhile is passed on', async () => {
	const { supervisor, restarts, states, nextRun } = makeSupervisor();
	supervisor.tell('env A');
	supervisor.tell('env B');
	let next = nextRun();
	const running = supervisor.run();
	const first = await next;
	assert.deepEqual(first.asked, ['env B']);
	next = nextRun();
	supervisor.restart('another set of calls');
	await next;
	assert.deepEqual(first.asked, ['env B', 'resume', 'stop']);
	assert.deepEqual(
		restarts.map(({ cause }) => cause),
		['another set of calls'],
	);
	supervisor.stop();
	await running;
	assert.deepEqual(states.slice(0, 4), ['running', 'backing-off', 'starting', 'running']);
});

test('a program whose file capabilities cannot be had says which ones the container needs', async () => {
	const { supervisor, nextRun } = makeSupervisor();
	const next = nextRun();
	const running = supervisor.run();
	(await next).end({ error: Object.assign(new Error('spawn EPERM'), { code: 'EPERM' }) });
	await assert.rejects(running, (error: Error & { hint?: string }) =>
		/BPF and PERFMON/.test(error.hint ?? ''),
	);
});
