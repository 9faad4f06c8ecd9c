// Generated from schemas/event-batch/v4.avsc by `npm run schemas:generate`. Do not edit.
import type { Long } from '../long.ts';

/** Which stream of a host. EVALUATOR: not of the host itself, but what an evaluator found out about it (a Gap with reason probe-silent). */
export type Producer =
	| 'UNKNOWN'
	| 'CAPTURE'
	| 'AGENT'
	| 'EVALUATOR';

/** Event names in the spelling of Falco's rules (evt.type); a system call without an event of its own has its Linux name. Only grows, at the end. */
export type EventType =
	| 'unknown'
	| 'open'
	| 'openat'
	| 'openat2'
	| 'creat'
	| 'execve'
	| 'execveat'
	| 'clone'
	| 'clone3'
	| 'fork'
	| 'vfork'
	| 'procexit'
	| 'close'
	| 'dup'
	| 'dup2'
	| 'dup3'
	| 'fcntl'
	| 'connect'
	| 'accept'
	| 'accept4'
	| 'bind'
	| 'listen'
	| 'socket'
	| 'socketpair'
	| 'sendto'
	| 'sendmsg'
	| 'sendmmsg'
	| 'recvfrom'
	| 'recvmsg'
	| 'recvmmsg'
	| 'unlink'
	| 'unlinkat'
	| 'rename'
	| 'renameat'
	| 'renameat2'
	| 'link'
	| 'linkat'
	| 'symlink'
	| 'symlinkat'
	| 'mkdir'
	| 'mkdirat'
	| 'rmdir'
	| 'mknod'
	| 'mknodat'
	| 'chmod'
	| 'fchmod'
	| 'fchmodat'
	| 'fchmodat2'
	| 'chown'
	| 'lchown'
	| 'fchown'
	| 'fchownat'
	| 'mount'
	| 'umount'
	| 'umount2'
	| 'pivot_root'
	| 'ptrace'
	| 'process_vm_readv'
	| 'process_vm_writev'
	| 'setuid'
	| 'setgid'
	| 'setreuid'
	| 'setregid'
	| 'setresuid'
	| 'setresgid'
	| 'setfsuid'
	| 'setfsgid'
	| 'setgroups'
	| 'capset'
	| 'setns'
	| 'unshare'
	| 'chroot'
	| 'chdir'
	| 'fchdir'
	| 'init_module'
	| 'finit_module'
	| 'delete_module'
	| 'bpf'
	| 'memfd_create'
	| 'userfaultfd'
	| 'mmap'
	| 'mprotect'
	| 'kill'
	| 'tkill'
	| 'tgkill'
	| 'prctl'
	| 'open_by_handle_at'
	| 'read'
	| 'write'
	| 'brk'
	| 'send'
	| 'recv'
	| 'shutdown'
	| 'getsockname'
	| 'getpeername'
	| 'setsockopt'
	| 'getsockopt'
	| 'pipe'
	| 'eventfd'
	| 'futex'
	| 'stat'
	| 'lstat'
	| 'fstat'
	| 'stat64'
	| 'lstat64'
	| 'fstat64'
	| 'epoll_wait'
	| 'poll'
	| 'select'
	| 'lseek'
	| 'llseek'
	| 'ioctl'
	| 'getcwd'
	| 'pread'
	| 'pwrite'
	| 'readv'
	| 'writev'
	| 'preadv'
	| 'pwritev'
	| 'signalfd'
	| 'nanosleep'
	| 'timerfd_create'
	| 'inotify_init'
	| 'getrlimit'
	| 'setrlimit'
	| 'prlimit'
	| 'mmap2'
	| 'munmap'
	| 'splice'
	| 'sendfile'
	| 'quotactl'
	| 'getuid'
	| 'geteuid'
	| 'getgid'
	| 'getegid'
	| 'getresuid'
	| 'getresgid'
	| 'getdents'
	| 'getdents64'
	| 'flock'
	| 'semop'
	| 'semctl'
	| 'ppoll'
	| 'semget'
	| 'access'
	| 'setsid'
	| 'setpgid'
	| 'seccomp'
	| 'copy_file_range'
	| 'io_uring_setup'
	| 'io_uring_enter'
	| 'io_uring_register'
	| 'mlock'
	| 'munlock'
	| 'mlockall'
	| 'munlockall'
	| 'mlock2'
	| 'fsconfig'
	| 'epoll_create'
	| 'epoll_create1'
	| 'pipe2'
	| 'inotify_init1'
	| 'eventfd2'
	| 'signalfd4'
	| 'pidfd_getfd'
	| 'pidfd_open'
	| 'newfstatat'
	| 'close_range'
	| 'keyctl'
	| 'restart_syscall'
	| 'exit'
	| 'time'
	| 'getpid'
	| 'alarm'
	| 'pause'
	| 'utime'
	| 'sync'
	| 'times'
	| 'acct'
	| 'umask'
	| 'ustat'
	| 'getppid'
	| 'getpgrp'
	| 'sethostname'
	| 'getrusage'
	| 'gettimeofday'
	| 'settimeofday'
	| 'readlink'
	| 'uselib'
	| 'swapon'
	| 'reboot'
	| 'truncate'
	| 'ftruncate'
	| 'getpriority'
	| 'setpriority'
	| 'statfs'
	| 'fstatfs'
	| 'syslog'
	| 'setitimer'
	| 'getitimer'
	| 'uname'
	| 'vhangup'
	| 'wait4'
	| 'swapoff'
	| 'sysinfo'
	| 'fsync'
	| 'setdomainname'
	| 'adjtimex'
	| 'getpgid'
	| 'sysfs'
	| 'personality'
	| 'msync'
	| 'getsid'
	| 'fdatasync'
	| 'sched_setparam'
	| 'sched_getparam'
	| 'sched_setscheduler'
	| 'sched_getscheduler'
	| 'sched_yield'
	| 'sched_get_priority_max'
	| 'sched_get_priority_min'
	| 'sched_rr_get_interval'
	| 'mremap'
	| 'rt_sigaction'
	| 'rt_sigprocmask'
	| 'rt_sigpending'
	| 'rt_sigtimedwait'
	| 'rt_sigqueueinfo'
	| 'rt_sigsuspend'
	| 'capget'
	| 'getgroups'
	| 'mincore'
	| 'madvise'
	| 'gettid'
	| 'setxattr'
	| 'lsetxattr'
	| 'fsetxattr'
	| 'getxattr'
	| 'lgetxattr'
	| 'fgetxattr'
	| 'listxattr'
	| 'llistxattr'
	| 'flistxattr'
	| 'removexattr'
	| 'lremovexattr'
	| 'fremovexattr'
	| 'sched_setaffinity'
	| 'sched_getaffinity'
	| 'set_thread_area'
	| 'get_thread_area'
	| 'io_setup'
	| 'io_destroy'
	| 'io_getevents'
	| 'io_submit'
	| 'io_cancel'
	| 'exit_group'
	| 'epoll_ctl'
	| 'remap_file_pages'
	| 'set_tid_address'
	| 'timer_create'
	| 'timer_settime'
	| 'timer_gettime'
	| 'timer_getoverrun'
	| 'timer_delete'
	| 'clock_settime'
	| 'clock_gettime'
	| 'clock_getres'
	| 'clock_nanosleep'
	| 'utimes'
	| 'mq_open'
	| 'mq_unlink'
	| 'mq_timedsend'
	| 'mq_timedreceive'
	| 'mq_notify'
	| 'mq_getsetattr'
	| 'kexec_load'
	| 'waitid'
	| 'add_key'
	| 'request_key'
	| 'ioprio_set'
	| 'ioprio_get'
	| 'inotify_add_watch'
	| 'inotify_rm_watch'
	| 'futimesat'
	| 'readlinkat'
	| 'faccessat'
	| 'pselect6'
	| 'set_robust_list'
	| 'get_robust_list'
	| 'tee'
	| 'vmsplice'
	| 'getcpu'
	| 'epoll_pwait'
	| 'utimensat'
	| 'timerfd_settime'
	| 'timerfd_gettime'
	| 'rt_tgsigqueueinfo'
	| 'perf_event_open'
	| 'fanotify_init'
	| 'clock_adjtime'
	| 'syncfs'
	| 'msgsnd'
	| 'msgrcv'
	| 'msgget'
	| 'msgctl'
	| 'shmdt'
	| 'shmget'
	| 'shmctl'
	| 'statfs64'
	| 'fstatfs64'
	| 'fstatat64'
	| 'bdflush'
	| 'sigprocmask'
	| 'ipc'
	| 'socketcall'
	| '_newselect'
	| 'sgetmask'
	| 'ssetmask'
	| 'sigpending'
	| 'olduname'
	| 'signal'
	| 'nice'
	| 'stime'
	| 'waitpid'
	| 'arch_prctl'
	| 'shmat'
	| 'rt_sigreturn'
	| 'fallocate'
	| 'sigaltstack'
	| 'getrandom'
	| 'fadvise64'
	| 'fspick'
	| 'fsmount'
	| 'fsopen'
	| 'open_tree'
	| 'move_mount'
	| 'mount_setattr'
	| 'memfd_secret'
	| 'ioperm'
	| 'kexec_file_load'
	| 'pidfd_send_signal'
	| 'pkey_alloc'
	| 'pkey_mprotect'
	| 'pkey_free'
	| 'landlock_create_ruleset'
	| 'quotactl_fd'
	| 'landlock_restrict_self'
	| 'landlock_add_rule'
	| 'epoll_pwait2'
	| 'migrate_pages'
	| 'move_pages'
	| 'preadv2'
	| 'pwritev2'
	| 'kcmp'
	| 'sched_setattr'
	| 'mbind'
	| 'epoll_ctl_old'
	| 'lookup_dcookie'
	| 'modify_ldt'
	| 'statx'
	| 'set_mempolicy'
	| 'io_pgetevents'
	| 'set_mempolicy_home_node'
	| 'semtimedop'
	| 'get_kernel_syms'
	| 'readahead'
	| 'futex_waitv'
	| 'getpmsg'
	| 'name_to_handle_at'
	| 'process_mrelease'
	| 'nfsservctl'
	| 'epoll_wait_old'
	| 'rseq'
	| 'create_module'
	| 'sched_getattr'
	| 'faccessat2'
	| '_sysctl'
	| 'query_module'
	| 'get_mempolicy'
	| 'sync_file_range'
	| 'process_madvise'
	| 'membarrier'
	| 'iopl'
	| 'fanotify_mark'
	| 'timerfd'
	| 's390_pci_mmio_read'
	| 'sigaction'
	| 's390_pci_mmio_write'
	| 'readdir'
	| 's390_sthyi'
	| 'sigsuspend'
	| 'idle'
	| 's390_runtime_instr'
	| 'sigreturn'
	| 's390_guarded_storage'
	| 'cachestat'
	| 'map_shadow_stack'
	| 'riscv_flush_icache'
	| 'riscv_hwprobe'
	| 'futex_wake'
	| 'futex_requeue'
	| 'futex_wait'
	| 'oldstat'
	| 'switch_endian'
	| 'multiplexer'
	| 'oldlstat'
	| 'spu_create'
	| 'sync_file_range2'
	| 'oldfstat'
	| 'spu_run'
	| 'swapcontext'
	| 'pciconfig_write'
	| 'rtas'
	| 'pciconfig_read'
	| 'sys_debug_setcontext'
	| 'vm86'
	| 'oldolduname'
	| 'subpage_prot'
	| 'pciconfig_iobase'
	| 'listmount'
	| 'statmount'
	| 'lsm_get_self_attr'
	| 'lsm_set_self_attr'
	| 'lsm_list_modules'
	| 'mseal'
	| 'uretprobe'
	| 'removexattrat'
	| 'listxattrat'
	| 'getxattrat'
	| 'setxattrat'
	| 'open_tree_attr'
	| 'file_getattr'
	| 'file_setattr'
	| 'listns'
	| 'uprobe'
	| 'rseq_slice_yield'
	| 'container'
	| 'snapshot'
	| 'heartbeat'
	| 'gap'
	| 'probe'
	| 'users'
	| 'interest';

