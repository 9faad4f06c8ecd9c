// Generated from schemas/event-batch by `npm run schemas:generate`. Do not edit.
import { Cursor, NumberList, RecordList, TextList } from '../cursor.ts';
import { decodeEvent, eventBatchPrefixes, toNewestBatch } from '../event-batch.ts';
import type { Text } from '../text.ts';
import { TextTable } from '../text-table.ts';
import type { EventBatch } from './event-batch.ts';

/** What every event has. The first field of every family, always in this order. Valid until the next event. */
export class EventHeaderView {
	readonly cursor: Cursor;
	/** Nanoseconds since the batch's base time (baseTimeS, baseTimeNs), taken by the kernel when the call returned (CLOCK_BOOTTIME mapped to wall time by the probe). May be negative by a little: processors write in parallel. Agent events: when the agent made the event. */
	time = 0;
	/** The event's name as rules know it (evt.type). */
	type = 0;
	/** Bits: 1 = 32-bit (compat) system call; 2 = came through io_uring; 4 = some text or list was cut at a limit; 8 = some argument could not be read from user memory; 16 = a path was derived from its text (working directory + argument, '..' removed), not resolved by the kernel; 32 = the thread is a kernel thread; 64 = the result is not known (an io_uring operation that asked for no completion) and given as 0; 128 = the text in user memory was not the same when the call began and when it ended. */
	flags = 0;
	/** Processor the call returned on; -1 for events of the agent. */
	cpu = 0;
	/** Thread id in the host's pid namespace; 0 for events that belong to no thread. */
	tid = 0;
	/** Process id (thread group) in the host's pid namespace; 0 for events that belong to no process. */
	pid = 0;
	/** Start of the process (its group leader) in microseconds since boot (CLOCK_BOOTTIME). With pid the key of the process; 0 where pid is 0. */
	start = 0;
	/** The system call's return value; negative = -errno. 0 where there is none. */
	result = 0;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}
}

/** open, openat, openat2, creat, open_by_handle_at: a file was opened, or an attempt failed (header.result < 0). Valid until the next event. */
export class FileOpenedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Directory descriptor the name is relative to; -100 = AT_FDCWD. */
	dirFd = 0;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	pathOffset = 0;
	/** Bytes. */
	pathLength = 0;
	pathText: Text | null = null;
	askedPathOffset = 0;
	/** Bytes; -1 = null. */
	askedPathLength = 0;
	askedPathText: Text | null = null;
	/** Open flags (O_*, kernel values of the event's architecture x86-64). */
	flags = 0;
	/** Mode argument; 0 when no file could be created. */
	mode = 0;
	/** openat2's resolve bits; 0 otherwise. */
	resolve = 0;
	/** Inode mode of the opened file (st_mode); 0 when the call failed. */
	fileMode = 0;
	/** st_dev of the opened file; 0 when the call failed. */
	device = 0;
	/** Inode number of the opened file; 0 when the call failed. */
	inode = 0;
	/** Overlay layer: 0 none, 1 upper, 2 lower. */
	layer = 0;
	/** Whether this call created the file. */
	created = false;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** The path as the caller passed it. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** Absolute path as the process's root directory sees it: resolved by the kernel when the call succeeded (symbolic links followed), else derived from the text (flag 16). */
	get path(): Text {
		this.pathText ??= this.cursor.text(this.pathOffset, this.pathLength);
		return this.pathText;
	}

	/** The absolute path as the caller named it ('..' and '//' removed, symbolic links not followed), where that differs from path (for example /bin/hack where /bin links to usr/bin); null = same as path. This is what rules see as fd.name. For a name relative to a directory whose path was not gathered it is null. */
	get askedPath(): Text | null {
		if (this.askedPathLength < 0) return null;
		this.askedPathText ??= this.cursor.text(this.askedPathOffset, this.askedPathLength);
		return this.askedPathText;
	}
}

/** A time stamp of an inode. Valid until the next event. */
export class FileTimeView {
	readonly cursor: Cursor;
	/** Seconds since the epoch. */
	s = 0;
	/** Nanoseconds, 0 to 999,999,999. */
	ns = 0;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}
}

/** Credentials of a thread, ids in the initial user namespace. Valid until the next event. */
export class CredentialsView {
	readonly cursor: Cursor;
	/** Real user id (4294967295 is written as -1). */
	uid = 0;
	/** Effective user id. */
	euid = 0;
	/** Saved user id. */
	suid = 0;
	/** File system user id. */
	fsuid = 0;
	/** Real group id. */
	gid = 0;
	/** Effective group id. */
	egid = 0;
	/** Saved group id. */
	sgid = 0;
	/** File system group id. */
	fsgid = 0;
	/** Inheritable capabilities, bit n = capability n. */
	capInheritable = 0;
	/** Permitted capabilities. */
	capPermitted = 0;
	/** Effective capabilities. */
	capEffective = 0;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}
}

/** A socket as the kernel had it at the time of the event. Valid until the next event. */
export class SocketView {
	readonly cursor: Cursor;
	/** Address family (AF_*: 1 unix, 2 IPv4, 10 IPv6, 16 netlink, 17 packet). */
	family = 0;
	/** Socket type (SOCK_*: 1 stream, 2 datagram, 3 raw), without flags. */
	type = 0;
	/** Protocol number (IPPROTO_*: 6 TCP, 17 UDP, 1 ICMP; for AF_PACKET the ethertype as given). */
	protocol = 0;
	/** Kernel's TCP state number (1 established, 2 syn sent, 7 closed, 10 listen); for unix sockets the socket state; 0 = unknown. */
	state = 0;
	localAddressOffset = 0;
	/** Bytes. */
	localAddressLength = 0;
	localAddressText: Text | null = null;
	/** Host order; 0 = none. */
	localPort = 0;
	remoteAddressOffset = 0;
	/** Bytes. */
	remoteAddressLength = 0;
	remoteAddressText: Text | null = null;
	/** Host order; 0 = none. */
	remotePort = 0;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** IPv4: 4 bytes, IPv6: 16 bytes, network order; unix: path bytes (abstract names start with a 0 byte); empty = none. */
	get localAddress(): Text {
		this.localAddressText ??= this.cursor.text(this.localAddressOffset, this.localAddressLength);
		return this.localAddressText;
	}

	/** The other end, like localAddress; empty = not connected. For unix sockets the peer's bound path. */
	get remoteAddress(): Text {
		this.remoteAddressText ??= this.cursor.text(this.remoteAddressOffset, this.remoteAddressLength);
		return this.remoteAddressText;
	}
}

/** An open file descriptor, resolved by the kernel at the time of the event. Valid until the next event. */
export class FdView {
	readonly cursor: Cursor;
	/** Descriptor number; -1 = none, -100 = AT_FDCWD. */
	number = 0;
	/** Inode mode (S_IFMT and permission bits, as st_mode); 0 = not resolved. */
	mode = 0;
	pathOffset = 0;
	/** Bytes; -1 = null. */
	pathLength = 0;
	pathText: Text | null = null;
	/** Device of the file system in stat(2) encoding (st_dev); 0 = not resolved. */
	device = 0;
	/** Inode number; 0 = not resolved. */
	inode = 0;
	/** File status flags of the open file (O_*, kernel values); 0 = not resolved. */
	openFlags = 0;
	/** Overlay layer of the file: 0 = not on an overlay, 1 = upper, 2 = lower. */
	layer = 0;
	/** The socket behind it; null = not a socket. */
	socket: SocketView | null = null;
	socketView: SocketView | null = null;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** Path as the process's root directory sees it, mounts crossed; for anonymous files the kernel's name (for example 'pipe:[1234]', 'anon_inode:[eventpoll]', 'memfd:x'); null = not resolved or a socket. */
	get path(): Text | null {
		if (this.pathLength < 0) return null;
		this.pathText ??= this.cursor.text(this.pathOffset, this.pathLength);
		return this.pathText;
	}
}

/** Facts of a process at one moment, as the kernel had them. Valid until the next event. */
export class ProcessView {
	readonly cursor: Cursor;
	/** Process id (thread group) in the host's pid namespace. */
	pid = 0;
	/** Start of the process in microseconds since boot; with pid the key of the process. */
	start = 0;
	/** Start of the process as wall time: seconds since the epoch. */
	startTimeS = 0;
	/** Nanoseconds within startTimeS. */
	startTimeNs = 0;
	/** Process id of the real parent; 0 = none. */
	parentPid = 0;
	/** Start of the real parent in microseconds since boot; 0 = none. */
	parentStart = 0;
	/** Process id in the innermost pid namespace. */
	vpid = 0;
	/** Process group id in the host's pid namespace. */
	pgid = 0;
	/** Session id in the host's pid namespace. */
	sid = 0;
	/** Process group id in the innermost pid namespace. */
	vpgid = 0;
	/** Session id in the innermost pid namespace. */
	vsid = 0;
	/** Inode number of the pid namespace. */
	pidNamespace = 0;
	/** Inode number of the mount namespace. */
	mountNamespace = 0;
	/** Inode number of the user namespace. */
	userNamespace = 0;
	/** Inode number of the network namespace. */
	networkNamespace = 0;
	/** Start of the pid namespace's first process in microseconds since boot; 0 = unknown. */
	namespaceInitStart = 0;
	commOffset = 0;
	/** Bytes. */
	commLength = 0;
	commText: Text | null = null;
	exePathOffset = 0;
	/** Bytes. */
	exePathLength = 0;
	exePathText: Text | null = null;
	/** Inode number of the executable. */
	exeInode = 0;
	/** Device of the executable's file system (st_dev). */
	exeDevice = 0;
	/** ctime of the executable. */
	readonly exeChangeTime: FileTimeView;
	/** mtime of the executable. */
	readonly exeModifyTime: FileTimeView;
	/** Bits: 1 = writable by the process's user; 2 = on an overlay's upper layer; 4 = on an overlay's lower layer; 8 = from a memfd; 16 = deleted; 32 = the file asked for was a script (see interpreter use in args). */
	exeFlags = 0;
	/** Argument vector including argv[0], exact bytes; may be cut (argsCount says how many there were). */
	readonly args: TextList;
	/** Number of arguments before any cut; -1 = unknown because the cut was inside the vector. */
	argsCount = 0;
	/** Environment entries NAME=value that the probe was asked to report; empty when none was asked for. */
	readonly environment: TextList;
	cwdOffset = 0;
	/** Bytes. */
	cwdLength = 0;
	cwdText: Text | null = null;
	rootOffset = 0;
	/** Bytes. */
	rootLength = 0;
	rootText: Text | null = null;
	/** Credentials of the thread the event is about. */
	readonly credentials: CredentialsView;
	/** Login user id (audit); -1 = unset. */
	loginUid = 0;
	/** Audit session id; -1 = unset. */
	sessionId = 0;
	/** Controlling terminal in stat(2) encoding (as /proc/PID/stat field 7); 0 = none. */
	tty = 0;
	cgroupOffset = 0;
	/** Bytes. */
	cgroupLength = 0;
	cgroupText: Text | null = null;
	containerIdOffset = 0;
	/** Bytes. */
	containerIdLength = 0;
	containerIdText: Text | null = null;
	/** Seccomp mode: 0 off, 1 strict, 2 filter. */
	seccomp = 0;
	/** Whether no_new_privs is set. */
	noNewPrivileges = false;
	/** Number of threads. */
	threads = 0;
	/** Virtual memory in KiB. */
	vmSize = 0;
	/** Resident memory in KiB. */
	vmRss = 0;
	/** Swapped memory in KiB. */
	vmSwap = 0;
	/** Soft limit of open files; -1 = unlimited. */
	fdLimit = 0;
	/** Major page faults so far. */
	majorFaults = 0;
	/** Minor page faults so far. */
	minorFaults = 0;
	/** Descriptor 0; null = closed or not reported. */
	stdin: FdView | null = null;
	stdinView: FdView | null = null;
	/** Descriptor 1; null = closed or not reported. */
	stdout: FdView | null = null;
	stdoutView: FdView | null = null;
	/** Descriptor 2; null = closed or not reported. */
	stderr: FdView | null = null;
	stderrView: FdView | null = null;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
		this.exeChangeTime = new FileTimeView(cursor);
		this.exeModifyTime = new FileTimeView(cursor);
		this.args = new TextList(cursor);
		this.environment = new TextList(cursor);
		this.credentials = new CredentialsView(cursor);
	}

	/** Thread name (at most 15 bytes). */
	get comm(): Text {
		this.commText ??= this.cursor.text(this.commOffset, this.commLength);
		return this.commText;
	}

	/** Path of the executable, resolved by the kernel; empty = none (kernel thread) or unreadable. Deleted files keep their path (see exeFlags). */
	get exePath(): Text {
		this.exePathText ??= this.cursor.text(this.exePathOffset, this.exePathLength);
		return this.exePathText;
	}

	/** Working directory, resolved by the kernel. */
	get cwd(): Text {
		this.cwdText ??= this.cursor.text(this.cwdOffset, this.cwdLength);
		return this.cwdText;
	}

	/** Root directory of the process; '/' unless chrooted. */
	get root(): Text {
		this.rootText ??= this.cursor.text(this.rootOffset, this.rootLength);
		return this.rootText;
	}

	/** Path of the process's cgroup (v2, else the memory or pids controller of v1), from the hierarchy's root. */
	get cgroup(): Text {
		this.cgroupText ??= this.cursor.text(this.cgroupOffset, this.cgroupLength);
		return this.cgroupText;
	}

	/** Container id (64 hex digits, or as the runtime names it) taken from the cgroup; empty = host. */
	get containerId(): Text {
		this.containerIdText ??= this.cursor.text(this.containerIdOffset, this.containerIdLength);
		return this.containerIdText;
	}
}

