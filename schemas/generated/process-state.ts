// Generated from schemas/process-state/v1.avsc by `npm run schemas:generate`. Do not edit.

/** A time stamp of an inode. */
export type FileTime = {
	/** Seconds since the epoch. */
	s: number;
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
	capInheritable: number;
	/** Permitted capabilities. */
	capPermitted: number;
	/** Effective capabilities. */
	capEffective: number;
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
	device: number;
	/** Inode number; 0 = not resolved. */
	inode: number;
	/** File status flags of the open file (O_*, kernel values); 0 = not resolved. */
	openFlags: number;
	/** Overlay layer of the file: 0 = not on an overlay, 1 = upper, 2 = lower. */
	layer: number;
	/** The socket behind it; null = not a socket. */
	socket: { 'lanner.state.Socket': Socket } | null;
};

/** Facts of a process at one moment, as the kernel had them. */
export type Process = {
	/** Process id (thread group) in the host's pid namespace. */
	pid: number;
	/** Start of the process in microseconds since boot; with pid the key of the process. */
	start: number;
	/** Start of the process as wall time: seconds since the epoch. */
	startTimeS: number;
	/** Nanoseconds within startTimeS. */
	startTimeNs: number;
	/** Process id of the real parent; 0 = none. */
	parentPid: number;
	/** Start of the real parent in microseconds since boot; 0 = none. */
	parentStart: number;
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
	pidNamespace: number;
	/** Inode number of the mount namespace. */
	mountNamespace: number;
	/** Inode number of the user namespace. */
	userNamespace: number;
	/** Inode number of the network namespace. */
	networkNamespace: number;
	/** Start of the pid namespace's first process in microseconds since boot; 0 = unknown. */
	namespaceInitStart: number;
	/** Thread name (at most 15 bytes). */
	comm: Buffer;
	/** Path of the executable, resolved by the kernel; empty = none (kernel thread) or unreadable. Deleted files keep their path (see exeFlags). */
	exePath: Buffer;
	/** Inode number of the executable. */
	exeInode: number;
	/** Device of the executable's file system (st_dev). */
	exeDevice: number;
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
	vmSize: number;
	/** Resident memory in KiB. */
	vmRss: number;
	/** Swapped memory in KiB. */
	vmSwap: number;
	/** Soft limit of open files; -1 = unlimited. */
	fdLimit: number;
	/** Major page faults so far. */
	majorFaults: number;
	/** Minor page faults so far. */
	minorFaults: number;
	/** Descriptor 0; null = closed or not reported. */
	stdin: { 'lanner.state.Fd': Fd } | null;
	/** Descriptor 1; null = closed or not reported. */
	stdout: { 'lanner.state.Fd': Fd } | null;
	/** Descriptor 2; null = closed or not reported. */
	stderr: { 'lanner.state.Fd': Fd } | null;
};

/** A process in the state store: value under lanner:{events:P}:host:ID, field = pid and start. */
export type ProcessState = {
	/** Facts after the last exec, credentials and names kept up to date. */
	process: Process;
	/** Key pid:start of the parent as it was when the process was started; empty = none. */
	parentKey: string;
	/** True when the process has ended and is kept for its descendants. */
	exited: boolean;
	/** Wall time of the exit, seconds; 0 = running. */
	exitTimeS: number;
	/** Living or kept children. */
	children: number;
	/** Wall time of the last exec, seconds; 0 = none seen. */
	lastExecTimeS: number;
	/** Nanoseconds within lastExecTimeS. */
	lastExecTimeNs: number;
	/** True when facts were inherited or missing because of a loss. */
	incomplete: boolean;
	/** Number of the host's snapshot that last mentioned it (see HostState.snapshot); tells, while a snapshot is under way, what it has not mentioned. */
	snapshot: number;
};
