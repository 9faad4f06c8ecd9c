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
	/** From the alert to the receiver; null = not measured. */
	readonly delays: Delays | null;
};

export type Delays = {
	/** Before any receiver was sick. */
	readonly calm: Delay;
	/** While others were, and the sink ran. */
	readonly sick: Delay;
	/** Of alerts made while the sink was dead, or within `startMs` of the first that the run sent: its code is cold, all outputs read back at once. */
	readonly restart: Delay;
};

/** Milliseconds. */
export type Delay = {
	readonly alerts: number;
	readonly p50: number;
	readonly p99: number;
	readonly max: number;
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
	/** When the receivers went down. */
	readonly sickFromMs: number;
	readonly kills: number;
	readonly inFlightMax: number;
	readonly faults: OutageResult['faults'];
	readonly receivers: Readonly<Record<string, ReceiverTaken>>;
};

/** p99, while others are sick. */
const delayMsMax = 100;
const startMs = 2_000;

export function judge({
	ids,
	settledS,
	sickFromMs,
	kills,
	inFlightMax,
	faults,
	receivers,
}: Evidence): OutageResult {
	const problems: string[] = [];
	const outputs = Object.fromEntries(
		Object.entries(receivers).map(([name, receiver]) => {
			const verdict = verdictOf(ids, receiver, sickFromMs);
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
			const p99 = verdict.delays?.sick.p99 ?? 0;
			say(p99 > delayMsMax, `p99 of the delay while others are sick is ${p99} ms`);
			return [name, verdict];
		}),
	);
	return { alerts: ids.length, kills, faults, settledS, outputs, problems };
}

function verdictOf(
	ids: readonly string[],
	{ taken, knowsRuns, isTimed }: ReceiverTaken,
	sickFromMs: number,
): Verdict {
	const firsts = new Map<string, Taken>();
	const newest = new Map<string, number>();
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
		const host = hostOf(each.id);
		if (numberOf(each.id) < (newest.get(host) ?? -1)) outOfOrder++;
		newest.set(host, numberOf(each.id));
	}
	const lost = ids.filter((id) => !firsts.has(id)).length;
	const repeatsOfOneKillMax = knowsRuns ? Math.max(0, ...ofRun.values()) : null;
	const delays = isTimed ? delaysOf(taken, sickFromMs) : null;
	return { lost, repeatsOfFaults, repeatsOfKills, repeatsOfOneKillMax, outOfOrder, delays };
}

/** Of the first time that an alert was taken. */
function delaysOf(taken: readonly Taken[], sickFromMs: number): Delays {
	const begins = new Map<number, number>();
	const seen = new Set<string>();
	const ages = { calm: [] as number[], sick: [] as number[], restart: [] as number[] };
	for (const { id, run, atMs, ageMs } of taken) {
		if (!begins.has(run)) begins.set(run, atMs);
		if (seen.has(id)) continue;
		seen.add(id);
		const madeMs = atMs - ageMs;
		const isStarting = madeMs <= begins.get(run)! + startMs;
		ages[isStarting ? 'restart' : madeMs < sickFromMs ? 'calm' : 'sick'].push(ageMs);
	}
	return { calm: delayOf(ages.calm), sick: delayOf(ages.sick), restart: delayOf(ages.restart) };
}

function delayOf(ages: number[]): Delay {
	ages.sort((a, b) => a - b);
	const at = (share: number): number =>
		Math.round(ages[Math.min(ages.length - 1, Math.floor(ages.length * share))] ?? 0);
	return { alerts: ages.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** JSON lines of the file output. */
export function linesTaken(path: string): Taken[] {
	if (!existsSync(path)) return [];
	const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
	return lines.map((line) => ({
		id: (JSON.parse(line) as { id: string }).id,
		...{ atMs: 0, ageMs: 0, run: 0, answered: true },
	}));
}