/** execve, execveat: a process started another program (header.result = 0, process has the new facts), or failed to (process is null). Valid until the next event. */
export class ProcessExecutedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	pathOffset = 0;
	/** Bytes. */
	pathLength = 0;
	pathText: Text | null = null;
	/** execveat's directory descriptor; -100 otherwise. */
	dirFd = 0;
	/** execveat's flags; 0 otherwise. */
	flags = 0;
	/** Facts after a successful exec; null when it failed. */
	process: ProcessView | null = null;
	processView: ProcessView | null = null;
	/** Arguments of a failed attempt, as far as they could be read; empty when it succeeded (see process.args). */
	readonly args: TextList;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.args = new TextList(cursor);
	}

	/** The path as the caller passed it. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** Absolute path of the file asked for, derived from name; a script's own path, not its interpreter's. */
	get path(): Text {
		this.pathText ??= this.cursor.text(this.pathOffset, this.pathLength);
		return this.pathText;
	}
}

/** fork, vfork, clone, clone3: a process or thread was started; header is the parent's. A failed attempt has result < 0 and childPid 0. Valid until the next event. */
export class ProcessClonedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Thread id of the child in the host's pid namespace; 0 = failed. */
	childTid = 0;
	/** Process id of the child; equal to header.pid when a thread was started. */
	childPid = 0;
	/** Start of the child's process in microseconds since boot. */
	childStart = 0;
	/** Wall time of the child's start, seconds since the epoch. */
	childStartTimeS = 0;
	/** Nanoseconds within childStartTimeS. */
	childStartTimeNs = 0;
	/** Thread id of the child in its innermost pid namespace. */
	childVtid = 0;
	/** Process id of the child in its innermost pid namespace. */
	childVpid = 0;
	/** Real parent of the child (differs from header.pid with CLONE_PARENT). */
	parentPid = 0;
	/** Start of that parent, microseconds since boot. */
	parentStart = 0;
	/** Clone flags (CLONE_*, kernel values); for fork 17 (SIGCHLD). */
	cloneFlags = 0;
	commOffset = 0;
	/** Bytes. */
	commLength = 0;
	commText: Text | null = null;
	/** Real user id of the child. */
	uid = 0;
	/** Real group id of the child. */
	gid = 0;
	/** Inode number of the child's pid namespace. */
	pidNamespace = 0;
	cgroupOffset = 0;
	/** Bytes; -1 = null. */
	cgroupLength = 0;
	cgroupText: Text | null = null;
	/** Start of the first process of the child's pid namespace in microseconds since boot; 0 = unknown. */
	namespaceInitStart = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** Name of the child. */
	get comm(): Text {
		this.commText ??= this.cursor.text(this.commOffset, this.commLength);
		return this.commText;
	}

	/** Path of the child's cgroup when it differs from the parent's (CLONE_INTO_CGROUP); else null. */
	get cgroup(): Text | null {
		if (this.cgroupLength < 0) return null;
		this.cgroupText ??= this.cursor.text(this.cgroupOffset, this.cgroupLength);
		return this.cgroupText;
	}
}

/** A thread ended. The process ended when lastThread is true. Valid until the next event. */
export class ProcessExitedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Wait status as for waitpid(2). */
	status = 0;
	/** Exit code of a normal exit; -1 when killed. */
	exitCode = 0;
	/** Signal that killed it; 0 = none. */
	signal = 0;
	/** Whether a core was dumped. */
	core = false;
	/** True when no thread of the process is left. */
	lastThread = false;
	/** Process that adopts its children; 0 = none or not known. */
	reaperPid = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}
}

/** unlink, rename, link, symlink, mkdir, rmdir, mknod, chmod, chown and relatives: names or attributes in the file system. Valid until the next event. */
export class PathChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The descriptor operated on (fchmod, fchown); null when the call takes paths. */
	fd: FdView | null = null;
	fdView: FdView | null = null;
	/** Directory descriptor of the first path; -100 = AT_FDCWD. */
	dirFd = 0;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	pathOffset = 0;
	/** Bytes. */
	pathLength = 0;
	pathText: Text | null = null;
	/** Directory descriptor of the second path; -100 = AT_FDCWD. */
	newDirFd = 0;
	newNameOffset = 0;
	/** Bytes; -1 = null. */
	newNameLength = 0;
	newNameText: Text | null = null;
	newPathOffset = 0;
	/** Bytes; -1 = null. */
	newPathLength = 0;
	newPathText: Text | null = null;
	/** Flags argument (AT_*, RENAME_*); 0 = none. */
	flags = 0;
	/** Mode argument (mkdir, mknod, chmod); 0 = none. */
	mode = 0;
	/** New owner (chown); -1 = unchanged or not given. */
	uid = 0;
	/** New group (chown); -1 = unchanged or not given. */
	gid = 0;
	/** Device argument of mknod; 0 = none. */
	device = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** First path as the caller passed it; the old one of rename and link; for symlink the target text. Empty when the call takes a descriptor. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** First path made absolute (flag 16), or the descriptor's path; for symlink the target text unchanged. */
	get path(): Text {
		this.pathText ??= this.cursor.text(this.pathOffset, this.pathLength);
		return this.pathText;
	}

	/** Second path as passed (rename, link: new name; symlink: the link); null when there is none. */
	get newName(): Text | null {
		if (this.newNameLength < 0) return null;
		this.newNameText ??= this.cursor.text(this.newNameOffset, this.newNameLength);
		return this.newNameText;
	}

	/** Second path made absolute; null when there is none. */
	get newPath(): Text | null {
		if (this.newPathLength < 0) return null;
		this.newPathText ??= this.cursor.text(this.newPathOffset, this.newPathLength);
		return this.newPathText;
	}
}

/** socket, socketpair. Valid until the next event. */
export class SocketCreatedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Domain argument (AF_*). */
	family = 0;
	/** Type argument with its flags (SOCK_NONBLOCK 2048, SOCK_CLOEXEC 524288). */
	type = 0;
	/** Protocol argument. */
	protocol = 0;
	/** Second descriptor of socketpair; -1 otherwise. */
	secondFd = 0;
	/** First descriptor of socketpair; -1 otherwise (the result is the descriptor of socket). */
	firstFd = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}
}

/** A socket address as the caller passed it. Valid until the next event. */
export class SocketAddressView {
	readonly cursor: Cursor;
	/** Address family (AF_*); 0 = unspecified. */
	family = 0;
	addressOffset = 0;
	/** Bytes. */
	addressLength = 0;
	addressText: Text | null = null;
	/** Host order; 0 = none. */
	port = 0;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** IPv4: 4 bytes, IPv6: 16 bytes, network order; unix: path bytes (abstract names start with a 0 byte); other families: the raw sockaddr after the family, at most 28 bytes. */
	get address(): Text {
		this.addressText ??= this.cursor.text(this.addressOffset, this.addressLength);
		return this.addressText;
	}
}

/** connect. Valid until the next event. */
export class SocketConnectedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The socket after the call. */
	readonly fd: FdView;
	/** Address argument; null = unreadable. */
	address: SocketAddressView | null = null;
	addressView: SocketAddressView | null = null;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.fd = new FdView(cursor);
	}
}

/** accept, accept4. Valid until the next event. */
export class SocketAcceptedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The new socket (number -1 when the call failed); remote end = the peer. */
	readonly fd: FdView;
	/** The listening descriptor. */
	listenFd = 0;
	/** accept4's flags; 0 otherwise. */
	flags = 0;
	/** Connections waiting; 0 = unknown. */
	queueLength = 0;
	/** Limit of the queue; 0 = unknown. */
	queueMax = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.fd = new FdView(cursor);
	}
}

/** bind, listen. Valid until the next event. */
export class SocketBoundView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The socket after the call. */
	readonly fd: FdView;
	/** bind's address argument; null for listen or when unreadable. */
	address: SocketAddressView | null = null;
	addressView: SocketAddressView | null = null;
	/** listen's backlog; 0 for bind. */
	backlog = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.fd = new FdView(cursor);
	}
}

