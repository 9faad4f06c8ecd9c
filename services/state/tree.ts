/**
 * The processes of one host: running ones by pid, ended ones as long as a descendant lives.
 *
 * Invariants: a node's `parent` is in one of the two tables and no chain of parents has a cycle; `children` is the number
 * of nodes that point to it; an ended node has children. Bounds: see `StateLimits`; what is forgotten to keep them is
 * counted. Which node is forgotten depends on persistent facts alone, so that a state that was saved and loaded answers
 * like one that was not.
 */
import type { StateCounters, StateLimits } from './limits.ts';
import { type ProcessNode, processKey } from './process.ts';

/** An eviction forgets this share of a full table at once, so that its scan is paid once for many nodes. */
const evictionShare = 16;

export class ProcessTree {
	readonly #limits: StateLimits;
	readonly #counters: StateCounters;
	readonly #running = new Map<number, ProcessNode>();
	readonly #ended = new Map<string, ProcessNode>();
	readonly #dirty = new Set<ProcessNode>();
	readonly #deleted = new Set<string>();

	constructor(limits: StateLimits, counters: StateCounters) {
		this.#limits = limits;
		this.#counters = counters;
	}

	get runningCount(): number {
		return this.#running.size;
	}

	get endedCount(): number {
		return this.#ended.size;
	}

	running(): IterableIterator<ProcessNode> {
		return this.#running.values();
	}

	ended(): IterableIterator<ProcessNode> {
		return this.#ended.values();
	}

	/** The running process with this pid, whatever its start. */
	byPid(pid: number): ProcessNode | undefined {
		return this.#running.get(pid);
	}

	/** The process with this key, running or kept. */
	find(pid: number, start: number): ProcessNode | undefined {
		const running = this.#running.get(pid);
		if (running !== undefined && running.start === start) return running;
		return this.#ended.size === 0 ? undefined : this.#ended.get(processKey(pid, start));
	}

