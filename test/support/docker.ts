/**
 * A real Docker engine of its own, in a folder of its own, without bridge or firewall rules (they would be the machine's), and an
 * image of busybox. Needs root and the Debian packages docker.io, containerd, runc, busybox-static.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const programs = {
	dockerd: ['/usr/sbin/dockerd', '/usr/bin/dockerd'],
	docker: ['/usr/bin/docker'],
	busybox: ['/bin/busybox', '/usr/bin/busybox'],
};
const startMs = 30_000;
export const image = 'lab/busybox:1.0';

/** What tests of containers need of an engine, whichever it is. */
export type Engine = {
	readonly socket: string;
	/** Option of the section `probe` for its socket. */
	readonly option: 'dockerSocket' | 'containerdSocket';
	readonly repository: string;
	/** A short container with the label `app`; removed when it ends. */
	runShort(app: string, ...command: readonly string[]): Promise<unknown>;
	stop(): Promise<void>;
};

function find(name: keyof typeof programs): string | undefined {
	return programs[name].find(existsSync);
}

/** Why there can be no engine here; null = there can. */
export function dockerProblem(): string | null {
	if (process.getuid?.() !== 0) return 'needs root';
	const missing = (Object.keys(programs) as (keyof typeof programs)[]).filter(
		(name) => find(name) === undefined,
	);
	return missing.length === 0 ? null : `${missing.join(', ')} missing (docker.io, busybox-static)`;
}

export class DockerEngine implements Engine {
	readonly option = 'dockerSocket';
	readonly repository = 'lab/busybox';
	readonly socket: string;
	readonly #folder: string;
	readonly #daemon: ChildProcess;
	#ended = false;

	private constructor(folder: string) {
		this.#folder = folder;
		this.socket = join(folder, 'docker.sock');
		const log = openSync(join(folder, 'log'), 'a');
		const away = [
			'--iptables=false',
			'--ip6tables=false',
			'--bridge=none',
			'--ip-forward=false',
			'--ip-masq=false',
		];
		const at = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
		this.#daemon = spawn(
			find('dockerd')!,
			[...at, '--pidfile', join(folder, 'pid'), '-H', `unix://${this.socket}`, ...away],
			{ stdio: ['ignore', log, log] },
		);
		this.#daemon.once('exit', () => {
			this.#ended = true;
		});
	}

	/** Throws with the daemon's last lines when it does not come up. */
	static async start(): Promise<DockerEngine> {
		const folder = mkdtempSync(join(tmpdir(), 'lanner-docker-'));
		const engine = new DockerEngine(folder);
		const end = Date.now() + startMs;
		while (!(await engine.#answers())) {
			if (engine.#ended || Date.now() > end) {
				const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').slice(-5).join('\n');
				await engine.stop();
				throw new Error(`dockerd did not come up:\n${lines}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		engine.#importImage();
		return engine;
	}

	/** Runs the docker command line; its output. */
	async docker(...args: readonly string[]): Promise<string> {
		const { stdout } = await promisify(execFile)(find('docker')!, ['-H', `unix://${this.socket}`, ...args]);
		return stdout.trim();
	}

	/** `docker run` of a container without network that is removed when it ends. */
	run(options: readonly string[], ...command: readonly string[]): Promise<string> {
		return this.docker('run', '--rm', '--network', 'none', ...options, image, ...command);
	}

	runShort(app: string, ...command: readonly string[]): Promise<string> {
		return this.run(['--name', app, '--label', `app=${app}`], ...command);
	}

	async stop(): Promise<void> {
		if (!this.#ended) {
			const gone = new Promise((resolve) => this.#daemon.once('exit', resolve));
			this.#daemon.kill('SIGTERM');
			await gone;
		}
		rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}

	async #answers(): Promise<boolean> {
		if (!existsSync(this.socket)) return false;
		return this.docker('version').then(
			() => true,
			() => false,
		);
	}

	#importImage(): void {
		const root = join(this.#folder, 'rootfs');
		mkdirSync(join(root, 'bin'), { recursive: true });
		mkdirSync(join(root, 'etc'));
		copyFileSync(find('busybox')!, join(root, 'bin/busybox'));
		for (const name of ['sh', 'cat', 'sleep', 'true']) symlinkSync('busybox', join(root, 'bin', name));
		writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
		writeFileSync(join(root, 'etc/shadow'), 'root:*:1::::::\n');
		const tar = execFileSync('tar', ['-C', root, '-cf', '-', '.'], { maxBuffer: 64 << 20 });
		execFileSync(find('docker')!, ['-H', `unix://${this.socket}`, 'import', '-', image], { input: tar });
	}
}
