/**
 * A Docker engine of the kind users have (26, with BuildKit, buildx, compose and the containerd image store), from packages of Debian 13
 * unpacked below dist/: Debian 12's own (20.10) knows neither CAP_BPF nor CAP_PERFMON. Nothing is installed.
 * On the machine's network it gets no bridge and no firewall rules, so that builds reach package registries and nothing else changes; on a
 * network of its own (a namespace with loopback alone) it has both, for containers that talk to each other. Needs root; stop() ends it.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child } from '../fleet/child.ts';

const root = join(import.meta.dirname, '../..');
const packagesFolder = join(root, 'dist/docker-engine');
const installed = join(packagesFolder, 'root');
const packages = ['docker.io', 'docker-cli', 'docker-compose', 'docker-buildx', 'containerd', 'tini'];
const readyMsMax = 60_000;
const stopMsMax = 60_000;
const outputBytesMax = 64 << 20;

/** Why there can be no engine here; null = there can. */
export function engineProblem(): string | null {
	if (process.getuid?.() !== 0) return 'needs root';
	const missing = ['/usr/bin/apt-get', '/usr/bin/unshare', '/usr/sbin/runc'].filter(
		(path) => !existsSync(path),
	);
	return missing.length === 0 ? null : `${missing.join(', ')} missing (apt, util-linux, runc)`;
}

/** Downloads and unpacks the packages, once. */
function ensurePackages(): void {
	if (existsSync(join(installed, 'usr/sbin/dockerd'))) return;
	const debs = join(packagesFolder, 'debs');
	for (const folder of ['debs', 'lists', 'archives/partial'])
		mkdirSync(join(packagesFolder, folder), { recursive: true });
	const source = join(packagesFolder, 'sources.list');
	const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
	writeFileSync(source, `deb [signed-by=${keyring}] http://deb.debian.org/debian trixie main\n`);
	const options = {
		'Dir::Etc::SourceList': source,
		'Dir::Etc::SourceParts': '/dev/null',
		'Dir::State::Lists': join(packagesFolder, 'lists'),
		'Dir::Cache': packagesFolder,
		'APT::Sandbox::User': 'root',
	};
	const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
	const apt = (...args: readonly string[]) =>
		execFileSync('apt-get', [...given, ...args], { cwd: debs, stdio: 'pipe' });
	apt('update');
	apt('download', ...packages);
	const partial = `${installed}.${process.pid}`;
	for (const name of readdirSync(debs)) execFileSync('dpkg-deb', ['--extract', join(debs, name), partial]);
	execFileSync('mv', [partial, installed]);
}

export type EngineOptions = {
	/** Images and caches; may outlive the engine. */
	readonly folder: string;
	readonly network: 'own' | "machine's";
};

export class Engine {
	readonly env: Readonly<Record<string, string>>;
	readonly #folder: string;
	readonly #daemon: Child;

	private constructor({ folder, network }: EngineOptions) {
		this.#folder = folder;
		mkdirSync(join(folder, 'config'), { recursive: true });
		const plugins = join(installed, 'usr/libexec/docker/cli-plugins');
		writeFileSync(join(folder, 'config/config.json'), JSON.stringify({ cliPluginsExtraDirs: [plugins] }));
		writeFileSync(join(folder, 'daemon.json'), '{"features":{"containerd-snapshotter":true}}');
		const socket = `unix://${join(folder, 'docker.sock')}`;
		const PATH = ['usr/bin', 'usr/sbin'].map((part) => join(installed, part)).join(':');
		this.env = {
			...(process.env as Record<string, string>),
			PATH: `${PATH}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
			DOCKER_HOST: socket,
			DOCKER_CONFIG: join(folder, 'config'),
		};
		const at = ['data', 'exec'].flatMap((part) => [`--${part}-root`, join(folder, part)]);
		const args = [
			...at,
			'--config-file',
			join(folder, 'daemon.json'),
			'--pidfile',
			join(folder, 'pid'),
			'-H',
			socket,
		];
		const away = ['iptables', 'ip6tables', 'ip-forward', 'ip-masq'].map((name) => `--${name}=false`);
		const inOwnNetwork = ['--net', 'sh', '-c', 'ip link set lo up && exec dockerd "$@"', 'sh', ...args];
		const run =
			network === 'own'
				? { program: 'unshare', args: inOwnNetwork }
				: { program: 'dockerd', args: [...args, ...away, '--bridge=none'] };
		this.#daemon = new Child({
			...{ name: 'dockerd', ...run, env: this.env, readyMsMax, stopMsMax },
			logFile: join(folder, 'log'),
			ready: () =>
				this.docker('version').then(
					() => true,
					() => false,
				),
		});
	}

	/** Throws with the daemon's last lines when it does not come up. */
	static async start(options: EngineOptions): Promise<Engine> {
		ensurePackages();
		const engine = new Engine(options);
		await engine.#daemon.start();
		return engine;
	}

	/** Runs the docker command line; its output. Fails with what it wrote to standard error. */
	async docker(...args: readonly string[]): Promise<string> {
		const { stdout } = await promisify(execFile)('docker', args, {
			env: this.env,
			maxBuffer: outputBytesMax,
		});
		return stdout.trim();
	}

	/** The same, for commands that may fail: exit code and all output. */
	async attempt(
		args: readonly string[],
		{ timeoutMs = 60_000 } = {},
	): Promise<{ code: number; output: string }> {
		const child = spawn('docker', args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.setEncoding('utf8').on('data', (text: string) => {
				output = (output + text).slice(-outputBytesMax);
			});
		const timer = setTimeout(() => child.kill('SIGTERM'), timeoutMs);
		const code = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
		clearTimeout(timer);
		return { code, output };
	}

	/** Runs a program of this machine on the engine's network, where published ports are; its output. */
	async onNetwork(program: string, ...args: readonly string[]): Promise<string> {
		const daemon = readFileSync(join(this.#folder, 'pid'), 'utf8').trim();
		const { stdout } = await promisify(execFile)('nsenter', ['-t', daemon, '-n', '--', program, ...args]);
		return stdout.trim();
	}

	/** `remove`: images and caches, too. */
	async stop({ remove = false } = {}): Promise<void> {
		await this.#daemon.stop();
		if (remove) rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}
}
