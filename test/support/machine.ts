/**
 * A Debian machine for deployment tests: real systemd as PID 1 in its own namespaces (systemd-nspawn over deploy/setup/machine-image.mjs),
 * a writable overlay of its own, this machine's kernel with eBPF. Optionally with a network: machines of one `Network` reach each other
 * and the test, and nothing else. Needs root and the Debian packages debootstrap and systemd-container.
 *
 * It gets cgroups of its own, since two machines in one would disturb each other. It dies with the test process (setpriv --pdeathsig).
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const image = join(import.meta.dirname, '../../dist/machine-bookworm');
const cgroupRoots = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'];
const bootMsMax = 90_000;
const haltMsMax = 30_000;
const pollMs = 200;

/**
 * A probe refuses to start in a pid namespace that is not the host's. A machine of a test stands for a host, so its own is taken for that:
 * only the question is answered differently, all else is the product as it is.
 */
const hostPids = '/usr/share/test-machine/host-pids.cjs';
const countsAsHost = `const fs = require('node:fs');
const { readlinkSync } = fs;
fs.readlinkSync = (path, ...rest) => (path === '/proc/self/ns/pid' ? 'pid:[4026531836]' : readlinkSync(path, ...rest));
require('node:module').syncBuiltinESMExports();
`;
const outputBytesMax = 64 << 20;

/** Why there can be no machine here; null = there can. */
export function machineProblem(): string | null {
	if (process.getuid?.() !== 0) return 'needs root';
	if (spawnSync('systemd-nspawn', ['--version']).status !== 0)
		return 'systemd-nspawn is missing (Debian package systemd-container)';
	if (!existsSync(image)) return `${image} is not there: debootstrap could not make it`;
	return null;
}

export type Said = { readonly code: number | null; readonly out: string; readonly err: string };

export type MachineOptions = {
	readonly name: string;
	/** Of the test; overlay and console are kept there. */
	readonly folder: string;
	readonly network?: { readonly namespace: string };
	/** Before it boots: what belongs into its root. */
	readonly prepare?: (root: string) => void;
};

export class Machine {
	readonly name: string;
	/** Its root as seen from here. */
	readonly root: string;
	readonly #folder: string;
	readonly #cgroups: readonly string[];
	readonly #child: ChildProcess;
	readonly #exited: Promise<void>;
	#leader = 0;

	static async boot(options: MachineOptions): Promise<Machine> {
		const machine = new Machine(options);
		try {
			await machine.#booted();
		} catch (error) {
			await machine.kill();
			throw error;
		}
		return machine;
	}

