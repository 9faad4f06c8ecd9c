/**
 * Grouping: of alerts that are alike (the same values of the fields `by`) within a period the first goes out, the others are counted and told
 * in one message at its end. Never silent: the originals stay in the log, and each is in exactly one count.
 *
 *   none ── an alert ──▶ open: first of its group ─▶ out · others ─▶ counted ── periodMs ──▶ one summary a group ──▶ none
 *
 * One period at a time for all groups of a partition, so that what it holds follows from the records since its first one. Progress goes on
 * meanwhile; its note says where the period began, and whoever goes on there (after a crash, on another machine) counts those records anew.
 * The note also names the fields, so that a period is ended by the grouping it began with, and how many of its summaries are out.
 *
 * Bounds: `groupsMax` groups; an alert of yet another goes out. A summary says "at least" when retention removed part of what it counts.
 */
import { createHash } from 'node:crypto';
import type { Alert } from '#schemas/generated/alert.ts';
import { compileFields } from '../expressions/text.ts';
import { truncateUtf8 } from '../truncate.ts';
import { countField, listField, Tally, textField } from './tally.ts';

export const groupedRule = 'Alerts grouped';
const groupsMax = 1_000;
/** Of a value in a summary. */
const valueBytesMax = 200;

export type GroupOptions = {
	/** Fields whose values make alerts alike; empty = no grouping. */
	readonly by: readonly string[];
	readonly periodMs: number;
};

/** As JSON beside the progress. `summed`: summaries that are settled. */
type Note = {
	readonly by: readonly string[];
	readonly ms: number;
	readonly from: string;
	readonly start: number;
	readonly summed: number;
};

type Begin = GroupOptions & { readonly from: bigint; readonly startMs: number };

type Group = { readonly firstId: string; readonly values: readonly string[]; readonly tally: Tally };

export class GroupPeriod {
	readonly begin: Begin;
	readonly #valuesOf: (alert: Alert) => readonly string[];
	readonly #groups = new Map<string, Group>();
	/** Of an earlier run, whose counts are told already. */
	readonly #summed: number;
	/** Some of what it counts is not in the log any more. */
	#isShort = false;

	constructor(begin: Begin, summed = 0) {
		this.begin = begin;
		this.#summed = summed;
		this.#valuesOf = compileFields(begin.by);
	}

	/** Null when there is none, or the note is not one of ours (tools that move offsets write what they like). */
	static fromNote(note: string): GroupPeriod | null {
		try {
			const { by, ms, from, start, summed } = JSON.parse(note) as Note;
			if (![ms, start, summed].every(Number.isFinite)) return null;
			return new GroupPeriod({ by, periodMs: ms, from: BigInt(from), startMs: start }, summed);
		} catch {
			return null;
		}
	}

	note(summed = this.#summed): string {
		const { by, periodMs, from, startMs } = this.begin;
		const note: Note = { by, ms: periodMs, from: from.toString(), start: startMs, summed };
		return JSON.stringify(note);
	}

	/** Another grouping is asked for now: this one ends at once. */
	isOf({ by, periodMs }: GroupOptions): boolean {
		return periodMs === this.begin.periodMs && JSON.stringify(by) === JSON.stringify(this.begin.by);
	}

	isOver(nowMs: number): boolean {
		if (this.#summed > 0) return true;
		const ageMs = nowMs - this.begin.startMs;
		// A clock that was set back by more than a period would keep it open for as long.
		return ageMs >= this.begin.periodMs || ageMs < -this.begin.periodMs;
	}

	/** Whether the alert is counted; false = it goes out. */
	counts(alert: Alert): boolean {
		const values = this.#valuesOf(alert);
		const key = createHash('sha256').update(JSON.stringify(values)).digest('base64');
		const group = this.#groups.get(key);
		if (group !== undefined) {
			group.tally.add(alert);
			return true;
		}
		if (this.#groups.size < groupsMax) {
			const shown = values.map((value) => truncateUtf8(value, valueBytesMax));
			this.#groups.set(key, { firstId: alert.id, values: shown, tally: new Tally() });
		}
		return false;
	}

	get isShort(): boolean {
		return this.#isShort;
	}

	markShort(): void {
		this.#isShort = true;
	}

	/** Those that are still to be told, each with the note that holds once it is; in the order of the groups. */
	summaries(output: string): { readonly alert: Alert; readonly alerts: number; readonly note: string }[] {
		const told = [...this.#groups.values()].filter(({ tally }) => tally.count > 0);
		return told.slice(this.#summed).map((group, i) => {
			const summed = this.#summed + i + 1;
			const note = summed === told.length ? '' : this.note(summed);
			return { alert: this.#summary(group, output), alerts: group.tally.count, note };
		});
	}

	#summary({ firstId, values, tally }: Group, output: string): Alert {
		const { count, firstTime, lastTime } = tally;
		const alike = this.begin.by.map((name, i) => `${name}=${values[i]}`);
		const many = `${this.#isShort ? 'at least ' : ''}${count} more alert${count === 1 ? '' : 's'}`;
		return tally.summary(
			{
				rule: groupedRule,
				output: `${many} like ${firstId} counted by output ${output}, the originals are in the log (first=${firstTime} last=${lastTime}): ${alike.join(' ')}`,
				fields: [
					countField('grouped.alerts', count),
					textField('grouped.like', firstId),
					textField('grouped.first', firstTime),
					textField('grouped.last', lastTime),
					listField('grouped.by', alike),
				],
			},
			`${output}\n${firstId}`,
		);
	}
}
