/** Kernel values of calls with raw arguments → the numbering that rules see. Values that are the same on both sides have no table. */
import { type BitTable, toRuleFlags, type ValueTable } from './kernel-flags.ts';

const socketLevel = 1;
const tcpLevel = 6;

export const socketOptionLevels: ValueTable = {
	kind: 'values',
	otherwise: 0,
	rows: [
		[socketLevel, 1],
		[tcpLevel, 2],
	],
};

/** Up to here the rules number the options of SOL_SOCKET as the kernel does. */
const sameOptionMax = 50;
const socketOptions: ValueTable = {
	kind: 'values',
	otherwise: 0,
	rows: [
		[55, 52], // MEMINFO
		[57, 53], // COOKIE
		[59, 51], // PEERGROUPS
		[63, 29], // TIMESTAMP_NEW
		[64, 35], // TIMESTAMPNS_NEW
		[65, 37], // TIMESTAMPING_NEW
		[66, 20], // RCVTIMEO_NEW
		[67, 21], // SNDTIMEO_NEW
	],
};

/** Option in the rules' numbering; only those of SOL_SOCKET have names. */
export function socketOption(level: number, option: number): number {
	if (level !== socketLevel) return 0;
	return option > 0 && option <= sameOptionMax ? option : toRuleFlags(socketOptions, option);
}

export const semaphoreCommands: ValueTable = {
	kind: 'values',
	otherwise: 0,
	rows: [
		[0, 4], // IPC_RMID
		[1, 2], // IPC_SET
		[2, 1], // IPC_STAT
		[3, 8], // IPC_INFO
		[11, 256], // GETPID
		[12, 512], // GETVAL
		[13, 64], // GETALL
		[14, 128], // GETNCNT
		[15, 1024], // GETZCNT
		[16, 4096], // SETVAL
		[17, 2048], // SETALL
		[18, 32], // SEM_STAT
		[19, 16], // SEM_INFO
	],
};

export const semaphoreOperationBits: BitTable = {
	kind: 'bits',
	rows: [
		[0o4000, 1], // IPC_NOWAIT
		[0x1000, 2], // SEM_UNDO
	],
};

export const semaphoreGetBits: BitTable = {
	kind: 'bits',
	rows: [
		[0o1000, 8192], // IPC_CREAT
		[0o2000, 16384], // IPC_EXCL
	],
};
const permissionBits = 0o777;

/** The low bits are permissions and stay. */
export function semaphoreGetFlags(flags: number): number {
	return toRuleFlags(semaphoreGetBits, flags) + (flags & permissionBits);
}

export const ringSetupBits: BitTable = {
	kind: 'bits',
	rows: [
		[1, 1], // IOPOLL
		[2, 2], // SQPOLL
		[4, 8], // SQ_AFF
		[8, 16], // CQSIZE
		[16, 32], // CLAMP
		[32, 64], // ATTACH_WQ
		[64, 128], // R_DISABLED
	],
};

type QuotaCommand = { readonly name: string; readonly value: number; readonly type: number };
const quotaCommands = new Map<number, readonly [name: string, value: number]>([
	[0x800001, ['Q_SYNC', 128]],
	[0x800002, ['Q_QUOTAON', 1]],
	[0x800003, ['Q_QUOTAOFF', 2]],
	[0x800004, ['Q_GETFMT', 4]],
	[0x800005, ['Q_GETINFO', 8]],
	[0x800006, ['Q_SETINFO', 16]],
	[0x800007, ['Q_GETQUOTA', 32]],
	[0x800008, ['Q_SETQUOTA', 64]],
	[0x5801, ['Q_XQUOTAON', 256]],
	[0x5802, ['Q_XQUOTAOFF', 512]],
	[0x5803, ['Q_XGETQUOTA', 1024]],
	[0x5804, ['Q_XSETQLIM', 2048]],
	[0x5805, ['Q_XGETQSTAT', 4096]],
	[0x5806, ['Q_XQUOTARM', 8192]],
	[0x5807, ['Q_XQUOTASYNC', 16384]],
]);

/** quotactl's first argument: command above, kind of quota (1 user, 2 group) in the low byte. */
export function quotaCommand(argument: number): QuotaCommand {
	const [name, value] = quotaCommands.get(argument >>> 8) ?? ['', 0];
	const kind = argument & 0xff;
	return { name, value, type: kind < 2 ? kind + 1 : 0 };
}
