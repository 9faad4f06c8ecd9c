/** Kernel numbers by name, as rule tests write them (`O_WRONLY|O_CREAT`, `PTRACE_ATTACH`, `EACCES`). x86-64 values. */
import { errorName, signalName } from '../fields/kernel-names.ts';

export class NameError extends Error {}

type Table = Readonly<Record<string, number>>;

export const openFlags: Table = {
	O_RDONLY: 0,
	O_WRONLY: 1,
	O_RDWR: 2,
	O_CREAT: 0o100,
	O_EXCL: 0o200,
	O_TRUNC: 0o1000,
	O_APPEND: 0o2000,
	O_NONBLOCK: 0o4000,
	O_DIRECTORY: 0o200000,
	O_NOFOLLOW: 0o400000,
	O_CLOEXEC: 0o2000000,
	O_TMPFILE: 0o20200000,
};

export const namespaceFlags: Table = {
	CLONE_NEWNS: 0x20000,
	CLONE_NEWCGROUP: 0x2000000,
	CLONE_NEWUTS: 0x4000000,
	CLONE_NEWIPC: 0x8000000,
	CLONE_NEWUSER: 0x10000000,
	CLONE_NEWPID: 0x20000000,
	CLONE_NEWNET: 0x40000000,
};

export const ptraceRequestNumbers: Table = {
	PTRACE_TRACEME: 0,
	PTRACE_PEEKTEXT: 1,
	PTRACE_PEEKDATA: 2,
	PTRACE_POKETEXT: 4,
	PTRACE_POKEDATA: 5,
	PTRACE_CONT: 7,
	PTRACE_GETREGS: 12,
	PTRACE_SETREGS: 13,
	PTRACE_ATTACH: 16,
	PTRACE_DETACH: 17,
	PTRACE_SYSCALL: 24,
	PTRACE_SETREGSET: 0x4205,
	PTRACE_SEIZE: 0x4206,
};

export const bpfCommands: Table = {
	BPF_MAP_CREATE: 0,
	BPF_MAP_LOOKUP_ELEM: 1,
	BPF_MAP_UPDATE_ELEM: 2,
	BPF_PROG_LOAD: 5,
	BPF_PROG_ATTACH: 8,
	BPF_PROG_DETACH: 9,
	BPF_MAP_GET_FD_BY_ID: 14,
	BPF_LINK_CREATE: 28,
	BPF_LINK_DETACH: 34,
};

export const prctlOptions: Table = {
	PR_SET_DUMPABLE: 4,
	PR_SET_NAME: 15,
	PR_SET_SECCOMP: 22,
	PR_SET_NO_NEW_PRIVS: 38,
};

export const socketFamilies: Table = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10, AF_NETLINK: 16, AF_PACKET: 17 };

export const socketTypes: Table = {
	SOCK_STREAM: 1,
	SOCK_DGRAM: 2,
	SOCK_RAW: 3,
	SOCK_NONBLOCK: 2048,
	SOCK_CLOEXEC: 524288,
};

const errorNumberMax = 133;
const errors: Table = Object.fromEntries(
	Array.from({ length: errorNumberMax }, (_, number) => [errorName(number), number]).filter(
		([name]) => name !== '',
	),
);

const signalMax = 31;
export const signals: Table = Object.fromEntries(
	Array.from({ length: signalMax + 1 }, (_, number) => [signalName(number), number]).filter(
		([name]) => name !== '',
	),
);

/** A number, or names joined by `|`. */
export function numberOf(table: Table, given: unknown, what: string): number {
	if (typeof given === 'number') return given;
	let sum = 0;
	for (const name of String(given).split('|')) {
		const value = table[name.trim()];
		if (value === undefined)
			throw new NameError(
				`${what} "${name.trim()}" is not known; known are ${Object.keys(table).join(', ')}`,
			);
		sum += value;
	}
	return sum;
}

/** What a call returned: a number as it is, the name of an error as its negative. */
export function resultOf(given: unknown): number {
	return typeof given === 'number' ? given : -numberOf(errors, given, 'error');
}

/** A file mode: a number (YAML reads 0o4755 as octal), or octal digits in quotes. */
export function modeOf(given: unknown): number {
	if (typeof given === 'number') return given;
	if (!/^0?[0-7]{3,5}$/.test(String(given)))
		throw new NameError(`mode "${String(given)}" is not octal digits such as "4755"`);
	return Number.parseInt(String(given), 8);
}
