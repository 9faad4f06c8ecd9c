/** For tests: asks a CRI runtime for a pod on the host's network with one container, as a kubelet would. */
import { GrpcClient } from '#agent/containers/grpc.ts';
import { encodeMessage, Message, type ProtobufField } from '#agent/containers/protobuf.ts';

const onNode = 2;

function map(field: number, values: Readonly<Record<string, string>>): ProtobufField[] {
	return Object.entries(values).map(([key, value]) => [field, encodeMessage([1, key], [2, value])]);
}

export type PodOptions = {
	readonly socket: string;
	readonly image: string;
	readonly pod: { readonly name: string; readonly namespace: string; readonly uid: string };
	readonly podLabels: Readonly<Record<string, string>>;
	readonly container: string;
	readonly command: readonly string[];
	readonly privileged?: boolean;
	readonly mount?: { readonly from: string; readonly to: string };
};

export type Pod = { readonly sandboxId: string; readonly containerId: string; remove(): Promise<void> };

export async function startPod(options: PodOptions): Promise<Pod> {
	const { pod, container, podLabels, command, mount } = options;
	const client = new GrpcClient(options.socket);
	const signal = new AbortController().signal;
	const call = async (method: string, ...fields: ProtobufField[]): Promise<Message> =>
		new Message(
			await client.unary({
				method: `/runtime.v1.RuntimeService/${method}`,
				request: encodeMessage(...fields),
				signal,
			}),
		);
	const kubelet = {
		'io.kubernetes.pod.name': pod.name,
		'io.kubernetes.pod.namespace': pod.namespace,
		'io.kubernetes.pod.uid': pod.uid,
	};
	const network = encodeMessage([1, onNode]);
	const sandbox = encodeMessage(
		[1, encodeMessage([1, pod.name], [2, pod.uid], [3, pod.namespace])],
		...map(6, { ...podLabels, ...kubelet }),
		[8, encodeMessage([2, encodeMessage([1, network], [6, options.privileged === true ? 1 : 0])])],
	);
	const sandboxId = (await call('RunPodSandbox', [1, sandbox])).text(1);
	const security = encodeMessage([2, options.privileged === true ? 1 : 0], [3, network]);
	const config = encodeMessage(
		[1, encodeMessage([1, container])],
		[2, encodeMessage([1, options.image])],
		...command.map((word): ProtobufField => [3, word]),
		...(mount === undefined
			? []
			: [[7, encodeMessage([1, mount.to], [2, mount.from], [3, 1])] as ProtobufField]),
		...map(9, { ...kubelet, 'io.kubernetes.container.name': container }),
		[15, encodeMessage([2, security])],
	);
	const made = await call('CreateContainer', [1, sandboxId], [2, config], [3, sandbox]);
	const containerId = made.text(1);
	await call('StartContainer', [1, containerId]);
	return {
		sandboxId,
		containerId,
		remove: async () => {
			await call('StopPodSandbox', [1, sandboxId]);
			await call('RemovePodSandbox', [1, sandboxId]);
			client.close();
		},
	};
}
