/** Operations through io_uring make no system call; they are reported as the calls that they stand for, and marked. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildActor, captureProblem, type Fields, run, startCapture } from '#test/support/capture.ts';
import { outputsOf } from '#test/support/captured-fields.ts';

const skip = captureProblem() ?? false;
type Ends = { readonly localPort: number; readonly remotePort: number };

const throughRing = 2;
const lexical = 16;
const noResult = 64;
/** No one listens there: a connect is refused. */
const closedPort = '1';
const noRing = 2;
/** Bind and listen through a ring are there from 6.11 on. */
const [major = 0, minor = 0] = release().split('.').map(Number);
const served =
	major > 6 || (major === 6 && minor >= 11)
		? ['socket', 'bind', 'listen', 'socket', 'connect', 'accept4']
		: [];

test('io_uring operations are events of the calls they stand for, with the names and results of the kernel', {
	skip,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-rings-'));
	const capture = await startCapture(['--no-snapshot', '--syscalls', 'default,close,shutdown']);
	const { pid, code } = await run(
		buildActor('ring-actor'),
		[closedPort, ...(served.length > 0 ? ['serve'] : [])],
		{ cwd: folder },
	);
	const { frames, bytes } = await capture.stop();
	rmSync(folder, { recursive: true, force: true });
	if (code === noRing) {
		t.skip('this kernel has no io_uring');
		return;
	}
	const own = frames
		.flatMap((frame) => frame.events)
		.filter(({ header }) => header.pid === pid && ((header.flags ?? 0) & throughRing) !== 0);
	const place = (value: unknown): string => String(value).replace(folder, 'F');
	const lines = own.map(({ header, fields }) => {
		const fd = fields.fd as Fields | null | undefined;
		const path = fields.path ?? fd?.path ?? null;
		return [
			header.type,
			(header.flags ?? 0) & ~throughRing,
			Math.min(Number(header.result), 0),
			path === null ? '' : place(path),
			fields.newPath === undefined || fields.newPath === null ? '' : place(fields.newPath),
		];
	});
	assert.deepEqual(lines, [
		['openat', 0, 0, 'F/new', ''],
		['openat', lexical, -2, 'F/absent', ''],
		['openat2', 0, 0, '/etc/hostname', ''],
		['mkdirat', lexical, 0, 'F/folder', ''],
		['symlinkat', lexical, 0, 'target', 'F/soft'],
		['linkat', lexical, 0, 'F/new', 'F/hard'],
		['renameat2', lexical, 0, 'F/hard', 'F/folder/moved'],
		['unlinkat', lexical, 0, 'F/soft', ''],
		['socket', 0, 0, '', ''],
		['connect', 0, -111, '', ''],
		['shutdown', 0, -107, '', ''],
		...served.map((call) => [call, 0, 0, '', '']),
		['close', 0, 0, 'F/new', ''],
		['unlinkat', lexical | noResult, 0, 'F/new', ''],
	]);
	const connect = own.find(({ header }) => header.type === 'connect')?.fields as { address: Fields };
	assert.deepEqual([connect.address.family, connect.address.port], [2, Number(closedPort)]);
	if (served.length > 0) {
		const ends = (type: string): Ends =>
			(own.findLast(({ header }) => header.type === type)!.fields.fd as unknown as { socket: Ends }).socket;
		assert.equal(ends('listen').localPort, ends('bind').localPort);
		assert.equal(ends('connect').remotePort, ends('bind').localPort);
		assert.deepEqual(
			[ends('accept4').localPort, ends('accept4').remotePort],
			[ends('connect').remotePort, ends('connect').localPort],
		);
	}
	assert.equal(own[0]?.fields.created, true);
	assert.equal(own[0]?.fields.mode, 0o640);
	// Rules need not know: the same conditions hold, and evt.is_open_write of an open through a ring is true.
	const found = outputsOf(
		bytes,
		`proc.pid = ${pid} and evt.is_open_write = true and fd.name endswith /new`,
		'%evt.type %evt.res',
	);
	assert.deepEqual(found, ['openat SUCCESS']);
});
