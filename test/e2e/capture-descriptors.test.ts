/** Calls that make a descriptor, and calls on one that change nothing: the descriptor comes resolved, with their small arguments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureProblem, capturing, run } from '#test/support/capture.ts';

const skip = captureProblem() ?? false;
const cloexec = 0o2000000;

const script = `
import fcntl, os, select
os.eventfd(7, os.EFD_NONBLOCK)
select.epoll()
os.pidfd_open(os.getpid())
fd = os.open('/etc/hostname', os.O_RDONLY)
os.lseek(fd, 3, os.SEEK_CUR)
fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
try: fcntl.ioctl(fd, 0x80045430)
except OSError: pass
try: os.lseek(999, 0, os.SEEK_SET)
except OSError: pass
`;

test('Descriptors that are made or worked on are resolved', { skip }, async () => {
	let pid = 0;
	const calls = ['eventfd2', 'epoll_create1', 'pidfd_open', 'lseek', 'flock', 'ioctl'];
	const events = await capturing(['--no-snapshot', '--syscalls', calls.join(',')], async () => {
		pid = (await run('/usr/bin/python3', ['-S', '-c', script])).pid;
	});
	const lines = events
		.filter(({ family, header }) => family === 'FdChanged' && header.pid === pid)
		.map(({ header, fields }) => {
			const fd = fields.fd as { number: number; path: string | null };
			const { command, argument, flags, newFd } = fields;
			return {
				call: header.type,
				result: header.result,
				fd: fd.number,
				path: fd.path,
				command,
				argument,
				flags,
				newFd,
			};
		});
	const one = (call: string, wanted: (line: (typeof lines)[number]) => boolean = () => true) => {
		const found = lines.find((line) => line.call === call && wanted(line));
		assert.ok(found, `${call}: ${JSON.stringify(lines)}`);
		return found;
	};
	const event = one('eventfd2');
	assert.deepEqual(
		[event.path, event.argument, event.fd === event.result],
		['anon_inode:[eventfd]', 7, true],
	);
	const epoll = one('epoll_create1');
	assert.deepEqual([epoll.path, epoll.flags], ['anon_inode:[eventpoll]', cloexec]);
	const pidfd = one('pidfd_open');
	assert.equal(pidfd.command, pid);
	assert.match(String(pidfd.path), /pidfd/);
	const seek = one('lseek', ({ path }) => path === '/etc/hostname');
	assert.deepEqual([seek.result, seek.argument, seek.command, seek.newFd], [3, 3, 1, -1]);
	assert.deepEqual([one('flock').path, one('flock').command], ['/etc/hostname', 5]);
	const ioctl = one('ioctl', ({ path }) => path === '/etc/hostname');
	assert.equal((ioctl.command as number) >>> 0, 0x80045430);
	const bad = one('lseek', ({ fd }) => fd === 999);
	assert.deepEqual([bad.result, bad.path], [-9, null]);
});
