/** Reading one partition of lanner.alerts: its newest alerts, then what comes. What cannot be decoded (or shown: a time beyond all calendars) is told and counted. */
import { type Assignment, type LogRecord, LogTruncatedError } from '#log/log.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import { alertToJson } from '#schemas/alert/render.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Read } from './window.ts';

/** Decoded in one go, while nothing else of the process runs. */
const readBytesMax = 128 * 1024;
const readWaitMs = 1_000;
/** Reads without a record after which the end counts as reached, though the offset before it never came. */
const emptyReadsAtEnd = 2;

export type ReadContext = {
	readonly logger: Pick<Logger, 'warn'>;
	readonly metrics: Metrics;
};

export type Newest = { readonly reads: readonly Read[]; readonly nextOffset: bigint };

/** The newest `count` alerts and where to go on; fewer when the log has no more, or the partition is taken away. */
export async function readNewest(
	assignment: Assignment,
	count: number,
	context: ReadContext,
): Promise<Newest> {
	const end = await assignment.endOffset();
	const from = end - BigInt(count);
	const guess = await readTo(assignment, { from: from > 0n ? from : 'earliest', end, count }, context);
	if (guess.isWhole || guess.reads.length >= count) return guess;
	// Offsets have holes (the embedded log after a crash): the newest ones begin further back than their number says.
	return readTo(assignment, { from: 'earliest', end, count }, context);
}

type Range = {
	readonly from: bigint | 'earliest';
	/** Offset after the last record to read. */
	readonly end: bigint;
	readonly count: number;
};

/** `isWhole`: nothing that the log keeps comes before. */
async function readTo(
	assignment: Assignment,
	{ from, end, count }: Range,
	context: ReadContext,
): Promise<Newest & { readonly isWhole: boolean }> {
	let isWhole = from === 'earliest';
	let reads: Read[] = [];
	let nextOffset = from === 'earliest' ? 0n : from;
	let emptyReads = 0;
	await assignment.seek(from);
	while (nextOffset < end && emptyReads < emptyReadsAtEnd && !assignment.revoked.aborted) {
		const records = await readSome(assignment, context);
		if (records === 'truncated') {
			isWhole = true;
			continue;
		}
		emptyReads = records.length === 0 ? emptyReads + 1 : 0;
		// While the log is away this waits: silence is not taken for the end.
		if (records.length === 0) await assignment.endOffset();
		else nextOffset = records.at(-1)!.offset + 1n;
		reads.push(...decodeAll(records, assignment, context));
		if (reads.length >= count * 2) reads = reads.slice(-count);
	}
	return { reads: reads.slice(-count), nextOffset: nextOffset > end ? nextOffset : end, isWhole };
}

/** Until the partition is taken away. `onAlert` is called in the order of the log; `onRead` with where to go on. */
export async function follow(
	assignment: Assignment,
	from: bigint,
	onRead: (reads: readonly Read[], nextOffset: bigint) => void,
	context: ReadContext,
): Promise<void> {
	await assignment.seek(from);
	while (!assignment.revoked.aborted) {
		const records = await readSome(assignment, context);
		if (records === 'truncated' || records.length === 0) continue;
		onRead(decodeAll(records, assignment, context), records.at(-1)!.offset + 1n);
	}
}

/** `truncated`: the position is not kept any more, and reading goes on with the oldest. */
async function readSome(
	assignment: Assignment,
	{ logger }: ReadContext,
): Promise<readonly LogRecord[] | 'truncated'> {
	try {
		return await assignment.read({ maxBytes: readBytesMax, waitMs: readWaitMs });
	} catch (error) {
		if (!(error instanceof LogTruncatedError)) throw error;
		logger.warn(
			{ partition: assignment.partition, err: error },
			'Alerts were removed by retention before the console read them',
		);
		await assignment.seek('earliest');
		return 'truncated';
	}
}

function decodeAll(
	records: readonly LogRecord[],
	{ partition }: Assignment,
	{ logger, metrics }: ReadContext,
): Read[] {
	return records.flatMap(({ value, offset, appendedMs }) => {
		try {
			const alert = alertCodec.decode(value);
			return [{ alert, json: alertToJson(alert), appendedMs }];
		} catch (error) {
			metrics.add('lanner_console_records_undecodable_total');
			logger.warn({ partition, offset: String(offset), err: error }, 'A record is not an alert');
			return [];
		}
	});
}
