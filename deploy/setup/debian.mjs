/**
 * Debian and Ubuntu packages, installed by apt-get when this is root and they are missing. `apt-get update` runs only
 * when an install without it fails (fresh machines and images have no package lists). Elsewhere the error says what to
 * install by hand.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { runProgram, SetupError, step } from './step.mjs';

/** What building the probe takes. */
export const probePackages = [
	'clang',
	'llvm',
	'libbpf-dev',
	'libelf-dev',
	'zlib1g-dev',
	'bpftool',
	'make',
	'gcc',
	'libc6-dev',
	'pkg-config',
	'libcap2-bin',
];

/** A real Docker engine for the tests (test/support/docker.ts starts one of its own). */
const containerPackages = ['docker.io', 'containerd', 'runc', 'busybox-static'];

/** What the tests use as real counterparts: a syslog receiver, provokers of system calls, an independent witness. */
export const testPackages = [
	...['rsyslog', 'rsyslog-gnutls', 'openssl', 'python3', 'gcc', 'libc6-dev', 'strace'],
	...containerPackages,
];

/** What the local fleet runs on (test/fleet): a Kafka broker fetched by Maven, and Redis' binary without its service. */
export const fleetPackages = [
	...['openjdk-17-jre-headless', 'maven', 'redis-tools', 'openssl', 'util-linux'],
	// For the example that reads alerts.
	...['python3', 'python3-venv'],
];

/** What cross-builds the probe for arm64 (probe/arm64.sh), and starts the result. */
export const crossPackages = ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'qemu-user-static'];

/** Machines for the deployment tests (test/support/machine.ts), and what reaches them. */
export const machinePackages = [
	'debootstrap',
	'systemd-container',
	'openssh-client',
	'iproute2',
	'dpkg',
	'binutils',
];

/** Ubuntu has bpftool in the tools of its kernel. */
const ubuntuNames = new Map([['bpftool', ['linux-tools-common', 'linux-tools-generic']]]);

function distribution() {
	let text = '';
	try {
		text = readFileSync('/etc/os-release', 'utf8');
	} catch (error) {
		if (error.code !== 'ENOENT') throw error;
	}
	const value = (key) => new RegExp(`^${key}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? '';
	return { id: value('ID'), like: value('ID_LIKE').split(' '), name: value('PRETTY_NAME') || 'this system' };
}

function missing(packages) {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders.
	const format = '${Package} ${db:Status-Status}\n';
	const answer = spawnSync('dpkg-query', ['-W', '-f', format, ...packages], {
		encoding: 'utf8',
	});
	const installed = new Set();
	for (const line of (answer.stdout ?? '').split('\n')) {
		const [name, status] = line.split(' ');
		if (status === 'installed') installed.add(name);
	}
	return packages.filter((name) => !installed.has(name));
}

async function install(packages) {
	const args = ['install', '-y', '-q', '--no-install-recommends', ...packages];
	const options = {
		env: { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
		remedy: `install them by hand and run the command again: apt-get update && apt-get install ${packages.join(' ')}`,
	};
	try {
		await runProgram('apt-get', args, options);
	} catch (error) {
		if (!(error instanceof SetupError)) throw error;
		await runProgram('apt-get', ['update', '-q'], options);
		await runProgram('apt-get', args, options);
	}
}

/** Makes sure that the packages are there; throws SetupError with what to install when it cannot. */
export async function ensureDebianPackages(purpose, packages) {
	const { id, like, name } = distribution();
	const isDebian = id === 'debian' || id === 'ubuntu' || like.includes('debian') || like.includes('ubuntu');
	if (!isDebian) {
		throw new SetupError(
			`${name} is not Debian or Ubuntu: packages are not installed for you`,
			`install what these Debian packages hold: ${packages.join(' ')}`,
		);
	}
	const isUbuntu = id === 'ubuntu' || like.includes('ubuntu');
	const wanted = isUbuntu ? packages.flatMap((item) => ubuntuNames.get(item) ?? [item]) : packages;
	const absent = missing(wanted);
	if (absent.length === 0) return;
	if (process.getuid() !== 0) {
		throw new SetupError(
			`packages are missing (${purpose}): ${absent.join(' ')}`,
			`run once as root, or: sudo apt-get install --no-install-recommends ${absent.join(' ')}`,
		);
	}
	await step(`installing Debian packages (${purpose}): ${absent.join(' ')}`, () => install(absent));
}