/** What every event has. The first field of every family, always in this order. */
export type EventHeader = {
	/** Nanoseconds since the batch's base time (baseTimeS, baseTimeNs), taken by the kernel when the call returned (CLOCK_BOOTTIME mapped to wall time by the probe). May be negative by a little: processors write in parallel. Agent events: when the agent made the event. */
	time: Long;
	/** The event's name as rules know it (evt.type). */
	type: EventType;
	/** Bits: 1 = 32-bit (compat) system call; 2 = came through io_uring; 4 = some text or list was cut at a limit; 8 = some argument could not be read from user memory; 16 = a path was derived from its text (working directory + argument, '..' removed), not resolved by the kernel; 32 = the thread is a kernel thread; 64 = the result is not known (an io_uring operation that asked for no completion) and given as 0; 128 = the text in user memory was not the same when the call began and when it ended. */
	flags: number;
	/** Processor the call returned on; -1 for events of the agent. */
	cpu: number;
	/** Thread id in the host's pid namespace; 0 for events that belong to no thread. */
	tid: number;
	/** Process id (thread group) in the host's pid namespace; 0 for events that belong to no process. */
	pid: number;
	/** Start of the process (its group leader) in microseconds since boot (CLOCK_BOOTTIME). With pid the key of the process; 0 where pid is 0. */
	start: Long;
	/** The system call's return value; negative = -errno. 0 where there is none. */
	result: Long;
};

