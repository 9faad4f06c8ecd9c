/**
 * What an output knew when its progress was told last, read back from the alert log itself: everything before that progress was settled, so
 * a restart, and whoever takes a partition over, finds there the ids of the dedupe window and what an open period of the grouping had
 * counted. The window thus never knows an id that was not settled, whenever the process dies.
 *
 * What the filter left out before counts as settled too: the original will not be sent, so neither is its repeat.
 */
import { type Assignment, type LogRecord, LogTruncatedError } from '#log/log.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { DedupeWindow, dedupeIdsMax } from './dedupe.ts';
import { GroupPeriod } from './group.ts';

const readBytesMax = 1024 * 1024;
/** A log that gives nothing for so long ends the reading back: the window is then shorter, which is safe, and so is a period, which says so. */
const readWaitMs = 1_000;

export type Recalled = {
	readonly window: DedupeWindow;
	readonly period: GroupPeriod | null;
	/** What a person should know; null = nothing is missing. */
	readonly problem: string | null;
};

const shortProblem = 'Retention removed alerts that a group had counted: its summary says "at least"';
const noteProblem =
	'The note beside the progress of an output is not ours: what its groups had counted is told by no summary';

/** `nextOffset` null = never reported. Leaves the assignment to be sought anew. */
export async function recall(
	assignment: Assignment,
	nextOffset: bigint | null,
	isWanted: (alert: Alert) => boolean,
): Promise<Recalled> {
	const window = new DedupeWindow(dedupeIdsMax);
	if (nextOffset === null || nextOffset <= 0n) return { window, period: null, problem: null };
	const note = await assignment.progressNote();
	const period = GroupPeriod.fromNote(note);
	const from = period !== null && period.begin.from < nextOffset ? period.begin.from : nextOffset;
	const first = from - BigInt(dedupeIdsMax);
	await assignment.seek(first > 0n ? first : 'earliest');
	let reached: bigint | null = null;
	let sawFrom = from === nextOffset;
	while (reached === null || reached + 1n < nextOffset) {
		const records = await readBack(assignment);
		for (const { offset, value } of records) {
			if (offset >= nextOffset) break;
			if (offset === from) sawFrom = true;
			const alert = alertOf(value);
			if (alert === null) continue;
			if (offset >= from && isWanted(alert) && !window.has(alert.id)) period?.counts(alert);
			window.add(alert.id);
		}
		const last = records.at(-1);
		if (last === undefined) break;
		reached = last.offset;
	}
	const isWhole = sawFrom && reached !== null && reached + 1n >= nextOffset;
	if (note !== '' && period === null) return { window, period, problem: noteProblem };
	if (isWhole || from === nextOffset) return { window, period, problem: null };
	period?.markShort();
	return { window, period, problem: shortProblem };
}

async function readBack(assignment: Assignment): Promise<readonly LogRecord[]> {
	const options = { maxBytes: readBytesMax, waitMs: readWaitMs };
	try {
		return await assignment.read(options);
	} catch (error) {
		if (!(error instanceof LogTruncatedError)) throw error;
	}
	// Retention took the oldest of them; again between the two calls means that this log keeps next to nothing.
	try {
		await assignment.seek('earliest');
		return await assignment.read(options);
	} catch (error) {
		if (!(error instanceof LogTruncatedError)) throw error;
		return [];
	}
}

/** What cannot be decoded was a dead letter without an id. */
function alertOf(value: Uint8Array): Alert | null {
	try {
		return alertCodec.decode(value);
	} catch {
		return null;
	}
}
