/**
 * The Container Runtime Interface (gRPC, `runtime.v1.RuntimeService`), the calls that read. Numbers of fields are those of
 * Kubernetes' published api.proto.
 */
import type { Mount } from './container.ts';
import { jsonOf } from './containerd-api.ts';
import { type GrpcClient, GrpcError, statusNotFound } from './grpc.ts';
import { Json } from './json.ts';
import { encodeMessage, Message } from './protobuf.ts';

export type CriContainer = {
	readonly id: string;
	readonly sandboxId: string;
	readonly name: string;
	readonly image: string;
	/** What the runtime made of it: an id, or a name with a digest. */
	readonly imageRef: string;
	readonly createdNs: number;
	readonly labels: ReadonlyMap<string, string>;
};

export type CriSandbox = {
	readonly id: string;
	readonly name: string;
	readonly uid: string;
	readonly namespace: string;
	readonly createdNs: number;
	readonly labels: ReadonlyMap<string, string>;
};

/** What a sandbox shares with the host; null = gone meanwhile. */
export type CriNetwork = {
	readonly ip: string;
	readonly hostNetwork: boolean | null;
	readonly hostPid: boolean | null;
	readonly hostIpc: boolean | null;
};

/** What only the status of one container tells. */
export type CriStatus = {
	readonly mounts: readonly Mount[];
	/** The runtime's own words (`verbose`): the OCI specification is among them with containerd and CRI-O. */
	readonly info: Json;
};

const service = '/runtime.v1.RuntimeService';
const created = 0;
const running = 1;
/** NamespaceMode: of the node itself. */
const onNode = 2;
const propagations = ['private', 'rslave', 'rshared'];

export class CriApi {
	readonly #client: GrpcClient;
	readonly #signal: AbortSignal;

	constructor(client: GrpcClient, signal: AbortSignal) {
		this.#client = client;
		this.#signal = signal;
	}

	/** Those that run or are about to. */
	async containers(): Promise<CriContainer[]> {
		const answer = await this.#call('ListContainers', encodeMessage());
		return answer
			.messages(1)
			.filter((container) => container.number(6) === created || container.number(6) === running)
			.map((container) => ({
				id: container.text(1),
				sandboxId: container.text(2),
				name: container.message(3).text(1),
				image: container.message(4).text(1),
				imageRef: container.text(5),
				createdNs: container.number(7),
				labels: container.map(8),
			}));
	}

	/** Those that are ready. */
	async sandboxes(): Promise<CriSandbox[]> {
		const answer = await this.#call('ListPodSandbox', encodeMessage());
		return answer
			.messages(1)
			.filter((sandbox) => sandbox.number(3) === 0)
			.map((sandbox) => ({
				id: sandbox.text(1),
				name: sandbox.message(2).text(1),
				uid: sandbox.message(2).text(2),
				namespace: sandbox.message(2).text(3),
				createdNs: sandbox.number(4),
				labels: sandbox.map(5),
			}));
	}

	/** Null = gone meanwhile. */
	async status(id: string): Promise<CriStatus | null> {
		const answer = await this.#find('ContainerStatus', id);
		if (answer === null) return null;
		const mounts = answer.message(1).messages(14).map(mountOf);
		return { mounts, info: new Json(jsonOf(Buffer.from(answer.map(2).get('info') ?? ''))) };
	}

	async sandboxNetwork(id: string): Promise<CriNetwork> {
		const status = (await this.#find('PodSandboxStatus', id))?.message(1);
		const options = status?.message(6).message(1).message(2);
		const onHost = (field: number): boolean | null =>
			options === undefined ? null : options.number(field) === onNode;
		return {
			ip: status?.message(5).text(1) ?? '',
			hostNetwork: onHost(1),
			hostPid: onHost(2),
			hostIpc: onHost(3),
		};
	}

	/** One item for each change of a container; what it was is asked for by the lists. Older runtimes do not offer it. */
	async *changes(): AsyncGenerator<void> {
		const call = { method: `${service}/GetContainerEvents`, request: encodeMessage(), signal: this.#signal };
		for await (const _ of this.#client.stream(call)) yield;
	}

	async #find(method: string, id: string): Promise<Message | null> {
		try {
			return await this.#call(method, encodeMessage([1, id], [2, 1]));
		} catch (error) {
			if (error instanceof GrpcError && error.status === statusNotFound) return null;
			throw error;
		}
	}

	async #call(method: string, request: Uint8Array): Promise<Message> {
		const call = { method: `${service}/${method}`, request, signal: this.#signal };
		return new Message(await this.#client.unary(call));
	}
}

function mountOf(mount: Message): Mount {
	const readOnly = mount.number(3) !== 0;
	return {
		source: mount.text(2),
		destination: mount.text(1),
		mode: readOnly ? 'ro' : 'rw',
		writable: !readOnly,
		propagation: propagations[mount.number(5)] ?? '',
	};
}