/** sendto, sendmsg, sendmmsg, recvfrom, recvmsg, recvmmsg. Valid until the next event. */
export class SocketTransferredView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The socket. */
	readonly fd: FdView;
	/** Bytes asked for; the bytes moved are header.result. */
	size = 0;
	/** Flags argument (MSG_*). */
	flags = 0;
	/** Destination given by the caller, or the source of a received datagram; null = none. */
	address: SocketAddressView | null = null;
	addressView: SocketAddressView | null = null;
	dataOffset = 0;
	/** Bytes. */
	dataLength = 0;
	dataText: Text | null = null;
	controlOffset = 0;
	/** Bytes. */
	controlLength = 0;
	controlText: Text | null = null;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.fd = new FdView(cursor);
	}

	/** First bytes of the data where the probe was asked for them; else empty. */
	get data(): Text {
		this.dataText ??= this.cursor.text(this.dataOffset, this.dataLength);
		return this.dataText;
	}

	/** Control data of a received message (struct cmsghdr and what follows, SCM_RIGHTS for example), at most 127 bytes; empty = none. */
	get control(): Text {
		this.controlText ??= this.cursor.text(this.controlOffset, this.controlLength);
		return this.controlText;
	}
}

/** dup, dup2, dup3, fcntl, close, eventfd, ioctl and other calls that make, drop or work on descriptors. Valid until the next event. */
export class FdChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The descriptor the call was given, or the one it made. */
	readonly fd: FdView;
	/** New descriptor; -1 = none. */
	newFd = 0;
	/** fcntl's command, ioctl's request; of other calls their first small number (whence, operation, clock, pid, size); 0 = none. */
	command = 0;
	/** fcntl's and ioctl's argument, lseek's offset, eventfd's value, pidfd_getfd's target; 0 otherwise. */
	argument = 0;
	/** Flags argument; 0 otherwise. */
	flags = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.fd = new FdView(cursor);
	}
}

/** read, write, pread, pwrite and relatives; only when a rule asks for them. Valid until the next event. */
export class FileTransferredView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The descriptor. */
	readonly fd: FdView;
	/** Bytes asked for; the bytes moved are header.result. */
	size = 0;
	/** Offset argument; -1 = none. */
	offset = 0;
	dataOffset = 0;
	/** Bytes. */
	dataLength = 0;
	dataText: Text | null = null;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.fd = new FdView(cursor);
	}

	/** First bytes where the probe was asked for them; else empty. */
	get data(): Text {
		this.dataText ??= this.cursor.text(this.dataOffset, this.dataLength);
		return this.dataText;
	}
}

/** setuid, setgid, setreuid, setregid, setresuid, setresgid, setfsuid, setfsgid, setgroups, capset. Valid until the next event. */
export class CredentialsChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The call's arguments as numbers, ids of -1 as -1; capset: inheritable, permitted, effective. */
	readonly arguments: NumberList;
	/** Credentials after the call. */
	readonly credentials: CredentialsView;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.arguments = new NumberList(cursor, 0);
		this.credentials = new CredentialsView(cursor);
	}
}

/** kill, tkill, tgkill and relatives. Valid until the next event. */
export class SignalSentView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** The pid argument as passed (0 and negatives address groups), in the caller's pid namespace. */
	targetPid = 0;
	/** The tid argument of tkill and tgkill; 0 otherwise. */
	targetTid = 0;
	/** Signal number; 0 = a probe for existence. */
	signal = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}
}

/** ptrace, process_vm_readv, process_vm_writev. Valid until the next event. */
export class ProcessTracedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** ptrace's request (PTRACE_*); 0 for process_vm_*. */
	request = 0;
	/** The pid argument, in the caller's pid namespace. */
	targetPid = 0;
	/** ptrace's address; 0 otherwise. */
	address = 0;
	/** ptrace's data; process_vm_*: bytes asked for. */
	data = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}
}

/** mount, umount, umount2, pivot_root, move_mount, and relatives. Valid until the next event. */
export class MountChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	sourceOffset = 0;
	/** Bytes. */
	sourceLength = 0;
	sourceText: Text | null = null;
	targetOffset = 0;
	/** Bytes. */
	targetLength = 0;
	targetText: Text | null = null;
	fsTypeOffset = 0;
	/** Bytes. */
	fsTypeLength = 0;
	fsTypeText: Text | null = null;
	/** Flags argument (MS_*, MNT_*, kernel values). */
	flags = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** Source argument; pivot_root: the new root. Empty = none. */
	get source(): Text {
		this.sourceText ??= this.cursor.text(this.sourceOffset, this.sourceLength);
		return this.sourceText;
	}

	/** Target made absolute; pivot_root: where the old root goes. */
	get target(): Text {
		this.targetText ??= this.cursor.text(this.targetOffset, this.targetLength);
		return this.targetText;
	}

	/** File system type argument; empty = none. */
	get fsType(): Text {
		this.fsTypeText ??= this.cursor.text(this.fsTypeOffset, this.fsTypeLength);
		return this.fsTypeText;
	}
}

/** chroot, chdir, fchdir. Valid until the next event. */
export class RootChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	pathOffset = 0;
	/** Bytes. */
	pathLength = 0;
	pathText: Text | null = null;
	/** fchdir's descriptor; -1 otherwise. */
	fd = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** The path as passed; empty for fchdir. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** The path made absolute, resolved by the kernel when the call succeeded. */
	get path(): Text {
		this.pathText ??= this.cursor.text(this.pathOffset, this.pathLength);
		return this.pathText;
	}
}

/** setns, unshare. Valid until the next event. */
export class NamespaceChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** setns's descriptor; null for unshare. */
	fd: FdView | null = null;
	fdView: FdView | null = null;
	/** Namespace types (CLONE_NEW*, kernel values). */
	flags = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}
}

/** init_module, finit_module, delete_module. Valid until the next event. */
export class ModuleChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	/** finit_module's descriptor; null otherwise. */
	fd: FdView | null = null;
	fdView: FdView | null = null;
	parametersOffset = 0;
	/** Bytes. */
	parametersLength = 0;
	parametersText: Text | null = null;
	/** Size of the image of init_module; 0 otherwise. */
	size = 0;
	/** Flags argument. */
	flags = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** delete_module's name; empty otherwise. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** Parameter text; empty = none. */
	get parameters(): Text {
		this.parametersText ??= this.cursor.text(this.parametersOffset, this.parametersLength);
		return this.parametersText;
	}
}

/** bpf. Valid until the next event. */
export class BpfCalledView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** BPF_* command. */
	command = 0;
	/** BPF_PROG_LOAD: program type; -1 otherwise. */
	programType = 0;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** Name of the map or program where the command gives one; else empty. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}
}

/** mmap, mprotect, munmap, brk, memfd_create, userfaultfd and relatives. Valid until the next event. */
export class MemoryChangedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Address argument or result; 0 = none. */
	address = 0;
	/** Length argument; 0 = none. */
	length = 0;
	/** PROT_* bits; 0 = none. */
	protection = 0;
	/** Flags argument. */
	flags = 0;
	/** mmap's file; null = anonymous or none. */
	fd: FdView | null = null;
	fdView: FdView | null = null;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	/** mmap's offset in bytes, mmap2's in pages; 0 otherwise. */
	offset = 0;
	/** Virtual memory of the process after the call in KiB; 0 = not reported. */
	vmSize = 0;
	/** Resident memory after the call in KiB (the kernel's approximate counter). */
	vmRss = 0;
	/** Swapped memory after the call in KiB. */
	vmSwap = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** memfd_create's name; empty otherwise. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}
}

/** prctl, setsid, setpgid, setrlimit, prlimit, seccomp, personality and relatives. Valid until the next event. */
export class ProcessControlledView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** prctl's option, seccomp's operation, setrlimit's resource; 0 = none. */
	option = 0;
	/** Arguments after the option as numbers. */
	readonly arguments: NumberList;
	textOffset = 0;
	/** Bytes. */
	textLength = 0;
	textText: Text | null = null;
	/** setpgid's and prlimit's pid; 0 = self or none. */
	targetPid = 0;
	/** prlimit: new soft and hard limit, old soft and hard limit, -1 = not given; empty otherwise. */
	readonly numbers: NumberList;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.arguments = new NumberList(cursor, 0);
		this.numbers = new NumberList(cursor, 0);
	}

	/** Text argument (prctl PR_SET_NAME); empty = none. */
	get text(): Text {
		this.textText ??= this.cursor.text(this.textOffset, this.textLength);
		return this.textText;
	}
}

/** A descriptor that poll or ppoll waits for. Valid until the next event. */
export class WaitedFdView {
	readonly cursor: Cursor;
	/** The descriptor. */
	readonly fd: FdView;
	/** What was asked for (POLL*). */
	events = 0;
	/** What happened (POLL*). */
	revents = 0;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
		this.fd = new FdView(cursor);
	}
}

/** Any other system call, with its raw arguments. Valid until the next event. */
export class OtherSyscallView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** System call number of its own table (see header.flags bit 1). */
	number = 0;
	/** The six raw arguments as signed 64-bit numbers; arguments that the kernel takes as 32 bits are given as such where the probe has a row for the call. Above 2^53 a reader without 64-bit integers must not trust the low bits. */
	readonly arguments: NumberList;
	/** The descriptor that the call works on or makes, resolved; null = none, or the call has no row of its own in the probe. */
	fd: FdView | null = null;
	fdView: FdView | null = null;
	/** The other descriptor of splice, sendfile, copy_file_range and the like: where the data goes to; null = none. */
	secondFd: FdView | null = null;
	secondFdView: FdView | null = null;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	pathOffset = 0;
	/** Bytes. */
	pathLength = 0;
	pathText: Text | null = null;
	textOffset = 0;
	/** Bytes. */
	textLength = 0;
	textText: Text | null = null;
	dataOffset = 0;
	/** Bytes. */
	dataLength = 0;
	dataText: Text | null = null;
	/** Numbers that the call read from or wrote to user memory, in the order of their structure (timespec: seconds, nanoseconds; rlimit: current, maximum; sembuf: number, operation, flags). */
	readonly numbers: NumberList;
	/** Descriptors of poll and ppoll, at most 16. */
	readonly waited: RecordList<WaitedFdView>;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.arguments = new NumberList(cursor, 0);
		this.numbers = new NumberList(cursor, 0);
		this.waited = new RecordList(cursor, { itemBytes: 10, create: (at) => new WaitedFdView(at), read: readWaitedFd });
	}

	/** Path argument as the caller passed it; getcwd: what it gave. Empty = none. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** That path made absolute (flag 16); empty = none. */
	get path(): Text {
		this.pathText ??= this.cursor.text(this.pathOffset, this.pathLength);
		return this.pathText;
	}

	/** Another text argument (fsconfig's key, quotactl's quota file); empty = none. */
	get text(): Text {
		this.textText ??= this.cursor.text(this.textOffset, this.textLength);
		return this.textText;
	}

	/** Bytes that the call read from or wrote to user memory (setsockopt's and getsockopt's value), at most 127; empty = none. */
	get data(): Text {
		this.dataText ??= this.cursor.text(this.dataOffset, this.dataLength);
		return this.dataText;
	}
}

