/**
 * Whether a probe in a container is set up to see its host. The kernel's events carry the host's pids, users and machine id; what the agent
 * reads for itself must be the host's too, else it would leave out the files of the wrong process, take a snapshot of its own container and
 * name users as its image does. Refused before anything is opened: such a probe looks healthy.
 */
import { readlinkSync } from 'node:fs';
import { FailureError } from '../command.ts';

/** Inode of the machine's first pid namespace, the same since Linux 3.8 (PROC_PID_INIT_INO). */
const hostPidNamespace = 'pid:[4026531836]';

export function assertSeesHost(pidNamespace = readlinkSync('/proc/self/ns/pid')): void {
	if (pidNamespace !== hostPidNamespace)
		throw new FailureError(
			`this probe is in a pid namespace of its own (${pidNamespace}), so it would not see the processes of the host`,
			'give the container the pids of the host: hostPID: true (Kubernetes), pid: host (compose), --pid=host (docker run)',
		);
}
