/** What each receiver took, compared with the log. */
import { existsSync, readFileSync } from 'node:fs';
import type { FaultName, Taken } from './receivers.ts';
import { hostOf, numberOf } from './truth.ts';

export type Verdict = {
	/** Alerts of the log that never came. */
	readonly lost: number;
	/** Taken again: the answer of the first time was lost on purpose. */
	readonly repeatsOfFaults: number;
	/** Taken again by a later run of the sink, or by what writes no answers. */
	readonly repeatsOfKills: number;
	readonly repeatsOfOneKillMax: number | null;
	/** Once repeats are dropped, alerts of a host that came before an earlier one. */
	readonly outOfOrder: number;
	/** From the alert to the receiver, ms; null = not measured. */
	readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
};

export type OutageResult = {
	readonly alerts: number;
	readonly kills: number;
	readonly faults: Partial<Record<FaultName | 'wrong certificate', number>>;
	readonly settledS: number;
	readonly outputs: Readonly<Record<string, Verdict>>;
	readonly problems: readonly string[];
};

export type ReceiverTaken = {
	readonly taken: readonly Taken[];
	/** Whether `run` and `answered` are known. */
	readonly knowsRuns: boolean;
	readonly isTimed: boolean;
	/** What was written shortly before a lost connection is written again (syslog over streams). */
	readonly repeatsOnLoss: boolean;
};

export type Evidence = {
	readonly ids: readonly string[];
	readonly settledS: number;
	readonly kills: number;
	readonly inFlightMax: number;
	readonly alertsPerS: number;
	readonly faults: OutageResult['faults'];
	readonly receivers: Readonly<Record<string, ReceiverTaken>>;
};

const delayMsMax = 100;

export function judge({ ids, settledS, kills, inFlightMax, faults, receivers }: Evidence): OutageResult {
	const problems: string[] = [];
	const outputs = Object.fromEntries(
		Object.entries(receivers).map(([name, receiver]) => {
			const verdict = verdictOf(ids, receiver);
			const say = (isWrong: boolean, what: string): void =>
				void (isWrong && problems.push(`${name}: ${what}`));
			say(name !== 'udp' && verdict.lost > 0, `${verdict.lost} lost`);
			say(verdict.outOfOrder > 0, `${verdict.outOfOrder} out of order`);
			say(
				!receiver.repeatsOnLoss && verdict.repeatsOfKills > kills * inFlightMax,
				`${verdict.repeatsOfKills} repeats of ${kills} kills with ${inFlightMax} in flight`,
			);
			say(
				(verdict.repeatsOfOneKillMax ?? 0) > inFlightMax,
				`${verdict.repeatsOfOneKillMax} repeats of one kill`,
			);
			say((verdict.delayMs?.p99 ?? 0) > delayMsMax, `p99 of the delay is ${verdict.delayMs?.p99} ms`);
			return [name, verdict];
		}),
	);
	return { alerts: ids.length, kills, faults, settledS, outputs, problems };
}

function verdictOf(ids: readonly string[], { taken, knowsRuns, isTimed }: ReceiverTaken): Verdict {
	const firsts = new Map<string, Taken>();
	const newest = new Map<string, number>();
	const agesOfFirsts: number[] = [];
	const ofRun = new Map<number, number>();
	let outOfOrder = 0;
	let repeatsOfFaults = 0;
	let repeatsOfKills = 0;
	for (const each of taken) {
		const first = firsts.get(each.id);
		if (first !== undefined) {
			if (!first.answered && first.run === each.run) repeatsOfFaults++;
			else {
				repeatsOfKills++;
				ofRun.set(each.run, (ofRun.get(each.run) ?? 0) + 1);
			}
			// The last one that was answered counts: a run that was told so must not send it again.
			firsts.set(each.id, each);
			continue;
		}
		firsts.set(each.id, each);
		agesOfFirsts.push(each.ageMs);
		const host = hostOf(each.id);
		if (numberOf(each.id) < (newest.get(host) ?? -1)) outOfOrder++;
		newest.set(host, numberOf(each.id));
	}
	const lost = ids.filter((id) => !firsts.has(id)).length;
	const repeatsOfOneKillMax = knowsRuns ? Math.max(0, ...ofRun.values()) : null;
	const ages = agesOfFirsts.sort((a, b) => a - b);
	const at = (share: number): number =>
		Math.round(ages[Math.min(ages.length - 1, Math.floor(ages.length * share))] ?? 0);
	const delayMs = isTimed ? { p50: at(0.5), p99: at(0.99), max: at(1) } : null;
	return { lost, repeatsOfFaults, repeatsOfKills, repeatsOfOneKillMax, outOfOrder, delayMs };
}

/** JSON lines of the file output. */
export function linesTaken(path: string): Taken[] {
	if (!existsSync(path)) return [];
	const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
	return lines.map((line) => ({
		id: (JSON.parse(line) as { id: string }).id,
		...{ ageMs: 0, run: 0, answered: true },
	}));
}