/** open, openat, openat2, creat, open_by_handle_at: a file was opened, or an attempt failed (header.result < 0). */
export type FileOpened = {
	/** What every event has. */
	header: EventHeader;
	/** Directory descriptor the name is relative to; -100 = AT_FDCWD. */
	dirFd: number;
	/** The path as the caller passed it. */
	name: Buffer;
	/** Absolute path as the process's root directory sees it: resolved by the kernel when the call succeeded (symbolic links followed), else derived from the text (flag 16). */
	path: Buffer;
	/** The absolute path as the caller named it ('..' and '//' removed, symbolic links not followed), where that differs from path (for example /bin/hack where /bin links to usr/bin); null = same as path. This is what rules see as fd.name. For a name relative to a directory whose path was not gathered it is null. */
	askedPath: { 'bytes': Buffer } | null;
	/** Open flags (O_*, kernel values of the event's architecture x86-64). */
	flags: number;
	/** Mode argument; 0 when no file could be created. */
	mode: number;
	/** openat2's resolve bits; 0 otherwise. */
	resolve: Long;
	/** Inode mode of the opened file (st_mode); 0 when the call failed. */
	fileMode: number;
	/** st_dev of the opened file; 0 when the call failed. */
	device: Long;
	/** Inode number of the opened file; 0 when the call failed. */
	inode: Long;
	/** Overlay layer: 0 none, 1 upper, 2 lower. */
	layer: number;
	/** Whether this call created the file. */
	created: boolean;
};

/** A time stamp of an inode. */
export type FileTime = {
	/** Seconds since the epoch. */
	s: Long;
	/** Nanoseconds, 0 to 999,999,999. */
	ns: number;
};

/** Credentials of a thread, ids in the initial user namespace. */
export type Credentials = {
	/** Real user id (4294967295 is written as -1). */
	uid: number;
	/** Effective user id. */
	euid: number;
	/** Saved user id. */
	suid: number;
	/** File system user id. */
	fsuid: number;
	/** Real group id. */
	gid: number;
	/** Effective group id. */
	egid: number;
	/** Saved group id. */
	sgid: number;
	/** File system group id. */
	fsgid: number;
	/** Inheritable capabilities, bit n = capability n. */
	capInheritable: Long;
	/** Permitted capabilities. */
	capPermitted: Long;
	/** Effective capabilities. */
	capEffective: Long;
};

/** A socket as the kernel had it at the time of the event. */
export type Socket = {
	/** Address family (AF_*: 1 unix, 2 IPv4, 10 IPv6, 16 netlink, 17 packet). */
	family: number;
	/** Socket type (SOCK_*: 1 stream, 2 datagram, 3 raw), without flags. */
	type: number;
	/** Protocol number (IPPROTO_*: 6 TCP, 17 UDP, 1 ICMP; for AF_PACKET the ethertype as given). */
	protocol: number;
	/** Kernel's TCP state number (1 established, 2 syn sent, 7 closed, 10 listen); for unix sockets the socket state; 0 = unknown. */
	state: number;
	/** IPv4: 4 bytes, IPv6: 16 bytes, network order; unix: path bytes (abstract names start with a 0 byte); empty = none. */
	localAddress: Buffer;
	/** Host order; 0 = none. */
	localPort: number;
	/** The other end, like localAddress; empty = not connected. For unix sockets the peer's bound path. */
	remoteAddress: Buffer;
	/** Host order; 0 = none. */
	remotePort: number;
};

/** An open file descriptor, resolved by the kernel at the time of the event. */
export type Fd = {
	/** Descriptor number; -1 = none, -100 = AT_FDCWD. */
	number: number;
	/** Inode mode (S_IFMT and permission bits, as st_mode); 0 = not resolved. */
	mode: number;
	/** Path as the process's root directory sees it, mounts crossed; for anonymous files the kernel's name (for example 'pipe:[1234]', 'anon_inode:[eventpoll]', 'memfd:x'); null = not resolved or a socket. */
	path: { 'bytes': Buffer } | null;
	/** Device of the file system in stat(2) encoding (st_dev); 0 = not resolved. */
	device: Long;
	/** Inode number; 0 = not resolved. */
	inode: Long;
	/** File status flags of the open file (O_*, kernel values); 0 = not resolved. */
	openFlags: number;
	/** Overlay layer of the file: 0 = not on an overlay, 1 = upper, 2 = lower. */
	layer: number;
	/** The socket behind it; null = not a socket. */
	socket: { 'lanner.events.Socket': Socket } | null;
};

