/** A cgroup that looks like a container's, without a runtime: for tests of what goes by the container alone. Needs root. */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

export type ContainerCgroup = {
	readonly id: string;
	/** Shell text that runs a command in it. */
	readonly command: (command: string) => string;
	/** Only when nobody is in it any more. */
	readonly remove: () => void;
};

/** Mount of cgroup v2, null when there is none that may be written. */
export function cgroupMount(): string | null {
	const line = readFileSync('/proc/mounts', 'utf8')
		.split('\n')
		.find((mount) => mount.split(' ')[2] === 'cgroup2');
	const path = line?.split(' ')[1];
	if (path === undefined || !line!.split(' ')[3]!.split(',').includes('rw')) return null;
	return existsSync(join(path, 'cgroup.procs')) ? path : null;
}

export function makeContainerCgroup(mount: string, id: string): ContainerCgroup {
	const parent = join(mount, 'docker');
	const path = join(parent, id);
	mkdirSync(path, { recursive: true });
	return {
		id,
		command: (command) => `echo $$ > ${path}/cgroup.procs && exec ${command}`,
		remove: () => {
			rmdirSync(path);
			try {
				rmdirSync(parent);
			} catch {
				// Others (a real Docker) have theirs in it.
			}
		},
	};
}
