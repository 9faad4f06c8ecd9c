/**
 * Containers of a host by id. Bound: containers that no process is in are forgotten above `containersMax`, ended ones
 * first, then those reported longest ago; containers in use are bounded by the processes.
 */
import { ContainerNode, type PendingAlert } from './container.ts';
import type { StateCounters, StateLimits } from './limits.ts';
import type { ProcessTree } from './tree.ts';

export class Containers {
	readonly #limits: StateLimits;
	readonly #counters: StateCounters;
	readonly #processes: ProcessTree;
	readonly #byId = new Map<string, ContainerNode>();
	readonly #dirty = new Set<ContainerNode>();
	readonly #deleted = new Set<string>();

	constructor(processes: ProcessTree, limits: StateLimits, counters: StateCounters) {
		this.#processes = processes;
		this.#limits = limits;
		this.#counters = counters;
	}

	get count(): number {
		return this.#byId.size;
	}

	all(): IterableIterator<ContainerNode> {
		return this.#byId.values();
	}

	find(id: string): ContainerNode | undefined {
		return this.#byId.get(id);
	}

	/** The container with this id, made when it is not known yet. */
	ensure(id: string): ContainerNode {
		const known = this.#byId.get(id);
		if (known !== undefined) return known;
		if (this.#byId.size >= this.#limits.containersMax) this.#evict();
		const node = new ContainerNode(id);
		this.#byId.set(id, node);
		this.#deleted.delete(id);
		this.touch(node);
		return node;
	}

	restore(node: ContainerNode): void {
		this.#byId.set(node.id, node);
	}

	touch(node: ContainerNode): void {
		node.changed = ++this.#processes.changes;
		this.#dirty.add(node);
	}

	/** For an alert to be amended later; above the bound it is not kept, and counted. */
	keepAlert(node: ContainerNode, alert: PendingAlert): void {
		if (node.pendingAlerts.length >= this.#limits.pendingAlertsMax) {
			this.#counters.pendingAlertsDropped++;
			return;
		}
		node.pendingAlerts = [...node.pendingAlerts, alert];
		this.touch(node);
	}

	takeAlerts(node: ContainerNode): readonly PendingAlert[] {
		const pending = node.pendingAlerts;
		node.pendingAlerts = [];
		this.touch(node);
		return pending;
	}

	/** Forgets containers that ended and have no process any more. */
	sweep(): void {
		const used = this.#used();
		for (const node of [...this.#byId.values()]) if (node.ended && !used.has(node)) this.#forget(node);
	}

	clear(): void {
		this.#byId.clear();
		this.#dirty.clear();
		this.#deleted.clear();
	}

	takeChanges(): { readonly changed: readonly ContainerNode[]; readonly deleted: readonly string[] } {
		const changed = [...this.#dirty];
		const deleted = [...this.#deleted];
		this.#dirty.clear();
		this.#deleted.clear();
		return { changed, deleted };
	}

	#evict(): void {
		const used = this.#used();
		const candidates = [...this.#byId.values()].filter((node) => !used.has(node));
		candidates.sort(
			(a, b) => Number(b.ended) - Number(a.ended) || a.lastSeenS - b.lastSeenS || (a.id < b.id ? -1 : 1),
		);
		for (const node of candidates.slice(0, Math.max(1, this.#limits.containersMax >> 4))) {
			this.#forget(node);
			this.#counters.containersEvicted++;
		}
	}

	#forget(node: ContainerNode): void {
		this.#byId.delete(node.id);
		this.#dirty.delete(node);
		this.#deleted.add(node.id);
	}

	#used(): Set<ContainerNode> {
		const used = new Set<ContainerNode>();
		for (const node of this.#processes.running()) if (node.container !== null) used.add(node.container);
		for (const node of this.#processes.ended()) if (node.container !== null) used.add(node.container);
		return used;
	}
}