/** Facts of a process at one moment, as the kernel had them. */
export type Process = {
	/** Process id (thread group) in the host's pid namespace. */
	pid: number;
	/** Start of the process in microseconds since boot; with pid the key of the process. */
	start: Long;
	/** Start of the process as wall time: seconds since the epoch. */
	startTimeS: Long;
	/** Nanoseconds within startTimeS. */
	startTimeNs: number;
	/** Process id of the real parent; 0 = none. */
	parentPid: number;
	/** Start of the real parent in microseconds since boot; 0 = none. */
	parentStart: Long;
	/** Process id in the innermost pid namespace. */
	vpid: number;
	/** Process group id in the host's pid namespace. */
	pgid: number;
	/** Session id in the host's pid namespace. */
	sid: number;
	/** Process group id in the innermost pid namespace. */
	vpgid: number;
	/** Session id in the innermost pid namespace. */
	vsid: number;
	/** Inode number of the pid namespace. */
	pidNamespace: Long;
	/** Inode number of the mount namespace. */
	mountNamespace: Long;
	/** Inode number of the user namespace. */
	userNamespace: Long;
	/** Inode number of the network namespace. */
	networkNamespace: Long;
	/** Start of the pid namespace's first process in microseconds since boot; 0 = unknown. */
	namespaceInitStart: Long;
	/** Thread name (at most 15 bytes). */
	comm: Buffer;
	/** Path of the executable, resolved by the kernel; empty = none (kernel thread) or unreadable. Deleted files keep their path (see exeFlags). */
	exePath: Buffer;
	/** Inode number of the executable. */
	exeInode: Long;
	/** Device of the executable's file system (st_dev). */
	exeDevice: Long;
	/** ctime of the executable. */
	exeChangeTime: FileTime;
	/** mtime of the executable. */
	exeModifyTime: FileTime;
	/** Bits: 1 = writable by the process's user; 2 = on an overlay's upper layer; 4 = on an overlay's lower layer; 8 = from a memfd; 16 = deleted; 32 = the file asked for was a script (see interpreter use in args). */
	exeFlags: number;
	/** Argument vector including argv[0], exact bytes; may be cut (argsCount says how many there were). */
	args: readonly Buffer[];
	/** Number of arguments before any cut; -1 = unknown because the cut was inside the vector. */
	argsCount: number;
	/** Environment entries NAME=value that the probe was asked to report; empty when none was asked for. */
	environment: readonly Buffer[];
	/** Working directory, resolved by the kernel. */
	cwd: Buffer;
	/** Root directory of the process; '/' unless chrooted. */
	root: Buffer;
	/** Credentials of the thread the event is about. */
	credentials: Credentials;
	/** Login user id (audit); -1 = unset. */
	loginUid: number;
	/** Audit session id; -1 = unset. */
	sessionId: number;
	/** Controlling terminal in stat(2) encoding (as /proc/PID/stat field 7); 0 = none. */
	tty: number;
	/** Path of the process's cgroup (v2, else the memory or pids controller of v1), from the hierarchy's root. */
	cgroup: Buffer;
	/** Container id (64 hex digits, or as the runtime names it) taken from the cgroup; empty = host. */
	containerId: string;
	/** Seccomp mode: 0 off, 1 strict, 2 filter. */
	seccomp: number;
	/** Whether no_new_privs is set. */
	noNewPrivileges: boolean;
	/** Number of threads. */
	threads: number;
	/** Virtual memory in KiB. */
	vmSize: Long;
	/** Resident memory in KiB. */
	vmRss: Long;
	/** Swapped memory in KiB. */
	vmSwap: Long;
	/** Soft limit of open files; -1 = unlimited. */
	fdLimit: Long;
	/** Major page faults so far. */
	majorFaults: Long;
	/** Minor page faults so far. */
	minorFaults: Long;
	/** Descriptor 0; null = closed or not reported. */
	stdin: { 'lanner.events.Fd': Fd } | null;
	/** Descriptor 1; null = closed or not reported. */
	stdout: { 'lanner.events.Fd': Fd } | null;
	/** Descriptor 2; null = closed or not reported. */
	stderr: { 'lanner.events.Fd': Fd } | null;
};

/** execve, execveat: a process started another program (header.result = 0, process has the new facts), or failed to (process is null). */
export type ProcessExecuted = {
	/** What every event has. */
	header: EventHeader;
	/** The path as the caller passed it. */
	name: Buffer;
	/** Absolute path of the file asked for, derived from name; a script's own path, not its interpreter's. */
	path: Buffer;
	/** execveat's directory descriptor; -100 otherwise. */
	dirFd: number;
	/** execveat's flags; 0 otherwise. */
	flags: number;
	/** Facts after a successful exec; null when it failed. */
	process: { 'lanner.events.Process': Process } | null;
	/** Arguments of a failed attempt, as far as they could be read; empty when it succeeded (see process.args). */
	args: readonly Buffer[];
};

/** fork, vfork, clone, clone3: a process or thread was started; header is the parent's. A failed attempt has result < 0 and childPid 0. */
export type ProcessCloned = {
	/** What every event has. */
	header: EventHeader;
	/** Thread id of the child in the host's pid namespace; 0 = failed. */
	childTid: number;
	/** Process id of the child; equal to header.pid when a thread was started. */
	childPid: number;
	/** Start of the child's process in microseconds since boot. */
	childStart: Long;
	/** Wall time of the child's start, seconds since the epoch. */
	childStartTimeS: Long;
	/** Nanoseconds within childStartTimeS. */
	childStartTimeNs: number;
	/** Thread id of the child in its innermost pid namespace. */
	childVtid: number;
	/** Process id of the child in its innermost pid namespace. */
	childVpid: number;
	/** Real parent of the child (differs from header.pid with CLONE_PARENT). */
	parentPid: number;
	/** Start of that parent, microseconds since boot. */
	parentStart: Long;
	/** Clone flags (CLONE_*, kernel values); for fork 17 (SIGCHLD). */
	cloneFlags: Long;
	/** Name of the child. */
	comm: Buffer;
	/** Real user id of the child. */
	uid: number;
	/** Real group id of the child. */
	gid: number;
	/** Inode number of the child's pid namespace. */
	pidNamespace: Long;
	/** Path of the child's cgroup when it differs from the parent's (CLONE_INTO_CGROUP); else null. */
	cgroup: { 'bytes': Buffer } | null;
	/** Start of the first process of the child's pid namespace in microseconds since boot; 0 = unknown. */
	namespaceInitStart: Long;
};

