/**
 * Names that another thread changes while a call runs. The kernel reads them when the call begins, capture when it ends: where the two differ the
 * event must be marked. The witness is the file system: which of two names was made, removed, mounted on. Once with each kind of hook there is.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeKernelFilter } from '#rules/push-down/encode.ts';
import { kernelFilter, namedTypes } from '#rules/push-down/kernel-filter.ts';
import {
	buildActor,
	type CapturedEvent,
	captureProblem,
	captureProgram,
	run,
	startCapture,
} from '#test/support/capture.ts';
import { loadConditions } from '#test/support/conditions.ts';
import { marked, type Round, racedLetter, roundsOf, wrong } from '#test/support/races.ts';

const skip = captureProblem() ?? false;
const calls = 12;
/** Races that must be lost for the test to say anything, and how often it tries on a busy machine. */
const lostMin = 10;
const triesMax = 8;
/** Capture by way of a shell that mounts tracefs for it alone. */
const withTracefs = [
	'-m',
	'sh',
	'-c',
	'mount -t tracefs nodev /sys/kernel/tracing; exec "$0" "$@"',
	captureProgram,
];
const hasKprobes = existsSync('/sys/bus/event_source/devices/kprobe');
const hooks = hasKprobes ? ['tracepoints', 'kprobes'] : ['tracepoints'];

type Raced = { readonly events: CapturedEvent[]; readonly pid: number; readonly witness: string };

async function race(hook: string, scene: readonly string[], more: readonly string[] = []): Promise<Raced> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-races-'));
	const options = ['--no-snapshot', '--compare-names', hook, ...more];
	const capture = await startCapture([...withTracefs, ...options], { program: 'unshare' });
	const { pid, stdout, code } = await run(buildActor('race-actor'), scene, { cwd: folder });
	const { frames } = await capture.stop();
	rmSync(folder, { recursive: true, force: true });
	assert.equal(code, 0, 'the actor failed');
	assert.equal(capture.errors(), '');
	return { events: frames.flatMap(({ events }) => events), pid, witness: stdout };
}

async function rounds(hook: string, scene: readonly string[]): Promise<Round[]> {
	const { events, pid, witness } = await race(hook, scene);
	return roundsOf(events, pid, witness);
}

/** As of a rule that wants another name of the same calls. (Of symlink the kernel side cannot tell: all come.) */
function filterOfAnotherName(): string {
	const types = 'mkdir, rmdir, unlink, rename, link, mknod, chmod, chown';
	const rules = loadConditions([`evt.type in (${types}) and fs.path.name endswith /never-raced`]);
	return encodeKernelFilter(kernelFilter(rules, namedTypes(rules)));
}

for (const hook of hooks) {
	test(`A name that the kernel did not use is marked (${hook})`, { skip }, async (t) => {
		let all: Round[] = [];
		for (let i = 0; i < triesMax && wrong(all).length < lostMin; i++)
			all = [...all, ...(await rounds(hook, ['once', String(20 * calls)]))];
		const lost = wrong(all);
		t.diagnostic(`${all.length} calls, ${lost.length} reported with the wrong name`);
		assert.ok(lost.length >= lostMin, 'no race: the test says nothing');
		assert.deepEqual(
			lost.filter(({ marked }) => !marked),
			[],
		);
	});

	test(`A marked event comes though no rule wants the name that it has; others do not (${hook})`, {
		skip,
	}, async (t) => {
		const filter = ['--filter', filterOfAnotherName()];
		const came: boolean[] = [];
		for (let i = 0; i < triesMax && came.length < lostMin; i++) {
			const { events, pid } = await race(hook, ['once', String(20 * calls)], filter);
			const filtered = ({ header, family }: CapturedEvent): boolean =>
				header.pid === pid && family === 'PathChanged' && header.type !== 'symlink';
			came.push(...events.filter((event) => filtered(event) && racedLetter(event) !== null).map(marked));
		}
		t.diagnostic(`${came.length} events came`);
		assert.ok(came.length >= lostMin, 'no marked event came');
		assert.ok(
			came.every((one) => one),
			'the filter let through what is not marked',
		);
	});

	test(`A name that nobody changes is not marked (${hook})`, { skip }, async () => {
		const all = await rounds(hook, ['steady', String(10 * calls)]);
		assert.deepEqual(
			all.filter(({ marked, used, reported }) => marked || used !== reported),
			[],
		);
	});

	test(`A name that is changed to and fro all the time is marked often, not always (${hook})`, {
		skip,
	}, async (t) => {
		const all = await rounds(hook, ['often', String(20 * calls)]);
		const lost = wrong(all);
		const marked = all.filter((round) => round.marked);
		t.diagnostic(
			`${all.length} calls, ${marked.length} marked; ${lost.length} with the wrong name, ${lost.filter((round) => round.marked).length} of them marked`,
		);
		assert.ok(marked.length > 0);
	});
}

test('32-bit calls whose name nobody changes are not marked', { skip }, async () => {
	const all = await rounds(hooks.at(-1)!, ['steady', String(5 * calls), 'compat']);
	assert.deepEqual(
		all.filter(({ marked, used, reported }) => marked || used !== reported),
		[],
	);
});

test('Where there are no kprobes capture says that names are not compared', {
	skip: skip || (hasKprobes && 'this kernel has kprobes'),
}, async () => {
	const capture = await startCapture(['--no-snapshot']);
	await capture.stop();
	assert.match(capture.errors(), /"code":"names-not-compared"/);
});
