/**
 * containerd's own API (gRPC, `containerd.services.*`), the calls that read: namespaces, containers, tasks, images, events. Numbers of
 * fields are those of its published .proto files.
 */
import { type GrpcClient, GrpcError, statusNotFound } from './grpc.ts';
import { encodeMessage, Message, type ProtobufField } from './protobuf.ts';

export type ContainerdContainer = {
	readonly id: string;
	readonly labels: ReadonlyMap<string, string>;
	readonly image: string;
	/** The OCI specification, JSON. */
	readonly spec: Uint8Array;
	readonly createdS: number;
	readonly createdNs: number;
};

export type ContainerdEvent = {
	readonly namespace: string;
	readonly topic: string;
	/** Of the container; for `/tasks/exit` of one that was started beside it by `exec`, `processId` differs. */
	readonly id: string;
	readonly processId: string;
	/** As `/containers/create` names it; empty in the others. */
	readonly image: string;
};

const services = '/containerd.services';
const created = 1;
const stopped = 3;
const decoder = new TextDecoder();

export class ContainerdApi {
	readonly #client: GrpcClient;
	readonly #signal: AbortSignal;

	constructor(client: GrpcClient, signal: AbortSignal) {
		this.#client = client;
		this.#signal = signal;
	}

	async namespaces(): Promise<string[]> {
		const answer = await this.#call('namespaces.v1.Namespaces/List', '', encodeMessage());
		return answer.messages(1).map((namespace) => namespace.text(1));
	}

	/** Ids of the containers whose program runs or is about to. */
	async running(namespace: string): Promise<string[]> {
		const answer = await this.#call('tasks.v1.Tasks/List', namespace, encodeMessage());
		return answer
			.messages(1)
			.filter((task) => task.number(4) >= created && task.number(4) !== stopped)
			.map((task) => task.text(1) || task.text(2));
	}

	/** Null = there is none by that id. */
	async container(namespace: string, id: string): Promise<ContainerdContainer | null> {
		const answer = await this.#find('containers.v1.Containers/Get', namespace, id);
		if (answer === null) return null;
		const container = answer.message(1);
		const time = container.message(8);
		return {
			id: container.text(1),
			labels: container.map(2),
			image: container.text(3),
			spec: container.message(5).bytes(2),
			createdS: time.number(1),
			createdNs: time.number(2),
		};
	}

	/** Digest of an image's manifest; empty = the image has gone meanwhile. */
	async imageDigest(namespace: string, name: string): Promise<string> {
		const answer = await this.#find('images.v1.Images/Get', namespace, name);
		return answer === null ? '' : answer.message(1).message(3).text(2);
	}

	async *events(topics: readonly string[]): AsyncGenerator<ContainerdEvent> {
		const filters = topics.map((topic): ProtobufField => [1, `topic==${JSON.stringify(topic)}`]);
		const stream = this.#client.stream({
			method: `${services}.events.v1.Events/Subscribe`,
			request: encodeMessage(...filters),
			signal: this.#signal,
		});
		for await (const bytes of stream) {
			const envelope = new Message(bytes);
			const topic = envelope.text(3);
			const event = envelope.message(4).message(2);
			yield {
				namespace: envelope.text(2),
				topic,
				id: event.text(1),
				processId: topic === '/tasks/exit' ? event.text(2) : '',
				image: topic === '/containers/create' ? event.text(2) : '',
			};
		}
	}

	async #find(method: string, namespace: string, name: string): Promise<Message | null> {
		try {
			return await this.#call(method, namespace, encodeMessage([1, name]));
		} catch (error) {
			if (error instanceof GrpcError && error.status === statusNotFound) return null;
			throw error;
		}
	}

	async #call(method: string, namespace: string, request: Uint8Array): Promise<Message> {
		const metadata = namespace === '' ? {} : { 'containerd-namespace': namespace };
		const call = { method: `${services}.${method}`, request, metadata, signal: this.#signal };
		return new Message(await this.#client.unary(call));
	}
}

export function jsonOf(bytes: Uint8Array): unknown {
	return bytes.length === 0 ? null : (JSON.parse(decoder.decode(bytes)) as unknown);
}
