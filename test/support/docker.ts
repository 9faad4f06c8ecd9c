/**
 * A real Docker engine of its own, in a folder of its own, without bridge or firewall rules (they would be the machine's), and an
 * image of busybox. Needs root and the Debian packages docker.io, containerd, runc, busybox-static.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child } from '../fleet/child.ts';
import { busyboxTar, engineProblem, programPath } from './busybox.ts';

const programs = {
	dockerd: ['/usr/sbin/dockerd', '/usr/bin/dockerd'],
	docker: ['/usr/bin/docker'],
};
const readyMsMax = 30_000;
const stopMsMax = 60_000;
const importMsMax = 60_000;
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

/** Why there can be no engine here; null = there can. */
export function dockerProblem(): string | null {
	return engineProblem(programs, 'docker.io, busybox-static');
}

export class DockerEngine implements Engine {
	readonly option = 'dockerSocket';
	readonly repository = 'lab/busybox';
	readonly socket: string;
	readonly #folder: string;
	readonly #daemon: Child;

	private constructor(folder: string) {
		this.#folder = folder;
		this.socket = join(folder, 'docker.sock');
		const away = [
			'--iptables=false',
			'--ip6tables=false',
			'--bridge=none',
			'--ip-forward=false',
			'--ip-masq=false',
		];
		const at = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
		this.#daemon = new Child({
			...{ name: 'dockerd', program: programPath(programs, 'dockerd'), readyMsMax, stopMsMax },
			args: [...at, '--pidfile', join(folder, 'pid'), '-H', `unix://${this.socket}`, ...away],
			logFile: join(folder, 'log'),
			ready: () => this.#answers(),
		});
	}

	/** Throws when the daemon does not come up, with its last lines, or does not take the image; then nothing of it is left. */
	static async start(rootFileSystem = busyboxTar): Promise<DockerEngine> {
		const engine = new DockerEngine(mkdtempSync(join(tmpdir(), 'lanner-docker-')));
		try {
			await engine.#daemon.start();
			engine.#importImage(rootFileSystem(engine.#folder));
		} catch (error) {
			await engine.stop();
			throw error;
		}
		return engine;
	}

	/** Runs the docker command line; its output. */
	async docker(...args: readonly string[]): Promise<string> {
		const { stdout } = await promisify(execFile)(programPath(programs, 'docker'), [
			'-H',
			`unix://${this.socket}`,
			...args,
		]);
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
		await this.#daemon.stop();
		rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}

	async #answers(): Promise<boolean> {
		if (!existsSync(this.socket)) return false;
		return this.docker('version').then(
			() => true,
			() => false,
		);
	}

	#importImage(input: Buffer): void {
		const args = ['-H', `unix://${this.socket}`, 'import', '-', image];
		execFileSync(programPath(programs, 'docker'), args, { input, timeout: importMsMax });
	}
}