/** A thread ended. The process ended when lastThread is true. */
export type ProcessExited = {
	/** What every event has. */
	header: EventHeader;
	/** Wait status as for waitpid(2). */
	status: number;
	/** Exit code of a normal exit; -1 when killed. */
	exitCode: number;
	/** Signal that killed it; 0 = none. */
	signal: number;
	/** Whether a core was dumped. */
	core: boolean;
	/** True when no thread of the process is left. */
	lastThread: boolean;
	/** Process that adopts its children; 0 = none or not known. */
	reaperPid: number;
};

/** unlink, rename, link, symlink, mkdir, rmdir, mknod, chmod, chown and relatives: names or attributes in the file system. */
export type PathChanged = {
	/** What every event has. */
	header: EventHeader;
	/** The descriptor operated on (fchmod, fchown); null when the call takes paths. */
	fd: { 'lanner.events.Fd': Fd } | null;
	/** Directory descriptor of the first path; -100 = AT_FDCWD. */
	dirFd: number;
	/** First path as the caller passed it; the old one of rename and link; for symlink the target text. Empty when the call takes a descriptor. */
	name: Buffer;
	/** First path made absolute (flag 16), or the descriptor's path; for symlink the target text unchanged. */
	path: Buffer;
	/** Directory descriptor of the second path; -100 = AT_FDCWD. */
	newDirFd: number;
	/** Second path as passed (rename, link: new name; symlink: the link); null when there is none. */
	newName: { 'bytes': Buffer } | null;
	/** Second path made absolute; null when there is none. */
	newPath: { 'bytes': Buffer } | null;
	/** Flags argument (AT_*, RENAME_*); 0 = none. */
	flags: number;
	/** Mode argument (mkdir, mknod, chmod); 0 = none. */
	mode: number;
	/** New owner (chown); -1 = unchanged or not given. */
	uid: number;
	/** New group (chown); -1 = unchanged or not given. */
	gid: number;
	/** Device argument of mknod; 0 = none. */
	device: Long;
};

/** socket, socketpair. */
export type SocketCreated = {
	/** What every event has. */
	header: EventHeader;
	/** Domain argument (AF_*). */
	family: number;
	/** Type argument with its flags (SOCK_NONBLOCK 2048, SOCK_CLOEXEC 524288). */
	type: number;
	/** Protocol argument. */
	protocol: number;
	/** Second descriptor of socketpair; -1 otherwise. */
	secondFd: number;
	/** First descriptor of socketpair; -1 otherwise (the result is the descriptor of socket). */
	firstFd: number;
};

/** A socket address as the caller passed it. */
export type SocketAddress = {
	/** Address family (AF_*); 0 = unspecified. */
	family: number;
	/** IPv4: 4 bytes, IPv6: 16 bytes, network order; unix: path bytes (abstract names start with a 0 byte); other families: the raw sockaddr after the family, at most 28 bytes. */
	address: Buffer;
	/** Host order; 0 = none. */
	port: number;
};

/** connect. */
export type SocketConnected = {
	/** What every event has. */
	header: EventHeader;
	/** The socket after the call. */
	fd: Fd;
	/** Address argument; null = unreadable. */
	address: { 'lanner.events.SocketAddress': SocketAddress } | null;
};

/** accept, accept4. */
export type SocketAccepted = {
	/** What every event has. */
	header: EventHeader;
	/** The new socket (number -1 when the call failed); remote end = the peer. */
	fd: Fd;
	/** The listening descriptor. */
	listenFd: number;
	/** accept4's flags; 0 otherwise. */
	flags: number;
	/** Connections waiting; 0 = unknown. */
	queueLength: number;
	/** Limit of the queue; 0 = unknown. */
	queueMax: number;
};

/** bind, listen. */
export type SocketBound = {
	/** What every event has. */
	header: EventHeader;
	/** The socket after the call. */
	fd: Fd;
	/** bind's address argument; null for listen or when unreadable. */
	address: { 'lanner.events.SocketAddress': SocketAddress } | null;
	/** listen's backlog; 0 for bind. */
	backlog: number;
};

/** sendto, sendmsg, sendmmsg, recvfrom, recvmsg, recvmmsg. */
export type SocketTransferred = {
	/** What every event has. */
	header: EventHeader;
	/** The socket. */
	fd: Fd;
	/** Bytes asked for; the bytes moved are header.result. */
	size: Long;
	/** Flags argument (MSG_*). */
	flags: number;
	/** Destination given by the caller, or the source of a received datagram; null = none. */
	address: { 'lanner.events.SocketAddress': SocketAddress } | null;
	/** First bytes of the data where the probe was asked for them; else empty. */
	data: Buffer;
	/** Control data of a received message (struct cmsghdr and what follows, SCM_RIGHTS for example), at most 127 bytes; empty = none. */
	control: Buffer;
};

/** dup, dup2, dup3, fcntl, close, eventfd, ioctl and other calls that make, drop or work on descriptors. */
export type FdChanged = {
	/** What every event has. */
	header: EventHeader;
	/** The descriptor the call was given, or the one it made. */
	fd: Fd;
	/** New descriptor; -1 = none. */
	newFd: number;
	/** fcntl's command, ioctl's request; of other calls their first small number (whence, operation, clock, pid, size); 0 = none. */
	command: number;
	/** fcntl's and ioctl's argument, lseek's offset, eventfd's value, pidfd_getfd's target; 0 otherwise. */
	argument: Long;
	/** Flags argument; 0 otherwise. */
	flags: number;
};

