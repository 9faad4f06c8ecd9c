/**
 * After a loss of process events and the snapshot that follows, the evaluator's process tree is what a fresh snapshot gives. Real
 * capture, a ring that is much too small, a storm of forks while nobody empties it. Needs root.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import type { HostState } from '#state/index.ts';
import { buildActor, captureProblem, run } from '#test/support/capture.ts';
import { Folding } from '#test/support/fold.ts';

const skip = captureProblem() ?? false;
const survivors = 40;
const smallRing = ['--ring-mb', '1', '--exclude-pid', String(process.pid)];
const sleepers: ChildProcess[] = [];
after(() => {
	for (const sleeper of sleepers) sleeper.kill('SIGKILL');
});

function startSleepers(count: number, seconds: number): ChildProcess[] {
	const started = Array.from({ length: count }, () =>
		spawn('/bin/sleep', [String(seconds)], { cwd: '/usr' }),
	);
	sleepers.push(...started);
	return started;
}

/** What rules see of each running process, by pid and start. Left out: counters that change by themselves. */
function treeOf(state: HostState): Map<string, unknown> {
	const tree = new Map<string, unknown>();
	for (const node of state.processes.running()) {
		if (node.pid === 0) continue;
		const { credentials: c, program } = node;
		tree.set(`${node.pid}:${node.start}`, {
			comm: node.comm.value,
			exe: program.exePath.value,
			args: program.argsLine.value,
			cwd: node.cwd.value,
			root: node.root.value,
			parent: `${node.parentPid}:${node.parentStart}`,
			ids: [node.vpid, node.pgid, node.sid, node.tty, node.loginUid],
			user: [c.uid, c.euid, c.gid, c.egid],
			namespaces: [node.pidNamespace, node.mountNamespace, node.networkNamespace],
			container: node.container?.id ?? 'host',
			incomplete: node.incomplete,
		});
	}
	return tree;
}

test('process events lost in a fork storm: after the resync the tree equals a fresh snapshot', {
	skip,
	timeout: 120_000,
}, async () => {
	const folding = new Folding(smallRing);
	await folding.until(() => folding.snapshots === 1);
	const killed = startSleepers(survivors, 600);
	await Promise.all(killed.map((child) => once(child, 'spawn')));
	await folding.until(() => killed.every(({ pid }) => folding.state.processes.byPid(pid!) !== undefined));

	// Nobody empties the ring: first opens fill it to its reserve, then forks fill that.
	folding.child.kill('SIGSTOP');
	await run(buildActor(), ['flood', '1']);
	await run(buildActor(), ['forks', '2500']);
	for (const child of killed) child.kill('SIGKILL');
	const born = startSleepers(survivors, 600);
	await Promise.all(born.map((child) => once(child, 'spawn')));
	folding.child.kill('SIGCONT');

	const known = (): boolean => born.every(({ pid }) => folding.state.processes.byPid(pid!) !== undefined);
	await folding.until(
		() => folding.gaps.includes('reserve-full!') && !folding.state.incomplete && known(),
		60_000,
	);
	const resynced = treeOf(folding.state);
	const fresh = new Folding(['--exclude-pid', String(process.pid)]);
	await fresh.until(() => fresh.snapshots === 1);
	const reference = treeOf(fresh.state);
	await folding.stop();
	await fresh.stop();
	const later = treeOf(folding.state);

	// What was born or ended meanwhile is known to the first by its events.
	const both = [...resynced.keys()].filter((key) => later.has(key) && reference.has(key));
	const unknown = [...resynced.keys()].filter((key) => !reference.has(key) && later.has(key));
	const missing = [...reference.keys()].filter((key) => !resynced.has(key) && !later.has(key) && exists(key));
	assert.deepEqual(unknown, [], 'processes that do not exist');
	assert.deepEqual(missing, [], 'processes that are not known');
	for (const key of both) assert.deepEqual(later.get(key), reference.get(key), key);
	assert.ok(both.length > survivors);
	const pids = new Set([...resynced.keys()].map((key) => Number(key.split(':')[0])));
	assert.ok(
		born.every(({ pid }) => pids.has(pid!)),
		'a process that was born unseen is missing',
	);
	assert.ok(!killed.some(({ pid }) => pids.has(pid!)), 'a process that ended unseen is still there');
	assert.equal(folding.state.incomplete, false);
});

/** Still there: the others were on their way out when the reference was taken. */
function exists(key: string): boolean {
	try {
		process.kill(Number(key.split(':')[0]), 0);
		return true;
	} catch {
		return false;
	}
}
