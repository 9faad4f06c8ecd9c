/**
 * Containers on their way from the runtimes to the log: what is known of their pod's owners is put in; when it becomes known, or changes, the
 * containers of that pod are reported again. Bound: `containersMax` containers are remembered for that.
 */
import type { Container, PodOwner } from '../containers/container.ts';
import { containersMax, type OnContainer } from '../containers/source.ts';

export class OwnedContainers {
	readonly #ownersOf: (podUid: string) => readonly PodOwner[];
	readonly #onContainer: OnContainer;
	/** By pod, then by id; as the runtime told them, and what was said of their owners. */
	readonly #pods = new Map<string, Map<string, { readonly container: Container; readonly said: string }>>();
	#count = 0;

	constructor(ownersOf: (podUid: string) => readonly PodOwner[], onContainer: OnContainer) {
		this.#ownersOf = ownersOf;
		this.#onContainer = onContainer;
	}

	readonly report: OnContainer = (change, container) => {
		const { podUid } = container;
		if (podUid === '') {
			this.#onContainer(change, container);
			return;
		}
		const podOwners = this.#ownersOf(podUid);
		if (change === 'ENDED') this.#forget(container);
		else this.#remember(container, podOwners);
		this.#onContainer(change, { ...container, podOwners });
	};

	/** The owners of a pod are others now. */
	podChanged(podUid: string): void {
		const podOwners = this.#ownersOf(podUid);
		const said = JSON.stringify(podOwners);
		for (const { container, said: before } of [...(this.#pods.get(podUid)?.values() ?? [])]) {
			if (said === before) continue;
			this.#remember(container, podOwners);
			this.#onContainer('CHANGED', { ...container, podOwners });
		}
	}

	#remember(container: Container, owners: readonly PodOwner[]): void {
		const { podUid, id } = container;
		const pod = this.#pods.get(podUid) ?? new Map();
		if (!pod.has(id)) {
			if (this.#count >= containersMax) return;
			this.#count++;
		}
		pod.set(id, { container, said: JSON.stringify(owners) });
		this.#pods.set(podUid, pod);
	}

	#forget({ podUid, id }: Container): void {
		const pod = this.#pods.get(podUid);
		if (pod?.delete(id) !== true) return;
		this.#count--;
		if (pod.size === 0) this.#pods.delete(podUid);
	}
}
