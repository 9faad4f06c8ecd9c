/** Calls without a family of their own: real calls, and what rules see of their parameters, from the kernel to the text. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildActor, captureProblem, run, startCapture } from '#test/support/capture.ts';
import { outputsOf } from '#test/support/captured-fields.ts';

const skip = captureProblem() ?? false;
/** A number that differs between machines and runs. */
const anyNumber = '#';

const expected = [
	'setsockopt res=0 fd=4(<4>) level=1(SOL_SOCKET) optname=2(SO_REUSEADDR) val=1 optlen=4',
	'setsockopt res=0 fd=4(<4>) level=1(SOL_SOCKET) optname=20(SO_RCVTIMEO) val=# optlen=16',
	'getsockopt res=0 fd=4(<4>) level=1(SOL_SOCKET) optname=3(SO_TYPE) val=1 optlen=4',
	'setsockopt res=0 fd=4(<4>) level=2(SOL_TCP) optname=0(UNKNOWN) val=.... optlen=4',
	'poll res=2 fds=3:f1 99:?40 timeout=5',
	'ppoll res=1 fds=3:f1 timeout=# sigmask=<NA>',
	'nanosleep res=0 interval=#',
	'access res=0 name=/etc/../etc/hostname mode=4(R_OK)',
	'newfstatat res=-2(ENOENT) dirfd=-100(AT_FDCWD) path=absent(F/absent) flags=256(AT_SYMLINK_NOFOLLOW)',
	'stat res=0 path=/etc/hostname',
	'getcwd res=# path=F',
	'getcwd res=-34(ERANGE) path=<NA>',
	'getresuid res=0 ruid=0(root) euid=0(root) suid=0(root)',
	'getuid uid=0(root)',
	'setrlimit res=0 cur=0 max=1000 resource=4(RLIMIT_CORE)',
	'getrlimit res=0 cur=0 max=1000 resource=4(RLIMIT_CORE)',
	'prlimit res=0 newcur=-1 newmax=-1 oldcur=0 oldmax=1000 pid=0 resource=4(RLIMIT_CORE)',
	'semget res=-22(EINVAL) key=7 nsems=-1 semflg=24960(IPC_EXCL|IPC_CREAT)',
	'semop res=-22(EINVAL) nsops=2 sem_num_0=1 sem_op_0=3 sem_flg_0=1(IPC_NOWAIT) sem_num_1=0 sem_op_1=-1 sem_flg_1=2(SEM_UNDO) semid=-1',
	'semctl res=-22(EINVAL) semid=-1 semnum=1 cmd=512(GETVAL) val=0',
	'futex res=0 addr=# op=129(FUTEX_PRIVATE_FLAG|FUTEX_WAKE) val=1',
	'pipe2 res=0 fd1=5(<p>) fd2=6(<p>) ino=# flags=4097(O_RDONLY|O_CLOEXEC)',
	'splice res=3 fd_in=3(<f>F/data) fd_out=6(<p>) size=3 flags=2(SPLICE_F_NONBLOCK)',
	'openat fd=7(<f>F/copy) dirfd=-100(AT_FDCWD) name=copy(F/copy) flags=16391(O_CREAT|O_RDWR|O_F_CREATED) mode=0600 dev=# ino=#',
	'sendfile res=2 offset=0 out_fd=7(<f>F/copy) in_fd=3(<f>F/data) size=2',
	'copy_file_range res=1 fdout=7(<f>F/copy) offout=0 fdin=3(<f>F/data) offin=6 len=1',
	'socketpair res=0 fd1=8 fd2=9(<u>) domain=1(AF_LOCAL|AF_UNIX) type=1 proto=0',
	'recvmsg res=4 size=0 data=NULL tuple=NULL msgcontrol=........................ fd=9(<u>)',
	'close_range res=0 first=200 last=300 flags=0',
	'mlock2 res=0 addr=# len=10 flags=1(MLOCK_ONFAULT)',
	'mmap res=# vm_size=# vm_rss=# vm_swap=# addr=0 length=4096 prot=1(PROT_READ) flags=2(MAP_PRIVATE) fd=3(<f>F/data) offset=4096',
	'io_uring_setup res=-14(EFAULT) entries=0 sq_entries=<NA> cq_entries=<NA> flags=0 sq_thread_cpu=<NA> sq_thread_idle=<NA> features=<NA>',
	'io_uring_register res=-95(EOPNOTSUPP) fd=3(<f>F/data) opcode=4(IORING_REGISTER_EVENTFD) arg=0 nr_args=1',
	'keyctl res=-95(EOPNOTSUPP) operation=99 arg2=1 arg3=2 arg4=3 arg5=4',
	'quotactl res=-2(ENOENT) special=/dev/absent quotafilepath= dqb_bhardlimit=0 dqb_bsoftlimit=0 dqb_curspace=0 dqb_ihardlimit=0 dqb_isoftlimit=0 dqb_btime=0(0s) dqb_itime=0(0s) dqi_bgrace=0(0s) dqi_igrace=0(0s) dqi_flags=0 quota_fmt_out=0 cmd=32(Q_GETQUOTA) type=1(USRQUOTA) id=9 quota_fmt=0',
	'fsconfig res=-22(EINVAL) fd=3(<f>F/data) cmd=1(FSCONFIG_SET_STRING) key=key value_bytebuf=NULL value_charbuf=value aux=0',
	'truncate ',
];

