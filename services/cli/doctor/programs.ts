/** The capture program, and Docker's socket. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { bad, type Finding, good } from './finding.ts';

const getcapPrograms = ['/usr/sbin/getcap', '/sbin/getcap'];
const getcapLimitMs = 5000;

export function checkCapture(path: string, builtOnDemand: boolean): Finding {
	try {
		accessSync(path, constants.X_OK);
		return good('probe', hasCapabilities(path) ? `${path}, with file capabilities` : `${path}`);
	} catch (error) {
		const why = (error as NodeJS.ErrnoException).code ?? String(error);
		const remedy = builtOnDemand
			? 'npm run probe:build (lanner run does it too)'
			: 'install a package that has it';
		return bad('probe', `${path} cannot be run: ${why}`, remedy);
	}
}

export function hasCapabilities(path: string): boolean {
	const getcap = getcapPrograms.find((program) => statSync(program, { throwIfNoEntry: false }) !== undefined);
	if (getcap === undefined) return false;
	try {
		const said = execFileSync(getcap, [path], { encoding: 'utf8', timeout: getcapLimitMs, stdio: 'pipe' });
		return said.includes('cap_bpf') && said.includes('cap_perfmon');
	} catch {
		// A file that is not there, or a file system without attributes: no capabilities.
		return false;
	}
}

const runtimes = {
	docker: { option: 'dockerSocket', remedy: 'put the account of lanner into the group docker' },
	podman: {
		option: 'podmanSocket',
		remedy: 'give the account of lanner the socket: SocketGroup= of podman.socket',
	},
	containerd: {
		option: 'containerdSocket',
		remedy: "give the account of lanner the socket: [grpc] gid in containerd's config.toml",
	},
	crio: { option: 'crioSocket', remedy: "let the group of lanner open CRI-O's socket" },
} as const;

/** No runtime is fine: containers are then known by id alone. */
export function checkRuntime(runtime: keyof typeof runtimes, socket: string | null): Finding {
	const { option, remedy } = runtimes[runtime];
	if (socket === null) return good(runtime, `switched off (probe.${option}: null)`);
	if (statSync(socket, { throwIfNoEntry: false }) === undefined)
		return good(runtime, `no ${socket}: its containers, if any, are known by id alone`);
	try {
		accessSync(socket, constants.R_OK | constants.W_OK);
		return good(runtime, socket);
	} catch {
		return bad(runtime, `${socket} cannot be opened`, remedy);
	}
}
