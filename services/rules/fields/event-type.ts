/** What is known of an event type (by its index in the schema) without an event. */
import { eventTypes, type FamilyName, familyIndex } from '#schemas/generated/event-names.ts';
import { type EventInfo, events } from '../events/index.ts';

/** Names of event types by the family that carries them; every other system call is an OtherSyscall. */
const typesByFamily: Readonly<Partial<Record<FamilyName, string>>> = {
	FileOpened: 'open openat openat2 creat open_by_handle_at',
	ProcessExecuted: 'execve execveat',
	ProcessCloned: 'clone clone3 fork vfork',
	ProcessExited: 'procexit',
	PathChanged:
		'unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat mkdir mkdirat rmdir mknod mknodat ' +
		'chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat',
	SocketCreated: 'socket socketpair',
	SocketConnected: 'connect',
	SocketAccepted: 'accept accept4',
	SocketBound: 'bind listen',
	SocketTransferred: 'sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg send recv',
	FdChanged:
		'close dup dup2 dup3 fcntl pipe pipe2 close_range eventfd eventfd2 signalfd signalfd4 timerfd_create ' +
		'inotify_init inotify_init1 epoll_create epoll_create1 pidfd_open pidfd_getfd ' +
		'fstat getdents getdents64 flock shutdown lseek llseek ioctl',
	FileTransferred: 'read write pread pwrite readv writev preadv pwritev',
	CredentialsChanged:
		'setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset',
	SignalSent: 'kill tkill tgkill',
	ProcessTraced: 'ptrace process_vm_readv process_vm_writev',
	MountChanged: 'mount umount umount2 pivot_root move_mount',
	RootChanged: 'chroot chdir fchdir',
	NamespaceChanged: 'setns unshare',
	ModuleChanged: 'init_module finit_module delete_module',
	BpfCalled: 'bpf',
	MemoryChanged: 'brk mmap mmap2 mprotect munmap memfd_create userfaultfd',
	ProcessControlled: 'prctl setsid setpgid setrlimit prlimit seccomp',
};

const familyByType = new Map<string, number>();
for (const [family, names] of Object.entries(typesByFamily)) {
	for (const name of names.split(' ')) familyByType.set(name, familyIndex[family as FamilyName]);
}

/** Family in which events of this type come; `OtherSyscall` for every type without one. */
export function familyOf(eventType: number): number {
	return familyByType.get(eventTypes[eventType] ?? '') ?? familyIndex.OtherSyscall;
}

/** Index 0: events that are no system call (snapshot, gap, heartbeat…). */
export const notACall = 0;

export function infoOf(eventType: number): EventInfo | undefined {
	return events.get(eventTypes[eventType] ?? '');
}

export function hasFlag(eventType: number, flag: string): boolean {
	return infoOf(eventType)?.flags.includes(flag) ?? false;
}

/** Every system call has a result; tracepoints and events of the agent have none. */
export function hasResult(eventType: number): boolean {
	if (eventType === notACall) return false;
	const info = infoOf(eventType);
	return info === undefined || info.kind === 'syscall' || info.kind === 'generic-syscall';
}
