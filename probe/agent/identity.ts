/**
 * Who this host is: the facts in the header of every batch.
 *
 * The machine id itself is confidential (machine-id(5)), so the host id is an HMAC of it with a constant of ours, in
 * the shape of a UUID: stable across boots, of no use elsewhere. Without a machine id a random one is kept in the data folder.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, hostname } from 'node:os';
import { join } from 'node:path';

export type HostIdentity = {
	readonly hostId: string;
	readonly hostName: string;
	readonly bootId: string;
	/** As `uname -m` says it. */
	readonly machine: string;
};

const applicationKey = 'lanner host id v1';
const machineIdPattern = /^[0-9a-f]{32}$/;
const hostIdFile = 'host-id';
const machineByArch: Readonly<Record<string, string>> = {
	x64: 'x86_64',
	arm64: 'aarch64',
	riscv64: 'riscv64',
	s390x: 's390x',
};

/** `root`: where /etc/machine-id is looked for; a container has its host's files somewhere else than at `/`. */
export function readHostIdentity(options: {
	readonly dataFolder: string;
	readonly root?: string;
}): HostIdentity {
	const root = options.root ?? '/';
	const machineId = readTrimmed(join(root, 'etc/machine-id')) ?? '';
	return {
		hostId: machineIdPattern.test(machineId) ? hostIdOf(machineId) : keptHostId(options.dataFolder),
		hostName: hostname(),
		bootId: readTrimmed('/proc/sys/kernel/random/boot_id') ?? '',
		machine: machineByArch[arch()] ?? arch(),
	};
}

/** Machine id → host id: 32 of the HMAC's hex digits, grouped as a UUID. */
export function hostIdOf(machineId: string): string {
	const hex = createHmac('sha256', applicationKey).update(machineId).digest('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
		'-',
	);
}

function keptHostId(dataFolder: string): string {
	const file = join(dataFolder, hostIdFile);
	const kept = readTrimmed(file);
	if (kept !== null && kept !== '') return kept;
	const fresh = randomUUID();
	writeFileSync(file, `${fresh}\n`, { mode: 0o644 });
	return fresh;
}

function readTrimmed(file: string): string | null {
	try {
		return readFileSync(file, 'latin1').trim();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}

/** Offset of local time from UTC now, seconds, east positive. */
export function utcOffsetS(now: Date): number {
	// `+ 0` turns the -0 of UTC into 0.
	return -now.getTimezoneOffset() * 60 + 0;
}