	private constructor({ name, folder, network, prepare }: MachineOptions) {
		this.name = name;
		this.#folder = join(folder, name);
		this.root = join(this.#folder, 'root');
		for (const part of ['upper', 'work', 'root']) mkdirSync(join(this.#folder, part), { recursive: true });
		const layers = `lowerdir=${image},upperdir=${join(this.#folder, 'upper')},workdir=${join(this.#folder, 'work')}`;
		execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, this.root]);
		this.write('/etc/hostname', `${name}\n`);
		this.write(hostPids, countsAsHost);
		this.write(
			'/etc/systemd/system.conf.d/test.conf',
			`[Manager]\nDefaultEnvironment=NODE_OPTIONS=--require=${hostPids}\n`,
		);
		prepare?.(this.root);
		this.#cgroups = cgroupRoots
			.filter((path) => existsSync(join(path, 'cgroup.procs')))
			.map((path) => join(path, `lanner-test-${process.pid}-${name}`));
		for (const path of this.#cgroups) mkdirSync(path, { recursive: true });
		const enter = this.#cgroups.map((path) => `echo $$ >${path}/cgroup.procs`).join(' && ');
		const console = openSync(join(this.#folder, 'console'), 'a');
		this.#child = spawn(
			'setpriv',
			[
				...['--pdeathsig', 'KILL', '--', 'sh', '-c', `${enter} && exec "$@"`, 'sh'],
				...[
					'systemd-nspawn',
					'--quiet',
					'--register=no',
					'--keep-unit',
					'--boot',
					'--kill-signal=SIGRTMIN+3',
				],
				...[`--directory=${this.root}`, `--machine=${name}`, `--hostname=${name}`],
				// A container's defaults lack what a host has: capabilities and calls for eBPF.
				...['--capability=CAP_BPF,CAP_PERFMON', '--system-call-filter=bpf perf_event_open'],
				network === undefined
					? '--private-network'
					: `--network-namespace-path=/run/netns/${network.namespace}`,
			],
			{ stdio: ['ignore', console, console] },
		);
		this.#exited = new Promise((resolve) => this.#child.once('close', () => resolve()));
	}

	/** Runs a program in it; throws, with what it said, when that fails. */
	run(program: string, ...args: readonly string[]): string {
		const { code, out, err } = this.try(program, ...args);
		if (code !== 0) throw new Error(`${this.name}: ${program} ${args.join(' ')}: exit ${code}\n${out}${err}`);
		return out;
	}

	/** A line for its shell. */
	sh(script: string): string {
		return this.run('sh', '-c', script);
	}

	try(program: string, ...args: readonly string[]): Said {
		const namespaces = ['-m', '-u', '-i', '-n', '-p'];
		const { status, stdout, stderr, error } = spawnSync(
			'nsenter',
			['-t', String(this.#leader), ...namespaces, '-r', '-w', '--', program, ...args],
			{
				encoding: 'utf8',
				maxBuffer: outputBytesMax,
				env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
			},
		);
		if (error !== undefined) throw error;
		return { code: status, out: stdout, err: stderr };
	}

	/** Copies a file into it; answers its path there. */
	put(file: string, path: string): string {
		mkdirSync(dirname(join(this.root, path)), { recursive: true });
		cpSync(file, join(this.root, path));
		return path;
	}

	write(path: string, text: string): void {
		mkdirSync(dirname(join(this.root, path)), { recursive: true });
		writeFileSync(join(this.root, path), text);
	}

	/** What a unit wrote to the journal, a line each. */
	journal(unit: string): string[] {
		return this.run('journalctl', '-u', unit, '-o', 'cat', '--no-pager').split('\n').filter(Boolean);
	}

	/** Until `look` answers something; what it last saw is in the error. */
	async until<T>(what: string, look: () => T | null | undefined | false, msMax = 30_000): Promise<T> {
		const end = Date.now() + msMax;
		while (true) {
			const found = look();
			if (found !== null && found !== undefined && found !== false) return found;
			if (Date.now() > end) {
				const units = this.try('journalctl', '-u', 'lanner*', '-o', 'cat', '--no-pager', '-n', '30').out;
				throw new Error(`${this.name}: ${what}: not within ${msMax / 1000} s\n${units}`);
			}
			await sleep(pollMs);
		}
	}

	async poweroff(): Promise<void> {
		this.try('systemctl', 'poweroff', '--no-block');
		const timer = setTimeout(() => this.#child.kill('SIGKILL'), haltMsMax);
		await this.#exited;
		clearTimeout(timer);
		this.#tidy();
	}

	async kill(): Promise<void> {
		if (this.#leader > 0) spawnSync('kill', ['-9', String(this.#leader)]);
		this.#child.kill('SIGKILL');
		await this.#exited;
		this.#tidy();
	}

	async #booted(): Promise<void> {
		await this.until('boots', () => this.#findLeader(), bootMsMax);
		const states = ['running', 'degraded'];
		await this.until(
			'comes up',
			() => states.includes(this.try('systemctl', 'is-system-running').out.trim()),
			bootMsMax,
		);
	}

	/** Its PID 1 as numbered here: the child of systemd-nspawn. */
	#findLeader(): boolean {
		if (this.#child.exitCode !== null) {
			const said = readFileSync(join(this.#folder, 'console'), 'utf8').slice(-2000);
			throw new Error(`${this.name} did not boot:\n${said}`);
		}
		const pid = this.#child.pid;
		const [first = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ');
		if (first === '' || readFileSync(`/proc/${first}/comm`, 'latin1').trim() !== 'systemd') return false;
		this.#leader = Number(first);
		return true;
	}

	#tidy(): void {
		spawnSync('umount', ['--lazy', this.root]);
		for (const path of this.#cgroups) removeCgroup(path);
		rmSync(join(this.#folder, 'work'), { recursive: true, force: true });
	}
}

function removeCgroup(path: string): void {
	if (!existsSync(path)) return;
	for (const entry of readdirSync(path, { withFileTypes: true }))
		if (entry.isDirectory()) removeCgroup(join(path, entry.name));
	try {
		rmdirSync(path);
	} catch (error) {
		// A process that is still ending; the empty group costs nothing and goes with the next boot.
		if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
	}
}
