/** The runtimes of a host, each by its socket (read only): which of them are followed, and when the first lists are there. */
import { ContainerdSource } from './containerd.ts';
import { CriSource } from './cri.ts';
import { DockerSource } from './docker.ts';
import type { ContainerSource, SourceOptions } from './source.ts';

/** Null = that runtime is not followed. */
export type RuntimeSockets = {
	readonly docker: string | null;
	readonly podman: string | null;
	readonly containerd: string | null;
	readonly crio: string | null;
};

export type FollowOptions = Pick<SourceOptions, 'onContainer' | 'signal'> & {
	readonly sockets: RuntimeSockets;
	readonly onProblem: (error: Error, socketPath: string) => void;
};

/** Resolves after every runtime's containers were reported once (or it was found away), or after `waitMs`. */
export async function followContainers(
	{ sockets, onContainer, onProblem, signal }: FollowOptions,
	waitMs: number,
): Promise<void> {
	const sources: ContainerSource[] = [];
	const add = (socketPath: string | null, create: (options: SourceOptions) => ContainerSource): void => {
		if (socketPath === null) return;
		const told = (error: Error): void => onProblem(error, socketPath);
		sources.push(create({ socketPath, onContainer, onProblem: told, signal }));
	};
	add(sockets.docker, (options) => new DockerSource(options));
	add(sockets.podman, (options) => new DockerSource({ ...options, runtime: 'podman' }));
	add(sockets.containerd, (options) => new ContainerdSource(options));
	add(sockets.crio, (options) => new CriSource(options));
	for (const source of sources) void source.run();
	let timer: NodeJS.Timeout | undefined;
	const enough = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, waitMs);
	});
	await Promise.race([Promise.all(sources.map(({ listed }) => listed)), enough]);
	clearTimeout(timer);
}