/** A process that already ran when the snapshot was taken. header.pid and start are the process's. Valid until the next event. */
export class ProcessSnapshottedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Its facts. */
	readonly process: ProcessView;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.process = new ProcessView(cursor);
	}
}

/** A snapshot of all processes begins or ends. Processes not mentioned between the two do not exist. Valid until the next event. */
export class SnapshotMarkedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Which end. */
	phase = 0;
	/** Number of processes in the snapshot; 0 at its begin. */
	processes = 0;
	reasonOffset = 0;
	/** Bytes. */
	reasonLength = 0;
	reasonText: Text | null = null;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** Why: start, loss, or interval. */
	get reason(): Text {
		this.reasonText ??= this.cursor.text(this.reasonOffset, this.reasonLength);
		return this.reasonText;
	}
}

/** Events were lost here. State of the host is incomplete until the next snapshot ends if processes is true. Valid until the next event. */
export class GapView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Where they were lost. */
	stage = 0;
	reasonOffset = 0;
	/** Bytes. */
	reasonLength = 0;
	reasonText: Text | null = null;
	/** How many events; -1 = unknown. */
	lost = 0;
	/** Whether exec, fork or exit events may be among them. */
	processes = false;
	/** Lost events per processor, index = processor; empty = not known. */
	readonly cpus: NumberList;
	/** Length of the time in which they were lost, nanoseconds before header.time; -1 = unknown. */
	sinceNs = 0;
	/** Stream that the lost events are missing from; UNKNOWN = the stream of this event. */
	producer = 0;
	/** Whole batches lost (stages SPOOL and LOG); 0 = events were lost before they were in a batch, or unknown. */
	batches = 0;
	/** Sequence of the first event lost, in the stream that producer names; -1 = unknown. */
	firstSequence = 0;
	/** Sequence of the last event lost; all between are lost, too, unless lost says fewer. -1 = unknown. */
	lastSequence = 0;
	containerIdOffset = 0;
	/** Bytes. */
	containerIdLength = 0;
	containerIdText: Text | null = null;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.cpus = new NumberList(cursor, 0);
	}

	/** Why: ring-full, reserve-full, scratch-busy, undecodable, capture-restarted, spool-full, spool-too-old, spool-corrupt, spool-cut-off, record-too-large, probe-silent (by an evaluator: capture was not heard for sinceNs; void when it was heard before this record). */
	get reason(): Text {
		this.reasonText ??= this.cursor.text(this.reasonOffset, this.reasonLength);
		return this.reasonText;
	}

	/** Container that the events are missing of (reasons rate-limit-began and rate-limit-ended); empty = the whole host. */
	get containerId(): Text {
		this.containerIdText ??= this.cursor.text(this.containerIdOffset, this.containerIdLength);
		return this.containerIdText;
	}
}

/** A count of lost events. Valid until the next event. */
export class LossView {
	readonly cursor: Cursor;
	reasonOffset = 0;
	/** Bytes. */
	reasonLength = 0;
	reasonText: Text | null = null;
	/** Events lost since capture started. */
	count = 0;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** As in Gap.reason. */
	get reason(): Text {
		this.reasonText ??= this.cursor.text(this.reasonOffset, this.reasonLength);
		return this.reasonText;
	}
}

/** The probe is alive; counters since capture started. Valid until the next event. */
export class HeartbeatView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** Events written by capture. */
	captured = 0;
	/** Losses by reason; reasons with none are left out. Beside them, and no losses: filtered = events left out in the kernel because no rule in force can match them. */
	readonly losses: RecordList<LossView>;
	/** Size of the ring in bytes. */
	ringBytes = 0;
	/** Bytes waiting in the ring when this was written. */
	ringUsed = 0;
	/** CPU time of capture, microseconds. */
	cpuUs = 0;
	/** Interval until the next heartbeat is due, milliseconds. */
	intervalMs = 0;
	/** Number of system calls of interest. */
	syscalls = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.losses = new RecordList(cursor, { itemBytes: 2, create: (at) => new LossView(at), read: readLoss });
	}
}

/** Capture attached; the first event after every start. What came before it and after the last event of the earlier run was not seen. Valid until the next event. */
export class ProbeStartedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	probeVersionOffset = 0;
	/** Bytes. */
	probeVersionLength = 0;
	probeVersionText: Text | null = null;
	kernelReleaseOffset = 0;
	/** Bytes. */
	kernelReleaseLength = 0;
	kernelReleaseText: Text | null = null;
	machineOffset = 0;
	/** Bytes. */
	machineLength = 0;
	machineText: Text | null = null;
	variantOffset = 0;
	/** Bytes. */
	variantLength = 0;
	variantText: Text | null = null;
	/** System calls of interest. */
	readonly syscalls: NumberList;
	/** How often the agent has restarted capture since the agent began. */
	restarts = 0;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.syscalls = new NumberList(cursor, 443);
	}

	/** Version of the probe. */
	get probeVersion(): Text {
		this.probeVersionText ??= this.cursor.text(this.probeVersionOffset, this.probeVersionLength);
		return this.probeVersionText;
	}

	/** Kernel release (uname -r). */
	get kernelRelease(): Text {
		this.kernelReleaseText ??= this.cursor.text(this.kernelReleaseOffset, this.kernelReleaseLength);
		return this.kernelReleaseText;
	}

	/** Architecture (uname -m). */
	get machine(): Text {
		this.machineText ??= this.cursor.text(this.machineOffset, this.machineLength);
		return this.machineText;
	}

	/** Which kernel object was loaded: typed or portable. */
	get variant(): Text {
		this.variantText ??= this.cursor.text(this.variantOffset, this.variantLength);
		return this.variantText;
	}
}

/** The probe stops on purpose; silence after it is not a detection. Valid until the next event. */
export class ProbeStoppedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	reasonOffset = 0;
	/** Bytes. */
	reasonLength = 0;
	reasonText: Text | null = null;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
	}

	/** Why. */
	get reason(): Text {
		this.reasonText ??= this.cursor.text(this.reasonOffset, this.reasonLength);
		return this.reasonText;
	}
}

/** A mount of a container. Valid until the next event. */
export class MountView {
	readonly cursor: Cursor;
	sourceOffset = 0;
	/** Bytes. */
	sourceLength = 0;
	sourceText: Text | null = null;
	destinationOffset = 0;
	/** Bytes. */
	destinationLength = 0;
	destinationText: Text | null = null;
	modeOffset = 0;
	/** Bytes. */
	modeLength = 0;
	modeText: Text | null = null;
	/** Whether it is writable. */
	writable = false;
	propagationOffset = 0;
	/** Bytes. */
	propagationLength = 0;
	propagationText: Text | null = null;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** Path on the host (or volume name). */
	get source(): Text {
		this.sourceText ??= this.cursor.text(this.sourceOffset, this.sourceLength);
		return this.sourceText;
	}

	/** Path in the container. */
	get destination(): Text {
		this.destinationText ??= this.cursor.text(this.destinationOffset, this.destinationLength);
		return this.destinationText;
	}

	/** Mode text as the runtime gives it. */
	get mode(): Text {
		this.modeText ??= this.cursor.text(this.modeOffset, this.modeLength);
		return this.modeText;
	}

	/** Propagation, for example rprivate. */
	get propagation(): Text {
		this.propagationText ??= this.cursor.text(this.propagationOffset, this.propagationLength);
		return this.propagationText;
	}
}

/** A label. Valid until the next event. */
export class LabelView {
	readonly cursor: Cursor;
	keyOffset = 0;
	/** Bytes. */
	keyLength = 0;
	keyText: Text | null = null;
	valueOffset = 0;
	/** Bytes. */
	valueLength = 0;
	valueText: Text | null = null;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** Name. */
	get key(): Text {
		this.keyText ??= this.cursor.text(this.keyOffset, this.keyLength);
		return this.keyText;
	}

	/** Value. */
	get value(): Text {
		this.valueText ??= this.cursor.text(this.valueOffset, this.valueLength);
		return this.valueText;
	}
}

/** An object of Kubernetes that a pod belongs to. Valid until the next event. */
export class PodOwnerView {
	readonly cursor: Cursor;
	kindOffset = 0;
	/** Bytes. */
	kindLength = 0;
	kindText: Text | null = null;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	uidOffset = 0;
	/** Bytes. */
	uidLength = 0;
	uidText: Text | null = null;
	/** Its labels, where they were asked for. */
	readonly labels: RecordList<LabelView>;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
		this.labels = new RecordList(cursor, { itemBytes: 2, create: (at) => new LabelView(at), read: readLabel });
	}

	/** Kind of the object: ReplicaSet, Deployment, StatefulSet, DaemonSet, Job, CronJob, ReplicationController, Service, or another one that controls pods. */
	get kind(): Text {
		this.kindText ??= this.cursor.text(this.kindOffset, this.kindLength);
		return this.kindText;
	}

	/** Its name; the namespace is the pod's. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** Its uid. */
	get uid(): Text {
		this.uidText ??= this.cursor.text(this.uidOffset, this.uidLength);
		return this.uidText;
	}
}