	/** Adds a running process. One with the same pid must have been ended before. */
	add(node: ProcessNode): void {
		if (this.#running.size >= this.#limits.processesMax) this.#evictRunning();
		this.#running.set(node.pid, node);
		// One of that key is in the store still: the new entry takes its place.
		if (this.#deleted.size > 0 && this.#deleted.delete(processKey(node.pid, node.start))) node.stored = true;
		this.touch(node);
	}

	/** Puts a node back as it was saved; parents are linked afterwards. */
	restore(node: ProcessNode): void {
		node.stored = true;
		if (node.exited) this.#ended.set(processKey(node.pid, node.start), node);
		else this.#running.set(node.pid, node);
	}

	/** Changes so far of anything that rules may ask a process about: processes, containers, accounts. Not saved. */
	changes = 0;

	/**
	 * Marks as changed since the last commit, and what rules remember of it and its descendants as void. Not called for `children`: no rule
	 * asks for it and a load counts anew, while every fork of a shell would void what is known of all below it.
	 */
	touch(node: ProcessNode): void {
		node.changed = ++this.changes;
		if (node.dirty || node.forgotten) return;
		node.dirty = true;
		this.#dirty.add(node);
	}

	/**
	 * Sets the lineage pointer. Refused (and left as it was) when it would close a cycle or the parent is forgotten. Lines
	 * longer than `ancestorDepthMax` lose their far end, so that a chain of forks cannot make every fork dearer.
	 */
	link(node: ProcessNode, parent: ProcessNode): void {
		if (node.parent === parent || node.forgotten || parent.forgotten || this.#reaches(parent, node)) return;
		const before = node.parent;
		node.parent = parent;
		parent.children++;
		this.touch(node);
		if (before !== null) this.#releaseChild(before);
	}

	/** The process has ended: kept while it has children, else forgotten. */
	end(node: ProcessNode, exitTimeS: number): void {
		if (node.exited || node.forgotten) return;
		if (this.#running.get(node.pid) === node) this.#running.delete(node.pid);
		node.exited = true;
		node.exitTimeS = exitTimeS;
		if (node.children === 0) {
			this.#forget(node);
			return;
		}
		if (this.#ended.size >= this.#limits.deadMax) this.#evictEnded();
		this.#ended.set(processKey(node.pid, node.start), node);
		this.touch(node);
	}

	/** Forgets everything. The caller tells the store to clear the host. */
	clear(): void {
		this.#running.clear();
		this.#ended.clear();
		this.#dirty.clear();
		this.#deleted.clear();
	}

	/** Hands out what changed since the last call and starts anew. */
	takeChanges(): { readonly changed: readonly ProcessNode[]; readonly deleted: readonly string[] } {
		const changed = [...this.#dirty];
		const deleted = [...this.#deleted];
		for (const node of changed) {
			node.dirty = false;
			node.stored = true;
		}
		this.#dirty.clear();
		this.#deleted.clear();
		return { changed, deleted };
	}

	/** True when `to` is `from` or one of its ancestors. Cuts the line of `from` at its greatest length. */
	#reaches(from: ProcessNode, to: ProcessNode): boolean {
		let at: ProcessNode = from;
		for (let depth = 1; ; depth++) {
			if (at === to) return true;
			const above = at.parent;
			if (above === null) return false;
			if (depth >= this.#limits.ancestorDepthMax) {
				at.parent = null;
				this.touch(at);
				this.#releaseChild(above);
				return false;
			}
			at = above;
		}
	}

	#forget(node: ProcessNode): void {
		this.#drop(node);
		const parent = node.parent;
		node.parent = null;
		if (parent !== null) this.#releaseChild(parent);
	}

	/** What began and ended between two commits was never in the store. */
	#drop(node: ProcessNode): void {
		node.forgotten = true;
		this.#dirty.delete(node);
		node.dirty = false;
		if (node.stored) this.#deleted.add(processKey(node.pid, node.start));
	}

	/** One child fewer; ended ancestors that nobody needs any more go, up the line. */
	#releaseChild(from: ProcessNode): void {
		let node: ProcessNode | null = from;
		while (node !== null) {
			node.children--;
			if (!node.exited || node.children > 0 || node.forgotten) return;
			this.#ended.delete(processKey(node.pid, node.start));
			this.#drop(node);
			const parent: ProcessNode | null = node.parent;
			node.parent = null;
			node = parent;
		}
	}

	#evictRunning(): void {
		const candidates = [...this.#running.values()].filter((node) => node.children === 0 && node.pid !== 1);
		candidates.sort(byStart);
		const count = Math.max(1, Math.floor(this.#limits.processesMax / evictionShare));
		for (const node of candidates.slice(0, count)) {
			this.#running.delete(node.pid);
			this.#forget(node);
			this.#counters.processesEvicted++;
		}
	}

	#evictEnded(): void {
		const candidates = [...this.#ended.values()].sort(byExit);
		const count = Math.max(1, Math.floor(this.#limits.deadMax / evictionShare));
		const evicted = candidates.slice(0, count);
		for (const node of evicted) node.forgotten = true;
		this.#cutPointersToForgotten();
		for (const node of evicted) {
			if (this.#ended.delete(processKey(node.pid, node.start))) this.#counters.deadEvicted++;
			node.children = 0;
			this.#forget(node);
		}
	}

	#cutPointersToForgotten(): void {
		for (const table of [this.#running, this.#ended]) {
			for (const node of table.values()) {
				if (node.parent?.forgotten && !node.forgotten) {
					node.parent = null;
					this.touch(node);
				}
			}
		}
	}
}

function byStart(a: ProcessNode, b: ProcessNode): number {
	return a.start - b.start || a.pid - b.pid;
}

function byExit(a: ProcessNode, b: ProcessNode): number {
	return a.exitTimeS - b.exitTimeS || byStart(a, b);
}
