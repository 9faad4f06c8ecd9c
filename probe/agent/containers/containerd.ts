/**
 * Follows the containers of containerd in all its namespaces: those that run at the start, then every change. Reads only.
 *
 * A container is told when its record is made (`/containers/create`), which is before its program is started; so facts are ahead of
 * it. Kubernetes' containers are among them (namespace `k8s.io`, made by containerd's CRI plug-in): pod, sandbox and labels are in
 * labels and annotations, so the plug-in itself need not be asked. Docker's (namespace `moby`) are left to Docker, which knows
 * their names. The event stream is opened before the lists, so that nothing falls between them.
 * Bounds: those of source.ts; `imagesMax` digests kept.
 */
import { type Container, imageOf, labelList, podLabelsOf, podOf, unknownContainer } from './container.ts';
import { ContainerdApi, type ContainerdContainer, type ContainerdEvent, jsonOf } from './containerd-api.ts';
import { GrpcClient } from './grpc.ts';
import { Json } from './json.ts';
import { factsOfSpec } from './oci-spec.ts';
import {
	type ContainerSource,
	containersMax,
	followForEver,
	KnownContainers,
	type SourceOptions,
	WorkByContainer,
} from './source.ts';

const leftToDocker = new Set(['moby', 'plugins.moby']);
const imagesMax = 1024;
const topics = ['/containers/create', '/containers/update', '/containers/delete', '/tasks/exit'];
/** Annotations and labels of containerd's CRI plug-in. */
const sandboxId = 'io.kubernetes.cri.sandbox-id';
const criImage = 'io.kubernetes.cri.image-name';
const criKind = 'io.cri-containerd.kind';

export class ContainerdSource implements ContainerSource {
	readonly listed: Promise<void>;
	readonly #options: SourceOptions;
	readonly #client: GrpcClient;
	readonly #api: ContainerdApi;
	readonly #known: KnownContainers;
	readonly #work: WorkByContainer;
	/** Digest by namespace and name. */
	readonly #digests = new Map<string, string>();
	#resolveListed: () => void = () => {};

	constructor(options: SourceOptions) {
		this.#options = options;
		this.#client = new GrpcClient(options.socketPath);
		this.#api = new ContainerdApi(this.#client, options.signal);
		this.#known = new KnownContainers(options.onContainer);
		this.#work = new WorkByContainer(options);
		this.listed = new Promise((resolve) => {
			this.#resolveListed = resolve;
		});
	}

	async run(): Promise<void> {
		await followForEver(this.#options, () => this.#follow(), this.#resolveListed);
		this.#client.close();
	}

	async #follow(): Promise<void> {
		const events = this.#api.events(topics);
		// Asking for the first event is what opens the stream.
		let next = events.next();
		next.catch(() => {});
		await this.#list();
		this.#resolveListed();
		for (let event = await next; !event.done; event = await next) {
			const { value } = event;
			if (!leftToDocker.has(value.namespace)) await this.#work.add(value.id, () => this.#onEvent(value));
			next = events.next();
			next.catch(() => {});
		}
	}

	async #list(): Promise<void> {
		const found: { namespace: string; id: string }[] = [];
		for (const namespace of await this.#api.namespaces()) {
			if (leftToDocker.has(namespace)) continue;
			for (const id of await this.#api.running(namespace)) found.push({ namespace, id });
		}
		const listed = found.slice(0, containersMax);
		this.#known.endAllBut(new Set(listed.map(({ id }) => id)));
		for (const { namespace, id } of listed) await this.#tell('RUNNING', { namespace, id, image: '' });
	}

	async #onEvent(event: ContainerdEvent): Promise<void> {
		const { topic, id, processId } = event;
		switch (topic) {
			case '/containers/create':
				return this.#tell('RUNNING', event);
			case '/containers/update':
				return this.#tell('CHANGED', event);
			case '/containers/delete':
				return this.#known.end(id);
			case '/tasks/exit':
				if (processId === id) this.#known.end(id);
		}
	}

	/** What the event itself says is all that is left of one that was gone before it could be asked about. */
	async #tell(
		change: 'RUNNING' | 'CHANGED',
		{ namespace, id, image }: Pick<ContainerdEvent, 'namespace' | 'id' | 'image'>,
	): Promise<void> {
		const container = await this.#api.container(namespace, id);
		if (container !== null) this.#known.report(change, await this.#facts(namespace, container));
		else if (image !== '') this.#known.report(change, containerOfName(id, image));
	}

	async #facts(namespace: string, container: ContainerdContainer): Promise<Container> {
		const spec = new Json(jsonOf(container.spec));
		const image = spec.object('annotations').text(criImage) || container.image;
		const digest = image === '' ? '' : await this.#digest(namespace, container.image || image);
		const facts = containerOfContainerd(container, spec, image);
		const named = facts.imageDigest === '' ? { ...facts, imageDigest: digest } : facts;
		if (named.podSandboxId === '' || named.podSandboxId === container.id) return named;
		return { ...named, ...(await this.#sandboxFacts(namespace, named)) };
	}

	/** What a container has from its pod's sandbox: the pod's labels; it joins the sandbox's namespaces, so those may be the host's. */
	async #sandboxFacts(namespace: string, { podSandboxId, hostIpc }: Container): Promise<Partial<Container>> {
		let sandbox = this.#known.get(podSandboxId);
		if (sandbox === undefined) {
			const made = await this.#api.container(namespace, podSandboxId);
			if (made === null) return {};
			sandbox = containerOfContainerd(made, new Json(jsonOf(made.spec)), made.image);
		}
		const { podLabels, hostNetwork } = sandbox;
		return { podLabels, hostNetwork, hostIpc: hostIpc === true || sandbox.hostIpc === true };
	}

	async #digest(namespace: string, image: string): Promise<string> {
		const key = `${namespace} ${image}`;
		const known = this.#digests.get(key);
		if (known !== undefined) return known;
		const digest = await this.#api.imageDigest(namespace, image);
		if (this.#digests.size >= imagesMax) this.#digests.clear();
		this.#digests.set(key, digest);
		return digest;
	}
}

function containerOfName(id: string, image: string): Container {
	return { ...unknownContainer(id, 'containerd'), name: id, ...imageOf(image), complete: true };
}

export function containerOfContainerd(container: ContainerdContainer, spec: Json, image: string): Container {
	const labels = labelList(container.labels);
	const pod = podOf(labels);
	const isSandbox = container.labels.get(criKind) === 'sandbox';
	const sandbox = isSandbox ? container.id : spec.object('annotations').text(sandboxId);
	return {
		...unknownContainer(container.id, 'containerd'),
		...factsOfSpec(spec),
		...imageOf(image),
		name: nameOf(container, isSandbox ? pod.podName : ''),
		createdS: container.createdS,
		createdNs: container.createdNs,
		labels,
		...pod,
		podSandboxId: sandbox,
		podLabels: isSandbox ? podLabelsOf(container.labels) : [],
		complete: true,
	};
}

/** What people call it: in Kubernetes the container's name within the pod, with nerdctl the name it was given; else its id. */
function nameOf({ id, labels }: ContainerdContainer, podName: string): string {
	return labels.get('io.kubernetes.container.name') || labels.get('nerdctl/name') || podName || id;
}