/** Facts of a container, from the cgroup at once and from the runtime's API when it answers. Valid until the next event. */
export class ContainerView {
	readonly cursor: Cursor;
	idOffset = 0;
	/** Bytes. */
	idLength = 0;
	idText: Text | null = null;
	runtimeOffset = 0;
	/** Bytes. */
	runtimeLength = 0;
	runtimeText: Text | null = null;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	imageOffset = 0;
	/** Bytes. */
	imageLength = 0;
	imageText: Text | null = null;
	imageIdOffset = 0;
	/** Bytes. */
	imageIdLength = 0;
	imageIdText: Text | null = null;
	imageRepositoryOffset = 0;
	/** Bytes. */
	imageRepositoryLength = 0;
	imageRepositoryText: Text | null = null;
	imageTagOffset = 0;
	/** Bytes. */
	imageTagLength = 0;
	imageTagText: Text | null = null;
	imageDigestOffset = 0;
	/** Bytes. */
	imageDigestLength = 0;
	imageDigestText: Text | null = null;
	/** Whether the container is privileged; null = not known. */
	privileged: boolean | null = null;
	/** Whether it shares the host's pid namespace; null = not known. */
	hostPid: boolean | null = null;
	/** Whether it shares the host's network namespace; null = not known. */
	hostNetwork: boolean | null = null;
	/** Whether it shares the host's ipc namespace; null = not known. */
	hostIpc: boolean | null = null;
	userOffset = 0;
	/** Bytes. */
	userLength = 0;
	userText: Text | null = null;
	ipOffset = 0;
	/** Bytes. */
	ipLength = 0;
	ipText: Text | null = null;
	/** Creation, seconds since the epoch; 0 = not known. */
	createdS = 0;
	/** Nanoseconds within createdS. */
	createdNs = 0;
	/** Mounts given by the runtime. */
	readonly mounts: RecordList<MountView>;
	/** Labels. */
	readonly labels: RecordList<LabelView>;
	/** Published ports as 'ip:hostPort->port/proto'. */
	readonly ports: TextList;
	/** CPU shares; 0 = not set. */
	cpuShares = 0;
	/** Memory limit in bytes; 0 = none. */
	memoryLimit = 0;
	podNameOffset = 0;
	/** Bytes. */
	podNameLength = 0;
	podNameText: Text | null = null;
	podNamespaceOffset = 0;
	/** Bytes. */
	podNamespaceLength = 0;
	podNamespaceText: Text | null = null;
	podUidOffset = 0;
	/** Bytes. */
	podUidLength = 0;
	podUidText: Text | null = null;
	podSandboxIdOffset = 0;
	/** Bytes. */
	podSandboxIdLength = 0;
	podSandboxIdText: Text | null = null;
	/** Labels of the pod. */
	readonly podLabels: RecordList<LabelView>;
	/** True when the runtime has answered; false = only the id is known. */
	complete = false;
	/** Owners of the pod by the API server, where that is configured: the chain of controllers, the nearest first, then services that select it. Empty = none, or not known (yet). */
	readonly podOwners: RecordList<PodOwnerView>;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
		this.mounts = new RecordList(cursor, { itemBytes: 5, create: (at) => new MountView(at), read: readMount });
		this.labels = new RecordList(cursor, { itemBytes: 2, create: (at) => new LabelView(at), read: readLabel });
		this.ports = new TextList(cursor);
		this.podLabels = new RecordList(cursor, { itemBytes: 2, create: (at) => new LabelView(at), read: readLabel });
		this.podOwners = new RecordList(cursor, { itemBytes: 4, create: (at) => new PodOwnerView(at), read: readPodOwner });
	}

	/** Full container id, as in Process.containerId. */
	get id(): Text {
		this.idText ??= this.cursor.text(this.idOffset, this.idLength);
		return this.idText;
	}

	/** Who runs it: docker, containerd, cri-o, podman, or empty when unknown. */
	get runtime(): Text {
		this.runtimeText ??= this.cursor.text(this.runtimeOffset, this.runtimeLength);
		return this.runtimeText;
	}

	/** Name given by the runtime; empty = not known (yet). */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** Image as it was asked for; empty = not known. */
	get image(): Text {
		this.imageText ??= this.cursor.text(this.imageOffset, this.imageLength);
		return this.imageText;
	}

	/** Image id without algorithm prefix; empty = not known. */
	get imageId(): Text {
		this.imageIdText ??= this.cursor.text(this.imageIdOffset, this.imageIdLength);
		return this.imageIdText;
	}

	/** Image repository; empty = not known. */
	get imageRepository(): Text {
		this.imageRepositoryText ??= this.cursor.text(this.imageRepositoryOffset, this.imageRepositoryLength);
		return this.imageRepositoryText;
	}

	/** Image tag; empty = not known. */
	get imageTag(): Text {
		this.imageTagText ??= this.cursor.text(this.imageTagOffset, this.imageTagLength);
		return this.imageTagText;
	}

	/** Image digest (sha256:…); empty = not known. */
	get imageDigest(): Text {
		this.imageDigestText ??= this.cursor.text(this.imageDigestOffset, this.imageDigestLength);
		return this.imageDigestText;
	}

	/** User the first process runs as; empty = not known. */
	get user(): Text {
		this.userText ??= this.cursor.text(this.userOffset, this.userLength);
		return this.userText;
	}

	/** First IP address; empty = none or not known. */
	get ip(): Text {
		this.ipText ??= this.cursor.text(this.ipOffset, this.ipLength);
		return this.ipText;
	}

	/** Kubernetes pod; empty = none. */
	get podName(): Text {
		this.podNameText ??= this.cursor.text(this.podNameOffset, this.podNameLength);
		return this.podNameText;
	}

	/** Kubernetes namespace; empty = none. */
	get podNamespace(): Text {
		this.podNamespaceText ??= this.cursor.text(this.podNamespaceOffset, this.podNamespaceLength);
		return this.podNamespaceText;
	}

	/** Kubernetes pod uid; empty = none. */
	get podUid(): Text {
		this.podUidText ??= this.cursor.text(this.podUidOffset, this.podUidLength);
		return this.podUidText;
	}

	/** Id of the pod's sandbox container; empty = none. */
	get podSandboxId(): Text {
		this.podSandboxIdText ??= this.cursor.text(this.podSandboxIdOffset, this.podSandboxIdLength);
		return this.podSandboxIdText;
	}
}

/** A container appeared, changed or ended, from the runtime's API. Valid until the next event. */
export class ContainerReportedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** What happened. */
	state = 0;
	/** Its facts. */
	readonly container: ContainerView;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.container = new ContainerView(cursor);
	}
}

/** A user of the host. Valid until the next event. */
export class UserView {
	readonly cursor: Cursor;
	/** User id. */
	uid = 0;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;
	homeOffset = 0;
	/** Bytes. */
	homeLength = 0;
	homeText: Text | null = null;
	shellOffset = 0;
	/** Bytes. */
	shellLength = 0;
	shellText: Text | null = null;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** Name. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}

	/** Home directory. */
	get home(): Text {
		this.homeText ??= this.cursor.text(this.homeOffset, this.homeLength);
		return this.homeText;
	}

	/** Login shell. */
	get shell(): Text {
		this.shellText ??= this.cursor.text(this.shellOffset, this.shellLength);
		return this.shellText;
	}
}

/** A group of the host. Valid until the next event. */
export class GroupView {
	readonly cursor: Cursor;
	/** Group id. */
	gid = 0;
	nameOffset = 0;
	/** Bytes. */
	nameLength = 0;
	nameText: Text | null = null;

	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** Name. */
	get name(): Text {
		this.nameText ??= this.cursor.text(this.nameOffset, this.nameLength);
		return this.nameText;
	}
}

/** Users and groups of the host; replaces what was reported before. Valid until the next event. */
export class UsersReportedView {
	readonly cursor: Cursor;
	/** What every event has. */
	readonly header: EventHeaderView;
	/** All users. */
	readonly users: RecordList<UserView>;
	/** All groups. */
	readonly groups: RecordList<GroupView>;

	constructor(cursor: Cursor, header: EventHeaderView) {
		this.cursor = cursor;
		this.header = header;
		this.users = new RecordList(cursor, { itemBytes: 4, create: (at) => new UserView(at), read: readUser });
		this.groups = new RecordList(cursor, { itemBytes: 2, create: (at) => new GroupView(at), read: readGroup });
	}
}

function readEventHeader(cursor: Cursor, view: EventHeaderView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.time = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.time = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		raw = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else raw = (raw >>> 1) ^ -(raw & 1);
	if (raw < 0 || raw >= 443) throw cursor.badEnum(raw, 443, at);
	view.type = raw;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.cpu = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.cpu = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.tid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.tid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.pid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.pid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.start = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.start = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.result = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.result = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readFileOpened(cursor: Cursor, view: FileOpenedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.dirFd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.dirFd = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.pathLength = length;
	view.pathOffset = at;
	view.pathText = null;
	at += length;
	raw = bytes[at++]!;
	if (raw === 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.askedPathLength = length;
		view.askedPathOffset = at;
		view.askedPathText = null;
		at += length;
	} else if (raw === 0) view.askedPathLength = -1;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.mode = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.mode = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.resolve = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.resolve = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.fileMode = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.fileMode = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.device = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.device = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.inode = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.inode = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.layer = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.layer = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw > 1) throw cursor.badBoolean(raw, at);
	view.created = raw === 1;
	cursor.position = at;
}

function readFileTime(cursor: Cursor, view: FileTimeView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.s = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.s = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.ns = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.ns = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readCredentials(cursor: Cursor, view: CredentialsView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.uid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.uid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.euid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.euid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.suid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.suid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.fsuid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.fsuid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.gid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.gid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.egid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.egid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.sgid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.sgid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.fsgid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.fsgid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.capInheritable = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.capInheritable = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.capPermitted = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.capPermitted = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.capEffective = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.capEffective = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readSocket(cursor: Cursor, view: SocketView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.family = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.family = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.type = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.type = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.protocol = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.protocol = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.state = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.state = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.localAddressLength = length;
	view.localAddressOffset = at;
	view.localAddressText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.localPort = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.localPort = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.remoteAddressLength = length;
	view.remoteAddressOffset = at;
	view.remoteAddressText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.remotePort = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.remotePort = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readFd(cursor: Cursor, view: FdView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.number = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.number = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.mode = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.mode = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.pathLength = length;
		view.pathOffset = at;
		view.pathText = null;
		at += length;
	} else if (raw === 0) view.pathLength = -1;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.device = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.device = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.inode = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.inode = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.openFlags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.openFlags = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.layer = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.layer = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		view.socketView ??= new SocketView(cursor);
		cursor.position = at;
		readSocket(cursor, view.socketView);
		at = cursor.position;
		view.socket = view.socketView;
	} else if (raw === 0) view.socket = null;
	else throw cursor.badBranch(at);
	cursor.position = at;
}

function readProcess(cursor: Cursor, view: ProcessView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.pid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.pid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.start = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.start = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.startTimeS = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.startTimeS = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.startTimeNs = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.startTimeNs = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.parentPid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.parentPid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.parentStart = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.parentStart = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.vpid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.vpid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.pgid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.pgid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.sid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.sid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.vpgid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.vpgid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.vsid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.vsid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.pidNamespace = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.pidNamespace = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.mountNamespace = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.mountNamespace = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.userNamespace = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.userNamespace = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.networkNamespace = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.networkNamespace = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.namespaceInitStart = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.namespaceInitStart = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.commLength = length;
	view.commOffset = at;
	view.commText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.exePathLength = length;
	view.exePathOffset = at;
	view.exePathText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.exeInode = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.exeInode = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.exeDevice = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.exeDevice = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
	readFileTime(cursor, view.exeChangeTime);
	at = cursor.position;
	cursor.position = at;
	readFileTime(cursor, view.exeModifyTime);
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.exeFlags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.exeFlags = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
	view.args.read();
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.argsCount = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.argsCount = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
	view.environment.read();
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.cwdLength = length;
	view.cwdOffset = at;
	view.cwdText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.rootLength = length;
	view.rootOffset = at;
	view.rootText = null;
	at += length;
	cursor.position = at;
	readCredentials(cursor, view.credentials);
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.loginUid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.loginUid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.sessionId = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.sessionId = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.tty = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.tty = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.cgroupLength = length;
	view.cgroupOffset = at;
	view.cgroupText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.containerIdLength = length;
	view.containerIdOffset = at;
	view.containerIdText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.seccomp = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.seccomp = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw > 1) throw cursor.badBoolean(raw, at);
	view.noNewPrivileges = raw === 1;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.threads = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.threads = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.vmSize = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.vmSize = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.vmRss = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.vmRss = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.vmSwap = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.vmSwap = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.fdLimit = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.fdLimit = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.majorFaults = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.majorFaults = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.minorFaults = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.minorFaults = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		view.stdinView ??= new FdView(cursor);
		cursor.position = at;
		readFd(cursor, view.stdinView);
		at = cursor.position;
		view.stdin = view.stdinView;
	} else if (raw === 0) view.stdin = null;
	else throw cursor.badBranch(at);
	raw = bytes[at++]!;
	if (raw === 2) {
		view.stdoutView ??= new FdView(cursor);
		cursor.position = at;
		readFd(cursor, view.stdoutView);
		at = cursor.position;
		view.stdout = view.stdoutView;
	} else if (raw === 0) view.stdout = null;
	else throw cursor.badBranch(at);
	raw = bytes[at++]!;
	if (raw === 2) {
		view.stderrView ??= new FdView(cursor);
		cursor.position = at;
		readFd(cursor, view.stderrView);
		at = cursor.position;
		view.stderr = view.stderrView;
	} else if (raw === 0) view.stderr = null;
	else throw cursor.badBranch(at);
	cursor.position = at;
}

