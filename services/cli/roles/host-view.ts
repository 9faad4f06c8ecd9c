/**
 * Whether a probe in a container is set up to see its host. The kernel's events carry the host's pids, users and machine id; what the agent
 * reads for itself must be the host's too, else it would leave out the files of the wrong process, take a snapshot of its own container and
 * name users as its image does. Refused before anything is opened: such a probe looks healthy.
 */
import { existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import { FailureError } from '../command.ts';

/** Inode of the machine's first pid namespace, the same since Linux 3.8 (PROC_PID_INIT_INO). */
const hostPidNamespace = 'pid:[4026531836]';

export type HostView = {
	/** What /proc/self/ns/pid points at. */
	readonly pidNamespace: string;
	readonly exists: (path: string) => boolean;
};

function ownView(): HostView {
	return { pidNamespace: readlinkSync('/proc/self/ns/pid'), exists: existsSync };
}

export function assertSeesHost({ hostRoot }: Config['probe'], view: HostView = ownView()): void {
	if (view.pidNamespace !== hostPidNamespace)
		throw new FailureError(
			`this probe is in a pid namespace of its own (${view.pidNamespace}), so it would not see the processes of the host`,
			'give the container the pids of the host: hostPID: true (Kubernetes), pid: host (compose), --pid=host (docker run)',
		);
	const passwd = join(hostRoot, 'etc/passwd');
	if (!view.exists(passwd))
		throw new FailureError(
			`probe.hostRoot: there is no ${passwd}`,
			"mount the host's /etc there, read only (docker run -v /etc:/host/etc:ro with probe.hostRoot: /host)",
		);
}
