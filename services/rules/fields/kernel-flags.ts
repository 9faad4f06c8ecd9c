/**
 * Kernel flag values → the numbering that rules see (`flag_tables` of the events). Events carry what the kernel had;
 * every conversion is one row table here, read in both directions (tests write events in the rules' numbering).
 *
 * A bit table maps bit by bit, what is not listed is dropped. A value table maps whole values, what is not listed becomes
 * `otherwise`.
 */
export type BitTable = {
	readonly kind: 'bits';
	readonly rows: readonly (readonly [kernel: number, rule: number])[];
};
export type ValueTable = {
	readonly kind: 'values';
	readonly rows: readonly (readonly [kernel: number, rule: number])[];
	readonly otherwise: number;
};
export type FlagTable = BitTable | ValueTable;

const twoTo32 = 4294967296;

/** True when every bit of `mask` (below 2^53) is set in `value`. */
export function hasBits(value: number, mask: number): boolean {
	if (value >= 0 && value < twoTo32 && mask < twoTo32) return (value & mask) >>> 0 === mask;
	return (BigInt(value) & BigInt(mask)) === BigInt(mask);
}

export function toRuleFlags(table: FlagTable, value: number): number {
	if (table.kind === 'values') {
		for (const [kernel, rule] of table.rows) if (kernel === value) return rule;
		return table.otherwise;
	}
	let flags = 0;
	for (const [kernel, rule] of table.rows) if (hasBits(value, kernel)) flags += rule;
	return flags;
}

export function toKernelFlags(table: FlagTable, value: number): number {
	if (table.kind === 'values') {
		for (const [kernel, rule] of table.rows) if (rule === value) return kernel;
		return value;
	}
	let flags = 0;
	for (const [kernel, rule] of table.rows) if (hasBits(value, rule)) flags += kernel;
	return flags;
}

function bits(...rows: (readonly [number, number])[]): BitTable {
	return { kind: 'bits', rows };
}

/** O_* beyond the access mode (x86-64), as dup3, pipe2 and socket have them too. */
export const fileFlagBits = bits(
	[0o100, 4], // O_CREAT
	[0o200, 32], // O_EXCL
	[0o1000, 256], // O_TRUNC
	[0o2000, 8], // O_APPEND
	[0o4000, 64], // O_NONBLOCK
	[0o10000, 16], // O_DSYNC
	[0o40000, 512], // O_DIRECT
	[0o100000, 2048], // O_LARGEFILE
	[0o200000, 1024], // O_DIRECTORY
	[0o2000000, 4096], // O_CLOEXEC
	[0o4000000, 128], // __O_SYNC
	[0o20000000, 8192], // __O_TMPFILE
);

export const ruleOpen = { readOnly: 1, writeOnly: 2, readWrite: 3, create: 4, tmpfile: 8192 } as const;
const ruleOpenCreated = 16384;
const ruleUpperLayer = 32768;
const ruleLowerLayer = 65536;

/** The access mode alone, as rules number it: 1 reads, 2 writes, 3 both. */
export function openMode(flags: number): number {
	const access = flags & 3;
	return access === 0 ? ruleOpen.readOnly : access === 1 ? ruleOpen.writeOnly : ruleOpen.readWrite;
}

/** Flags of an open: access mode and bits, and what the probe saw of the file (created, overlay layer). */
export function openFlags(flags: number, created: boolean, layer: number): number {
	let out = toRuleFlags(fileFlagBits, flags) + openMode(flags);
	if (created) out += ruleOpenCreated;
	if (layer === 1) out += ruleUpperLayer;
	if (layer === 2) out += ruleLowerLayer;
	return out;
}

/** Flags of calls that make a descriptor: with an access mode, as the engine of the reference turns them. */
export function descriptorFlags(flags: number): number {
	return toRuleFlags(fileFlagBits, flags) + openMode(flags);
}