function readProcessExecuted(cursor: Cursor, view: ProcessExecutedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.pathLength = length;
	view.pathOffset = at;
	view.pathText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.dirFd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.dirFd = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		view.processView ??= new ProcessView(cursor);
		cursor.position = at;
		readProcess(cursor, view.processView);
		at = cursor.position;
		view.process = view.processView;
	} else if (raw === 0) view.process = null;
	else throw cursor.badBranch(at);
	cursor.position = at;
	view.args.read();
	at = cursor.position;
	cursor.position = at;
}

function readProcessCloned(cursor: Cursor, view: ProcessClonedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.childTid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.childTid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.childPid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.childPid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.childStart = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.childStart = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.childStartTimeS = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.childStartTimeS = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.childStartTimeNs = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.childStartTimeNs = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.childVtid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.childVtid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.childVpid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.childVpid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.parentPid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.parentPid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.parentStart = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.parentStart = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.cloneFlags = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.cloneFlags = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.commLength = length;
	view.commOffset = at;
	view.commText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.uid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.uid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.gid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.gid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.pidNamespace = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.pidNamespace = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.cgroupLength = length;
		view.cgroupOffset = at;
		view.cgroupText = null;
		at += length;
	} else if (raw === 0) view.cgroupLength = -1;
	else throw cursor.badBranch(at);
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.namespaceInitStart = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.namespaceInitStart = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.namespaceInitStart = 0;
	}
	cursor.position = at;
}

function readProcessExited(cursor: Cursor, view: ProcessExitedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.status = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.status = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.exitCode = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.exitCode = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.signal = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.signal = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw > 1) throw cursor.badBoolean(raw, at);
	view.core = raw === 1;
	raw = bytes[at++]!;
	if (raw > 1) throw cursor.badBoolean(raw, at);
	view.lastThread = raw === 1;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.reaperPid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.reaperPid = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readPathChanged(cursor: Cursor, view: PathChangedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	raw = bytes[at++]!;
	if (raw === 2) {
		view.fdView ??= new FdView(cursor);
		cursor.position = at;
		readFd(cursor, view.fdView);
		at = cursor.position;
		view.fd = view.fdView;
	} else if (raw === 0) view.fd = null;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.dirFd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.dirFd = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.pathLength = length;
	view.pathOffset = at;
	view.pathText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.newDirFd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.newDirFd = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.newNameLength = length;
		view.newNameOffset = at;
		view.newNameText = null;
		at += length;
	} else if (raw === 0) view.newNameLength = -1;
	else throw cursor.badBranch(at);
	raw = bytes[at++]!;
	if (raw === 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.newPathLength = length;
		view.newPathOffset = at;
		view.newPathText = null;
		at += length;
	} else if (raw === 0) view.newPathLength = -1;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.mode = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.mode = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.uid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.uid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.gid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.gid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.device = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.device = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readSocketCreated(cursor: Cursor, view: SocketCreatedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.family = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.family = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.type = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.type = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.protocol = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.protocol = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.secondFd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.secondFd = (raw >>> 1) ^ -(raw & 1);
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.firstFd = cursor.restOfInt(raw, at);
			at = cursor.position;
		} else view.firstFd = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.firstFd = -1;
	}
	cursor.position = at;
}

