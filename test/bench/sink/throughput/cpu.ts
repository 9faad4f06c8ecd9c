/** CPU time of other processes, from /proc. */
import { readFileSync } from 'node:fs';

/** USER_HZ of Linux on every architecture we run on. */
const ticksPerS = 100;

/** User and system, with that of children that were waited for. */
export function cpuSecondsOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
		.replace(/^.*\) /s, '')
		.split(' ');
	// After the name: state is the 3rd field, utime the 14th, stime, cutime, cstime follow.
	return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerS;
}
