/**
 * How many hosts of a partition are in which state, for the metrics. Kept beside the state because not every host is in memory: a host
 * counts as it was last seen by this evaluator. Bound: one small entry a host of the partition, as the silence watch has.
 */
import type { HostMeta } from '#state/index.ts';

/** `unknown`: in the store when the partition was taken over, and neither heard nor looked at since (at most `probeSilenceS`). */
export type HostCondition = 'heard' | 'silent' | 'stopped' | 'unknown';

type Known = { readonly condition: HostCondition; readonly incomplete: boolean };

const unknown: Known = { condition: 'unknown', incomplete: false };

export class HostCensus {
	readonly #hosts = new Map<string, Known>();
	readonly #counts: Record<HostCondition, number> = { heard: 0, silent: 0, stopped: 0, unknown: 0 };
	#incomplete = 0;

	get counts(): Readonly<Record<HostCondition, number>> {
		return this.#counts;
	}

	/** Hosts whose processes are not all known: a loss, and no whole snapshot since. */
	get incomplete(): number {
		return this.#incomplete;
	}

	/** Hosts that have state when the partition is taken over. */
	expect(hostIds: readonly string[]): void {
		for (const hostId of hostIds) if (!this.#hosts.has(hostId)) this.#set(hostId, unknown);
	}

	/** Gives back `meta`. A host without a boot has no state: it is forgotten, or was never there. */
	note<M extends Pick<HostMeta, 'bootId' | 'probe' | 'silent' | 'incomplete'>>(hostId: string, meta: M): M {
		const { bootId, probe, silent, incomplete } = meta;
		if (bootId === '') {
			this.#remove(hostId);
			return meta;
		}
		const condition = probe === 'STOPPED' ? 'stopped' : silent ? 'silent' : 'heard';
		const before = this.#hosts.get(hostId);
		if (before?.condition !== condition || before.incomplete !== incomplete)
			this.#set(hostId, { condition, incomplete });
		return meta;
	}

	#remove(hostId: string): void {
		const before = this.#hosts.get(hostId);
		if (before === undefined) return;
		this.#count(before, -1);
		this.#hosts.delete(hostId);
	}

	#set(hostId: string, now: Known): void {
		this.#remove(hostId);
		this.#hosts.set(hostId, now);
		this.#count(now, 1);
	}

	#count({ condition, incomplete }: Known, change: 1 | -1): void {
		this.#counts[condition] += change;
		if (incomplete) this.#incomplete += change;
	}
}