function readSocketAddress(cursor: Cursor, view: SocketAddressView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.family = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.family = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.addressLength = length;
	view.addressOffset = at;
	view.addressText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.port = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.port = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readSocketConnected(cursor: Cursor, view: SocketConnectedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	cursor.position = at;
	readFd(cursor, view.fd);
	at = cursor.position;
	raw = bytes[at++]!;
	if (raw === 2) {
		view.addressView ??= new SocketAddressView(cursor);
		cursor.position = at;
		readSocketAddress(cursor, view.addressView);
		at = cursor.position;
		view.address = view.addressView;
	} else if (raw === 0) view.address = null;
	else throw cursor.badBranch(at);
	cursor.position = at;
}

function readSocketAccepted(cursor: Cursor, view: SocketAcceptedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	cursor.position = at;
	readFd(cursor, view.fd);
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.listenFd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.listenFd = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.queueLength = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.queueLength = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.queueMax = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.queueMax = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readSocketBound(cursor: Cursor, view: SocketBoundView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	cursor.position = at;
	readFd(cursor, view.fd);
	at = cursor.position;
	raw = bytes[at++]!;
	if (raw === 2) {
		view.addressView ??= new SocketAddressView(cursor);
		cursor.position = at;
		readSocketAddress(cursor, view.addressView);
		at = cursor.position;
		view.address = view.addressView;
	} else if (raw === 0) view.address = null;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.backlog = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.backlog = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readSocketTransferred(cursor: Cursor, view: SocketTransferredView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	cursor.position = at;
	readFd(cursor, view.fd);
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.size = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.size = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		view.addressView ??= new SocketAddressView(cursor);
		cursor.position = at;
		readSocketAddress(cursor, view.addressView);
		at = cursor.position;
		view.address = view.addressView;
	} else if (raw === 0) view.address = null;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.dataLength = length;
	view.dataOffset = at;
	view.dataText = null;
	at += length;
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.controlLength = length;
		view.controlOffset = at;
		view.controlText = null;
		at += length;
	} else {
		view.controlLength = 0;
		view.controlText = null;
	}
	cursor.position = at;
}

function readFdChanged(cursor: Cursor, view: FdChangedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	cursor.position = at;
	readFd(cursor, view.fd);
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.newFd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.newFd = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.command = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.command = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.argument = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.argument = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readFileTransferred(cursor: Cursor, view: FileTransferredView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	cursor.position = at;
	readFd(cursor, view.fd);
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.size = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.size = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.offset = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.offset = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.dataLength = length;
	view.dataOffset = at;
	view.dataText = null;
	at += length;
	cursor.position = at;
}

function readCredentialsChanged(cursor: Cursor, view: CredentialsChangedView): void {
	let at = cursor.position;
	cursor.position = at;
	view.arguments.read();
	at = cursor.position;
	cursor.position = at;
	readCredentials(cursor, view.credentials);
	at = cursor.position;
	cursor.position = at;
}

function readSignalSent(cursor: Cursor, view: SignalSentView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.targetPid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.targetPid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.targetTid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.targetTid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.signal = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.signal = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readProcessTraced(cursor: Cursor, view: ProcessTracedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.request = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.request = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.targetPid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.targetPid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.address = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.address = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.data = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.data = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readMountChanged(cursor: Cursor, view: MountChangedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.sourceLength = length;
	view.sourceOffset = at;
	view.sourceText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.targetLength = length;
	view.targetOffset = at;
	view.targetText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.fsTypeLength = length;
	view.fsTypeOffset = at;
	view.fsTypeText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readRootChanged(cursor: Cursor, view: RootChangedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.pathLength = length;
	view.pathOffset = at;
	view.pathText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.fd = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.fd = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readNamespaceChanged(cursor: Cursor, view: NamespaceChangedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	raw = bytes[at++]!;
	if (raw === 2) {
		view.fdView ??= new FdView(cursor);
		cursor.position = at;
		readFd(cursor, view.fdView);
		at = cursor.position;
		view.fd = view.fdView;
	} else if (raw === 0) view.fd = null;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readModuleChanged(cursor: Cursor, view: ModuleChangedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	raw = bytes[at++]!;
	if (raw === 2) {
		view.fdView ??= new FdView(cursor);
		cursor.position = at;
		readFd(cursor, view.fdView);
		at = cursor.position;
		view.fd = view.fdView;
	} else if (raw === 0) view.fd = null;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.parametersLength = length;
	view.parametersOffset = at;
	view.parametersText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.size = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.size = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readBpfCalled(cursor: Cursor, view: BpfCalledView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.command = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.command = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.programType = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.programType = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	cursor.position = at;
}

function readMemoryChanged(cursor: Cursor, view: MemoryChangedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.address = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.address = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.length = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.protection = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.protection = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.flags = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.flags = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw === 2) {
		view.fdView ??= new FdView(cursor);
		cursor.position = at;
		readFd(cursor, view.fdView);
		at = cursor.position;
		view.fd = view.fdView;
	} else if (raw === 0) view.fd = null;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.offset = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.offset = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.offset = 0;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.vmSize = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.vmSize = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.vmSize = 0;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.vmRss = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.vmRss = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.vmRss = 0;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.vmSwap = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.vmSwap = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.vmSwap = 0;
	}
	cursor.position = at;
}

function readProcessControlled(cursor: Cursor, view: ProcessControlledView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.option = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.option = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
	view.arguments.read();
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.textLength = length;
	view.textOffset = at;
	view.textText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.targetPid = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.targetPid = (raw >>> 1) ^ -(raw & 1);
	if (cursor.version >= 3) {
		cursor.position = at;
		view.numbers.read();
		at = cursor.position;
	} else {
		view.numbers.clear();
	}
	cursor.position = at;
}

function readWaitedFd(cursor: Cursor, view: WaitedFdView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	cursor.position = at;
	readFd(cursor, view.fd);
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.events = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.events = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.revents = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.revents = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readOtherSyscall(cursor: Cursor, view: OtherSyscallView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.number = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.number = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
	view.arguments.read();
	at = cursor.position;
	if (cursor.version >= 3) {
		raw = bytes[at++]!;
		if (raw === 2) {
			view.fdView ??= new FdView(cursor);
			cursor.position = at;
			readFd(cursor, view.fdView);
			at = cursor.position;
			view.fd = view.fdView;
		} else if (raw === 0) view.fd = null;
		else throw cursor.badBranch(at);
	} else {
		view.fd = null;
	}
	if (cursor.version >= 3) {
		raw = bytes[at++]!;
		if (raw === 2) {
			view.secondFdView ??= new FdView(cursor);
			cursor.position = at;
			readFd(cursor, view.secondFdView);
			at = cursor.position;
			view.secondFd = view.secondFdView;
		} else if (raw === 0) view.secondFd = null;
		else throw cursor.badBranch(at);
	} else {
		view.secondFd = null;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.nameLength = length;
		view.nameOffset = at;
		view.nameText = null;
		at += length;
	} else {
		view.nameLength = 0;
		view.nameText = null;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.pathLength = length;
		view.pathOffset = at;
		view.pathText = null;
		at += length;
	} else {
		view.pathLength = 0;
		view.pathText = null;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.textLength = length;
		view.textOffset = at;
		view.textText = null;
		at += length;
	} else {
		view.textLength = 0;
		view.textText = null;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.dataLength = length;
		view.dataOffset = at;
		view.dataText = null;
		at += length;
	} else {
		view.dataLength = 0;
		view.dataText = null;
	}
	if (cursor.version >= 3) {
		cursor.position = at;
		view.numbers.read();
		at = cursor.position;
	} else {
		view.numbers.clear();
	}
	if (cursor.version >= 3) {
		cursor.position = at;
		view.waited.read();
		at = cursor.position;
	} else {
		view.waited.clear();
	}
	cursor.position = at;
}

function readProcessSnapshotted(cursor: Cursor, view: ProcessSnapshottedView): void {
	let at = cursor.position;
	cursor.position = at;
	readProcess(cursor, view.process);
	at = cursor.position;
	cursor.position = at;
}

function readSnapshotMarked(cursor: Cursor, view: SnapshotMarkedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		raw = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else raw = (raw >>> 1) ^ -(raw & 1);
	if (raw < 0 || raw >= 3) throw cursor.badEnum(raw, 3, at);
	view.phase = raw;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.processes = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.processes = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.reasonLength = length;
	view.reasonOffset = at;
	view.reasonText = null;
	at += length;
	cursor.position = at;
}

function readGap(cursor: Cursor, view: GapView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		raw = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else raw = (raw >>> 1) ^ -(raw & 1);
	if (raw < 0 || raw >= 6) throw cursor.badEnum(raw, 6, at);
	view.stage = raw;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.reasonLength = length;
	view.reasonOffset = at;
	view.reasonText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.lost = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.lost = (raw >>> 1) ^ -(raw & 1);
	raw = bytes[at++]!;
	if (raw > 1) throw cursor.badBoolean(raw, at);
	view.processes = raw === 1;
	cursor.position = at;
	view.cpus.read();
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.sinceNs = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.sinceNs = (raw >>> 1) ^ -(raw & 1);
	if (cursor.version >= 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			raw = cursor.restOfInt(raw, at);
			at = cursor.position;
		} else raw = (raw >>> 1) ^ -(raw & 1);
		if (raw < 0 || raw >= 4) throw cursor.badEnum(raw, 4, at);
		view.producer = raw;
	} else {
		view.producer = 0;
	}
	if (cursor.version >= 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.batches = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.batches = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.batches = 0;
	}
	if (cursor.version >= 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.firstSequence = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.firstSequence = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.firstSequence = -1;
	}
	if (cursor.version >= 2) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			view.lastSequence = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else view.lastSequence = (raw >>> 1) ^ -(raw & 1);
	} else {
		view.lastSequence = -1;
	}
	if (cursor.version >= 3) {
		if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
			length = cursor.restOfLong(raw, at);
			at = cursor.position;
		} else length = (raw >>> 1) ^ -(raw & 1);
		if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
		view.containerIdLength = length;
		view.containerIdOffset = at;
		view.containerIdText = null;
		at += length;
	} else {
		view.containerIdLength = 0;
		view.containerIdText = null;
	}
	cursor.position = at;
}

function readLoss(cursor: Cursor, view: LossView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.reasonLength = length;
	view.reasonOffset = at;
	view.reasonText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.count = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.count = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readHeartbeat(cursor: Cursor, view: HeartbeatView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.captured = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.captured = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
	view.losses.read();
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.ringBytes = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.ringBytes = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.ringUsed = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.ringUsed = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.cpuUs = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.cpuUs = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.intervalMs = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.intervalMs = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.syscalls = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.syscalls = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readProbeStarted(cursor: Cursor, view: ProbeStartedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.probeVersionLength = length;
	view.probeVersionOffset = at;
	view.probeVersionText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.kernelReleaseLength = length;
	view.kernelReleaseOffset = at;
	view.kernelReleaseText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.machineLength = length;
	view.machineOffset = at;
	view.machineText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.variantLength = length;
	view.variantOffset = at;
	view.variantText = null;
	at += length;
	cursor.position = at;
	view.syscalls.read();
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.restarts = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.restarts = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
}

function readProbeStopped(cursor: Cursor, view: ProbeStoppedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.reasonLength = length;
	view.reasonOffset = at;
	view.reasonText = null;
	at += length;
	cursor.position = at;
}

function readMount(cursor: Cursor, view: MountView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.sourceLength = length;
	view.sourceOffset = at;
	view.sourceText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.destinationLength = length;
	view.destinationOffset = at;
	view.destinationText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.modeLength = length;
	view.modeOffset = at;
	view.modeText = null;
	at += length;
	raw = bytes[at++]!;
	if (raw > 1) throw cursor.badBoolean(raw, at);
	view.writable = raw === 1;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.propagationLength = length;
	view.propagationOffset = at;
	view.propagationText = null;
	at += length;
	cursor.position = at;
}

function readLabel(cursor: Cursor, view: LabelView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.keyLength = length;
	view.keyOffset = at;
	view.keyText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.valueLength = length;
	view.valueOffset = at;
	view.valueText = null;
	at += length;
	cursor.position = at;
}

function readPodOwner(cursor: Cursor, view: PodOwnerView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.kindLength = length;
	view.kindOffset = at;
	view.kindText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.uidLength = length;
	view.uidOffset = at;
	view.uidText = null;
	at += length;
	cursor.position = at;
	view.labels.read();
	at = cursor.position;
	cursor.position = at;
}

function readContainer(cursor: Cursor, view: ContainerView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.idLength = length;
	view.idOffset = at;
	view.idText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.runtimeLength = length;
	view.runtimeOffset = at;
	view.runtimeText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.imageLength = length;
	view.imageOffset = at;
	view.imageText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.imageIdLength = length;
	view.imageIdOffset = at;
	view.imageIdText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.imageRepositoryLength = length;
	view.imageRepositoryOffset = at;
	view.imageRepositoryText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.imageTagLength = length;
	view.imageTagOffset = at;
	view.imageTagText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.imageDigestLength = length;
	view.imageDigestOffset = at;
	view.imageDigestText = null;
	at += length;
	raw = bytes[at++]!;
	if (raw === 2) {
		raw = bytes[at++]!;
		if (raw > 1) throw cursor.badBoolean(raw, at);
		view.privileged = raw === 1;
	} else if (raw === 0) view.privileged = null;
	else throw cursor.badBranch(at);
	raw = bytes[at++]!;
	if (raw === 2) {
		raw = bytes[at++]!;
		if (raw > 1) throw cursor.badBoolean(raw, at);
		view.hostPid = raw === 1;
	} else if (raw === 0) view.hostPid = null;
	else throw cursor.badBranch(at);
	raw = bytes[at++]!;
	if (raw === 2) {
		raw = bytes[at++]!;
		if (raw > 1) throw cursor.badBoolean(raw, at);
		view.hostNetwork = raw === 1;
	} else if (raw === 0) view.hostNetwork = null;
	else throw cursor.badBranch(at);
	raw = bytes[at++]!;
	if (raw === 2) {
		raw = bytes[at++]!;
		if (raw > 1) throw cursor.badBoolean(raw, at);
		view.hostIpc = raw === 1;
	} else if (raw === 0) view.hostIpc = null;
	else throw cursor.badBranch(at);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.userLength = length;
	view.userOffset = at;
	view.userText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.ipLength = length;
	view.ipOffset = at;
	view.ipText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.createdS = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.createdS = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.createdNs = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else view.createdNs = (raw >>> 1) ^ -(raw & 1);
	cursor.position = at;
	view.mounts.read();
	at = cursor.position;
	cursor.position = at;
	view.labels.read();
	at = cursor.position;
	cursor.position = at;
	view.ports.read();
	at = cursor.position;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.cpuShares = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.cpuShares = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.memoryLimit = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.memoryLimit = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.podNameLength = length;
	view.podNameOffset = at;
	view.podNameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.podNamespaceLength = length;
	view.podNamespaceOffset = at;
	view.podNamespaceText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.podUidLength = length;
	view.podUidOffset = at;
	view.podUidText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.podSandboxIdLength = length;
	view.podSandboxIdOffset = at;
	view.podSandboxIdText = null;
	at += length;
	cursor.position = at;
	view.podLabels.read();
	at = cursor.position;
	raw = bytes[at++]!;
	if (raw > 1) throw cursor.badBoolean(raw, at);
	view.complete = raw === 1;
	if (cursor.version >= 4) {
		cursor.position = at;
		view.podOwners.read();
		at = cursor.position;
	} else {
		view.podOwners.clear();
	}
	cursor.position = at;
}

function readContainerReported(cursor: Cursor, view: ContainerReportedView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		raw = cursor.restOfInt(raw, at);
		at = cursor.position;
	} else raw = (raw >>> 1) ^ -(raw & 1);
	if (raw < 0 || raw >= 4) throw cursor.badEnum(raw, 4, at);
	view.state = raw;
	cursor.position = at;
	readContainer(cursor, view.container);
	at = cursor.position;
	cursor.position = at;
}

function readUser(cursor: Cursor, view: UserView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.uid = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.uid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.homeLength = length;
	view.homeOffset = at;
	view.homeText = null;
	at += length;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.shellLength = length;
	view.shellOffset = at;
	view.shellText = null;
	at += length;
	cursor.position = at;
}

function readGroup(cursor: Cursor, view: GroupView): void {
	const bytes = cursor.buffer;
	let at = cursor.position;
	let raw = 0;
	let length = 0;
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		view.gid = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else view.gid = (raw >>> 1) ^ -(raw & 1);
	if ((raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff) {
		length = cursor.restOfLong(raw, at);
		at = cursor.position;
	} else length = (raw >>> 1) ^ -(raw & 1);
	if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
	view.nameLength = length;
	view.nameOffset = at;
	view.nameText = null;
	at += length;
	cursor.position = at;
}

function readUsersReported(cursor: Cursor, view: UsersReportedView): void {
	let at = cursor.position;
	cursor.position = at;
	view.users.read();
	at = cursor.position;
	cursor.position = at;
	view.groups.read();
	at = cursor.position;
	cursor.position = at;
}

/** What a batch says before its events. */
export class BatchHeader {
	/** Stable id of the host (from its machine id); key of the record. */
	hostId = '';
	/** Name of the host. */
	hostName = '';
	/** Boot id of the kernel (uuid). */
	bootId = '';
	/** Which of the host's two event streams this is; each has its own sequence. */
	producer = 0;
	/** Sequence of the first event; event i has firstSequence + i. Never reused within a boot; a jump that does not begin with ProbeStarted is a loss. */
	firstSequence = 0;
	/** Base of the event times, seconds since the epoch (wall clock). */
	baseTimeS = 0;
	/** Nanoseconds within baseTimeS. */
	baseTimeNs = 0;
	/** Offset of the host's local time from UTC in seconds (east positive), for local times in alerts. */
	utcOffsetS = 0;
	/** Architecture (uname -m); decides system call numbers. */
	machine = '';
	/** Version of the probe that wrote it. */
	probeVersion = '';
}

function readString(cursor: Cursor): string {
	const length = cursor.length();
	const text = cursor.text(cursor.position, length);
	cursor.position += length;
	return text.toString();
}

export function readBatchHeader(cursor: Cursor, batch: BatchHeader): void {
	batch.hostId = readString(cursor);
	batch.hostName = readString(cursor);
	batch.bootId = readString(cursor);
	batch.producer = cursor.enumeration(4);
	batch.firstSequence = cursor.long();
	batch.baseTimeS = cursor.long();
	batch.baseTimeNs = cursor.int();
	batch.utcOffsetS = cursor.int();
	batch.machine = readString(cursor);
	batch.probeVersion = readString(cursor);
	cursor.check();
}

/** Least bytes of an event. */
const eventBytesMin = 10;
/** Oldest version whose messages are read as they are; older ones are made new by the codec first. */
const firstNativeVersion = 1;
const newestVersion = 4;

/**
 * A cursor over the events of an EventBatch: `open`, then `next` until it says false. Nothing is allocated per event;
 * `header` and the view that `family` names hold the current event until the next `next` or `open`. Texts are made
 * when they are asked for. After a DecodeError the rest of the batch cannot be read: open another.
 */
export class EventReader {
	readonly cursor: Cursor;
	readonly batch = new BatchHeader();
	/** Index of the family of the current event (see families). */
	family = 0;
	/** Sequence of the current event. */
	sequence = 0;
	readonly header: EventHeaderView;
	readonly fileOpened: FileOpenedView;
	readonly processExecuted: ProcessExecutedView;
	readonly processCloned: ProcessClonedView;
	readonly processExited: ProcessExitedView;
	readonly pathChanged: PathChangedView;
	readonly socketCreated: SocketCreatedView;
	readonly socketConnected: SocketConnectedView;
	readonly socketAccepted: SocketAcceptedView;
	readonly socketBound: SocketBoundView;
	readonly socketTransferred: SocketTransferredView;
	readonly fdChanged: FdChangedView;
	readonly fileTransferred: FileTransferredView;
	readonly credentialsChanged: CredentialsChangedView;
	readonly signalSent: SignalSentView;
	readonly processTraced: ProcessTracedView;
	readonly mountChanged: MountChangedView;
	readonly rootChanged: RootChangedView;
	readonly namespaceChanged: NamespaceChangedView;
	readonly moduleChanged: ModuleChangedView;
	readonly bpfCalled: BpfCalledView;
	readonly memoryChanged: MemoryChangedView;
	readonly processControlled: ProcessControlledView;
	readonly otherSyscall: OtherSyscallView;
	readonly processSnapshotted: ProcessSnapshottedView;
	readonly snapshotMarked: SnapshotMarkedView;
	readonly gap: GapView;
	readonly heartbeat: HeartbeatView;
	readonly probeStarted: ProbeStartedView;
	readonly probeStopped: ProbeStoppedView;
	readonly containerReported: ContainerReportedView;
	readonly usersReported: UsersReportedView;
	/** Events left in the current array block; -1 when the batch is at its end. */
	private left = -1;
	private eventStart = 0;

	/** `texts` may be shared by readers of one thread, so that all get the same Text for the same bytes. */
	constructor(texts: TextTable = new TextTable()) {
		const cursor = new Cursor(texts);
		this.cursor = cursor;
		this.header = new EventHeaderView(cursor);
		this.fileOpened = new FileOpenedView(cursor, this.header);
		this.processExecuted = new ProcessExecutedView(cursor, this.header);
		this.processCloned = new ProcessClonedView(cursor, this.header);
		this.processExited = new ProcessExitedView(cursor, this.header);
		this.pathChanged = new PathChangedView(cursor, this.header);
		this.socketCreated = new SocketCreatedView(cursor, this.header);
		this.socketConnected = new SocketConnectedView(cursor, this.header);
		this.socketAccepted = new SocketAcceptedView(cursor, this.header);
		this.socketBound = new SocketBoundView(cursor, this.header);
		this.socketTransferred = new SocketTransferredView(cursor, this.header);
		this.fdChanged = new FdChangedView(cursor, this.header);
		this.fileTransferred = new FileTransferredView(cursor, this.header);
		this.credentialsChanged = new CredentialsChangedView(cursor, this.header);
		this.signalSent = new SignalSentView(cursor, this.header);
		this.processTraced = new ProcessTracedView(cursor, this.header);
		this.mountChanged = new MountChangedView(cursor, this.header);
		this.rootChanged = new RootChangedView(cursor, this.header);
		this.namespaceChanged = new NamespaceChangedView(cursor, this.header);
		this.moduleChanged = new ModuleChangedView(cursor, this.header);
		this.bpfCalled = new BpfCalledView(cursor, this.header);
		this.memoryChanged = new MemoryChangedView(cursor, this.header);
		this.processControlled = new ProcessControlledView(cursor, this.header);
		this.otherSyscall = new OtherSyscallView(cursor, this.header);
		this.processSnapshotted = new ProcessSnapshottedView(cursor, this.header);
		this.snapshotMarked = new SnapshotMarkedView(cursor, this.header);
		this.gap = new GapView(cursor, this.header);
		this.heartbeat = new HeartbeatView(cursor, this.header);
		this.probeStarted = new ProbeStartedView(cursor, this.header);
		this.probeStopped = new ProbeStoppedView(cursor, this.header);
		this.containerReported = new ContainerReportedView(cursor, this.header);
		this.usersReported = new UsersReportedView(cursor, this.header);
	}

	/** Begins a batch (single-object encoding, any published version). The bytes are copied. */
	open(message: Uint8Array): void {
		const cursor = this.cursor;
		this.left = -1;
		cursor.load(message);
		cursor.version = newestVersion;
		while (cursor.version >= firstNativeVersion && !cursor.startsWith(eventBatchPrefixes[cursor.version - 1]!))
			cursor.version--;
		if (cursor.version < firstNativeVersion) {
			cursor.load(toNewestBatch(message));
			cursor.version = newestVersion;
		}
		cursor.position = 10;
		readBatchHeader(cursor, this.batch);
		this.sequence = this.batch.firstSequence - 1;
		this.left = 0;
	}

	/** Goes to the next event; false at the end of the batch. */
	next(): boolean {
		if (this.left <= 0 && !this.nextBlock()) return false;
		this.left--;
		this.sequence++;
		this.readEvent();
		return true;
	}

	/** True when a number of the current event is beyond ±2^53 and only its nearest double is in the view: see toObject. */
	get wide(): boolean {
		return this.cursor.wide;
	}

	/** The current event in object form, numbers exact (bigint beyond ±(2^53 − 1)). Slow; for what is rare. */
	toObject(): EventBatch['events'][number] {
		const { buffer, position, version } = this.cursor;
		return decodeEvent(buffer.subarray(this.eventStart, position), version);
	}

	private nextBlock(): boolean {
		if (this.left < 0) return false;
		const cursor = this.cursor;
		this.left = -1;
		const events = cursor.block(eventBytesMin);
		if (events > 0) {
			this.left = events;
			return true;
		}
		cursor.check();
		if (cursor.position < cursor.end) throw cursor.fail('trailing-bytes', cursor.position, 'bytes after the last event');
		return false;
	}

	/** Union branch, header, fields. */
	private readEvent(): void {
		const cursor = this.cursor;
		const start = cursor.position;
		this.eventStart = start;
		cursor.wide = false;
		const left = this.left;
		this.left = -1;
		const family = cursor.int();
		this.family = family;
		readEventHeader(cursor, this.header);
		switch (family) {
			case 0:
				readFileOpened(cursor, this.fileOpened);
				break;
			case 1:
				readProcessExecuted(cursor, this.processExecuted);
				break;
			case 2:
				readProcessCloned(cursor, this.processCloned);
				break;
			case 3:
				readProcessExited(cursor, this.processExited);
				break;
			case 4:
				readPathChanged(cursor, this.pathChanged);
				break;
			case 5:
				readSocketCreated(cursor, this.socketCreated);
				break;
			case 6:
				readSocketConnected(cursor, this.socketConnected);
				break;
			case 7:
				readSocketAccepted(cursor, this.socketAccepted);
				break;
			case 8:
				readSocketBound(cursor, this.socketBound);
				break;
			case 9:
				readSocketTransferred(cursor, this.socketTransferred);
				break;
			case 10:
				readFdChanged(cursor, this.fdChanged);
				break;
			case 11:
				readFileTransferred(cursor, this.fileTransferred);
				break;
			case 12:
				readCredentialsChanged(cursor, this.credentialsChanged);
				break;
			case 13:
				readSignalSent(cursor, this.signalSent);
				break;
			case 14:
				readProcessTraced(cursor, this.processTraced);
				break;
			case 15:
				readMountChanged(cursor, this.mountChanged);
				break;
			case 16:
				readRootChanged(cursor, this.rootChanged);
				break;
			case 17:
				readNamespaceChanged(cursor, this.namespaceChanged);
				break;
			case 18:
				readModuleChanged(cursor, this.moduleChanged);
				break;
			case 19:
				readBpfCalled(cursor, this.bpfCalled);
				break;
			case 20:
				readMemoryChanged(cursor, this.memoryChanged);
				break;
			case 21:
				readProcessControlled(cursor, this.processControlled);
				break;
			case 22:
				readOtherSyscall(cursor, this.otherSyscall);
				break;
			case 23:
				readProcessSnapshotted(cursor, this.processSnapshotted);
				break;
			case 24:
				readSnapshotMarked(cursor, this.snapshotMarked);
				break;
			case 25:
				readGap(cursor, this.gap);
				break;
			case 26:
				readHeartbeat(cursor, this.heartbeat);
				break;
			case 27:
				readProbeStarted(cursor, this.probeStarted);
				break;
			case 28:
				readProbeStopped(cursor, this.probeStopped);
				break;
			case 29:
				readContainerReported(cursor, this.containerReported);
				break;
			case 30:
				readUsersReported(cursor, this.usersReported);
				break;
			default:
				throw cursor.fail('bad-branch', start, `event family ${family} of 31`);
		}
		cursor.check();
		this.left = left;
	}
}
