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

/** No Docker is fine: containers are then known by id alone. */
export function checkDocker(socket: string | null): Finding {
	if (socket === null) return good('docker', 'switched off (probe.dockerSocket: null)');
	if (statSync(socket, { throwIfNoEntry: false }) === undefined)
		return good('docker', `no ${socket}: containers are known by id alone`);
	try {
		accessSync(socket, constants.R_OK | constants.W_OK);
		return good('docker', socket);
	} catch {
		return bad('docker', `${socket} cannot be opened`, 'put the account of lanner into the group docker');
	}
}
