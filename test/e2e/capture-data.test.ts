/** The first bytes of what calls read and write: reported when they are asked for, from then on and no longer. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
	buildActor,
	captureProblem,
	captureProgram,
	decodeFrames,
	run,
	startCapture,
} from '#test/support/capture.ts';
import { outputsOf } from '#test/support/captured-fields.ts';

const skip = captureProblem() ?? false;
const calls = 'read,write,pread,pwrite,readv,writev,sendto,recvfrom,sendmsg,recvmsg,sendmmsg,recvmmsg'.split(
	',',
);
const options = ['--no-snapshot', '--exclude-pid', String(process.pid), '--syscalls', calls.join(',')];

for (const variant of ['typed', 'portable'])
	test(`Calls that read and write have their first bytes, where they are asked for (${variant})`, {
		skip,
	}, async () => {
		const actor = buildActor();
		const capture = await startCapture([...options, '--data', '--variant', variant]);
		const { pid } = await run(actor, ['data'], { cwd: mkdtempSync(join(tmpdir(), 'lanner-data-')) });
		const { bytes } = await capture.stop();
		const of = `proc.pid = ${pid} and evt.type in (${calls}) and proc.name = actor and not fd.name endswith .so.6`;
		const lines = outputsOf(bytes, of, '%evt.type %evt.rawres %evt.buffer');
		assert.deepEqual(lines, [
			'write 7 written',
			`pwrite 200 ${'x'.repeat(80)}`,
			'pread 3 xxx',
			'read 5 xxxxx',
			'writev 11 vector',
			`readv 195 vector+more${'x'.repeat(69)}`,
			'read 0 <NA>',
			// A send without an address of its own is not of interest.
			'sendto 9 addressed',
			'recvfrom 4 sent',
			'recvmsg 6 vector',
			'sendmmsg 2 vector',
			'recvmmsg 1 vector',
			'write 6 narrow',
		]);
		const found = outputsOf(bytes, `proc.pid = ${pid} and evt.buffer bcontains 6e6172`, '%evt.arg.data');
		assert.deepEqual(found, ['narrow']);
	});

test('They can be asked for while capture runs, and no longer be', { skip }, async () => {
	const child = spawn(captureProgram, [...options, '--control'], { stdio: ['pipe', 'pipe', 'pipe'] });
	const chunks: Buffer[] = [];
	child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
	let text = '';
	child.stderr.on('data', (chunk: Buffer) => {
		text += chunk.toString();
	});
	const said = async (wanted: string): Promise<void> => {
		const signal = AbortSignal.timeout(20_000);
		while (!text.includes(wanted)) await once(child.stderr, 'data', { signal });
	};
	const pids: number[] = [];
	const act = async () => void pids.push((await run('/bin/cat', ['/etc/hostname'])).pid);
	await once(child.stdout, 'data');
	await act();
	child.stdin.write('data on\n');
	await said('write is reported');
	await act();
	child.stdin.write('data maybe\n');
	await said('neither on nor off');
	child.stdin.write('data off\n');
	await said('write is not reported');
	await act();
	const closed = once(child, 'close');
	child.kill('SIGTERM');
	await closed;
	const events = decodeFrames(Buffer.concat(chunks)).flatMap(({ events: of }) => of);
	const withData = pids.map((pid) =>
		events.some(
			({ header, family, fields }) =>
				header.pid === pid && family === 'FileTransferred' && fields.data !== '',
		),
	);
	assert.deepEqual(withData, [false, true, false]);
});
