/**
 * What goes by the container in the kernel: opens that only a rule about containers wants come of those alone, and a container that makes too
 * many events is limited, with gaps that say so, while its processes and all others are reported in full. And: a filter changes while it runs.
 * Needs root and a cgroup of its own.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { type CapturedEvent, captureProblem, captureProgram, decodeFrames } from '#test/support/capture.ts';
import { type ContainerCgroup, cgroupMount, makeContainerCgroup } from '#test/support/cgroup.ts';

const mount = cgroupMount();
const problem = captureProblem();
const skip = problem ?? (mount === null ? 'needs a mount of cgroup v2 that can be written' : false);
const waitMs = 20_000;
/** Every open outside of containers is left out, whatever else it is. */
const containersOnly = `openat:ffffffffffffffff:ffffffffffffffff:ffffffffffffffff:${'00'.repeat(16)}${'80'.repeat(16)}`;
const noOpens = `openat:ffffffffffffffff:ffffffffffffffff:ffffffffffffffff:${'00'.repeat(32)}`;

const made: ContainerCgroup[] = [];
const started: ChildProcess[] = [];
after(() => {
	for (const child of started) child.kill('SIGKILL');
	for (const cgroup of made) cgroup.remove();
});

function container(): ContainerCgroup {
	const cgroup = makeContainerCgroup(mount!, randomBytes(32).toString('hex'));
	made.push(cgroup);
	return cgroup;
}

async function shell(command: string): Promise<number> {
	const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'] });
	await once(child, 'close');
	return child.pid!;
}

type Running = {
	readonly tell: (line: string) => void;
	/** Until it has said so. */
	readonly said: (text: string) => Promise<void>;
	readonly stop: () => Promise<CapturedEvent[]>;
};

async function start(args: readonly string[]): Promise<Running> {
	const child = spawn(captureProgram, [...args, '--control', '--linger-ms', '5'], {
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	started.push(child);
	const chunks: Buffer[] = [];
	let text = '';
	child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
	child.stderr.on('data', (chunk: Buffer) => {
		text += chunk.toString();
	});
	await once(child.stdout, 'data');
	return {
		tell: (line) => void child.stdin.write(`${line}\n`),
		said: async (wanted) => {
			const signal = AbortSignal.timeout(waitMs);
			while (!text.includes(wanted)) await once(child.stderr, 'data', { signal });
		},
		stop: async () => {
			const closed = once(child, 'close');
			child.kill('SIGTERM');
			await closed;
			return decodeFrames(Buffer.concat(chunks)).flatMap(({ events }) => events);
		},
	};
}

function opensOf(events: readonly CapturedEvent[], pid: number): CapturedEvent[] {
	return events.filter(({ family, header }) => family === 'FileOpened' && header.pid === pid);
}

test('opens that only a rule about containers wants are reported of containers alone', { skip }, async () => {
	const { command } = container();
	const capture = await start(['--filter', containersOnly]);
	const outside = await shell('exec cat /etc/hostname');
	const inside = await shell(command('cat /etc/hostname'));
	const events = await capture.stop();
	assert.deepEqual(opensOf(events, outside), []);
	assert.ok(opensOf(events, inside).some(({ fields }) => fields.path === '/etc/hostname'));
});

test('a filter is in force as soon as it is told, and no event is lost by the change', {
	skip: problem ?? false,
}, async () => {
	const capture = await start([]);
	const before = await shell('exec cat /etc/hostname');
	capture.tell(`filter ${noOpens}`);
	await capture.said('no rule can match');
	const during = await shell('exec cat /etc/hostname');
	capture.tell('filter nonsense');
	await capture.said('not a filter');
	const still = await shell('exec cat /etc/hostname');
	capture.tell('filter ');
	await capture.said('all events are reported');
	const afterwards = await shell('exec cat /etc/hostname');
	const events = await capture.stop();
	const opens = [before, during, still, afterwards].map((pid) => opensOf(events, pid).length > 0);
	assert.deepEqual(opens, [true, false, false, true]);
	assert.deepEqual(
		events.filter(({ family }) => family === 'Gap'),
		[],
	);
	const beats = events.filter(({ family }) => family === 'Heartbeat');
	const counts = (beats.at(-1)!.fields.losses as { reason: string; count: number }[]).map(
		({ reason }) => reason,
	);
	assert.deepEqual(counts, ['filtered']);
});

test('a container with too many events is limited, and told; its processes and those of others are not', {
	skip,
	timeout: 60_000,
}, async () => {
	const { command, id } = container();
	const opens = 3000;
	const loop = `i=0; while [ $i -lt ${opens} ]; do i=$((i + 1)); read line < /etc/hostname; done; /bin/true; exec cat /etc/hostname`;
	const capture = await start(['--rate-events', '100', '--rate-burst', '500']);
	await shell(`sh -c '${loop.replace('exec cat', '/bin/cat')}'; exit`);
	// The first program in a new cgroup tells the loader of it.
	const known = await shell(command('sleep 0.3'));
	const limited = await shell(command(`sh -c '${loop}'`));
	const events = await capture.stop();
	const gaps = events.filter(({ family }) => family === 'Gap').map(({ fields }) => fields);
	const reasons = gaps.map(({ reason }) => reason);
	assert.deepEqual(reasons, ['rate-limit-began', 'rate-limit-ended']);
	assert.ok(gaps.every(({ containerId, processes }) => containerId === id && processes === false));
	const held = gaps.reduce((sum, { lost }) => sum + Number(lost), 0);
	const reported = opensOf(events, limited).length;
	const outside = events.filter(
		({ family, header, fields }) =>
			family === 'FileOpened' && header.pid !== limited && fields.path === '/etc/hostname',
	);
	assert.ok(reported < opens / 2, `${reported} opens came`);
	assert.ok(held + reported >= opens, `${reported} came, ${held} were held back`);
	assert.ok(outside.length >= opens, `${outside.length} opens outside of it came`);
	const executed = events.filter(
		({ family, header }) =>
			family === 'ProcessExecuted' && header.result === 0 && [known, limited].includes(Number(header.pid)),
	);
	assert.ok(executed.length >= 4, `${executed.length} starts in the container`);
	const beats = events.filter(({ family }) => family === 'Heartbeat');
	assert.deepEqual(beats.at(-1)!.fields.losses, [{ reason: 'rate-limited', count: held }]);
});
