/**
 * Who owns the pods of this node: up from the pod by its controller (ReplicaSet → Deployment, Job → CronJob, StatefulSet, DaemonSet, …), and the
 * services whose selector matches it. Pods and services are followed; the objects above a pod are asked for when a pod names one that is not
 * known yet, and kept (`aboveMax`, the longest unused go first): their labels are those of that moment.
 *
 * Bounds: `chainMax` owners above a pod, `servicesMax` services, `labelsMax` labels each.
 */
import type { Label, PodOwner } from '../containers/container.ts';
import type { Json } from '../containers/json.ts';
import { sleep } from '../containers/source.ts';
import { ApiRefusedError, type KubernetesApi } from './api.ts';
import { Objects } from './objects.ts';

export type PodOwnersOptions = {
	readonly api: Pick<KubernetesApi, 'get' | 'watch'>;
	readonly nodeName: string;
	/** The owners of a pod have become known, or others. */
	readonly onPod: (podUid: string) => void;
	readonly onProblem: (error: Error) => void;
	readonly signal: AbortSignal;
	readonly random: () => number;
	/** Shorter in tests. */
	readonly backOffMs?: { readonly firstMs: number; readonly maxMs: number };
};

type Reference = { readonly kind: string; readonly name: string; readonly uid: string };
type Pod = {
	/** As containers name it: of a static pod that of its file, which is not the uid of the mirror. */
	readonly uid: string;
	readonly namespace: string;
	readonly labels: readonly Label[];
	readonly controller: Reference | null;
};
type Service = { readonly namespace: string; readonly owner: PodOwner; readonly selector: readonly Label[] };
type Above = { readonly labels: readonly Label[]; readonly controller: Reference | null };

const chainMax = 4;
const servicesMax = 8;
const labelsMax = 64;
const aboveMax = 4_096;
const retryMsDefault = 10_000;
const none: readonly PodOwner[] = [];
const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Where objects above a pod are found, by kind; what is not here is known by the reference alone. */
const paths: Readonly<Record<string, { readonly group: string; readonly plural: string }>> = {
	ReplicaSet: { group: '/apis/apps/v1', plural: 'replicasets' },
	Deployment: { group: '/apis/apps/v1', plural: 'deployments' },
	Job: { group: '/apis/batch/v1', plural: 'jobs' },
	ReplicationController: { group: '/api/v1', plural: 'replicationcontrollers' },
};

export class PodOwners {
	readonly #options: PodOwnersOptions;
	readonly #pods = new Map<string, Pod>();
	readonly #chains = new Map<string, readonly PodOwner[]>();
	readonly #services: Objects<Service>;
	/** By uid, in order of use. */
	readonly #above = new Map<string, Above>();