/** read, write, pread, pwrite and relatives; only when a rule asks for them. */
export type FileTransferred = {
	/** What every event has. */
	header: EventHeader;
	/** The descriptor. */
	fd: Fd;
	/** Bytes asked for; the bytes moved are header.result. */
	size: Long;
	/** Offset argument; -1 = none. */
	offset: Long;
	/** First bytes where the probe was asked for them; else empty. */
	data: Buffer;
};

/** setuid, setgid, setreuid, setregid, setresuid, setresgid, setfsuid, setfsgid, setgroups, capset. */
export type CredentialsChanged = {
	/** What every event has. */
	header: EventHeader;
	/** The call's arguments as numbers, ids of -1 as -1; capset: inheritable, permitted, effective. */
	arguments: readonly Long[];
	/** Credentials after the call. */
	credentials: Credentials;
};

/** kill, tkill, tgkill and relatives. */
export type SignalSent = {
	/** What every event has. */
	header: EventHeader;
	/** The pid argument as passed (0 and negatives address groups), in the caller's pid namespace. */
	targetPid: number;
	/** The tid argument of tkill and tgkill; 0 otherwise. */
	targetTid: number;
	/** Signal number; 0 = a probe for existence. */
	signal: number;
};

/** ptrace, process_vm_readv, process_vm_writev. */
export type ProcessTraced = {
	/** What every event has. */
	header: EventHeader;
	/** ptrace's request (PTRACE_*); 0 for process_vm_*. */
	request: number;
	/** The pid argument, in the caller's pid namespace. */
	targetPid: number;
	/** ptrace's address; 0 otherwise. */
	address: Long;
	/** ptrace's data; process_vm_*: bytes asked for. */
	data: Long;
};

/** mount, umount, umount2, pivot_root, move_mount, and relatives. */
export type MountChanged = {
	/** What every event has. */
	header: EventHeader;
	/** Source argument; pivot_root: the new root. Empty = none. */
	source: Buffer;
	/** Target made absolute; pivot_root: where the old root goes. */
	target: Buffer;
	/** File system type argument; empty = none. */
	fsType: Buffer;
	/** Flags argument (MS_*, MNT_*, kernel values). */
	flags: Long;
};

/** chroot, chdir, fchdir. */
export type RootChanged = {
	/** What every event has. */
	header: EventHeader;
	/** The path as passed; empty for fchdir. */
	name: Buffer;
	/** The path made absolute, resolved by the kernel when the call succeeded. */
	path: Buffer;
	/** fchdir's descriptor; -1 otherwise. */
	fd: number;
};

/** setns, unshare. */
export type NamespaceChanged = {
	/** What every event has. */
	header: EventHeader;
	/** setns's descriptor; null for unshare. */
	fd: { 'lanner.events.Fd': Fd } | null;
	/** Namespace types (CLONE_NEW*, kernel values). */
	flags: Long;
};

/** init_module, finit_module, delete_module. */
export type ModuleChanged = {
	/** What every event has. */
	header: EventHeader;
	/** delete_module's name; empty otherwise. */
	name: Buffer;
	/** finit_module's descriptor; null otherwise. */
	fd: { 'lanner.events.Fd': Fd } | null;
	/** Parameter text; empty = none. */
	parameters: Buffer;
	/** Size of the image of init_module; 0 otherwise. */
	size: Long;
	/** Flags argument. */
	flags: number;
};

/** bpf. */
export type BpfCalled = {
	/** What every event has. */
	header: EventHeader;
	/** BPF_* command. */
	command: number;
	/** BPF_PROG_LOAD: program type; -1 otherwise. */
	programType: number;
	/** Name of the map or program where the command gives one; else empty. */
	name: Buffer;
};

/** mmap, mprotect, munmap, brk, memfd_create, userfaultfd and relatives. */
export type MemoryChanged = {
	/** What every event has. */
	header: EventHeader;
	/** Address argument or result; 0 = none. */
	address: Long;
	/** Length argument; 0 = none. */
	length: Long;
	/** PROT_* bits; 0 = none. */
	protection: number;
	/** Flags argument. */
	flags: Long;
	/** mmap's file; null = anonymous or none. */
	fd: { 'lanner.events.Fd': Fd } | null;
	/** memfd_create's name; empty otherwise. */
	name: Buffer;
	/** mmap's offset in bytes, mmap2's in pages; 0 otherwise. */
	offset: Long;
	/** Virtual memory of the process after the call in KiB; 0 = not reported. */
	vmSize: Long;
	/** Resident memory after the call in KiB (the kernel's approximate counter). */
	vmRss: Long;
	/** Swapped memory after the call in KiB. */
	vmSwap: Long;
};

/** prctl, setsid, setpgid, setrlimit, prlimit, seccomp, personality and relatives. */
export type ProcessControlled = {
	/** What every event has. */
	header: EventHeader;
	/** prctl's option, seccomp's operation, setrlimit's resource; 0 = none. */
	option: number;
	/** Arguments after the option as numbers. */
	arguments: readonly Long[];
	/** Text argument (prctl PR_SET_NAME); empty = none. */
	text: Buffer;
	/** setpgid's and prlimit's pid; 0 = self or none. */
	targetPid: number;
	/** prlimit: new soft and hard limit, old soft and hard limit, -1 = not given; empty otherwise. */
	numbers: readonly Long[];
};

/** A descriptor that poll or ppoll waits for. */
export type WaitedFd = {
	/** The descriptor. */
	fd: Fd;
	/** What was asked for (POLL*). */
	events: number;
	/** What happened (POLL*). */
	revents: number;
};

