/**
 * Hosts that are silent, or said that they stop, and when they were last heard: after `forgetS` they count as gone for good, and a record says so (see
 * event.ts). Pure. The time of last hearing is by the host's own clock, now is this process's: a host whose clock is behind is
 * forgotten earlier, which costs it no more than being incomplete until its next snapshot. Bound: one entry a host with state.
 */
import type { HeardFacts, SilentHost } from './watch.ts';

export class GoneHosts {
	readonly #forgetS: number;
	readonly #hosts = new Map<string, HeardFacts>();

	constructor(forgetS: number) {
		this.#forgetS = forgetS;
	}

	get size(): number {
		return this.#hosts.size;
	}

	add(hostId: string, facts: HeardFacts): void {
		this.#hosts.set(hostId, facts);
	}

	/** It is heard, or forgotten. */
	remove(hostId: string): void {
		this.#hosts.delete(hostId);
	}

	/** Takes out who is due, at most `most`. Looks at all. */
	due(nowS: number, most: number): readonly (SilentHost & { readonly facts: HeardFacts })[] {
		const due: (SilentHost & { readonly facts: HeardFacts })[] = [];
		for (const [hostId, facts] of this.#hosts) {
			if (due.length >= most) break;
			if (nowS - facts.heardS >= this.#forgetS) due.push({ hostId, facts });
		}
		for (const { hostId } of due) this.#hosts.delete(hostId);
		return due;
	}
}
