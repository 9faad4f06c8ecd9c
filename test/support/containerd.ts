/**
 * A real containerd of its own, in a folder of its own, with its CRI plug-in, and an image of busybox in two namespaces. Needs root
 * and the Debian packages containerd, runc, busybox-static.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child } from '../fleet/child.ts';
import { busyboxTar, engineProblem, programPath } from './busybox.ts';
import type { Engine } from './docker.ts';

const programs = {
	containerd: ['/usr/bin/containerd', '/usr/local/bin/containerd'],
	ctr: ['/usr/bin/ctr', '/usr/local/bin/ctr'],
	runc: ['/usr/sbin/runc', '/usr/bin/runc'],
};
const readyMsMax = 30_000;
const stopMsMax = 60_000;
export const image = 'docker.io/lab/busybox:1.0';

/** Why there can be no containerd here; null = there can. */
export function containerdProblem(): string | null {
	return engineProblem(programs, 'containerd, runc, busybox-static');
}

/** As nerdctl and the CRI plug-in make them; `ctr` takes any. */
export const newId = (): string => randomBytes(32).toString('hex');

export class Containerd implements Engine {
	readonly option = 'containerdSocket';
	readonly repository = 'docker.io/lab/busybox';
	readonly socket: string;
	readonly #folder: string;
	readonly #daemon: Child;

	private constructor(folder: string) {
		this.#folder = folder;
		this.socket = join(folder, 'containerd.sock');
		const config = join(folder, 'config.toml');
		writeFileSync(
			config,
			`version = 2
root = "${join(folder, 'root')}"
state = "${join(folder, 'state')}"
[grpc]
address = "${this.socket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${image}"
restrict_oom_score_adj = true
disable_cgroup = false
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${join(folder, 'cni')}"
conf_dir = "${join(folder, 'cni')}"
`,
		);
		this.#daemon = new Child({
			...{ name: 'containerd', program: programPath(programs, 'containerd'), readyMsMax, stopMsMax },
			args: ['--config', config],
			logFile: join(folder, 'log'),
			ready: () => this.#answers(),
		});
	}

	/** Throws when the daemon does not come up, with its last lines, or does not take the image; then nothing of it is left. */
	static async start(): Promise<Containerd> {
		const engine = new Containerd(mkdtempSync(join(tmpdir(), 'lanner-containerd-')));
		try {
			await engine.#daemon.start();
			const archive = engine.#makeImage();
			for (const namespace of ['default', 'k8s.io'])
				await engine.ctr('-n', namespace, 'images', 'import', '--all-platforms', archive);
		} catch (error) {
			await engine.stop();
			throw error;
		}
		return engine;
	}

	log(): string {
		return readFileSync(join(this.#folder, 'log'), 'utf8');
	}

	async ctr(...args: readonly string[]): Promise<string> {
		const { stdout } = await promisify(execFile)(programPath(programs, 'ctr'), ['-a', this.socket, ...args]);
		return stdout.trim();
	}

	/** `ctr run` of a container that is removed when it ends. */
	run(id: string, options: readonly string[], ...command: readonly string[]): Promise<string> {
		return this.ctr('run', '--rm', ...options, image, id, ...command);
	}

	runShort(app: string, ...command: readonly string[]): Promise<string> {
		return this.run(newId(), ['--label', `app=${app}`], ...command);
	}

	async stop(): Promise<void> {
		await this.#daemon.stop();
		this.#unmount();
		rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}

	/** What pods and containers that a failed test left still have mounted. */
	#unmount(): void {
		const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
		for (const line of mounts.reverse()) {
			const target = line.split(' ')[1] ?? '';
			if (target.startsWith(`${this.#folder}/`)) execFileSync('umount', ['--lazy', target]);
		}
	}

	async #answers(): Promise<boolean> {
		if (!existsSync(this.socket)) return false;
		return this.ctr('version').then(
			() => true,
			() => false,
		);
	}

	/** An OCI image layout in a tar, made by hand: no registry is asked. */
	#makeImage(): string {
		const layout = join(this.#folder, 'layout');
		mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
		const put = (mediaType: string, bytes: Buffer) => {
			const digest = createHash('sha256').update(bytes).digest('hex');
			writeFileSync(join(layout, 'blobs/sha256', digest), bytes);
			return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
		};
		const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
		const layer = put('application/vnd.oci.image.layer.v1.tar', busyboxTar(this.#folder));
		const config = put(
			'application/vnd.oci.image.config.v1+json',
			json({
				architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
				os: 'linux',
				config: { Cmd: ['/bin/sleep', '3600'], Env: ['PATH=/bin'] },
				rootfs: { type: 'layers', diff_ids: [layer.digest] },
			}),
		);
		const manifest = put(
			'application/vnd.oci.image.manifest.v1+json',
			json({
				schemaVersion: 2,
				mediaType: 'application/vnd.oci.image.manifest.v1+json',
				config,
				layers: [layer],
			}),
		);
		const annotations = { 'io.containerd.image.name': image, 'org.opencontainers.image.ref.name': '1.0' };
		writeFileSync(
			join(layout, 'index.json'),
			json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
		);
		writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
		const archive = join(this.#folder, 'image.tar');
		execFileSync('tar', ['-C', layout, '-cf', archive, '.']);
		return archive;
	}
}