/** Any other system call, with its raw arguments. */
export type OtherSyscall = {
	/** What every event has. */
	header: EventHeader;
	/** System call number of its own table (see header.flags bit 1). */
	number: number;
	/** The six raw arguments as signed 64-bit numbers; arguments that the kernel takes as 32 bits are given as such where the probe has a row for the call. Above 2^53 a reader without 64-bit integers must not trust the low bits. */
	arguments: readonly Long[];
	/** The descriptor that the call works on or makes, resolved; null = none, or the call has no row of its own in the probe. */
	fd: { 'lanner.events.Fd': Fd } | null;
	/** The other descriptor of splice, sendfile, copy_file_range and the like: where the data goes to; null = none. */
	secondFd: { 'lanner.events.Fd': Fd } | null;
	/** Path argument as the caller passed it; getcwd: what it gave. Empty = none. */
	name: Buffer;
	/** That path made absolute (flag 16); empty = none. */
	path: Buffer;
	/** Another text argument (fsconfig's key, quotactl's quota file); empty = none. */
	text: Buffer;
	/** Bytes that the call read from or wrote to user memory (setsockopt's and getsockopt's value), at most 127; empty = none. */
	data: Buffer;
	/** Numbers that the call read from or wrote to user memory, in the order of their structure (timespec: seconds, nanoseconds; rlimit: current, maximum; sembuf: number, operation, flags). */
	numbers: readonly Long[];
	/** Descriptors of poll and ppoll, at most 16. */
	waited: readonly WaitedFd[];
};

/** A process that already ran when the snapshot was taken. header.pid and start are the process's. */
export type ProcessSnapshotted = {
	/** What every event has. */
	header: EventHeader;
	/** Its facts. */
	process: Process;
};

/** Begin or end of a snapshot. */
export type SnapshotPhase =
	| 'UNKNOWN'
	| 'BEGIN'
	| 'END';

/** A snapshot of all processes begins or ends. Processes not mentioned between the two do not exist. */
export type SnapshotMarked = {
	/** What every event has. */
	header: EventHeader;
	/** Which end. */
	phase: SnapshotPhase;
	/** Number of processes in the snapshot; 0 at its begin. */
	processes: number;
	/** Why: start, loss, or interval. */
	reason: string;
};

/** Where events were lost. */
export type GapStage =
	| 'UNKNOWN'
	| 'KERNEL'
	| 'CAPTURE'
	| 'AGENT'
	| 'SPOOL'
	| 'LOG';

/** Events were lost here. State of the host is incomplete until the next snapshot ends if processes is true. */
export type Gap = {
	/** What every event has. */
	header: EventHeader;
	/** Where they were lost. */
	stage: GapStage;
	/** Why: ring-full, reserve-full, scratch-busy, undecodable, capture-restarted, spool-full, spool-too-old, spool-corrupt, spool-cut-off, record-too-large, probe-silent (by an evaluator: capture was not heard for sinceNs; void when it was heard before this record). */
	reason: string;
	/** How many events; -1 = unknown. */
	lost: Long;
	/** Whether exec, fork or exit events may be among them. */
	processes: boolean;
	/** Lost events per processor, index = processor; empty = not known. */
	cpus: readonly Long[];
	/** Length of the time in which they were lost, nanoseconds before header.time; -1 = unknown. */
	sinceNs: Long;
	/** Stream that the lost events are missing from; UNKNOWN = the stream of this event. */
	producer: Producer;
	/** Whole batches lost (stages SPOOL and LOG); 0 = events were lost before they were in a batch, or unknown. */
	batches: Long;
	/** Sequence of the first event lost, in the stream that producer names; -1 = unknown. */
	firstSequence: Long;
	/** Sequence of the last event lost; all between are lost, too, unless lost says fewer. -1 = unknown. */
	lastSequence: Long;
	/** Container that the events are missing of (reasons rate-limit-began and rate-limit-ended); empty = the whole host. */
	containerId: string;
};

/** A count of lost events. */
export type Loss = {
	/** As in Gap.reason. */
	reason: string;
	/** Events lost since capture started. */
	count: Long;
};

/** The probe is alive; counters since capture started. */
export type Heartbeat = {
	/** What every event has. */
	header: EventHeader;
	/** Events written by capture. */
	captured: Long;
	/** Losses by reason; reasons with none are left out. Beside them, and no losses: filtered = events left out in the kernel because no rule in force can match them. */
	losses: readonly Loss[];
	/** Size of the ring in bytes. */
	ringBytes: Long;
	/** Bytes waiting in the ring when this was written. */
	ringUsed: Long;
	/** CPU time of capture, microseconds. */
	cpuUs: Long;
	/** Interval until the next heartbeat is due, milliseconds. */
	intervalMs: number;
	/** Number of system calls of interest. */
	syscalls: number;
};

/** Capture attached; the first event after every start. What came before it and after the last event of the earlier run was not seen. */
export type ProbeStarted = {
	/** What every event has. */
	header: EventHeader;
	/** Version of the probe. */
	probeVersion: string;
	/** Kernel release (uname -r). */
	kernelRelease: string;
	/** Architecture (uname -m). */
	machine: string;
	/** Which kernel object was loaded: typed or portable. */
	variant: string;
	/** System calls of interest. */
	syscalls: readonly EventType[];
	/** How often the agent has restarted capture since the agent began. */
	restarts: number;
};

/** The probe stops on purpose; silence after it is not a detection. */
export type ProbeStopped = {
	/** What every event has. */
	header: EventHeader;
	/** Why. */
	reason: string;
};

/** What happened to a container. */
export type ContainerChange =
	| 'UNKNOWN'
	| 'RUNNING'
	| 'CHANGED'
	| 'ENDED';

/** A mount of a container. */
export type Mount = {
	/** Path on the host (or volume name). */
	source: string;
	/** Path in the container. */
	destination: string;
	/** Mode text as the runtime gives it. */
	mode: string;
	/** Whether it is writable. */
	writable: boolean;
	/** Propagation, for example rprivate. */
	propagation: string;
};

/** A label. */
export type Label = {
	/** Name. */
	key: string;
	/** Value. */
	value: string;
};

/** An object of Kubernetes that a pod belongs to. */
export type PodOwner = {
	/** Kind of the object: ReplicaSet, Deployment, StatefulSet, DaemonSet, Job, CronJob, ReplicationController, Service, or another one that controls pods. */
	kind: string;
	/** Its name; the namespace is the pod's. */
	name: string;
	/** Its uid. */
	uid: string;
	/** Its labels, where they were asked for. */
	labels: readonly Label[];
};

