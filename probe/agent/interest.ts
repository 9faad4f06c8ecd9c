/**
 * What capture is asked for: the system calls that the rules in force can match, and those that keep the process tree true.
 * Starts, forks and exits of processes always come, whatever is asked for.
 */

/** What capture is to report. */
export type Interest = {
	/** Value of `--syscalls`; null = capture's own choice. */
	readonly calls: string | null;
	/** Environment variables of started programs; `*` alone = all. */
	readonly environment: readonly string[];
	/** The first bytes of what calls read and write. */
	readonly data: boolean;
	/** Value of `--filter`: events that no rule can match are left out in the kernel; empty = none are. */
	readonly filter: string;
};

/** As options of capture, for a start. */
export function interestOptions({ calls, environment, data, filter }: Interest): string[] {
	return [
		...(calls === null ? [] : ['--syscalls', calls]),
		...(environment.length === 0 ? [] : ['--env', environment.join(',')]),
		...(data ? ['--data'] : []),
		...(filter === '' ? [] : ['--filter', filter]),
	];
}

/** As lines of its control, for a change while it runs. The filter comes first: it may be of rules that want more of the calls of now. */
export function interestLines({ calls, environment, data, filter }: Interest): string[] {
	return [
		`filter ${filter}`,
		`env ${environment.join(',')}`,
		`data ${data ? 'on' : 'off'}`,
		`syscalls ${calls ?? 'default'}`,
	];
}

/** Calls that change what is known of a running process: directories, credentials, namespaces, session, name. */
const stateCalls = [
	'chdir',
	'fchdir',
	'chroot',
	'pivot_root',
	'setuid',
	'setgid',
	'setreuid',
	'setregid',
	'setresuid',
	'setresgid',
	'setfsuid',
	'setfsgid',
	'setgroups',
	'capset',
	'setns',
	'unshare',
	'setsid',
	'setpgid',
	'prctl',
] as const;

/** Events that are no system calls. */
const notCalls: ReadonlySet<string> = new Set([
	'unknown',
	'procexit',
	'container',
	'snapshot',
	'heartbeat',
	'gap',
	'probe',
	'users',
	'interest',
]);

/** A rule attached to more event types than this names none: it wants whatever is captured, not every call there is. */
const namedTypesMax = 200;

/**
 * Value of capture's `--syscalls`: event types of each rule → names. A name that has no system call on this machine is left
 * out by capture (`?`), since rules are written for every architecture.
 */
export function captureCalls(rules: Iterable<readonly string[]>): string {
	const calls = new Set<string>(stateCalls);
	let everything = false;
	for (const eventTypes of rules) {
		if (eventTypes.length > namedTypesMax) everything = true;
		else for (const type of eventTypes) if (!notCalls.has(type)) calls.add(type);
	}
	const names = [...calls].sort().map((name) => `?${name}`);
	return (everything ? ['default', ...names] : names).join(',');
}
