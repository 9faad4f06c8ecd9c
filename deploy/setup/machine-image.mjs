/**
 * The root file system of the machines in the deployment tests (test/support/machine.ts): a minimal Debian with systemd and sshd, made
 * once by debootstrap from the mirror that apt uses here (1 to 3 minutes), kept in dist/. Machines write to an overlay over it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { runProgram, SetupError, step } from './step.mjs';

const suite = 'bookworm';
const inside = ['systemd', 'systemd-sysv', 'dbus', 'libcap2-bin', 'openssh-server', 'iproute2', 'xz-utils'];
const mirrorDefault = 'http://deb.debian.org/debian';

export function machineImage(root) {
	return join(root, `dist/machine-${suite}`);
}

function mirror() {
	const said = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)'], { encoding: 'utf8' });
	return said.split('\n').find((uri) => /^https?:\/\/\S*\/debian\/?$/.test(uri)) ?? mirrorDefault;
}

export async function ensureMachineImage(root) {
	const image = machineImage(root);
	if (existsSync(image)) return image;
	if (process.getuid() !== 0)
		throw new SetupError('a Debian for the test machines needs root', 'run as root');
	await withLock(root, async () => {
		if (existsSync(image)) return;
		const fresh = `${image}.new`;
		rmSync(fresh, { recursive: true, force: true });
		await step(`making a Debian ${suite} for test machines (debootstrap)`, () =>
			runProgram(
				'debootstrap',
				['--variant=minbase', `--include=${inside.join(',')}`, suite, fresh, mirror()],
				{
					remedy: 'check that the Debian mirror is reached (apt-get update)',
				},
			),
		);
		rmSync(join(fresh, 'var/cache/apt/archives'), { recursive: true });
		// Each machine makes its own.
		for (const path of ['etc/machine-id', 'var/lib/dbus/machine-id'])
			rmSync(join(fresh, path), { force: true });
		for (const kind of ['rsa', 'ecdsa', 'ed25519'])
			rmSync(join(fresh, `etc/ssh/ssh_host_${kind}_key`), { force: true });
		renameSync(fresh, image);
	});
	return image;
}