/** Facts of a container, from the cgroup at once and from the runtime's API when it answers. */
export type Container = {
	/** Full container id, as in Process.containerId. */
	id: string;
	/** Who runs it: docker, containerd, cri-o, podman, or empty when unknown. */
	runtime: string;
	/** Name given by the runtime; empty = not known (yet). */
	name: string;
	/** Image as it was asked for; empty = not known. */
	image: string;
	/** Image id without algorithm prefix; empty = not known. */
	imageId: string;
	/** Image repository; empty = not known. */
	imageRepository: string;
	/** Image tag; empty = not known. */
	imageTag: string;
	/** Image digest (sha256:…); empty = not known. */
	imageDigest: string;
	/** Whether the container is privileged; null = not known. */
	privileged: { 'boolean': boolean } | null;
	/** Whether it shares the host's pid namespace; null = not known. */
	hostPid: { 'boolean': boolean } | null;
	/** Whether it shares the host's network namespace; null = not known. */
	hostNetwork: { 'boolean': boolean } | null;
	/** Whether it shares the host's ipc namespace; null = not known. */
	hostIpc: { 'boolean': boolean } | null;
	/** User the first process runs as; empty = not known. */
	user: string;
	/** First IP address; empty = none or not known. */
	ip: string;
	/** Creation, seconds since the epoch; 0 = not known. */
	createdS: Long;
	/** Nanoseconds within createdS. */
	createdNs: number;
	/** Mounts given by the runtime. */
	mounts: readonly Mount[];
	/** Labels. */
	labels: readonly Label[];
	/** Published ports as 'ip:hostPort->port/proto'. */
	ports: readonly string[];
	/** CPU shares; 0 = not set. */
	cpuShares: Long;
	/** Memory limit in bytes; 0 = none. */
	memoryLimit: Long;
	/** Kubernetes pod; empty = none. */
	podName: string;
	/** Kubernetes namespace; empty = none. */
	podNamespace: string;
	/** Kubernetes pod uid; empty = none. */
	podUid: string;
	/** Id of the pod's sandbox container; empty = none. */
	podSandboxId: string;
	/** Labels of the pod. */
	podLabels: readonly Label[];
	/** True when the runtime has answered; false = only the id is known. */
	complete: boolean;
	/** Owners of the pod by the API server, where that is configured: the chain of controllers, the nearest first, then services that select it. Empty = none, or not known (yet). */
	podOwners: readonly PodOwner[];
};

/** A container appeared, changed or ended, from the runtime's API. */
export type ContainerReported = {
	/** What every event has. */
	header: EventHeader;
	/** What happened. */
	state: ContainerChange;
	/** Its facts. */
	container: Container;
};

/** A user of the host. */
export type User = {
	/** User id. */
	uid: Long;
	/** Name. */
	name: string;
	/** Home directory. */
	home: string;
	/** Login shell. */
	shell: string;
};

/** A group of the host. */
export type Group = {
	/** Group id. */
	gid: Long;
	/** Name. */
	name: string;
};

/** Users and groups of the host; replaces what was reported before. */
export type UsersReported = {
	/** What every event has. */
	header: EventHeader;
	/** All users. */
	users: readonly User[];
	/** All groups. */
	groups: readonly Group[];
};

/** Value of a record of lanner.events; the record's key is hostId. Events of one host, in the order of their sequence. */
export type EventBatch = {
	/** Stable id of the host (from its machine id); key of the record. */
	hostId: string;
	/** Name of the host. */
	hostName: string;
	/** Boot id of the kernel (uuid). */
	bootId: string;
	/** Which of the host's two event streams this is; each has its own sequence. */
	producer: Producer;
	/** Sequence of the first event; event i has firstSequence + i. Never reused within a boot; a jump that does not begin with ProbeStarted is a loss. */
	firstSequence: Long;
	/** Base of the event times, seconds since the epoch (wall clock). */
	baseTimeS: Long;
	/** Nanoseconds within baseTimeS. */
	baseTimeNs: number;
	/** Offset of the host's local time from UTC in seconds (east positive), for local times in alerts. */
	utcOffsetS: number;
	/** Architecture (uname -m); decides system call numbers. */
	machine: string;
	/** Version of the probe that wrote it. */
	probeVersion: string;
	/** The events. */
	events: readonly ({ 'lanner.events.FileOpened': FileOpened } | { 'lanner.events.ProcessExecuted': ProcessExecuted } | { 'lanner.events.ProcessCloned': ProcessCloned } | { 'lanner.events.ProcessExited': ProcessExited } | { 'lanner.events.PathChanged': PathChanged } | { 'lanner.events.SocketCreated': SocketCreated } | { 'lanner.events.SocketConnected': SocketConnected } | { 'lanner.events.SocketAccepted': SocketAccepted } | { 'lanner.events.SocketBound': SocketBound } | { 'lanner.events.SocketTransferred': SocketTransferred } | { 'lanner.events.FdChanged': FdChanged } | { 'lanner.events.FileTransferred': FileTransferred } | { 'lanner.events.CredentialsChanged': CredentialsChanged } | { 'lanner.events.SignalSent': SignalSent } | { 'lanner.events.ProcessTraced': ProcessTraced } | { 'lanner.events.MountChanged': MountChanged } | { 'lanner.events.RootChanged': RootChanged } | { 'lanner.events.NamespaceChanged': NamespaceChanged } | { 'lanner.events.ModuleChanged': ModuleChanged } | { 'lanner.events.BpfCalled': BpfCalled } | { 'lanner.events.MemoryChanged': MemoryChanged } | { 'lanner.events.ProcessControlled': ProcessControlled } | { 'lanner.events.OtherSyscall': OtherSyscall } | { 'lanner.events.ProcessSnapshotted': ProcessSnapshotted } | { 'lanner.events.SnapshotMarked': SnapshotMarked } | { 'lanner.events.Gap': Gap } | { 'lanner.events.Heartbeat': Heartbeat } | { 'lanner.events.ProbeStarted': ProbeStarted } | { 'lanner.events.ProbeStopped': ProbeStopped } | { 'lanner.events.ContainerReported': ContainerReported } | { 'lanner.events.UsersReported': UsersReported })[];
};