test('Calls with raw arguments have their parameters by name, with descriptors, paths, values and structures', {
	skip,
}, async () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-others-'));
	const capture = await startCapture(['--no-snapshot', '--syscalls', 'all']);
	const { pid } = await run(buildActor(), ['others'], { cwd: folder });
	const { bytes } = await capture.stop();
	const lines = outputsOf(bytes, `proc.pid = ${pid}`, '%evt.type %evt.args')
		.map((line) => line.replaceAll(folder, 'F').replace(/[0-9A-F]{10,}/g, anyNumber))
		.map((line) => line.replace(/(vm_size|vm_rss|vm_swap|ino|dev|getcwd res)=[0-9A-F]+/g, `$1=${anyNumber}`))
		.map((line) => line.replace(/(timeout|interval)=\d{4,}\(\S+\)/, `$1=${anyNumber}`));
	const from = lines.findIndex((line) => line.startsWith('setsockopt'));
	const to = lines.findLastIndex((line) => line.startsWith('getpid'));
	assert.deepEqual(lines.slice(from, to), expected);
});

test('Calls that are younger than the headers of the build have their names, and numbers without a name are reported', {
	skip,
}, async () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-others-'));
	const unread = ['--exclude-pid', String(process.pid)];
	const capture = await startCapture(['--no-snapshot', '--syscalls', 'all', ...unread]);
	const { pid } = await run(buildActor(), ['numbers'], { cwd: folder });
	const { frames, bytes } = await capture.stop();
	const own = frames.flatMap(({ events }) => events).filter(({ header }) => header.pid === pid);
	const young = own.find(({ header }) => header.type === 'fchmodat2');
	assert.deepEqual(
		[young?.family, young?.fields.path, young?.fields.mode, young?.fields.flags],
		['PathChanged', join(folder, 'young'), 0o604, 0x100],
	);
	const unnamed = own.filter(({ header, family }) => header.type === 'unknown' && family === 'OtherSyscall');
	assert.deepEqual(
		unnamed.map(({ header, fields }) => [header.result, fields.number, fields.arguments]),
		[[-38, 511, [1, 2, 3, 4, 5, 6]]],
	);
	const condition = `proc.pid = ${pid} and evt.rawarg.nativeID = 511`;
	assert.deepEqual(outputsOf(bytes, condition, '%evt.arg.nativeID'), ['511']);
});
