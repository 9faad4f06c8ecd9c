/**
 * Ids settled lately (delivered, or in the dead letters), the oldest forgotten first: a repeat of the evaluator (a crash
 * between alert and commit) becomes one delivery. Nothing is stored for that: everything before the progress of an output
 * was settled, so a restart, and whoever takes a partition over, reads the last ids back from the alert log itself. The
 * window thus never knows an id that was not settled, whenever the process dies.
 *
 * What the filter left out before counts as settled too: the original will not be sent, so neither is its repeat.
 */
import { type Assignment, type LogRecord, LogTruncatedError } from '#log/log.ts';
import { alertCodec } from '#schemas/codec.ts';

/** Alerts of a partition in which a repeat is known. */
const idsMax = 10_000;
const readBytesMax = 1024 * 1024;
/** A log that gives nothing for so long ends the reading back: the window is then shorter, which is safe. */
const readWaitMs = 1_000;

export class DedupeWindow {
	readonly #ids = new Set<string>();
	readonly #idsMax: number;

	constructor(idsMax: number) {
		this.#idsMax = idsMax;
	}

	has(id: string): boolean {
		return this.#ids.has(id);
	}

	/** To be called after the delivery, never before: an id noted first would hide an alert that was then lost. */
	add(id: string): void {
		this.#ids.add(id);
		if (this.#ids.size > this.#idsMax) this.#ids.delete(this.#ids.values().next().value!);
	}
}

/** The window as it was when progress was `nextOffset` (null = never reported). Leaves the assignment to be sought anew. */
export async function settledBefore(
	assignment: Assignment,
	nextOffset: bigint | null,
): Promise<DedupeWindow> {
	const window = new DedupeWindow(idsMax);
	if (nextOffset === null || nextOffset <= 0n) return window;
	const first = nextOffset - BigInt(idsMax);
	await assignment.seek(first > 0n ? first : 'earliest');
	for (;;) {
		const records = await readBack(assignment);
		for (const { offset, value } of records) {
			if (offset >= nextOffset) return window;
			const id = idOf(value);
			if (id !== null) window.add(id);
		}
		const last = records.at(-1);
		if (last === undefined || last.offset + 1n >= nextOffset) return window;
	}
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
function idOf(value: Uint8Array): string | null {
	try {
		return alertCodec.decode(value).id;
	} catch {
		return null;
	}
}