	constructor(options: PodOwnersOptions) {
		this.#options = options;
		this.#services = new Objects({
			...options,
			path: '/api/v1/services',
			pick: serviceOf,
			onChange: (now, previous) => this.#serviceChanged(now ?? previous),
		});
	}

	/** Until the signal is aborted. */
	async run(): Promise<void> {
		const pods = new Objects<Pod>({
			...this.#options,
			path: '/api/v1/pods',
			fieldSelector: `spec.nodeName=${this.#options.nodeName}`,
			pick: podOf,
			onChange: (now, previous) => this.#podChanged(now, previous),
		});
		await Promise.all([pods.run(), this.#services.run()]);
	}

	/** Nearest first, then services; empty = none, or not known (yet). */
	of(podUid: string): readonly PodOwner[] {
		const pod = this.#pods.get(podUid);
		const chain = this.#chains.get(podUid);
		if (pod === undefined || chain === undefined) return none;
		const services = [...this.#services.values()]
			.filter((service) => selects(service, pod))
			.slice(0, servicesMax);
		return [...chain, ...services.map(({ owner }) => owner)];
	}

	#podChanged(pod: Pod | undefined, previous: Pod | undefined): void {
		if (pod === undefined) {
			// A pod made anew under the same file has come before this one has gone.
			if (previous !== undefined && this.#pods.get(previous.uid) === previous) {
				this.#pods.delete(previous.uid);
				this.#chains.delete(previous.uid);
			}
			return;
		}
		this.#pods.set(pod.uid, pod);
		const isSame = previous !== undefined && sameOwners(pod, previous) && this.#chains.has(pod.uid);
		if (!isSame) void this.#climb(pod);
	}

	#serviceChanged(service: Service | undefined): void {
		for (const pod of this.#pods.values())
			if (service?.namespace === pod.namespace && this.#chains.has(pod.uid)) this.#options.onPod(pod.uid);
	}

	/** Tried again while the pod is there: it has an owner, and nothing else will tell of it. */
	async #climb(pod: Pod): Promise<void> {
		const { signal, onProblem, backOffMs } = this.#options;
		while (!signal.aborted && this.#pods.get(pod.uid) === pod) {
			try {
				const chain = await this.#chainOf(pod);
				if (this.#pods.get(pod.uid) !== pod) return;
				this.#chains.set(pod.uid, chain);
				this.#options.onPod(pod.uid);
				return;
			} catch (error) {
				if (!signal.aborted) onProblem(error as Error);
				await sleep(backOffMs?.maxMs ?? retryMsDefault, signal);
			}
		}
	}

	async #chainOf({ namespace, controller }: Pod): Promise<readonly PodOwner[]> {
		const chain: PodOwner[] = [];
		for (let at = controller; at !== null && chain.length < chainMax; ) {
			const above: Above = await this.#look(namespace, at);
			chain.push({ ...at, labels: above.labels });
			at = above.controller;
		}
		return chain;
	}

	async #look(namespace: string, { kind, name, uid }: Reference): Promise<Above> {
		const known = this.#above.get(uid);
		const above = known ?? (await this.#ask(namespace, { kind, name, uid }));
		this.#above.delete(uid);
		this.#above.set(uid, above);
		if (this.#above.size > aboveMax) this.#above.delete(this.#above.keys().next().value as string);
		return above;
	}

	async #ask(namespace: string, { kind, name, uid }: Reference): Promise<Above> {
		const unknown: Above = { labels: [], controller: null };
		const path = paths[kind];
		if (path === undefined) return unknown;
		const { group, plural } = path;
		try {
			const object = await this.#options.api.get(
				`${group}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`,
			);
			const metadata = object.object('metadata');
			// Another one by that name: the pod's own has been deleted.
			if (metadata.text('uid') !== uid) return unknown;
			return { labels: labelsOf(metadata.object('labels')), controller: controllerOf(metadata) };
		} catch (error) {
			if (error instanceof ApiRefusedError && error.status === 404) return unknown;
			throw error;
		}
	}
}

function podOf(object: Json): Pod {
	const metadata = object.object('metadata');
	return {
		uid: metadata.object('annotations').text(mirrorAnnotation) || metadata.text('uid'),
		namespace: metadata.text('namespace'),
		labels: labelsOf(metadata.object('labels')),
		controller: controllerOf(metadata),
	};
}

function serviceOf(object: Json): Service {
	const metadata = object.object('metadata');
	return {
		namespace: metadata.text('namespace'),
		owner: {
			kind: 'Service',
			name: metadata.text('name'),
			uid: metadata.text('uid'),
			labels: labelsOf(metadata.object('labels')),
		},
		selector: labelsOf(object.object('spec').object('selector')),
	};
}

function controllerOf(metadata: Json): Reference | null {
	const owner = metadata.list('ownerReferences').find((reference) => reference.flag('controller') === true);
	if (owner === undefined || owner.text('uid') === '') return null;
	return { kind: owner.text('kind'), name: owner.text('name'), uid: owner.text('uid') };
}

function labelsOf(labels: Json): Label[] {
	return labels
		.keys()
		.slice(0, labelsMax)
		.map((key) => ({ key, value: labels.text(key) }));
}

/** A service without a selector selects nothing. */
function selects({ namespace, selector }: Service, pod: Pod): boolean {
	if (namespace !== pod.namespace || selector.length === 0) return false;
	return selector.every(({ key, value }) =>
		pod.labels.some((label) => label.key === key && label.value === value),
	);
}

function sameOwners(a: Pod, b: Pod): boolean {
	return JSON.stringify([a.controller, a.labels]) === JSON.stringify([b.controller, b.labels]);
}
