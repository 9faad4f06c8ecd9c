/**
 * Follows the containers and pod sandboxes of a runtime that speaks the Container Runtime Interface: CRI-O. (containerd speaks it,
 * too, but its own API also knows containers that are not Kubernetes', and says earlier when one is made: containerd.ts.)
 *
 * The lists are asked for every `pollMs`, and at once when the runtime says that something changed, where it offers that. So facts may
 * come after a container's first program: alerts raised before are amended. Bounds: those of source.ts.
 */
import {
	type Container,
	imageOf,
	labelList,
	listMax,
	podLabelsOf,
	podOf,
	unknownContainer,
} from './container.ts';
import { CriApi, type CriContainer, type CriSandbox, type CriStatus } from './cri-api.ts';
import { GrpcClient, GrpcError, statusUnimplemented } from './grpc.ts';
import { factsOfSpec } from './oci-spec.ts';
import {
	type ContainerSource,
	containersMax,
	followForEver,
	KnownContainers,
	type SourceOptions,
} from './source.ts';

export type CriOptions = SourceOptions & { readonly runtime?: string; readonly pollMs?: number };

const pollMsDefault = 1_000;
const nsPerS = 1_000_000_000;
const digestOf = /sha256:[0-9a-f]{64}$/;

export class CriSource implements ContainerSource {
	readonly listed: Promise<void>;
	readonly #options: CriOptions;
	readonly #client: GrpcClient;
	readonly #api: CriApi;
	readonly #known: KnownContainers;
	#resolveListed: () => void = () => {};
	#wake: () => void = () => {};

	constructor(options: CriOptions) {
		this.#options = options;
		this.#client = new GrpcClient(options.socketPath);
		this.#api = new CriApi(this.#client, options.signal);
		this.#known = new KnownContainers(options.onContainer);
		this.listed = new Promise((resolve) => {
			this.#resolveListed = resolve;
		});
	}

	async run(): Promise<void> {
		await followForEver(this.#options, () => this.#follow(), this.#resolveListed);
		this.#client.close();
	}

	async #follow(): Promise<void> {
		const ended = this.#listen();
		let failure: unknown = null;
		ended.catch((error: unknown) => {
			failure = error;
			this.#wake();
		});
		while (!this.#options.signal.aborted) {
			await this.#list();
			this.#resolveListed();
			if (failure !== null) throw failure;
			await this.#pause();
		}
	}

	/** Resolves when the runtime has no such stream. */
	async #listen(): Promise<void> {
		try {
			for await (const _ of this.#api.changes()) this.#wake();
		} catch (error) {
			if (!(error instanceof GrpcError) || error.status !== statusUnimplemented) throw error;
		}
	}

	#pause(): Promise<void> {
		const { signal, pollMs = pollMsDefault } = this.#options;
		return new Promise((resolve) => {
			const done = (): void => {
				clearTimeout(timer);
				signal.removeEventListener('abort', done);
				resolve();
			};
			const timer = setTimeout(done, pollMs);
			this.#wake = done;
			signal.addEventListener('abort', done);
			if (signal.aborted) done();
		});
	}

	async #list(): Promise<void> {
		const [containers, sandboxes] = await Promise.all([this.#api.containers(), this.#api.sandboxes()]);
		const pods = new Map(sandboxes.slice(0, containersMax).map((sandbox) => [sandbox.id, sandbox]));
		const inside = containers.slice(0, containersMax);
		this.#known.endAllBut(new Set([...pods.keys(), ...inside.map(({ id }) => id)]));
		for (const sandbox of pods.values()) {
			if (this.#known.get(sandbox.id) === undefined)
				this.#known.report('RUNNING', await this.#sandboxFacts(sandbox));
		}
		for (const container of inside) {
			if (this.#known.get(container.id) === undefined)
				await this.#tell(container, pods.get(container.sandboxId));
		}
	}

	async #tell(container: CriContainer, pod: CriSandbox | undefined): Promise<void> {
		const status = await this.#api.status(container.id);
		if (status === null) return;
		const facts = { ...containerOfCri(container, status, pod), ...this.#runtime() };
		const sandbox = this.#known.get(container.sandboxId);
		// It joins the sandbox's namespaces, so its own specification does not show that they are the host's.
		const { ip = '', hostNetwork = facts.hostNetwork, hostIpc = facts.hostIpc } = sandbox ?? {};
		this.#known.report('RUNNING', { ...facts, ip, hostNetwork, hostIpc });
	}

	async #sandboxFacts(sandbox: CriSandbox): Promise<Container> {
		return { ...sandboxOfCri(sandbox), ...(await this.#api.sandboxNetwork(sandbox.id)), ...this.#runtime() };
	}

	#runtime(): { readonly runtime: string } {
		return { runtime: this.#options.runtime ?? 'cri-o' };
	}
}

/** Facts of an ordinary container; `pod` is that of its sandbox. */
export function containerOfCri(
	container: CriContainer,
	{ mounts, info }: CriStatus,
	pod: CriSandbox | undefined,
): Container {
	const spec = info.object('runtimeSpec');
	const facts = factsOfSpec(spec);
	// A runtime that does not show its specification: unknown, not "no".
	const known = spec.keys().length > 0 ? facts : {};
	const labels = labelList(container.labels);
	return {
		...unknownContainer(container.id, 'cri-o'),
		...known,
		mounts: mounts.length > 0 ? mounts.slice(0, listMax) : facts.mounts,
		privileged: info.flag('privileged') ?? (spec.keys().length > 0 ? facts.privileged : null),
		name: container.name,
		...imageOf(container.image),
		...digestOfReference(container),
		...timeOf(container.createdNs),
		labels,
		...podOf(labels),
		podSandboxId: container.sandboxId,
		podLabels: pod === undefined ? [] : podLabelsOf(pod.labels),
		complete: true,
	};
}

function sandboxOfCri(sandbox: CriSandbox): Container {
	const labels = labelList(sandbox.labels);
	return {
		...unknownContainer(sandbox.id, 'cri-o'),
		name: sandbox.name,
		...timeOf(sandbox.createdNs),
		labels,
		podName: sandbox.name,
		podNamespace: sandbox.namespace,
		podUid: sandbox.uid,
		podSandboxId: sandbox.id,
		podLabels: podLabelsOf(sandbox.labels),
		complete: true,
	};
}

function digestOfReference({ imageRef }: CriContainer): Partial<Container> {
	const digest = digestOf.exec(imageRef)?.[0];
	if (digest === undefined) return {};
	// Without a name before it, it is the id of the image, not the digest of its manifest.
	return imageRef.includes('@') ? { imageDigest: digest } : { imageId: digest.replace('sha256:', '') };
}

function timeOf(ns: number): { readonly createdS: number; readonly createdNs: number } {
	const createdS = Math.floor(ns / nsPerS);
	return { createdS, createdNs: Math.max(0, ns - createdS * nsPerS) };
}
