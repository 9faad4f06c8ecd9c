/**
 * Whether two hosts, or two probes of one, speak under one host id: cloned images share /etc/machine-id. The state of a host can belong to
 * one only, so the other is not watched, or both void each other's state; a person must hear of it. Decided from batches and saved facts
 * alone, so replays and other evaluators decide the same.
 *
 * - **A boot that comes back.** Batches of a host come in the order of its boots, also out of the spool; one that is heard again after another
 *   is another machine's. The last `bootsMax` boots are known.
 * - **A stray.** Within one boot (clones of a running machine, two probes on one) a batch of capture that is behind the sequence is a repeat.
 *   A repeat is never newer than what was heard; a stray is. A clock that was set back can make a run of repeats look so, but not again and
 *   again with batches in order between: `straysMin` such turns, each within `strayPauseS` of the last.
 */
import type { BatchHeader } from '#schemas/generated/event-reader.ts';
import type { HostMeta } from './meta.ts';

const bootsMax = 8;
const straysMin = 3;
const strayPauseS = 600;

/** The name of the other host, when the boot of `batch` was followed by another one before; else null (also in the boot that runs). To be asked before it begins. */
export function bootCameBack({ boots, hostName }: HostMeta, { bootId }: BatchHeader): string | null {
	return boots.some((boot) => boot.bootId === bootId) ? hostName : null;
}

/** What is known of boots when `bootId` begins. */
export function bootsBefore({ boots, bootId: last, hostName }: HostMeta, bootId: string): HostMeta['boots'] {
	if (last === '') return boots;
	const others = boots.filter((boot) => boot.bootId !== bootId && boot.bootId !== last);
	return [{ bootId: last, hostName }, ...others].slice(0, bootsMax);
}

/** For a batch of capture in order. */
export function noteHeard(meta: HostMeta, { baseTimeS, baseTimeNs }: BatchHeader): void {
	meta.heardS = baseTimeS;
	meta.heardNs = baseTimeNs;
	meta.strayLast = false;
}

/** For a batch of capture behind the sequence: null = a repeat. Else the name of the host that is heard instead, once that is certain; '' before. */
export function noteBehind(meta: HostMeta, { baseTimeS, baseTimeNs }: BatchHeader): string | null {
	const { heardS, heardNs } = meta;
	if (baseTimeS < heardS || (baseTimeS === heardS && baseTimeNs <= heardNs)) return null;
	if (!meta.strayLast) meta.strays = baseTimeS > meta.strayS + strayPauseS ? 1 : meta.strays + 1;
	meta.strayLast = true;
	meta.strayS = baseTimeS;
	return meta.strays >= straysMin ? meta.hostName : '';
}