/** CLONE_*. */
export const cloneFlagBits = bits(
	[0x100, 32768], // VM
	[0x200, 2], // FS
	[0x400, 1], // FILES
	[0x800, 2048], // SIGHAND
	[0x2000, 1024], // PTRACE
	[0x4000, 134217728], // VFORK
	[0x8000, 256], // PARENT
	[0x10000, 8192], // THREAD
	[0x20000, 32], // NEWNS
	[0x40000, 4096], // SYSVSEM
	[0x80000, 33554432], // SETTLS
	[0x100000, 512], // PARENT_SETTID
	[0x200000, 8388608], // CHILD_CLEARTID
	[0x800000, 16384], // UNTRACED
	[0x1000000, 16777216], // CHILD_SETTID
	[0x2000000, 268435456], // NEWCGROUP
	[0x4000000, 128], // NEWUTS
	[0x8000000, 8], // NEWIPC
	[0x10000000, 1048576], // NEWUSER
	[0x20000000, 64], // NEWPID
	[0x40000000, 16], // NEWNET
	[0x80000000, 4], // IO
);

/** Process.exeFlags of our schema → execve's flags. */
export const exeFlagBits = bits([1, 1], [2, 2], [8, 4], [4, 8]);

export const mmapFlagBits = bits(
	[0x1, 1],
	[0x2, 2],
	[0x10, 4], // FIXED
	[0x20, 8], // ANONYMOUS
	[0x40, 16], // 32BIT
	[0x4000, 64], // NORESERVE
	[0x8000, 128], // POPULATE
	[0x10000, 256], // NONBLOCK
	[0x100, 512], // GROWSDOWN
	[0x800, 1024], // DENYWRITE
	[0x1000, 2048], // EXECUTABLE
	[0x2000, 16384], // LOCKED
);

export const protectionBits = bits(
	[1, 1],
	[2, 2],
	[4, 4],
	[8, 8],
	[0x1000000, 16],
	[0x2000000, 32],
	[0x10, 64],
);
export const execveatFlagBits = bits([0x1000, 1], [0x100, 2]);
export const fchownatFlagBits = bits([0x100, 1024], [0x1000, 4096]);
export const deleteModuleFlagBits = bits([0o4000, 2], [0o1000, 1]);
export const openat2ResolveBits = bits([0x01, 16], [0x02, 4], [0x04, 8], [0x08, 1], [0x10, 2], [0x20, 32]);
export const closeRangeFlagBits = bits([2, 2], [4, 4]);

export const fcntlCommands: ValueTable = {
	kind: 'values',
	otherwise: 0,
	rows: [
		[0, 1],
		[1, 2],
		[2, 3],
		[3, 4],
		[4, 5],
		[5, 6],
		[6, 8],
		[7, 9],
		[8, 10],
		[9, 12],
		[10, 13],
		[11, 15],
		[15, 21],
		[16, 22],
		[36, 30],
		[37, 31],
		[38, 32],
		[1024, 23],
		[1025, 24],
		[1026, 27],
		[1029, 25],
		[1030, 26],
		[1031, 28],
		[1032, 29],
	],
};

export const ptraceRequests: ValueTable = {
	kind: 'values',
	otherwise: 0,
	rows: [
		[0, 1],
		[1, 2],
		[2, 3],
		[3, 4],
		[4, 5],
		[5, 6],
		[6, 7],
		[7, 8],
		[8, 9],
		[9, 10],
		[12, 26],
		[13, 27],
		[14, 28],
		[15, 29],
		[16, 11],
		[17, 12],
		[18, 30],
		[19, 31],
		[21, 32],
		[24, 13],
		[25, 33],
		[26, 34],
		[30, 35],
		[31, 36],
		[32, 37],
		[33, 38],
		[0x4200, 14],
		[0x4201, 15],
		[0x4202, 16],
		[0x4203, 17],
		[0x4204, 18],
		[0x4205, 19],
		[0x4206, 20],
		[0x4207, 21],
		[0x4208, 22],
		[0x4209, 23],
		[0x420a, 24],
		[0x420b, 25],
	],
};
