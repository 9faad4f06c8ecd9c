/** Owners of pods from the API server, put into the containers that the runtimes report. */
import type { OnContainer } from '../containers/source.ts';
import { KubernetesApi } from './api.ts';
import { OwnedContainers } from './owned-containers.ts';
import { PodOwners } from './owners.ts';

export type KubernetesOptions = {
	readonly url: string;
	readonly nodeName: string;
	readonly tokenFile: string;
	/** Null = the authorities that Node knows. */
	readonly caFile: string | null;
};

export type FollowOwnersOptions = KubernetesOptions & {
	readonly onContainer: OnContainer;
	readonly onProblem: (error: Error) => void;
	readonly signal: AbortSignal;
	readonly random: () => number;
	/** Shorter in tests. */
	readonly backOffMs?: { readonly firstMs: number; readonly maxMs: number };
};

/** What the runtimes' sources report to; follows the API server until the signal is aborted. Nothing waits for it. */
export function followOwners({
	url,
	tokenFile,
	caFile,
	onContainer,
	...options
}: FollowOwnersOptions): OnContainer {
	const api = new KubernetesApi({ url, tokenFile, caFile, signal: options.signal });
	const owners: PodOwners = new PodOwners({
		...options,
		api,
		onPod: (podUid) => containers.podChanged(podUid),
	});
	const containers = new OwnedContainers((podUid) => owners.of(podUid), onContainer);
	owners.run().catch(options.onProblem);
	return containers.report;
}
